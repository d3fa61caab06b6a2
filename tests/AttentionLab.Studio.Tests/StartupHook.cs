using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

/// <summary>
/// Loaded by .NET into a kernel process before its own code (DOTNET_STARTUP_HOOKS), it makes kernels that go wrong at start: which way is
/// said by the notebook's file name. The name of the class is .NET's, and it has no namespace.
/// </summary>
internal static partial class StartupHook
{
    public static void Initialize()
    {
        if (Environment.GetCommandLineArgs() is not [.., "kernel", string notebook, _, _, _, string messages])
        {
            return;
        }

        switch (Path.GetFileNameWithoutExtension(notebook).Split('-')[^1])
        {
            case "dies":
                Console.Error.WriteLine("no memory left");
                Environment.Exit(3);
                break;
            case "stops":
                _ = Kill(Environment.ProcessId, OperatingSystem.IsMacOS() ? 17 : 19);
                break;
            case "babbles":
                Write(messages, "Hello, this is no message.\n"u8.ToArray());
                Thread.Sleep(Timeout.Infinite);
                break;
            case "breaks":
                Write(messages, Half(30_000_000));
                Environment.Exit(4);
                break;
        }
    }

    /// <summary>The head of a message and half of what it announces.</summary>
    private static byte[] Half(int length)
    {
        byte[] bytes = new byte[8 + (length / 2)];
        bytes.AsSpan().Fill((byte)' ');
        "AbE\u0001"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), length);
        return bytes;
    }

    private static void Write(string handle, byte[] bytes)
    {
        using var pipe =
            new FileStream(new SafeFileHandle(nint.Parse(handle, CultureInfo.InvariantCulture), ownsHandle: false), FileAccess.Write, bufferSize: 0);
        pipe.Write(bytes);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
