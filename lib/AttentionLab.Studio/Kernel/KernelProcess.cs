using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Text;

namespace AttentionLab.Studio.Kernel;

/// <summary>The host's side of a kernel process: its pipes, its standard output and error, its end.</summary>
internal sealed class KernelProcess : IAsyncDisposable
{
    /// <summary>Two children started at the same time would inherit each other's pipes and keep them open.</summary>
    private static readonly Lock Starting = new();

    private readonly Process process;
    private readonly StreamWriter commands;
    private readonly StreamReader messages;
    private readonly Task exited;

    private KernelProcess(Process process, Stream commands, Stream messages)
    {
        this.process = process;
        exited = process.WaitForExitAsync();
        this.commands = new StreamWriter(commands, new UTF8Encoding(false)) { NewLine = "\n", AutoFlush = true };
        this.messages = new StreamReader(messages, Encoding.UTF8);
        Output = new NativeOutput(process.StandardOutput);
        Error = new NativeOutput(process.StandardError);
    }

    /// <summary>What reached the process's standard output past the console of .NET.</summary>
    public NativeOutput Output { get; }

    /// <summary>What reached its standard error, the runtime's last words included.</summary>
    public NativeOutput Error { get; }

    /// <summary>Process id, for tests and messages.</summary>
    public int Id => process.Id;

    /// <summary>Starts this program again as kernel of a notebook.</summary>
    public static KernelProcess Start(string notebook, KernelOptions options)
    {
        string path = Path.GetFullPath(notebook);
        var commands = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.Inheritable);
        var messages = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.Inheritable);
        try
        {
            lock (Starting)
            {
                var start = new ProcessStartInfo(DotnetHost())
                {
                    WorkingDirectory = Path.GetDirectoryName(path),
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                    StandardOutputEncoding = Encoding.UTF8,
                    StandardErrorEncoding = Encoding.UTF8,
                    UseShellExecute = false,
                    ArgumentList =
                    {
                        typeof(KernelProcess).Assembly.Location, "kernel", path,
                        commands.GetClientHandleAsString(), messages.GetClientHandleAsString(),
                    },
                };
                Configure(start.Environment, options);
                Process process = Process.Start(start) ?? throw new InvalidOperationException("The kernel process did not start.");
                commands.DisposeLocalCopyOfClientHandle();
                messages.DisposeLocalCopyOfClientHandle();

                // A cell that reads the keyboard gets the end of the input, not a wait for ever.
                process.StandardInput.Close();
                return new KernelProcess(process, commands, messages);
            }
        }
        catch
        {
            commands.Dispose();
            messages.Dispose();
            throw;
        }
    }

    /// <summary>Sends a command; false when the process is gone.</summary>
    public async Task<bool> SendAsync(KernelMessage message)
    {
        try
        {
            await commands.WriteLineAsync(message.ToLine());
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The next message, or null when the process is gone.</summary>
    public async Task<KernelMessage?> ReceiveAsync(CancellationToken cancellation)
    {
        // Not every system can cancel the reading of a pipe, and a process that a cell started may keep the pipe open.
        Task<string?> read = messages.ReadLineAsync(CancellationToken.None).AsTask();
        if (await Task.WhenAny(read, exited).WaitAsync(cancellation) != read)
        {
            await Task.WhenAny(read, Task.Delay(TimeSpan.FromSeconds(1), cancellation));
        }

        string? line = read.IsCompleted ? await read : null;
        return line is null ? null : KernelMessage.FromLine(line);
    }

    /// <summary>Waits until the process is gone and everything it wrote is read; its exit code.</summary>
    public async Task<int> EndAsync()
    {
        await exited;
        await Task.WhenAll(Output.Completed, Error.Completed).WaitAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return process.ExitCode;
    }

    /// <summary>Ends the process and what it started.</summary>
    public void Kill()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended by itself meanwhile.
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await exited;
        try
        {
            await commands.DisposeAsync();
        }
        catch (IOException)
        {
            // The other end is closed already.
        }

        messages.Dispose();
        process.Dispose();
    }

    /// <summary>
    /// Settings of the child's runtime. Cells measure kernels, so there is no profile-guided tier: its instrumented code would sit in
    /// the middle of a measurement (one call in 30 took 40 ms in place of 0.35 ms), and a chapter takes a little more time with it.
    /// Tiered compilation itself stays on: without it the C# compiler's own start takes twice as long. One thread collects garbage.
    /// </summary>
    private static void Configure(IDictionary<string, string?> environment, KernelOptions options)
    {
        environment["DOTNET_GCHeapHardLimit"] = "0x" + options.MemoryLimit.ToString("X", CultureInfo.InvariantCulture);
        environment["DOTNET_gcServer"] = "0";
        environment["DOTNET_gcConcurrent"] = "0";
        environment.TryAdd("DOTNET_TieredPGO", "0");
        environment["DOTNET_DbgEnableMiniDump"] = "0";
        environment["DOTNET_NOLOGO"] = "1";
    }

    /// <summary>The program <c>dotnet</c> of the running .NET: this code may itself run inside a test program.</summary>
    private static string DotnetHost()
    {
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        string besideRuntime = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(besideRuntime) ? besideRuntime : name;
    }
}
