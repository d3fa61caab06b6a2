using System.Text.Json;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Commands;

public sealed class RunCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

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
        Assert.Contains("1 failed", output);
    }

    [Fact]
    public async Task Run_UnusableFile_SaysWhyInOneLineAndExitsWith2()
    {
        string empty = _folder.Write("empty.dib", "");
        (int exitCode, string output, string error) = await StudioProcess.RunAsync("run", empty);
        Assert.Equal((2, ""), (exitCode, output));
        Assert.Equal($"error: {empty}: is empty (0 bytes).", error.Trim());
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
