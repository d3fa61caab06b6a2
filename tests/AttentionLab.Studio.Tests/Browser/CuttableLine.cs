using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>The line between a browser and a server, as the browser's proxy: it passes bytes on, until it is cut or goes silent.</summary>
internal sealed class CuttableLine : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    /// <summary>Both ends of each connection, and whether bytes pass.</summary>
    private readonly ConcurrentDictionary<TcpClient, bool> _open = [];
    private readonly int _server;
    private readonly Task _worker;
    private volatile bool _isCut;

    /// <param name="server">Port of the server on this machine.</param>
    public CuttableLine(int server)
    {
        _server = server;
        _listener.Start();
        _worker = AcceptAsync();
    }

    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    /// <summary>Every connection breaks at once, and no new one comes about.</summary>
    public void Cut()
    {
        _isCut = true;
        foreach (TcpClient client in _open.Keys)
        {
            client.Client?.Close(0);
        }
    }

    public void Mend() => _isCut = false;

    /// <summary>The connections that are open stay so, and pass nothing any more; new ones do.</summary>
    public void Stall()
    {
        foreach (TcpClient client in _open.Keys)
        {
            _open[client] = false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        _listener.Stop();
        await _worker;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = PassAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private async Task PassAsync(TcpClient browser)
    {
        using TcpClient server = new();
        try
        {
            _open[browser] = _open[server] = true;
            if (!_isCut)
            {
                await server.ConnectAsync(IPAddress.Loopback, _server);
                await Task.WhenAny(CopyAsync(browser, server), CopyAsync(server, browser));
            }
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It was cut.
        }
        finally
        {
            browser.Dispose();
            _open.TryRemove(browser, out _);
            _open.TryRemove(server, out _);
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to)
    {
        byte[] buffer = new byte[1 << 14];
        for (int read; (read = await from.GetStream().ReadAsync(buffer)) > 0;)
        {
            if (_open.GetValueOrDefault(from))
            {
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read));
            }
        }
    }
}
