using AttentionLab.Studio.Kernel;
using static AttentionLab.Studio.Tests.Notebooks.ChapterSample;

namespace AttentionLab.Studio.Tests.Notebooks;

/// <summary>Code cells are short: at 400 px no screen of code stands before a chart.</summary>
public sealed class CellLengthTests(ExecutedCourse course)
{
    private const int Longest = 20, Median = 12;

    public static TheoryData<string> Chapters => RuledChapters.Names;

    [Theory]
    [MemberData(nameof(Chapters))]
    public async Task Chapter_CodeCells_AreShort(string name) => RuledChapters.HasNone(Faults(await RuledChapters.GetAsync(course, name)));

    [Theory]
    [InlineData(new[] { 20, 3, 3 }, "")]
    [InlineData(new[] { 21, 3, 3 }, "cell 1 has 21 lines")]
    [InlineData(new[] { 13, 12, 13 }, "the median of its code cells is 13 lines")]
    [InlineData(new[] { 12, 13, 12 }, "")]
    public void Sample_LongCells_AreNamed(int[] lengths, string fault)
    {
        string faults = string.Join(" ", Faults(Of([.. lengths.Select(lines => Code(string.Join('\n', Enumerable.Repeat("x();", lines))))])));
        Assert.True(fault.Length == 0 ? faults.Length == 0 : faults.Contains(fault), faults);
    }

    private static IEnumerable<string> Faults(ExecutedNotebook chapter)
    {
        (int Number, int Lines)[] cells =
            [.. chapter.Cells.Where(cell => cell.Language == "csharp").Select(cell => (cell.Number, cell.Source.Split('\n').Length))];
        foreach ((int number, int lines) in cells.Where(cell => cell.Lines > Longest))
        {
            yield return $"{chapter.Name}.dib: cell {number} has {lines} lines, at most {Longest} are read: move what only draws or computes into "
                + "lib/AttentionLab.Course.";
        }

        int median = cells.Select(cell => cell.Lines).Order().ElementAt(cells.Length / 2);
        if (median > Median)
        {
            yield return $"{chapter.Name}.dib: the median of its code cells is {median} lines, at most {Median} are read.";
        }
    }
}
