using System.Diagnostics;
using System.Reflection;
using System.Runtime;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.CSharp;
using ThreadState = System.Threading.ThreadState;

namespace AttentionLab.Studio.Kernel.Interactive;

/// <summary>
/// A cell on its way through the kernel. It goes past the package's own reading of lines that start with <c>#!</c>, which finds them in
/// strings too. A stop asks the cell's own code first (<see cref="CellStops"/>), then wakes its thread, and aborts it at last.
/// </summary>
internal sealed class Submission : KernelCommand, IDisposable
{
    /// <summary>How the assemblies of compiled cells are named.</summary>
    private const string AssemblyPrefix = "ℛ*";

    /// <summary>More than other hosts give; an endless recursion is told in about a second, as its exception walks through all of it.</summary>
    private const int StackBytes = 4 << 20;

    /// <summary>How long each of the gentler means may take; an idle machine needs a few milliseconds.</summary>
    private const int StepMilliseconds = 50;

    private const int InCell = 0;
    private const int Waking = 1;
    private const int LeftCell = 2;

    /// <summary>The cell that started what runs here. It flows into tasks, threads and timers, and tells when a thread begins and ends with one.</summary>
    private static readonly AsyncLocal<Submission?> Origin = new(OnOrigin);

    private readonly CSharpKernel _kernel;
    private readonly SubmitCode _submit;
    private readonly TextWriter _console;
    private readonly CellStops _stops;
    private readonly TimeSpan _abortLimit;
    private readonly CancellationToken _stop;
    private readonly CancellationTokenSource _abort = new();
    private readonly Thread _thread;
    private readonly Thread _stopper;
    private volatile bool _compiled;
    private int _stopped;
    private int _workers;
    private int _phase = InCell;
    private KernelInvocationContext? _context;
    private Task? _handling;

    public Submission(CSharpKernel kernel, string source, TextWriter console, CellStops stops, TimeSpan abortLimit, CancellationToken stop)
    {
        (_kernel, _console, _stops, _abortLimit, _stop) = (kernel, console, stops, abortLimit, stop);
        _submit = new SubmitCode(source);
        _submit.SetParent(this, bubbleEvents: true);
        _thread = new Thread(Execute, StackBytes) { Name = "cell" };
        _stopper = new Thread(StopCell) { IsBackground = true, Name = "stop" };
        Handler = Handle;
    }

    /// <summary>The cell was stopped.</summary>
    public bool IsStopped => _stopped != 0;

    /// <summary>The cell was stopped, but goes on behind an <c>await</c>.</summary>
    public bool IsUnfinished => _handling is { IsCompleted: false };

    /// <summary>What came out of the kernel itself.</summary>
    public Exception? Thrown { get; private set; }

    /// <summary>True if no other thread runs what this cell started, and nothing waits for one of the pool, at the latest when the time is up.</summary>
    public bool WorkersEnded(TimeSpan limit) => SpinWait.SpinUntil(() => Volatile.Read(ref _workers) == 0 && ThreadPool.PendingWorkItemCount == 0, limit);

    /// <summary>True for what a cell was compiled to.</summary>
    public static bool IsCell(Assembly assembly) => assembly.GetName().Name?.StartsWith(AssemblyPrefix, StringComparison.Ordinal) == true;

    public void Dispose() => _abort.Dispose();

    private static void OnOrigin(AsyncLocalValueChangedArgs<Submission?> change)
    {
        if (!change.ThreadContextChanged)
        {
            return;
        }

        if (change.PreviousValue is { } left && Thread.CurrentThread != left._thread)
        {
            Interlocked.Decrement(ref left._workers);
        }

        if (change.CurrentValue is { } entered && Thread.CurrentThread != entered._thread)
        {
            Interlocked.Increment(ref entered._workers);
        }
    }

    private Task Handle(KernelCommand command, KernelInvocationContext invocation)
    {
        _context = invocation;

        // The package has put its own writers here, which keep every piece of text until the cell's end.
        Console.SetOut(_console);
        Console.SetError(_console);
        AppDomain.CurrentDomain.AssemblyLoad += OnLoad;
        using (_stop.Register(StopCompiled))
        {
            _thread.Start();
            _thread.Join();
        }

        AppDomain.CurrentDomain.AssemblyLoad -= OnLoad;
        if (IsStopped)
        {
            _stopper.Join();
        }

        return Task.CompletedTask;
    }

    /// <summary>The compiler is not stopped, only what it made: what it was about to set up for all later cells would stay half done.</summary>
    private void OnLoad(object? sender, AssemblyLoadEventArgs loaded)
    {
        if (IsCell(loaded.LoadedAssembly))
        {
            _compiled = true;
            if (_stop.IsCancellationRequested)
            {
                StopCompiled();
            }
        }
    }

    private void StopCompiled()
    {
        if (_compiled && Interlocked.Exchange(ref _stopped, 1) == 0)
        {
            // It may be the cell's own thread that is here, and the stopper is none of its workers.
            _stopper.UnsafeStart();
        }
    }

    private void StopCell()
    {
        long start = Stopwatch.GetTimestamp();
        _stops.StopNewest();
        if (_thread.Join(StepMilliseconds))
        {
            return;
        }

        // As long as there is hope that it answers by itself, workers of earlier cells go on.
        Wake();
        if (_thread.Join(StepMilliseconds))
        {
            return;
        }

        _stops.StopAll();
        while (!_thread.Join(StepMilliseconds))
        {
            if (Stopwatch.GetElapsedTime(start) > _abortLimit)
            {
                _abort.Cancel();
            }

            Wake();
        }
    }

    /// <summary>A thread that sleeps or waits asks nothing, and is not aborted either; it may fall asleep again before it does.</summary>
    private void Wake()
    {
        if (Interlocked.CompareExchange(ref _phase, Waking, InCell) == InCell)
        {
            // Only one that waits: to interrupt a thread while the abort reaches it crashes the runtime.
            if (_thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin))
            {
                _thread.Interrupt();
            }

            Volatile.Write(ref _phase, InCell);
        }
    }

    /// <summary>
    /// The cell's own code is behind us: what follows takes the abort off this thread, and must not be woken in the middle of it. No locks
    /// here: a thread that is about to be woken cannot wait for one.
    /// </summary>
    private void LeaveCell()
    {
        while (Interlocked.CompareExchange(ref _phase, LeftCell, InCell) != InCell)
        {
            Thread.SpinWait(1);
        }

        if (_stop.IsCancellationRequested)
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
            Origin.Value = this;
            _handling = ((IKernelCommandHandler<SubmitCode>)_kernel).HandleAsync(_submit, _context!);
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
            ControlledExecution.Run(RunCell, _abort.Token);
#pragma warning restore SYSLIB0046

            // A cell that awaits goes on elsewhere.
            _handling!.Wait(_abort.Token);
        }
        catch (Exception e)
        {
            Thrown = (e as AggregateException)?.InnerException ?? e;
        }
    }
}
