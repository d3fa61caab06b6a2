using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Book;

/// <summary>What <c>report.json</c> says about a run.</summary>
/// <param name="Notebooks">The notebooks that were run, in order.</param>
public sealed partial record Report(IReadOnlyList<ReportedNotebook> Notebooks)
{
    /// <summary>File name of the report inside a book.</summary>
    public const string FileName = "report.json";

    /// <summary>Counts the cells of executed notebooks.</summary>
    public static Report Of(IEnumerable<ExecutedNotebook> notebooks) => new([.. notebooks.Select(Count)]);

    /// <summary>The id that a cell's first line names, <c>// exercise 03.1</c>, or null.</summary>
    public static string? ExerciseOf(string source)
    {
        Match match = ExerciseLine().Match(source);
        return match.Success ? match.Groups[1].Value : null;
    }

    /// <summary>The report as the file holds it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Default.Report) + "\n";

    /// <summary>A line for each notebook below a line of headings, in columns.</summary>
    public string ToTable()
    {
        string[][] rows =
        [
            ["notebook", "cells", "charts", "exercises", "failed", "seconds", "lines a cell: median", "longest"],
            .. Notebooks.Select(n => (string[])
                [n.Name, $"{n.Cells}", $"{n.Charts}", $"{n.Exercises}", $"{n.Failed}", Seconds(n.Seconds), $"{n.MedianLines}", $"{n.MostLines}"]),
        ];
        int[] widths = [.. rows[0].Select((_, column) => rows.Max(row => row[column].Length))];
        return string.Join('\n', rows.Select(row =>
            row[0].PadRight(widths[0]) + string.Concat(row.Skip(1).Select((cell, i) => "  " + cell.PadLeft(widths[i + 1])))));

        static string Seconds(double seconds) => seconds.ToString("0.0", CultureInfo.InvariantCulture);
    }

    /// <summary><c>3 notebooks, 42 cells, 0 failed</c>.</summary>
    public override string ToString() => $"{Notebooks.Count} notebooks, {Notebooks.Sum(n => n.Cells)} cells, {Notebooks.Sum(n => n.Failed)} failed";

    private static ReportedNotebook Count(ExecutedNotebook notebook)
    {
        ExecutedCell[] code = [.. notebook.Cells.Where(cell => cell.Language == "csharp")];
        int[] lines = [.. code.Select(cell => cell.Source.Split('\n').Length).Order()];
        return new ReportedNotebook(
            PageText.Clean(notebook.Name),
            code.Length,
            code.Sum(cell => cell.Outputs.Count(output => output.MimeType == CellOutput.Plotly)),
            code.Count(cell => ExerciseOf(cell.Source) is not null),
            code.Count(cell => cell.Failure is not null),
            Math.Round(notebook.Seconds, 2),
            lines.ElementAtOrDefault(lines.Length / 2),
            lines.LastOrDefault());
    }

    [GeneratedRegex(@"\A// exercise (\S+)[ \t]*(?:\n|\z)")]
    private static partial Regex ExerciseLine();
}

/// <summary>One notebook of a report.</summary>
/// <param name="Name">For example <c>02-context</c>.</param>
/// <param name="Cells">Cells of code.</param>
/// <param name="Charts">Charts among the outputs.</param>
/// <param name="Exercises">Cells that start with <c>// exercise ID</c>.</param>
/// <param name="Failed">Cells that failed.</param>
/// <param name="Seconds">Time of the run that made the outputs.</param>
/// <param name="MedianLines">Lines of a cell of code: the median.</param>
/// <param name="MostLines">Lines of its longest cell of code.</param>
public sealed record ReportedNotebook(string Name, int Cells, int Charts, int Exercises, int Failed, double Seconds, int MedianLines, int MostLines);

/// <summary>JSON of reports, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Report))]
internal sealed partial class ReportJson : JsonSerializerContext;
