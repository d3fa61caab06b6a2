using System.Text;
using AttentionLab.Studio.Dib;

namespace AttentionLab.Studio.Tests.Dib;

public sealed class DibDocumentTests
{
    private const string Meta = "#!meta\n\n{\"kernelInfo\":{\"defaultKernelName\":\"csharp\",\"items\":["
        + "{\"name\":\"csharp\",\"languageName\":\"C#\",\"aliases\":[\"c#\",\"cs\"]},{\"name\":\"toy\",\"aliases\":[\"ty\"]}]}}\n\n";

    [Fact]
    public void Parse_UsualFile_GivesItsCells()
    {
        DibDocument document = Parse(Meta + "#!markdown\n\n# Title\nText\n\n#!csharp\n\n#!import ./setup.dib\n\n#!c#\n\nvar x = 1;\n\nx\n");
        Assert.Equal([DibCellKind.Meta, DibCellKind.Markdown, DibCellKind.CSharp, DibCellKind.CSharp], document.Cells.Select(cell => cell.Kind));
        Assert.Equal(["meta", "markdown", "csharp", "c#"], document.Cells.Select(cell => cell.Language));
        Assert.Equal(["# Title\nText", "#!import ./setup.dib", "var x = 1;\n\nx"], document.Cells.Skip(1).Select(cell => cell.Text));
        Assert.Equal([1, 2, 3], document.NumberedCells.Select(cell => cell.Number));
    }

    [Fact]
    public void Parse_UnknownAndDeclaredKinds_AreCellsOfTheirOwn()
    {
        DibDocument document = Parse(Meta + "#!mermaid\ngraph\n#!toy\nplay\n#!ty\nmore\n#!nobody\nstill toy\n#!fsharp\nlet x = 1");
        Assert.Equal(["meta", "mermaid", "toy", "ty", "fsharp"], document.Cells.Select(cell => cell.Language));
        Assert.All(document.Cells.Skip(1), cell => Assert.Equal(DibCellKind.Unknown, cell.Kind));
        Assert.Equal("more\n#!nobody\nstill toy", document.Cells[3].Text);
    }

    [Fact]
    public void Parse_TextBeforeTheFirstSeparator_IsACodeCell()
    {
        DibDocument document = Parse("var x = 1;\n#!markdown\nText");
        Assert.Equal(("csharp", "var x = 1;"), (document.Cells[0].Language, document.Cells[0].Text));
    }

    [Theory]
    [InlineData("#!csharp\r\n\r\nvar x = 1;\r\nx\r\n\r\n#!markdown\r\n\r\nText")]
    [InlineData("\uFEFF#!meta\n{}\n#!csharp\nx")]
    [InlineData("\n\n  \n#!markdown   \n\n\n Text \t\n\n\n\n#!cs\t\n")]
    [InlineData("#!csharp")]
    [InlineData("#!csharp\n\n\n\n")]
    [InlineData("#!csharp\rx\r\n y\n\r#!markdown\n")]
    [InlineData("no separator at all")]
    [InlineData("#!markdown\n\u00e9 \u67e5\u8be2 \U0001F600 \u2028 \u0085 x")]
    [InlineData("#!csharp\n#!csharp\n\n#!csharp\n\n\n#!markdown\n#!meta\n{\"a\":1}")]
    public void ToBytes_UnchangedFile_GivesTheSameBytes(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Assert.Equal(bytes, DibDocument.Parse(bytes).ToBytes());
    }

