using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Kernel.Interactive;

namespace AttentionLab.Studio.Kernel;

/// <summary>Runs the cells of a notebook and of what it imports, inside the kernel process.</summary>
internal sealed class NotebookCells(string notebook, CourseKernel kernel)
{
    private readonly Stack<string> _importing = new([notebook]);

    /// <summary>Runs a cell of the notebook itself.</summary>
    public CellEnd Run(int cell, string source, CancellationToken stop)
    {
        string folder = Path.GetDirectoryName(notebook)!;
        if (IsNowhere())
        {
            Environment.CurrentDirectory = folder;
        }

        return Run(source, new CellPath(Path.GetFileName(notebook), cell), folder, stop);
    }

    /// <summary>An earlier cell may have deleted the folder in which it worked; without one nothing can be compiled.</summary>
    private static bool IsNowhere()
    {
        try
        {
            return !Directory.Exists(Environment.CurrentDirectory);
        }
        catch (IOException)
        {
            return true;
        }
    }

    private CellEnd Run(string source, CellPath path, string folder, CancellationToken stop)
    {
        IReadOnlyList<CellDirective> directives = CellDirectives.In(source);
        foreach (CellDirective directive in directives)
        {
            CellEnd end = directive.Kind switch
            {
                CellDirectiveKind.Refused => CellEnd.Failed(CellFailures.Plain(directive.Target, directive.Line)),
                CellDirectiveKind.Reference when !File.Exists(directive.FileFrom(folder)) => CellEnd.Failed(CellFailures.Plain(
                    $"#r \"{directive.Target}\" names no file: build the library once (dotnet build), or correct the path.", directive.Line)),
                CellDirectiveKind.Import => Import(directive, folder, stop),
                _ => CellEnd.Good,
            };
            if (end.Failure is not null)
            {
                return end;
            }
        }

        return kernel.Run(Prepare(source, directives, folder), path, stop);
    }

    /// <summary>The cell for the compiler: imports are done, references are absolute, line numbers stay.</summary>
    private static string Prepare(string source, IReadOnlyList<CellDirective> directives, string folder) =>
        CellDirectives.Replace(source, directives, directive => directive.Kind == CellDirectiveKind.Reference ? $"#r \"{directive.FileFrom(folder)}\"" : "");

    private CellEnd Import(CellDirective directive, string folder, CancellationToken stop)
    {
        string path = directive.FileFrom(folder);
        string? refusal =
            _importing.Contains(path)
                ? $"#!import {directive.Target} imports itself: {string.Join(" → ", _importing.Reverse().Append(path).Select(Path.GetFileName))}."
            : !File.Exists(path)
                ? $"#!import {directive.Target}: no such "
                    + $"file{(Path.GetFileName(path) == "setup.dib" ? ": it is written by the build: run it once (dotnet build)." : ".")}"
            : !path.EndsWith(".dib", StringComparison.OrdinalIgnoreCase) ? $"#!import {directive.Target}: this host imports .dib files only."
            : null;
        if (refusal is not null)
        {
            return CellEnd.Failed(CellFailures.Plain(refusal, directive.Line));
        }

        _importing.Push(path);
        try
        {
            foreach ((int number, DibCell cell) in DibDocument.Read(path, $"#!import {directive.Target}").NumberedCells)
            {
                var cellPath = new CellPath(Path.GetFileName(path), number);
                CellEnd end = cell.Kind == DibCellKind.CSharp ? Run(cell.Text, cellPath, Path.GetDirectoryName(path)!, stop) : CellEnd.Good;
                if (end.Failure is CellFailure failure)
                {
                    return end with { Failure = end.IsStopped ? failure : CellFailures.Plain(failure.At(cellPath.File, number), directive.Line) };
                }
            }

            return CellEnd.Good;
        }
        catch (Exception e) when (e is DibException or IOException or UnauthorizedAccessException)
        {
            return CellEnd.Failed(CellFailures.Plain(CellFailures.OneLine(e.Message), directive.Line));
        }
        finally
        {
            _importing.Pop();
        }
    }
}

/// <summary>How a cell ended in the kernel process.</summary>
/// <param name="Failure">Null if it ended well.</param>
/// <param name="IsStopped">It was stopped.</param>
/// <param name="IsStateLost">It was stopped, but not cleanly.</param>
internal sealed record CellEnd(CellFailure? Failure, bool IsStopped = false, bool IsStateLost = false)
{
    public static CellEnd Good { get; } = new((CellFailure?)null);

    public static CellEnd Failed(CellFailure failure) => new(failure);
}
