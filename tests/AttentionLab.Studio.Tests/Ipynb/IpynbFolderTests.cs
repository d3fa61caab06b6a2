using System.Text.Json;
using AttentionLab.Course.Data;
using AttentionLab.Studio.Ipynb;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Ipynb;

/// <summary>What <c>build --ipynb DIR</c> does to the folder: whole files, and nothing of a reader's is lost.</summary>
public sealed class IpynbFolderTests : IDisposable
{
    private readonly TemporaryCourse _course = new();

    private string Jupyter => Path.Combine(_course.Root, "work", "jupyter");

    public void Dispose() => _course.Dispose();

    [Fact]
    public async Task Build_WithIpynb_WritesEveryNotebookAndReplacesItsOwn()
    {
        _course.Write("00-a.dib", "1 + 1");
        _course.Write("01-b.dib", "Console.WriteLine(\"b\");");
        _course.WriteFile("work/jupyter/notes.txt", "mine");
        Assert.Equal((0, ""), await BuildAsync());
        Assert.Equal(["00-a.ipynb", "01-b.ipynb", "notes.txt"], Files());
        string first = Read("00-a.ipynb");
        Assert.Equal((0, ""), await BuildAsync());
        Assert.Equal(first, Read("00-a.ipynb"));
        _course.Write("00-a.dib", "2 + 2");
        Assert.Equal((0, ""), await BuildAsync());
        Assert.Contains("2 + 2", Read("00-a.ipynb"));
        Assert.Equal("mine", Read("notes.txt"));
    }

    [Fact]
    public async Task Build_OverAFileThatAReaderChanged_RefusesBeforeAnythingRuns()
    {
        _course.Write("00-a.dib", "System.IO.File.AppendAllText(\"../runs.txt\", \"x\");");
        _course.Write("01-b.dib", "1");
        await BuildAsync();
        File.WriteAllText(Path.Combine(Jupyter, "01-b.ipynb"), Read("01-b.ipynb").Replace("\"1\"", "\"1 + 1\"", StringComparison.Ordinal));
        Dictionary<string, string> before = Files().ToDictionary(name => name, Read);
        _course.Write("00-a.dib", "System.IO.File.AppendAllText(\"../runs.txt\", \"y\");");
        string why = $"error: --ipynb {Jupyter}: not as the course wrote it: 01-b.ipynb. "
            + "Nothing was written: rename what you keep, delete what you do not, or name another folder.";
        Assert.Equal((2, why), await BuildAsync());
        Assert.Equal("x", _course.Read("runs.txt"));
        Assert.Equal(before, Files().ToDictionary(name => name, Read));

        // The other chapters can be written still.
        Assert.Equal((0, ""), await BuildAsync("--only", "00"));
        Assert.Equal("xy", _course.Read("runs.txt"));
    }

    [Fact]
    public void Write_OverAFileThatChangedMeanwhile_ReplacesNone()
    {
        ExecutedNotebook[] notebooks = [Notebook("00-a", "1"), Notebook("01-b", "2")];
        IpynbFolder.Open(Jupyter, ["00-a", "01-b"]).Write(notebooks, _course.Root);
        IpynbFolder folder = IpynbFolder.Open(Jupyter, ["00-a", "01-b"]);
        string old = Read("00-a.ipynb");
        File.WriteAllText(Path.Combine(Jupyter, "01-b.ipynb"), "{}");
        CourseException refused = Assert.Throws<CourseException>(() => folder.Write([Notebook("00-a", "3"), Notebook("01-b", "4")], _course.Root));
        Assert.Contains("01-b.ipynb", refused.Message);
        Assert.Equal(["00-a.ipynb", "01-b.ipynb"], Files());
        Assert.Equal((old, "{}"), (Read("00-a.ipynb"), Read("01-b.ipynb")));
    }

    [Fact]
    public async Task Build_WithACellThatFails_WritesItsErrorAndExitsWith1()
    {
        _course.Write("00-a.dib", "1", "throw new Exception(\"on purpose\");", "2");
        (int exitCode, string error) = await BuildAsync();
        Assert.Equal((1, "00-a.dib: cell 2, line 1: Exception: on purpose"), (exitCode, error));
        using JsonDocument file = JsonDocument.Parse(Read("00-a.ipynb"));
        JsonElement output = Assert.Single(file.RootElement.GetProperty("cells")[1].GetProperty("outputs").EnumerateArray());
        Assert.Equal("on purpose", output.GetProperty("evalue").GetString());
    }

    [Theory]
    [InlineData("file.txt")]
    [InlineData("file.txt/jupyter")]
    public async Task Build_IntoNoFolder_SaysSoAndRunsNothing(string goal)
    {
        _course.Write("00-a.dib", "System.IO.File.AppendAllText(\"../runs.txt\", \"x\");");
        _course.WriteFile("file.txt", "keep me");
        (int exitCode, _, string error) = await StudioProcess.RunAsync(
            "build", "--notebooks", _course.Notebooks, "--out", _course.Site, "--ipynb", Path.Combine(_course.Root, goal));
        Assert.Equal(2, exitCode);
        Assert.StartsWith($"error: --ipynb {Path.Combine(_course.Root, goal)}: cannot be written: ", Assert.Single(error.Trim().Split('\n')));
        Assert.Equal("keep me", _course.Read("file.txt"));
        Assert.False(File.Exists(Path.Combine(_course.Root, "runs.txt")));
    }

    private async Task<(int ExitCode, string Error)> BuildAsync(params string[] more)
    {
        (int exitCode, _, string error) = await StudioProcess.RunAsync(
            ["build", "--notebooks", _course.Notebooks, "--out", _course.Site, "--ipynb", Jupyter, .. more]);
        return (exitCode, error.Trim());
    }

    private string[] Files() => [.. Directory.EnumerateFiles(Jupyter).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    private string Read(string name) => File.ReadAllText(Path.Combine(Jupyter, name));

    private static ExecutedNotebook Notebook(string name, string source) => new(name, [new ExecutedCell(1, "csharp", source, [], null, 0)], 0);
}
