using System.Text.RegularExpressions;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Hosts;

/// <summary>What one host made of one notebook.</summary>
/// <param name="Host">The host's name in the table.</param>
/// <param name="Notebook">For example <c>02-context</c>.</param>
/// <param name="Cells">Its cells of C#, in order.</param>
/// <param name="Seconds">Time of the run, the start of the host included.</param>
public sealed partial record HostRun(string Host, string Notebook, IReadOnlyList<HostCell> Cells, double Seconds)
{
    /// <summary>The run that Studio made.</summary>
    public static HostRun Of(ExecutedNotebook notebook) => new(
        "Studio",
        notebook.Name,
        [
            .. notebook.Cells.Where(cell => cell.Language == "csharp").Select(cell => new HostCell(
                cell.Number,
                string.Concat(cell.Outputs.Where(output => output.MimeType == CellOutput.Stream).Select(output => output.Content)),
                cell.Outputs.Count(output => output.MimeType == CellOutput.Plotly),
                cell.Failure?.Message)),
        ],
        notebook.Seconds);

    /// <summary>No cell failed here, and each printed and drew what it did in Studio.</summary>
    public void AssertLike(HostRun studio)
    {
        string[] failures = [.. Cells.Where(cell => cell.Failure is not null).Select(cell => $"{Notebook}.dib: cell {cell.Number}: {cell.Failure}")];
        Assert.True(failures.Length == 0, string.Join('\n', failures));
        Assert.Equal(studio.Cells.Select(cell => (cell.Number, cell.Charts)), Cells.Select(cell => (cell.Number, cell.Charts)));
        Assert.Equal(
            studio.Cells.Select(cell => $"cell {cell.Number}:\n{WithoutTimes(cell.Printed)}"),
            Cells.Select(cell => $"cell {cell.Number}:\n{WithoutTimes(cell.Printed)}"));
    }

    /// <summary>A line that gives a time or a speed keeps its words and loses its numbers: they differ from run to run.</summary>
    internal static string WithoutTimes(string printed) => string.Join(
        '\n', printed.ReplaceLineEndings("\n").Split('\n').Select(line => TimeOrSpeed().IsMatch(line) ? Number().Replace(line, " # ") : line));

    [GeneratedRegex(@"\d\s*(?:[nµmu]?s|sec|seconds?|minutes?|times|(?:[GMk]?\w+|words|tokens|numbers|operations)(?:/s| a second| per second))(?!\w)")]
    private static partial Regex TimeOrSpeed();

    [GeneratedRegex(@"\s*[0-9][0-9.,]*\s*")]
    private static partial Regex Number();
}

/// <summary>What one cell did in a host.</summary>
/// <param name="Number">Its place among the cells that a reader sees, from 1.</param>
/// <param name="Printed">Console text.</param>
/// <param name="Charts">Charts that it showed.</param>
/// <param name="Failure">Why it stopped; null when it ended well.</param>
public sealed record HostCell(int Number, string Printed, int Charts, string? Failure);
