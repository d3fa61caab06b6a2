using System.Globalization;
using System.Text.RegularExpressions;
using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Book;

/// <summary>The annotated paper: each statement leads to the cells that test it, or says that none does.</summary>
public sealed partial class PaperTests
{
    private static readonly string[] Measures = ["Outcome.Of", "Verify.", "Chart."];

    [Fact]
    public void Statement_OfThePaper_LeadsToCellsThatMeasureInTheSectionThatItNames()
    {
        string paper = Path.Combine(Repository.Notebooks, "book", "paper.md");
        string[] rows = [.. File.ReadLines(paper).Where(line => line.StartsWith("| 3", StringComparison.Ordinal))];
        Assert.NotEmpty(rows);
        Assert.DoesNotContain(rows, row => !CellLinks().IsMatch(row) && !row.Contains("| not tested in this course", StringComparison.Ordinal));
        Assert.Empty(rows.SelectMany(row => CellLinks().Matches(row)).Select(Fault).OfType<string>());
    }

    /// <summary>What is wrong with a link; null if nothing is.</summary>
    private static string? Fault(Match link)
    {
        string path = Path.Combine(Repository.Notebooks, link.Groups["file"].Value);
        IReadOnlyList<ExecutedCell> cells = NotebookRunner.NotRun(path, DibDocument.Read(path)).Cells;
        int number = int.Parse(link.Groups["cell"].Value, CultureInfo.InvariantCulture);
        string section = "";
        foreach (ExecutedCell cell in cells.TakeWhile(cell => cell.Number <= number))
        {
            section = cell.Language == "markdown" && Headings().Matches(cell.Source) is [.., { } last] ? last.Groups[1].Value : section;
        }

        return cells.FirstOrDefault(cell => cell.Number == number) is not { Language: "csharp" } named ? $"{link.Value}: no cell of code"
            : section != link.Groups["section"].Value ? $"{link.Value}: that cell stands in {section}"
            : !Measures.Any(named.Source.Contains) ? $"{link.Value}: that cell shows nothing"
            : link.Groups["cell"].Value != link.Groups["target"].Value ? $"{link.Value}: two cells"
            : null;
    }

    [GeneratedRegex(@"\[(?<section>\d+\.\d+), cell (?<cell>\d+)\]\(\.\./(?<file>[\w-]+\.dib)#cell-(?<target>\d+)\)")]
    private static partial Regex CellLinks();

    [GeneratedRegex(@"^#{2,3} (\d+\.\d+)", RegexOptions.Multiline)]
    private static partial Regex Headings();
}
