using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Kernel;

/// <summary>What cells show, and in which order.</summary>
public sealed class OutputTests(KernelFixture kernel) : IClassFixture<KernelFixture>
{
    [Theory]
    [InlineData("1 + 1", "text/plain", "2")]
    [InlineData("1.5", "text/plain", "1.5")]
    [InlineData("\"<b>\"", "text/plain", "<b>")]
    [InlineData("DayOfWeek.Friday", "text/plain", "Friday")]
    [InlineData("(object)null", "text/plain", "<null>")]
    public async Task Show_PlainValue_IsText(string source, string mimeType, string content)
    {
        ExecutedCell cell = await kernel.RunAsync(source);
        Assert.Null(cell.Failure);
        Assert.Equal([new CellOutput(mimeType, content)], cell.Outputs);
    }

    [Theory]
    [InlineData("new { A = 1, B = \"two\" }", "two")]
    [InlineData("new[] { new { A = 3 }, new { A = 5 } }", "5")]
    [InlineData("new Dictionary<string, int> { [\"key\"] = 42 }", "42")]
    public async Task Show_ObjectOrSequence_IsHtmlTable(string source, string part)
    {
        ExecutedCell cell = await kernel.RunAsync(source);
        CellOutput output = Assert.Single(cell.Outputs);
        Assert.Equal("text/html", output.MimeType);
        Assert.Contains("<table", output.Content);
        Assert.Contains(part, output.Content);
    }

    [Theory]
    [InlineData("Math.Abs(-1);")]
    [InlineData("var unshown = 3;")]
    [InlineData("void Nothing() { }\nNothing()")]
    [InlineData("// only a comment")]
    [InlineData("using System.Globalization;")]
    [InlineData("")]
    public async Task Show_NoTrailingValue_ShowsNothing(string source)
    {
        ExecutedCell cell = await kernel.RunAsync(source);
        Assert.Null(cell.Failure);
        Assert.Empty(cell.Outputs);
    }

    [Fact]
    public async Task Show_ConsoleAndDisplay_KeepTheirOrder()
    {
        ExecutedCell cell = await kernel.RunAsync(
            """
            Console.WriteLine("one");
            Console.Write("tw"); Console.WriteLine('o');
            "three".Display();
            4.Display();
            Console.WriteLine("five");
            new[] { new { Six = 6 } }.Display();
            await Task.Delay(20);
            Console.Error.WriteLine("seven");
            "eight"
            """);
        Assert.Null(cell.Failure);
        Assert.Equal(["one\ntwo\n", "three", "4", "five\n", "<table", "seven\n", "eight"],
            cell.Outputs.Select(o => o.Content.StartsWith("<table") ? "<table" : o.Content));
        Assert.Equal(["stream", "text/plain", "text/plain", "stream", "text/html", "stream", "text/plain"], cell.Outputs.Select(o => o.MimeType));
    }

    [Fact]
    public async Task Show_TypeWithPlotlyFormatter_IsPlotlyJson()
    {
        ExecutedCell cell = await kernel.RunAsync(
            """
            using System.IO;
            [AttributeUsage(AttributeTargets.Class)]
            public class TypeFormatterSourceAttribute : Attribute
            {
                public TypeFormatterSourceAttribute(Type type) => FormatterSourceType = type;
                public Type FormatterSourceType { get; }
            }
            public class OneFormatter
            {
                public OneFormatter(string mimeType, string text) => (MimeType, Text) = (mimeType, text);
                public string MimeType { get; }
                public string Text { get; }
                public bool Format(object value, TextWriter writer) { writer.Write(Text); return true; }
            }
            public class Source
            {
                public IEnumerable<object> CreateTypeFormatters() =>
                    [new OneFormatter("text/html", "<p>chart</p>"), new OneFormatter("application/vnd.plotly.v1+json", "{\"data\":[]}")];
            }
            [TypeFormatterSource(typeof(Source))]
            public class Picture { }
            new Picture()
            """);
        Assert.Null(cell.Failure);
        Assert.Equal([new CellOutput(CellOutput.Plotly, "{\"data\":[]}")], cell.Outputs);
    }

    [Fact]
    public async Task Show_NativeWrites_AreCaptured()
    {
        ExecutedCell cell = await kernel.RunAsync(
            """
            Console.WriteLine("managed");
            using (var raw = Console.OpenStandardOutput()) raw.Write("past the console\n"u8);
            using (var raw = Console.OpenStandardError()) raw.Write("no line end"u8);
            """);
        string text = string.Concat(cell.Outputs.Select(output => output.Content));
        Assert.Contains("managed", text);
        Assert.Contains("past the console\n", text);
        Assert.EndsWith("no line end", text);
        Assert.DoesNotContain(KernelHost.EndOfRun, text);
    }

