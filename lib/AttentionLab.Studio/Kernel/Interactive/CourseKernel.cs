using System.Runtime;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.CSharp;
using Microsoft.DotNet.Interactive.Events;

namespace AttentionLab.Studio.Kernel.Interactive;

/// <summary>
/// .NET Interactive's C# kernel with what it lacks: a cell can be stopped and the state stays. This folder alone knows that package; what
/// stands around it speaks of <see cref="CellOutput"/>, <see cref="CellEnd"/> and <see cref="KernelMessage"/>.
/// </summary>
internal sealed class CourseKernel : IDisposable
{
    /// <summary>As much stack as a program's first thread has, and again.</summary>
    private const int StackBytes = 16 << 20;

    /// <summary>How long a stopped cell's workers may take to notice.</summary>
    private static readonly TimeSpan WorkersLimit = TimeSpan.FromMilliseconds(150);

    private readonly TextWriter console;
    private readonly Action<CellOutput> show;
    private readonly CSharpKernel csharp = new();
    private readonly CompositeKernel composite;
    private readonly CodeQuestions questions;
    private CommandFailed? failed;

    /// <param name="console">Takes what cells write to <see cref="Console"/>.</param>
    /// <param name="show">Takes the values that cells show.</param>
    public CourseKernel(TextWriter console, Action<CellOutput> show)
    {
        this.console = console;
        this.show = show;
        composite = new CompositeKernel { csharp };
        composite.DefaultKernelName = csharp.Name;
        questions = new CodeQuestions(csharp);
    }

    /// <summary>Which build of the package this is, for everything that depends on it.</summary>
    public static string Version => typeof(CSharpKernel).Module.ModuleVersionId.ToString() + typeof(Microsoft.DotNet.Interactive.Formatting.Formatter).Module.ModuleVersionId;

    /// <summary>Runs an empty cell: then the compiler is loaded, and questions have something to start from.</summary>
    public void Start()
    {
        Console.SetOut(console);
        Console.SetError(console);
        CellDisplay.Configure();
        ScriptSettings.Apply(csharp);
        csharp.KernelEvents.Subscribe(OnEvent);
        CellEnd end = Run("", new CellPath("kernel", 0), CancellationToken.None);
        if (end.Failure is CellFailure failure)
        {
            throw new InvalidOperationException("The kernel cannot run an empty cell: " + failure.Details);
        }
    }

    /// <summary>Runs a cell that holds no directives but references.</summary>
    public CellEnd Run(string source, CellPath path, CancellationToken stop)
    {
        failed = null;
        ScriptSettings.Name(csharp, path);
        ScriptState? before = csharp.ScriptState;
        var cell = new Submission(csharp, source, console, stop);
        csharp.SendAsync(cell, CancellationToken.None).GetAwaiter().GetResult();
        if (cell.IsStopped)
        {
            return AfterStop(cell, path);
        }

        // The exception itself, before anybody asked for its message.
        Exception? thrown = csharp.ScriptState != before && csharp.ScriptState?.Exception is Exception own ? own : failed?.Exception ?? cell.Thrown;
        return thrown switch
        {
            CodeSubmissionCompilationErrorException { InnerException: CompilationErrorException errors } =>
                CellEnd.Failed(CellFailures.From([.. errors.Diagnostics.Select(CodeQuestions.ToDiagnostic)])),
            not null => CellEnd.Failed(CellFailures.From(thrown, path)),
            null when failed is not null => CellEnd.Failed(CellFailures.Plain(CellFailures.OneLine(failed.Message))),
            null => CellEnd.Good,
        };
    }

    /// <summary>Answers a question about code.</summary>
    public KernelMessage Answer(KernelMessage question) => questions.Answer(question);

    public void Dispose() => composite.Dispose();

    /// <summary>What is left of a stopped cell, and whether the kernel still works.</summary>
    private CellEnd AfterStop(Submission cell, CellPath path)
    {
        string? lost =
            cell.IsUnfinished ? "a cell that awaits cannot be stopped alone"
            : !cell.WorkersEnded(WorkersLimit) ? "workers that the cell started still run (Parallel.For, Task.Run)"
            : Run("", path, CancellationToken.None).Failure is not null ? "the kernel does not work behind it"
            : null;
        return lost is null
            ? new CellEnd(CellFailures.Stopped, IsStopped: true)
            : new CellEnd(CellFailures.Plain(CellFailures.StateLost(lost)), IsStopped: true, IsStateLost: true);
    }

    private void OnEvent(KernelEvent happened)
    {
        switch (happened)
        {
            case StandardOutputValueProduced or StandardErrorValueProduced:
                console.Write(((DisplayEvent)happened).FormattedValues.First().Value);
                break;
            case DisplayedValueProduced or DisplayedValueUpdated or ReturnValueProduced:
                show(CellDisplay.From((DisplayEvent)happened));
                break;
            case CommandFailed failure:
                failed = failure;
                break;
        }
    }

    /// <summary>
    /// A cell on its way through the kernel. It goes past the package's own reading of lines that start with <c>#!</c>, which finds them in
    /// strings too, and runs on a thread that can be aborted: the package's <c>Cancel</c> leaves an endless loop running.
    /// </summary>
    private sealed class Submission : KernelCommand
    {
        private readonly CancellationToken stop;
        private readonly int workersBefore = Workers();
        private Task? handling;

        public Submission(CSharpKernel kernel, string source, TextWriter console, CancellationToken stop)
        {
            // ControlledExecution waits for ever behind a token that cannot be cancelled.
            this.stop = stop.CanBeCanceled ? stop : new CancellationTokenSource().Token;
            Handler = (_, context) =>
            {
                var submit = new SubmitCode(source);
                submit.SetParent(this, bubbleEvents: true);
                Console.SetOut(console);
                Console.SetError(console);
                var thread = new Thread(() => Execute(() => ((IKernelCommandHandler<SubmitCode>)kernel).HandleAsync(submit, context)), StackBytes) { Name = "cell" };
                thread.Start();
                thread.Join();
                return Task.CompletedTask;
            };
        }

        /// <summary>The cell was stopped before its end.</summary>
        public bool IsStopped { get; private set; }

        /// <summary>The cell was stopped, but goes on behind an <c>await</c>.</summary>
        public bool IsUnfinished => handling is { IsCompleted: false };

        /// <summary>What came out of the kernel itself.</summary>
        public Exception? Thrown { get; private set; }

        /// <summary>True if no more workers run than before the cell, at the latest when the time is up.</summary>
        public bool WorkersEnded(TimeSpan limit) => SpinWait.SpinUntil(() => Workers() <= workersBefore, limit);

        private static int Workers()
        {
            ThreadPool.GetMaxThreads(out int most, out _);
            ThreadPool.GetAvailableThreads(out int free, out _);
            return most - free;
        }

        private void Execute(Func<Task> handle)
        {
            try
            {
#pragma warning disable SYSLIB0046 // "May corrupt the process": behind each stop the kernel is tried, and the process ended if it does not work.
                ControlledExecution.Run(() => (handling = handle()).GetAwaiter().GetResult(), this.stop);
#pragma warning restore SYSLIB0046
            }
            catch (OperationCanceledException) when (this.stop.IsCancellationRequested)
            {
                IsStopped = true;
            }
            catch (Exception e)
            {
                Thrown = e;
            }
        }
    }
}