    [Fact]
    public void ToBytes_FuzzedCorpus_GivesTheSameBytes()
    {
        string[] pieces =
        [
            "#!csharp", "#!c#", "#!markdown", "#!md", "#!meta", "#!import ./x.dib", "#!fsharp", "#!nobody", "#!", "#! csharp", " #!csharp", "#!csharp ",
            "#r \"x.dll\"",
            "\n", "\n", "\n", "\r\n", "\r\n", "\r", "\t", " ", "  ", "x", "var y = 2;", "{}", "{", "\"", "\u00e9", "\u67e5", "\U0001F600", "\uFEFF", "\u2028",
            "\0",
        ];
        var random = new Random(20261121);
        int read = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(1, 40)).Select(_ => pieces[random.Next(pieces.Length)])));
            if (i % 4 == 0)
            {
                // Damage: a byte changed, and the end cut off.
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                bytes = bytes[..random.Next(1, bytes.Length + 1)];
            }

            try
            {
                DibDocument document = DibDocument.Parse(bytes, "fuzz.dib");
                Assert.Equal(bytes, document.ToBytes());
                read++;
            }
            catch (DibException e)
            {
                Assert.StartsWith("fuzz.dib: ", e.Message);
                Assert.DoesNotContain("\n", e.Message);
            }
        }

        Assert.InRange(read, 5_000, 19_000);
    }

    [Fact]
    public void ToBytes_NotebooksOfTheCourse_GiveTheSameBytes()
    {
        string[] files = Directory.GetFiles(Repository.Notebooks, "*.dib", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(file), DibDocument.Read(file).ToBytes()));
    }

    [Fact]
    public void With_ChangedAndNewCells_KeepsTheOthersAndTheLineEnds()
    {
        DibDocument document = Parse("#!csharp\r\n\r\nold\r\n\r\n#!markdown\r\n\r\n\r\nKept  \r\n");
        DibDocument changed = document.With(
            [document.Cells[0] with { Text = "new\nlines" }, document.Cells[1], new DibCell(DibCellKind.CSharp, "csharp", "more")]);
        Assert.Equal(
            "#!csharp\r\n\r\nnew\r\nlines\r\n\r\n#!markdown\r\n\r\n\r\nKept  \r\n#!csharp\r\n\r\nmore\r\n\r\n", Encoding.UTF8.GetString(changed.ToBytes()));
        Assert.Equal(["new\nlines", "Kept", "more"], DibDocument.Parse(changed.ToBytes()).Cells.Select(cell => cell.Text));
    }

    [Fact]
    public void With_CellBehindAFileWithoutFinalLineEnd_StartsALine()
    {
        DibDocument document = Parse("#!csharp\n\nx");
        DibDocument changed = document.With([.. document.Cells, new DibCell(DibCellKind.Markdown, "markdown", "Text")]);
        Assert.Equal(["x", "Text"], DibDocument.Parse(changed.ToBytes()).Cells.Select(cell => cell.Text));
    }

    [Fact]
    public void With_TextInAnEmptyCellAtTheEndOfTheFile_StartsALine()
    {
        DibDocument document = Parse("#!markdown\n\nT\n\n#!csharp");
        DibDocument changed = document.With([document.Cells[0], document.Cells[1] with { Text = "x" }]);
        Assert.Equal(["T", "x"], DibDocument.Parse(changed.ToBytes()).Cells.Select(cell => cell.Text));
    }

    /// <summary>What other programs take for a line end, too, is a letter of the text: a form feed, NEL, the separators of lines and paragraphs.</summary>
    [Fact]
    public void With_LettersThatSomeTakeForLineEnds_KeepsThem()
    {
        const string Text = "a\fb\u0085c\u2028d\u2029e\nf";
        DibDocument changed = Parse("#!markdown\r\n\r\nold\r\n").With(
            [Parse("#!markdown\r\n\r\nold\r\n").Cells[0] with { Text = Text }, new DibCell(DibCellKind.Markdown, "markdown", Text)]);
        Assert.Equal([Text, Text], DibDocument.Parse(changed.ToBytes()).Cells.Select(cell => cell.Text));
    }

    [Theory]
    [InlineData(new byte[0], "is empty")]
    [InlineData(new byte[] { 10, 13, 10, 32 }, "holds no cell")]
    [InlineData(new byte[] { 0x7F, 0x45, 0x4C, 0x46, 0, 1 }, "is binary")]
    [InlineData(new byte[] { 0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10 }, "is binary or not UTF-8: byte 0 is 0x89")]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x23, 0 }, "is UTF-16")]
    [InlineData(new byte[] { 0x23, 0x21, 0x63, 0x73, 10, 0xE6, 0x9F }, "cut off in the middle of a character")]
    public void Parse_UnusableFile_SaysWhyInOneLine(byte[] bytes, string reason)
    {
        DibException e = Assert.Throws<DibException>(() => DibDocument.Parse(bytes, "bad.dib"));
        Assert.StartsWith("bad.dib: ", e.Message);
        Assert.Contains(reason, e.Message);
        Assert.DoesNotContain("\n", e.Message);
    }

    [Fact]
    public void Parse_TruncatedMeta_SaysSo()
    {
        DibException e = Assert.Throws<DibException>(() => Parse(Meta[..60]));
        Assert.Contains("#!meta cell is cut off", e.Message);
    }

    [Fact]
    public void Read_MissingFile_SaysSo() =>
        Assert.Equal("nowhere/x.dib: no such file.", Assert.Throws<DibException>(() => DibDocument.Read("nowhere/x.dib")).Message);

    private static DibDocument Parse(string text) => DibDocument.Parse(Encoding.UTF8.GetBytes(text), "test.dib");
}
