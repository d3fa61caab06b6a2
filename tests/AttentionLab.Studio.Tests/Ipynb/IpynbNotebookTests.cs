using System.Text.Json;
using System.Text.RegularExpressions;
using AttentionLab.Studio.Ipynb;
using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Tests.Book;

namespace AttentionLab.Studio.Tests.Ipynb;

/// <summary>What an .ipynb file holds: nbformat 4.5, with every output in the forms that Jupyter's programs show.</summary>
public sealed partial class IpynbNotebookTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Notebook_OfEveryKindOfCell_IsNbformat45()
    {
        JsonElement file = Write(SampleCourse.First());
        Assert.Equal((4, 5), (file.GetProperty("nbformat").GetInt32(), file.GetProperty("nbformat_minor").GetInt32()));
        Assert.Equal(".net-csharp", file.GetProperty("metadata").GetProperty("kernelspec").GetProperty("name").GetString());
        JsonElement[] cells = [.. file.GetProperty("cells").EnumerateArray()];
        Assert.Equal(SampleCourse.First().Cells.Count, cells.Length);
        Assert.All(cells, cell => Assert.Matches("^[a-zA-Z0-9-_]{1,64}$", cell.GetProperty("id").GetString()));
        Assert.Equal(cells.Length, cells.Select(cell => cell.GetProperty("id").GetString()).Distinct().Count());
        foreach ((JsonElement cell, ExecutedCell executed) in cells.Zip(SampleCourse.First().Cells))
        {
            Assert.Equal(executed.Source, Text(cell.GetProperty("source")));
            string[] keys = executed.Language == "markdown"
                ? ["cell_type", "id", "metadata", "source"]
                : ["cell_type", "execution_count", "id", "metadata", "outputs", "source"];
            Assert.Equal(keys, cell.EnumerateObject().Select(property => property.Name));
        }

        Assert.Equal([1, 2, 3, 4, 5, 6, 7, null], cells.Where(cell => cell.GetProperty("cell_type").GetString() == "code")
            .Select(cell => cell.GetProperty("execution_count") is { ValueKind: JsonValueKind.Number } count ? count.GetInt32() : (int?)null));
    }

    [Fact]
    public void Outputs_OfEveryKind_AreThereInEveryForm()
    {
        JsonElement[] outputs = [.. Write(new ExecutedNotebook("x", [Code(1, "…",
            new CellOutput(CellOutput.Stream, "one\ntwo"),
            new CellOutput(CellOutput.Plain, "3"),
            new CellOutput(CellOutput.Html, "<b>4</b>"),
            new CellOutput(CellOutput.Plotly, """{"data":[],"layout":{"title":{"text":"Up </script>"},"meta":{"summary":"It goes <up>."}}}"""),
            new CellOutput(CellOutput.Plotly, "no chart"))], 1)).GetProperty("cells")[0].GetProperty("outputs").EnumerateArray()];
        Assert.Equal(
            ["stream", "display_data", "display_data", "display_data", "display_data"],
            outputs.Select(output => output.GetProperty("output_type").GetString()));
        Assert.Equal(["one\n", "two"], outputs[0].GetProperty("text").EnumerateArray().Select(line => line.GetString()));
        Assert.Equal("stdout", outputs[0].GetProperty("name").GetString());
        Assert.Equal("3", Text(outputs[1].GetProperty("data").GetProperty("text/plain")));
        Assert.Equal("<b>4</b>", Text(outputs[2].GetProperty("data").GetProperty("text/html")));
        JsonElement chart = outputs[3].GetProperty("data");
        Assert.Equal(
            "Up </script>", chart.GetProperty("application/vnd.plotly.v1+json").GetProperty("layout").GetProperty("title").GetProperty("text").GetString());
        Assert.Equal("Up </script>\nIt goes <up>.", Text(chart.GetProperty("text/plain")));
        string html = Text(chart.GetProperty("text/html"));
        Assert.Contains("<p>It goes &lt;up&gt;.</p>", html);
        Assert.Single(ScriptEnd().Matches(html));
        Assert.Equal("no chart", Text(outputs[4].GetProperty("data").GetProperty("text/plain")));
    }

    /// <summary>As a list of lines it would be a list of texts to every program that reads the file.</summary>
    [Theory]
    [InlineData("application/json", """{"a": [1, "\\ud800"]}""", "application/json")]
    [InlineData("application/json", "[\n 1\n]", "application/json")]
    [InlineData("application/geo+json", """{"type": "Point"}""", "application/geo+json")]
    [InlineData("application/json", "no JSON", "text/plain")]
    [InlineData("application/jsonlines", "{}\n{}", "application/jsonlines")]
    public void Json_OfACell_IsAValue(string type, string content, string kept)
    {
        JsonElement data = Write(new ExecutedNotebook("x", [Code(1, "…", new CellOutput(type, content))], 1)).GetProperty("cells")[0].GetProperty("outputs")[0]
            .GetProperty("data");
        JsonProperty only = Assert.Single(data.EnumerateObject());
        Assert.Equal(kept, only.Name);
        Assert.Equal(content, kept.EndsWith("json", StringComparison.Ordinal) ? only.Value.GetRawText() : Text(only.Value));
    }

    [Fact]
    public void TwoCharts_OfOneNotebook_ShareOnePlotlyAndHaveIdsOfTheirOwn()
    {
        var chart = new CellOutput(CellOutput.Plotly, """{"data":[],"layout":{"title":{"text":"a"}}}""");
        string[] html = [.. Write(new ExecutedNotebook("x", [Code(1, "a", chart), Code(2, "b", chart)], 1)).GetProperty("cells").EnumerateArray()
            .Select(cell => Text(cell.GetProperty("outputs")[0].GetProperty("data").GetProperty("text/html")))];
        Assert.True(html[0].Length > 100 * html[1].Length, "plotly.js travels with the first chart only.");
        Assert.Contains("id=\"x-chart-1\"", html[0]);
        Assert.Contains("id=\"x-chart-2\"", html[1]);
    }

    [Fact]
    public void Failure_OfACell_IsJupytersError()
    {
        JsonElement[] cells = [.. Write(new ExecutedNotebook("x", [
            Code(1, "1 / zero") with
            {
                Failure = new CellFailure("DivideByZeroException: Attempted to divide by zero.", 1, "DivideByZeroException: …\n  at cell 1, line 1\n"),
            },
            Code(2, "while (true) { }") with { Failure = new CellFailure("stopped after 15 s: too long", 0, "") },
            Code(3, "3") with { NotRun = true }], 1)).GetProperty("cells").EnumerateArray()];
        JsonElement error = Assert.Single(cells[0].GetProperty("outputs").EnumerateArray());
        Assert.Equal(("error", "DivideByZeroException", "Attempted to divide by zero."),
            (error.GetProperty("output_type").GetString(), error.GetProperty("ename").GetString(), error.GetProperty("evalue").GetString()));
        Assert.Equal(["DivideByZeroException: …", "  at cell 1, line 1"], error.GetProperty("traceback").EnumerateArray().Select(line => line.GetString()));
        Assert.Equal("Error", cells[1].GetProperty("outputs")[0].GetProperty("ename").GetString());
        Assert.Equal("stopped after 15 s: too long", cells[1].GetProperty("outputs")[0].GetProperty("evalue").GetString());
        Assert.Empty(cells[2].GetProperty("outputs").EnumerateArray());
    }

    [Theory]
    [InlineData("#!import ./setup.dib", "#!import ../../my notebooks/setup.dib", true)]
    [InlineData("#!import nowhere.dib", "#!import nowhere.dib", false)]
    [InlineData("var text = \"\"\"\n#!import ./setup.dib\n\"\"\";", "var text = \"\"\"\n#!import ./setup.dib\n\"\"\";", false)]
    [InlineData("// the course\n#!import ./setup.dib\n#!import \"./setup.dib\"\nvar x = 1;",
        "// the course\n#!import ../../my notebooks/setup.dib\n#!import ../../my notebooks/setup.dib\nvar x = 1;", true)]
    [InlineData("#if NEVER\n#!import ./setup.dib\n#endif\n1", "#if NEVER\n#!import ./setup.dib\n#endif\n1", false)]
    [InlineData("#r \"./lib.dll\"\n#r \"nowhere.dll\"\n1", "#r \"../../my notebooks/lib.dll\"\n#r \"nowhere.dll\"\n1", false)]
    public void Import_OfAFileOfTheCourse_IsSeenFromTheFolder(string source, string written, bool quoted)
    {
        _folder.Write("my notebooks/setup.dib", "#!csharp\n\n1\n");
        _folder.Write("my notebooks/lib.dll", "");
        JsonElement file = Parse(IpynbNotebook.Write(new ExecutedNotebook("x", [Code(1, source)], 1), _folder["my notebooks"], _folder["work/jupyter"]));
        Assert.Equal(
            quoted ? written.Replace("../../my notebooks/setup.dib", "\"../../my notebooks/setup.dib\"", StringComparison.Ordinal) : written,
            Text(file.GetProperty("cells")[0].GetProperty("source")));
    }

    [Theory]
    [InlineData("[code](../lib/Softmax.cs), ![p](pictures/a%20b.png)", "[code](../../lib/Softmax.cs), ![p](../../notebooks/pictures/a%20b.png)")]
    [InlineData("[part](../lib/Softmax.cs#L3) [folder](../lib)", "[part](../../lib/Softmax.cs#L3) [folder](../../lib)")]
    [InlineData("[here](#part) [site](https://x.org/lib) [root](/lib) [gone](../lib/Gone.cs) [nul](a%00)",
        "[here](#part) [site](https://x.org/lib) [root](/lib) [gone](../lib/Gone.cs) [nul](a%00)")]
    public void Text_WithLinksToFiles_LeadsThereFromTheFolder(string source, string written)
    {
        _folder.Write("lib/Softmax.cs", "");
        _folder.Write("notebooks/pictures/a b.png", "");
        JsonElement file = Parse(IpynbNotebook.Write(
            new ExecutedNotebook("x", [new ExecutedCell(1, "markdown", source, [], null, 0)], 1), _folder["notebooks"], _folder["work/jupyter"]));
        Assert.Equal(written, Text(file.GetProperty("cells")[0].GetProperty("source")));
    }

    [Fact]
    public void Text_WithLinksToChapters_LeadsToTheirIpynb()
    {
        const string Source = "[next](03-scaling.dib), [part](./02-context.dib#2-1), [file](a/b.dib), [site](https://x.org/c.dib)";
        JsonElement file = Write(new ExecutedNotebook("x", [new ExecutedCell(1, "markdown", Source, [], null, 0)], 1));
        Assert.Equal(
            "[next](03-scaling.ipynb), [part](02-context.ipynb#2-1), [file](a/b.dib), [site](https://x.org/c.dib)",
            Text(file.GetProperty("cells")[0].GetProperty("source")));
    }

    [Fact]
    public void CellOfAnotherLanguage_KeepsItsName()
    {
        JsonElement file = Write(new ExecutedNotebook("x", [new ExecutedCell(1, "mermaid", "graph TD", [], null, 0)], 1));
        Assert.Equal("#!mermaid\ngraph TD", Text(file.GetProperty("cells")[0].GetProperty("source")));
    }

    private JsonElement Write(ExecutedNotebook notebook) => Parse(IpynbNotebook.Write(notebook, _folder.Path, _folder.Path));

    private static JsonElement Parse(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private static string Text(JsonElement lines) => string.Concat(lines.EnumerateArray().Select(line => line.GetString()));

    private static ExecutedCell Code(int number, string source, params CellOutput[] outputs) => new(number, "csharp", source, outputs, null, 0.1);

    [GeneratedRegex("</script", RegexOptions.IgnoreCase)]
    private static partial Regex ScriptEnd();
}