    [Fact]
    public async Task Read_Keyboard_IsAtItsEnd()
    {
        ExecutedCell cell = await kernel.RunAsync("Console.ReadLine() is null");
        Assert.Equal("True", Assert.Single(cell.Outputs).Content);
    }

    [Fact]
    public async Task Flood_MillionLines_IsCutWithANoteAndFailsTheCell()
    {
        ExecutedCell cell = await kernel.RunAsync("for (int i = 0; i < 1_000_000; i++) Console.WriteLine($\"line {i}\");\n\"behind\"");
        Assert.StartsWith("the cell flooded its output: it wrote 1,000,000 lines (", cell.Failure!.Message);
        string text = string.Concat(cell.Outputs.Select(output => output.Content));
        Assert.StartsWith("line 0\nline 1\n", text);
        Assert.Contains("line 999\n", text);
        Assert.DoesNotContain("line 1000\n", text);
        Assert.Contains("output cut here: 998,980 more lines", text);
        Assert.EndsWith("the last ones:\n" + string.Concat(Enumerable.Range(999_980, 20).Select(i => $"line {i}\n")), text);
        Assert.Contains(cell.Outputs, output => output.Content == "behind");
    }

    [Theory]
    [InlineData("for (int i = 0; i < 5_000; i++) Console.WriteLine(i);")]
    [InlineData("Console.Write(new string('x', 5_000_000));")]
    [InlineData("using (var raw = Console.OpenStandardOutput()) { var piece = new byte[1 << 20]; for (int i = 0; i < 200; i++) raw.Write(piece); }")]
    public async Task MuchOutput_IsCutWithANote(string source)
    {
        ExecutedCell cell = await kernel.RunAsync(source);
        Assert.Null(cell.Failure);
        Assert.InRange(cell.Outputs.Count, 1, 600);
        Assert.InRange(cell.Outputs.Sum(output => output.Content.Length), 1, 400_000);
        Assert.Contains(cell.Outputs, output => output.Content.Contains('…'));
        Assert.Equal("2", Assert.Single((await kernel.RunAsync("1 + 1")).Outputs).Content);
    }

    [Fact]
    public async Task MuchOutput_OfValues_ShowsTheFirstAndTheLast()
    {
        ExecutedCell cell = await kernel.RunAsync("for (int i = 0; i < 20_000; i++) i.Display();");
        Assert.Null(cell.Failure);
        Assert.Equal(
            [
                .. Enumerable.Range(0, 500).Select(i => $"{i}"),
                "\n… output cut here: 19,480 more values (87,400 characters) are not kept; the last ones:\n",
                .. Enumerable.Range(19_980, 20).Select(i => $"{i}"),
            ],
            cell.Outputs.Select(output => output.Content));

        // Behind the limit by no more than what is kept: nothing is missing. The next cell counts from zero.
        cell = await kernel.RunAsync("for (int i = 0; i < 510; i++) i.Display();");
        Assert.Equal(Enumerable.Range(0, 510).Select(i => $"{i}"), cell.Outputs.Select(output => output.Content));
    }

    [Fact]
    public async Task MuchOutput_ALittleBehindTheLimit_IsWhole()
    {
        ExecutedCell cell = await kernel.RunAsync("for (int i = 0; i < 1_010; i++) Console.WriteLine(i);");
        Assert.Equal(string.Concat(Enumerable.Range(0, 1_010).Select(i => $"{i}\n")), Assert.Single(cell.Outputs).Content);
    }

    [Theory]
    [InlineData("Console.Write(new string('x', 5_000_000)); Console.WriteLine(\"end\");")]
    [InlineData("using (var raw = Console.OpenStandardOutput())\n{ raw.Write(new byte[9 << 20]); raw.Write(\"end\\n\"u8); }")]
    [InlineData("new string('x', 200_000_000) + \"end\\n\"")]
    public async Task MuchOutput_OfLongLines_ShowsItsEnd(string source)
    {
        ExecutedCell cell = await kernel.RunAsync(source);
        string text = string.Concat(cell.Outputs.Select(output => output.Content));
        Assert.EndsWith("end\n", text);
        Assert.Contains("are not kept; the last ones:\n", text);
        Assert.InRange(text.Length, 64 * 1024, 230_000);
    }

    [Fact]
    public async Task Show_LongSequence_IsAbridged()
    {
        ExecutedCell cell = await kernel.RunAsync("Enumerable.Range(0, 1_000_000)");
        Assert.Null(cell.Failure);
        Assert.InRange(Assert.Single(cell.Outputs).Content.Length, 100, 20_000);
    }

    [Fact]
    public async Task Show_ValueWhoseFormattingThrows_IsAFailureOfTheCell()
    {
        ExecutedCell cell =
            await kernel.RunAsync(
                "record Bad { public override string ToString() => throw new InvalidOperationException(\"cannot show\"); }\nnew Bad().ToString()");
        Assert.Contains("cannot show", cell.Failure?.Message);
    }
}
