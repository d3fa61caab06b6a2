using System.Text.Json;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Commands;

public sealed class RunCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_GoodNotebook_PrintsOutputsAndWritesJson()
    {
        string notebook = _folder.Write("good.dib", "#!markdown\n\n# Title\n\n#!csharp\n\nConsole.WriteLine(\"hello\");\n6 * 7\n\n#!csharp\n\nnew { A = 1 }\n");
        string json = Path.Combine(_folder.Path, "out.json");
        (int exitCode, string output, string error) = await StudioProcess.RunAsync("run", notebook, "--json", json);
        Assert.Equal("", error);
        Assert.Equal(0, exitCode);
        Assert.Contains("hello\n42\n", output.ReplaceLineEndings("\n"));
        Assert.Contains("good.dib: 2 cells, 0 failed", output);
        ExecutedNotebook executed = JsonSerializer.Deserialize(
            await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken), ExecutedNotebookJson.Default.ExecutedNotebook)!;
        Assert.Equal("good", executed.Name);
        Assert.Equal(["markdown", "csharp", "csharp"], executed.Cells.Select(cell => cell.Language));
        Assert.Equal([new CellOutput("stream", "hello\n"), new CellOutput("text/plain", "42")], executed.Cells[1].Outputs);
    }

    [Fact]
    public async Task Run_FailingCell_NamesFileCellLineAndExitsWith1()
    {
        string notebook = _folder.Write(
            "02-context.dib", "#!markdown\n\n# Title\n\n#!csharp\n\n1\n\n#!csharp\n\nvar a = 1;\n\nthrow new Exception(\"on purpose\");\n");
        (int exitCode, _, string error) = await StudioProcess.RunAsync("run", notebook);
        Assert.Equal(1, exitCode);
        Assert.Equal("02-context.dib: cell 3, line 3: Exception: on purpose", error.Trim());
    }

    [Theory]
    [InlineData(
        "#!fsharp\n\nlet x = 1\n\n#!csharp\n\nConsole.WriteLine(\"behind\");\n",
        "bad.dib: cell 1: this host cannot run a cell of the kind 'fsharp': make it #!csharp or #!markdown.")]
    [InlineData("#!csharp\n\nfor (int i = 0; i < 1_000_000; i++) Console.WriteLine(7);\n\n#!csharp\n\nConsole.WriteLine(\"behind\");\n",
        "bad.dib: cell 1: the cell flooded its output: it wrote 1,000,000 lines (2,000,000 characters): print less.")]
    public async Task Run_UnknownKindOrFlood_IsOneLineAndExitsWith1(string text, string expected)
    {
        (int exitCode, string output, string error) = await StudioProcess.RunAsync("run", _folder.Write("bad.dib", text));
        Assert.Equal((1, expected), (exitCode, error.Trim()));
        Assert.DoesNotContain("behind", output);
        Assert.Contains("2 cells, 1 failed", output);
    }

    [Fact]
    public async Task Run_MemoryLimit_IsTheProcessesOwn()
    {
        string notebook = _folder.WriteNotebook("small.dib", "GC.Collect();\nGC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20");
        (int exitCode, string output, string error) = await StudioProcess.RunAsync("run", notebook, "--memory-limit", "192");
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("\n192\n", output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Run_CardsAndCharts_AreTextInATerminal()
    {
        _folder.Write("setup.dib", File.ReadAllText(Path.Combine(Repository.Notebooks, "setup.dib")));
        string notebook = _folder.WriteNotebook(
            "cards.dib",
            "#!import ./setup.dib",
            "RowSums.Check(matrix => [.. Enumerable.Repeat(99f, matrix.GetLength(0))])",
            "RowSums.Hint(1)",
            "Chart.Bars([new BarSet(\"n\", [\"a\", \"b\"], [1, 2])], \"b <i>leads</i>\", \"b has 2, a has 1.\", \"letter\", \"count\")");
        (int exitCode, string output, string error) = await StudioProcess.RunAsync("run", notebook);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("△ 00.1 · Add up each row: not yet (difficulty 1 of 3 · 3 min)\n", output);
        Assert.Matches("Tried: [^\n]+\nExpected: [^\n]+\nGot: ", output);
        Assert.DoesNotContain("Hint 1 of 3", output);
        Assert.Contains("? 00.1 · Add up each row: hint 1 of 3", output);
        Assert.Contains("[chart] b <i>leads</i>\n  b has 2, a has 1.\n", output);
        Assert.DoesNotContain("text/html", output);
    }

    [Fact]
    public async Task Run_UnusableFile_SaysWhyInOneLineAndExitsWith2()
    {
        string empty = _folder.Write("empty.dib", "");
        (int exitCode, string output, string error) = await StudioProcess.RunAsync("run", empty);
        Assert.Equal((2, ""), (exitCode, output));
        Assert.Equal($"error: {empty}: is empty (0 bytes).", error.Trim());
    }

    [Theory]
    [InlineData("good.dib", "is a notebook, which would be lost: name another file, such as")]
    [InlineData("other.dib", "is a notebook, which would be lost: name another file, such as")]
    [InlineData("link", "is a notebook, which would be lost: name another file, such as")]
    [InlineData("folder", "cannot be written:")]
    [InlineData("missing/out.json", "cannot be written:")]
    public async Task Run_JsonThatCannotBeKept_IsRefusedBeforeAnyCellRuns(string json, string reason)
    {
        string notebook = _folder.WriteNotebook("good.dib", "Console.WriteLine(\"it ran\");"), before = await File.ReadAllTextAsync(notebook, Stop);
        _folder.WriteNotebook("other.dib", "2");
        Directory.CreateDirectory(_folder["folder"]);
        Assert.SkipWhen(OperatingSystem.IsWindows() && json == "link", "Windows lets few users make links");
        if (json == "link")
        {
            File.CreateSymbolicLink(_folder["link"], notebook);
        }

        (int exitCode, string output, string error) = await StudioProcess.RunAsync("run", notebook, "--json", _folder[json]);
        Assert.Equal((2, ""), (exitCode, output));
        Assert.StartsWith($"error: --json {_folder[json]}: {reason}", error);
        Assert.Equal(before, await File.ReadAllTextAsync(notebook, Stop));
    }

    [Fact]
    public async Task Help_EveryCommand_DescribesEveryOption()
    {
        foreach (string command in (string[])["", "serve", "build", "run"])
        {
            (int exitCode, string output, _) = await StudioProcess.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
            Assert.Equal(0, exitCode);
            Assert.DoesNotContain("kernel <", output);
            string[] undescribed =
            [
                .. output.Split('\n').Where(line => line.StartsWith("  -") && line.Split("  ", StringSplitOptions.RemoveEmptyEntries).Length < 2)
            ];
            Assert.Empty(undescribed);
        }
    }

    public void Dispose() => _folder.Dispose();
}
