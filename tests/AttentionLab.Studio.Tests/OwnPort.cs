using System.Net;
using System.Net.Sockets;

namespace AttentionLab.Studio.Tests;

/// <summary>
/// Ports for servers that end and start again at the same place: no other test takes them meanwhile (servers without a port of their own begin at 5080),
/// and no connection either (those begin at 32768).
/// </summary>
internal static class OwnPort
{
    private const int First = 20_000;
    private const int Count = 10_000;

    /// <summary>Another run of the tests on this machine mostly begins elsewhere.</summary>
    private static int _last = Environment.ProcessId;

    /// <summary>A port that is free now, another one at each call.</summary>
    public static int Next()
    {
        while (true)
        {
            int port = First + (int)((uint)Interlocked.Increment(ref _last) % Count);
            using TcpListener listener = new(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Another program's.
            }
        }
    }
}
