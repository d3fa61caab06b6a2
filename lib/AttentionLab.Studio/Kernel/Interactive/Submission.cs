using System.Runtime;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.CSharp;

namespace AttentionLab.Studio.Kernel.Interactive;

/// <summary>
/// A cell on its way through the kernel. It goes past the package's own reading of lines that start with <c>#!</c>, which finds them in
/// strings too, and runs on a thread that can be aborted: the package's <c>Cancel</c> leaves an endless loop running.
/// </summary>
internal sealed class Submission : KernelCommand, IDisposable
{
    /// <summary>How the assemblies of compiled cells are named.</summary>
    private const string AssemblyPrefix = "ℛ*";

    /// <summary>As much stack as a program's first thread has, and again.</summary>
    private const int StackBytes = 16 << 20;

    private const int WakeAgainMilliseconds = 50;
    private const int InCell = 0;
    private const int Waking = 1;
    private const int LeftCell = 2;

    private readonly CSharpKernel kernel;
    private readonly SubmitCode submit;
    private readonly TextWriter console;
    private readonly CancellationToken stop;
    private readonly CancellationTokenSource abort = new();
    private readonly int workersBefore = Workers();
    private readonly Thread thread;
    private volatile bool compiled;
    private int phase = InCell;
    private KernelInvocationContext? context;
    private Task? handling;

    public Submission(CSharpKernel kernel, string source, TextWriter console, CancellationToken stop)
    {
        this.kernel = kernel;
        this.console = console;
        this.stop = stop;
        submit = new SubmitCode(source);
        submit.SetParent(this, bubbleEvents: true);
        thread = new Thread(Execute, StackBytes) { Name = "cell" };
        Handler = Handle;
    }

    /// <summary>The cell was stopped.</summary>
    public bool IsStopped => abort.IsCancellationRequested;

    /// <summary>The cell was stopped, but goes on behind an <c>await</c>.</summary>
    public bool IsUnfinished => handling is { IsCompleted: false };

    /// <summary>What came out of the kernel itself.</summary>
    public Exception? Thrown { get; private set; }

    /// <summary>True if no more workers run than before the cell, at the latest when the time is up.</summary>
    public bool WorkersEnded(TimeSpan limit) => SpinWait.SpinUntil(() => Workers() <= workersBefore, limit);

    public void Dispose() => abort.Dispose();

    private static int Workers()
    {
        ThreadPool.GetMaxThreads(out int most, out _);
        ThreadPool.GetAvailableThreads(out int free, out _);
        return most - free;
    }

    private Task Handle(KernelCommand command, KernelInvocationContext invocation)
    {
        context = invocation;

        // The package has put its own writers here, which keep every piece of text until the cell's end.
        Console.SetOut(console);
        Console.SetError(console);
        AppDomain.CurrentDomain.AssemblyLoad += OnLoad;
        using (stop.Register(AbortCompiled))
        {
            thread.Start();
            thread.Join();
        }

        AppDomain.CurrentDomain.AssemblyLoad -= OnLoad;
        return Task.CompletedTask;
    }

    /// <summary>The compiler is not aborted, only what it made: what it was about to set up for all later cells would stay half done.</summary>
    private void OnLoad(object? sender, AssemblyLoadEventArgs loaded)
    {
        if (loaded.LoadedAssembly.GetName().Name?.StartsWith(AssemblyPrefix, StringComparison.Ordinal) == true)
        {
            compiled = true;
            if (stop.IsCancellationRequested)
            {
                AbortCompiled();
            }
        }
    }

    private void AbortCompiled()
    {
        if (compiled)
        {
            // Not on the cell's own thread, which would abort itself in here.
            _ = abort.CancelAsync();
            new Thread(Wake) { IsBackground = true, Name = "wake" }.Start();
        }
    }

    /// <summary>A thread that sleeps or waits is not aborted before it wakes, and it may fall asleep again before the abort reaches it.</summary>
    private void Wake()
    {
        while (!thread.Join(WakeAgainMilliseconds))
        {
            if (Interlocked.CompareExchange(ref phase, Waking, InCell) == InCell)
            {
                // Only one that waits: to interrupt a thread while the abort reaches it crashes the runtime.
                if (thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin))
                {
                    thread.Interrupt();
                }

                Volatile.Write(ref phase, InCell);
            }
        }
    }

    /// <summary>
    /// The cell's own code is behind us: what follows takes the abort off this thread, and must not be woken in the middle of it. No locks
    /// here: a thread that is about to be woken cannot wait for one.
    /// </summary>
    private void LeaveCell()
    {
        while (Interlocked.CompareExchange(ref phase, LeftCell, InCell) != InCell)
        {
            Thread.SpinWait(1);
        }

        if (stop.IsCancellationRequested)
        {
            try
            {
                Thread.Sleep(1);
            }
            catch (ThreadInterruptedException)
            {
                // The last wake-up call came too late.
            }
        }
    }

    private void RunCell()
    {
        try
        {
            handling = ((IKernelCommandHandler<SubmitCode>)kernel).HandleAsync(submit, context!);
        }
        finally
        {
            LeaveCell();
        }
    }

    private void Execute()
    {
        try
        {
#pragma warning disable SYSLIB0046 // "May corrupt the process": behind each stop the kernel is tried, and the process ended if it does not work.
            ControlledExecution.Run(RunCell, abort.Token);
#pragma warning restore SYSLIB0046

            // A cell that awaits goes on elsewhere.
            handling!.Wait(abort.Token);
        }
        catch (Exception e)
        {
            Thrown = (e as AggregateException)?.InnerException ?? e;
        }
    }
}
