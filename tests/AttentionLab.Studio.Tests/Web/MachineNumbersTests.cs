using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>Where this machine's outputs state another number than the text says.</summary>
public sealed class MachineNumbersTests
{
    [Theory]
    [InlineData("orange 0.4268", "0.427<!-- orange ±0.001 -->", null)]
    [InlineData("orange 0.4268", "4 to 9<!-- orange 3..11 --> and 0.43", "0.4268 in place of 4 to 9 (3 to 11 allowed) (orange)")]
    [InlineData("orange 0.44, seeds 3", "0.427<!-- orange ±0.001 -->", "0.44 in place of 0.427 ± 0.001 (orange)")]
    [InlineData("phone 3\nshare 16.5 %", "**14 %**<!-- share ±1 -->", "16.5 in place of 14 % ± 1 (share)")]
    [InlineData("nothing of it", "0.427<!-- orange ±0.001 -->", null)]
    public void Text_WithANumber_IsComparedWithTheOutput(string output, string text, string? difference)
    {
        ExecutedNotebook chapter = Chapter(text);
        Workbook book = new(chapter, null);
        MachineNumbers numbers = new(chapter);
        Assert.Empty(numbers.Of(book));
        Show(book, output);
        Assert.Equal(difference is null ? [] : [$"4: {difference}"], Found(numbers, book));
    }

    [Fact]
    public void Numbers_OfCodeThatTheReaderChanged_AreNotCompared()
    {
        ExecutedNotebook chapter = Chapter("0.427<!-- share ±0.001 -->");
        Workbook book = new(chapter, null);
        MachineNumbers numbers = new(chapter);
        Show(book, "share 0.5");
        Assert.Single(numbers.Of(book));

        // A cell above, changed and run; and all below it run again.
        book.Edit(book.Cells[0], "other");
        Assert.Empty(numbers.Of(book));
        Show(book, "share 0.5");
        Assert.Empty(numbers.Of(book));

        book.Edit(book.Cells[0], "first");
        Show(book, "share 0.5");
        Assert.Single(numbers.Of(book));
        book.Edit(book.Cells[1], "other");
        Assert.Empty(numbers.Of(book));
    }

    [Fact]
    public void Number_OfAnotherSection_IsNotCompared()
    {
        ExecutedNotebook chapter = Chapter("## New section\n\nIt is 0.427<!-- share ±0.001 -->.");
        Workbook book = new(chapter, null);
        Show(book, "share 0.5");
        Assert.Empty(new MachineNumbers(chapter).Of(book));
    }

    [Fact]
    public void Number_OfASectionThatItNames_IsComparedFromAnywhereBelow()
    {
        ExecutedNotebook chapter = Chapter("## Vote again\n\nIt is 0.427<!-- 1.1: share ±0.001 -->, not 3<!-- 1.2: share ±1 -->.");
        Workbook book = new(chapter, null);
        Show(book, "share 0.5");
        Assert.Equal(["4: 0.5 in place of 0.427 ± 0.001 (share)"], Found(new MachineNumbers(chapter), book));
    }

    private static ExecutedNotebook Chapter(string text) => new(
        "01-a", [Cell(1, "csharp", "first"), Cell(2, "markdown", "## 1.1 · Section"), Cell(3, "csharp", "second"), Cell(4, "markdown", text)], 0);

    private static ExecutedCell Cell(int number, string language, string source) => new(number, language, source, [], null, 0);

    /// <summary>Runs both cells; the second shows a text.</summary>
    private static void Show(Workbook book, string text)
    {
        foreach (WorkCell cell in book.Cells)
        {
            book.Begin(cell, 1);
            if (cell.Number == 3)
            {
                book.Show(cell, new CellOutput(CellOutput.Stream, text));
            }

            book.End(cell, null, 0);
        }
    }

    private static string[] Found(MachineNumbers numbers, Workbook book) =>
        [.. numbers.Of(book).SelectMany(text => text.Found.Select(found => $"{text.Cell}: {found}"))];
}
