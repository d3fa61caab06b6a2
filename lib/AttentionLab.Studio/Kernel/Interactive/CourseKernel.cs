using System.Runtime.ExceptionServices;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.CSharp;
using Microsoft.DotNet.Interactive.Events;

namespace AttentionLab.Studio.Kernel.Interactive;

/// <summary>
/// .NET Interactive's C# kernel with what it lacks: a cell can be stopped and the state stays. This folder alone knows that package; what
/// stands around it speaks of <see cref="CellOutput"/>, <see cref="CellEnd"/> and <see cref="KernelMessage"/>.
/// </summary>
internal sealed class CourseKernel : IDisposable
{
    private readonly TextWriter _console;
    private readonly Action<CellOutput> _show;
    private readonly KernelOptions _limits;
    private readonly MemoryLimit _memory;
    private readonly CSharpKernel _csharp;
    private readonly CompositeKernel _composite;
    private readonly CodeQuestions _questions;
    private readonly CellStops _stops = new();
    private CommandFailed? _failed;

    /// <param name="console">Takes what cells write to <see cref="Console"/>.</param>
    /// <param name="show">Takes the values that cells show.</param>
    /// <param name="limits">How long a stopped cell may take.</param>
    /// <param name="memory">Keeps back what is needed behind a cell that has filled the memory.</param>
    public CourseKernel(TextWriter console, Action<CellOutput> show, KernelOptions limits, MemoryLimit memory)
    {
        this._console = console;
        this._show = show;
        this._limits = limits;
        this._memory = memory;
        WorkspaceParts.Compose();
        _csharp = new CSharpKernel();
        _composite = new CompositeKernel { _csharp };
        _composite.DefaultKernelName = _csharp.Name;
        _questions = new CodeQuestions(_csharp);
    }

    /// <summary>Which build of the package this is, for everything that depends on it.</summary>
    public static string Version =>
        typeof(CSharpKernel).Module.ModuleVersionId.ToString() + typeof(Microsoft.DotNet.Interactive.Formatting.Formatter).Module.ModuleVersionId;

    /// <summary>
    /// Compiles the smallest cell for nothing: most of a kernel's start is .NET that gets the compiler ready, and the rest of the start has nothing to do
    /// with that. Call it on a thread of its own. With the kernel's own first cell, which is compiled in any case, a start took a tenth longer.
    /// </summary>
    public static void ReadCompiler()
    {
        try
        {
            ScriptOptions options = ScriptSettings.ForCells(ScriptOptions.Default).WithImports("System", "System.Collections.Generic");
            CSharpScript.Create("1", options).GetCompilation().Emit(Stream.Null);
        }
        catch (Exception)
        {
            // The first cell says it.
        }
    }

    /// <summary>Runs a first cell: then the compiler is loaded, later cells can be stopped, and questions have something to start from.</summary>
    public void Start()
    {
        Console.SetOut(_console);
        Console.SetError(_console);
        CellDisplay.Configure();
        ScriptSettings.Apply(_csharp);
        _csharp.KernelEvents.Subscribe(OnEvent);
        using Submission first = Submit(CellStops.Source, CancellationToken.None);
        if (_failed is not null)
        {
            throw new InvalidOperationException("The kernel cannot run its first cell: " + _failed.Message);
        }

        _stops.Connect();
        ExceptionHandling.SetUnhandledExceptionHandler(_stops.IsStop);
    }

    /// <summary>Runs a cell that holds no directives but references.</summary>
    public CellEnd Run(string source, CellPath path, CancellationToken stop)
    {
        ScriptSettings.Name(_csharp, path);
        ScriptState before = _csharp.ScriptState;
        string stoppable = StopChecks.Insert(ScriptSettings.Read(_csharp, source), _stops.Next());
        using Submission checkedCell = Submit(stoppable, stop);

        // An error is told in the reader's own text; and if the checks alone are at fault, the cell runs without.
        using Submission? plainCell = _failed?.Exception is CodeSubmissionCompilationErrorException ? Submit(source, stop) : null;
        Submission cell = plainCell ?? checkedCell;
        _memory.MakeRoom();
        if (cell.IsStopped)
        {
            return AfterStop(cell, before, path);
        }

        // The exception itself, before anybody asked for its message.
        Exception? thrown = _csharp.ScriptState != before && _csharp.ScriptState?.Exception is Exception own ? own : _failed?.Exception ?? cell.Thrown;
        return thrown switch
        {
            CodeSubmissionCompilationErrorException { InnerException: CompilationErrorException errors } =>
                CellEnd.Failed(CellFailures.From([.. errors.Diagnostics.Select(error => CodeQuestions.ToDiagnostic(error, isSyntax: false))])),
            not null => CellEnd.Failed(CellFailures.From(thrown, path)),
            null when _failed is not null => CellEnd.Failed(CellFailures.Plain(CellFailures.OneLine(_failed.Message))),
            null => CellEnd.Good,
        };
    }

    /// <summary>Answers a question about code.</summary>
    public KernelMessage Answer(KernelMessage question) => _questions.Answer(question);

    public void Dispose() => _composite.Dispose();

    /// <summary>What is left of a stopped cell, and whether the kernel still works.</summary>
    private CellEnd AfterStop(Submission cell, ScriptState before, CellPath path)
    {
        string? lost =
            cell.IsUnfinished ? "a cell that awaits cannot be stopped alone"
            : !cell.WorkersEnded(_limits.WorkersLimit) ? "workers that the cell started still run (Parallel.For, Task.Run, Thread)"
            : RunBehindStop(before, path) is CellFailure broken ? $"the kernel does not work behind it ({broken.Message})"
            : null;
        return lost is null
            ? new CellEnd(CellFailures.Stopped, IsStopped: true)
            : new CellEnd(CellFailures.Plain(CellFailures.StateLost(lost)), IsStopped: true, IsStateLost: true);
    }

    private CellFailure? RunBehindStop(ScriptState before, CellPath path)
    {
        _stops.Reset();
        ScriptSettings.Restore(_csharp, before);
        return Run("", path, CancellationToken.None).Failure;
    }

    private Submission Submit(string source, CancellationToken stop)
    {
        _failed = null;
        var cell = new Submission(_csharp, source, _console, _stops, _limits.AbortLimit, stop);
        _csharp.SendAsync(cell, CancellationToken.None).GetAwaiter().GetResult();
        return cell;
    }

    private void OnEvent(KernelEvent happened)
    {
        switch (happened)
        {
            case StandardOutputValueProduced or StandardErrorValueProduced:
                _console.Write(((DisplayEvent)happened).FormattedValues.First().Value);
                break;
            case DisplayedValueProduced or DisplayedValueUpdated or ReturnValueProduced:
                _show(CellDisplay.From((DisplayEvent)happened));
                break;
            case CommandFailed failure:
                _failed = failure;
                break;
        }
    }
}
