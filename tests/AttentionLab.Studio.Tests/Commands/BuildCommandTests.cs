using System.Diagnostics;
using System.Text.Json;
using AttentionLab.Studio.Tests.Kernel;

namespace AttentionLab.Studio.Tests.Commands;

/// <summary>The program's <c>build</c> on small courses, seen from outside.</summary>
public sealed class BuildCommandTests : IDisposable
{
    /// <summary>A cell that leaves a trace each time it runs.</summary>
    private const string Trace = "System.IO.File.AppendAllText(\"../runs.txt\", \"x\");";

    private readonly TemporaryCourse _course = new();

    [Fact]
    public async Task Build_GoodCourse_WritesBookAndReport_AndRunsNothingTwice()
    {
        _course.Write("00-a.dib", Trace, "1");
        _course.Write("01-b.dib", "// exercise 01.1\n2", "3", Trace);
        _course.Write("appendix-c.dib", "4");
        _course.Write("own.dib", "throw new Exception(\"never run\");");
        _course.Write("plotly-net.dib", "throw new Exception(\"written for imports\");");
        (int exitCode, string output, string error) = await BuildAsync();
        Assert.Equal("", error);
        Assert.Equal(0, exitCode);
        Assert.Equal("3 notebooks, 6 cells, 0 failed", LastLine(output));
        string[] table = [.. output.Split('\n').SkipWhile(line => !line.StartsWith("notebook ", StringComparison.Ordinal)).Select(line => line.TrimEnd())];
        Assert.Equal("notebook    cells  charts  exercises  failed  seconds  lines a cell: median  longest", table[0]);
        Assert.Matches(@"^00-a +2 +0 +0 +0 +\d+\.\d +1 +1$", table[1]);
        Assert.Matches(@"^01-b +3 +0 +1 +0 +\d+\.\d +1 +2$", table[2]);
        Assert.Matches(@"^appendix-c +1 +0 +0 +0 +\d+\.\d +1 +1$", table[3]);
        Assert.All((string[])["1 of 3", "2 of 3", "3 of 3"], far => Assert.Contains($" · {far}", output));
        Assert.Equal("xx", _course.Read("runs.txt"));
        Assert.True(File.Exists(Path.Combine(_course.Site, "own.html")));
        Assert.False(File.Exists(Path.Combine(_course.Site, "plotly-net.html")));

        using JsonDocument report = JsonDocument.Parse(_course.Read("site/report.json"));
        JsonElement[] notebooks = [.. report.RootElement.GetProperty("notebooks").EnumerateArray()];
        Assert.Equal(["00-a", "01-b", "appendix-c"], notebooks.Select(notebook => notebook.GetProperty("name").GetString()));
        Assert.Equal([2, 3, 1], notebooks.Select(notebook => notebook.GetProperty("cells").GetInt32()));
        Assert.Equal([0, 1, 0], notebooks.Select(notebook => notebook.GetProperty("exercises").GetInt32()));
        Assert.All(notebooks, notebook => Assert.True(notebook.GetProperty("seconds").GetDouble() > 0));
        Assert.All(notebooks, notebook => Assert.Equal((0, 0), (notebook.GetProperty("charts").GetInt32(), notebook.GetProperty("failed").GetInt32())));

        (exitCode, output, _) = await BuildAsync();
        Assert.Equal((0, "3 notebooks, 6 cells, 0 failed"), (exitCode, LastLine(output)));
        Assert.Equal("xx", _course.Read("runs.txt"));
        Assert.Equal([_course.Notebooks, _course.Site], Directory.GetDirectories(_course.Root).Where(folder => !folder.EndsWith("artifacts")).Order());
    }

    [Fact]
    public async Task Build_ChangedNotebookOrImport_RunsThatOneAgain()
    {
        _course.WriteFile("notebooks/common.dib", "#!csharp\n\nvar common = 1;\n");
        _course.Write("00-a.dib", "#!import ./common.dib", Trace);
        _course.Write("01-b.dib", "1", "System.IO.File.AppendAllText(\"../other.txt\", \"x\");");
        await BuildAsync();
        _course.WriteFile("notebooks/common.dib", "#!csharp\n\nvar common = 2;\n");
        await BuildAsync();
        Assert.Equal(("xx", "x"), (_course.Read("runs.txt"), _course.Read("other.txt")));
        _course.Write("01-b.dib", "2", "System.IO.File.AppendAllText(\"../other.txt\", \"x\");");
        await BuildAsync();
        Assert.Equal(("xx", "xx"), (_course.Read("runs.txt"), _course.Read("other.txt")));
        _course.WriteFile("data/numbers.txt", "1 2 3");
        await BuildAsync();
        Assert.Equal(("xxx", "xxx"), (_course.Read("runs.txt"), _course.Read("other.txt")));
    }

    [Fact]
    public async Task Build_BrokenCells_NamesEachAndExitsWith1()
    {
        _course.Write("00-fine.dib", "1");
        _course.Write("01-throws.dib", "1", "var a = 2;\nthrow new Exception(\"on purpose\");", "3");
        _course.Write("02-exits.dib", "Environment.Exit(0);");
        _course.Write("03-wrong.dib", "\nint x = \"text\";");
        (int exitCode, string output, string error) = await BuildAsync();
        Assert.Equal(1, exitCode);
        Assert.Equal("4 notebooks, 6 cells, 3 failed", LastLine(output));
        string[] errors = error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(3, errors.Length);
        Assert.Equal("01-throws.dib: cell 2, line 2: Exception: on purpose", errors[0]);
        Assert.StartsWith("02-exits.dib: cell 1: the cell ended the notebook's process", errors[1]);
        Assert.StartsWith("03-wrong.dib: cell 1, line 1: CS0029", errors[2]);
        using JsonDocument report = JsonDocument.Parse(_course.Read("site/report.json"));
        Assert.Equal(
            [0, 1, 1, 1], report.RootElement.GetProperty("notebooks").EnumerateArray().Select(notebook => notebook.GetProperty("failed").GetInt32()));

        // What failed is tried again, what did not is not.
        _course.Write("01-throws.dib", "1", Trace);
        _course.Write("02-exits.dib", "2");
        _course.Write("03-wrong.dib", "3");
        (exitCode, output, _) = await BuildAsync();
        Assert.Equal((0, "4 notebooks, 5 cells, 0 failed"), (exitCode, LastLine(output)));
        Assert.Contains("00-fine: up to date", output);
    }

    [Fact]
    public async Task Build_EndlessCell_IsStoppedAtTheLimitAndNamed()
    {
        _course.Write("00-fine.dib", "1");
        await BuildAsync();

        // The chapter that is fine is up to date: the limit binds the endless cell alone, however busy the machine is.
        _course.Write("01-loops.dib", "while (true) { }", "never");
        (int exitCode, string output, string error) = await BuildAsync("--cell-limit", "2");
        Assert.Equal((1, "2 notebooks, 3 cells, 1 failed"), (exitCode, LastLine(output)));
        Assert.StartsWith("01-loops.dib: cell 1: stopped after 2 s", error);
        Assert.Single(error.Trim().Split('\n'));
        Assert.Contains("00-fine: up to date", output);
    }

    [Fact]
    public async Task Build_Only_RunsTheChosenOnes()
    {
        _course.Write("00-a.dib", "1");
        _course.Write("03-b.dib", "throw new Exception(\"not asked for\");");
        (int exitCode, string output, _) = await BuildAsync("--only", "00");
        Assert.Equal((0, "1 notebooks, 1 cells, 0 failed"), (exitCode, LastLine(output)));
        (exitCode, _, string error) = await BuildAsync("--only", "00,07");
        Assert.Equal((2, "error: --only 07: there is no such notebook; there are 00, 03."), (exitCode, error.Trim()));
    }

    [Fact]
    public async Task Build_UnusableNotebook_SaysWhyAndKeepsTheOldBook()
    {
        _course.Write("00-bad.dib", "1");
        await BuildAsync();
        IReadOnlyDictionary<string, string> before = _course.Book();
        foreach ((string content, string reason) in ((string, string)[])[
            ("", "00-bad.dib: is empty (0 bytes)."),
            ("\0\u0001\u0002", "00-bad.dib: is binary"),
            ("#!meta\n{\"kernelInfo\":{\"def", "00-bad.dib: its #!meta cell is cut off")])
        {
            _course.WriteFile("notebooks/00-bad.dib", content);
            (int exitCode, _, string error) = await BuildAsync();
            Assert.Equal(2, exitCode);
            Assert.Contains(reason, error);
            Assert.Single(error.Trim().Split('\n'));
            Assert.Equal(before, _course.Book());
        }
    }

    [Fact]
    public async Task Build_UnusableImports_AreNamedInOneLineEachAndTheOthersIntact()
    {
        _course.Write("00-good.dib", "1");
        _course.Write("01-missing.dib", "1", "// not here\n#!import ./gone.dib", "3");
        _course.Write("02-unbuilt.dib", "#!import ./setup.dib");
        _course.Write("03-library.dib", "#r \"gone/AttentionLab.dll\"");
        _course.Write("04-circle.dib", "#!import ./parts/ring.dib");
        _course.WriteFile("notebooks/parts/ring.dib", "#!csharp\n\n#!import ../04-circle.dib\n");
        _course.Write("05-itself.dib", "#!import ./05-itself.dib");
        _course.Write("06-binary.dib", "#!import ./parts/binary.dib");
        _course.WriteFile("notebooks/parts/binary.dib", "\0\u0001\u0002");
        _course.Write("07-good.dib", "2");
        (int exitCode, string output, string error) = await BuildAsync();
        Assert.Equal((1, "8 notebooks, 10 cells, 6 failed"), (exitCode, LastLine(output)));
        string[] expected =
        [
            "01-missing.dib: cell 2, line 2: #!import ./gone.dib: no such file.",
            "02-unbuilt.dib: cell 1, line 1: #!import ./setup.dib: no such file: it is written by the build: run it once (dotnet build).",
            "03-library.dib: cell 1, line 1: #r \"gone/AttentionLab.dll\" names no file: build the library once (dotnet build), or correct the path.",
            "04-circle.dib: cell 1, line 1: ring.dib: cell 1, line 1: #!import ../04-circle.dib imports itself: 04-circle.dib → ring.dib → 04-circle.dib.",
            "05-itself.dib: cell 1, line 1: #!import ./05-itself.dib imports itself: 05-itself.dib → 05-itself.dib.",
            "06-binary.dib: cell 1, line 1: #!import ./parts/binary.dib: is binary, not a notebook: byte 0 is 0.",
        ];
        string[] lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(expected.Length, lines.Length);
        Assert.All(expected.Zip(lines), pair => Assert.StartsWith(pair.First, pair.Second));
        Assert.All((string[])["00-good", "07-good"], name => Assert.True(File.Exists(Path.Combine(_course.Site, name + ".html")), name));

        // What was missing is there now; what did not fail is not run again.
        _course.WriteFile("notebooks/gone.dib", "#!csharp\n\nvar came = 1;\n");
        (exitCode, output, error) = await BuildAsync("--only", "00,01,07");
        Assert.Equal((0, "3 notebooks, 5 cells, 0 failed", ""), (exitCode, LastLine(output), error));
        Assert.Contains("00-good: up to date", output);
    }

    [Fact]
    public async Task Build_UnusableOutput_SaysWhyAndTouchesNothing()
    {
        _course.Write("00-a.dib", Trace);
        _course.WriteFile("mine/precious.txt", "keep me");
        _course.WriteFile("file.txt", "keep me too");
        List<(string Output, string Reason)> cases =
        [
            ("mine", "is not empty and is no book"), ("file.txt", "is a file"), ("file.txt/site", "cannot be written")
        ];
        if (OperatingSystem.IsLinux())
        {
            // A place where not even root can write.
            cases.Add(("/proc/site", "cannot be written"));
        }

        foreach ((string output, string reason) in cases)
        {
            (int exitCode, _, string error) = await StudioProcess.RunAsync(
                "build", "--notebooks", _course.Notebooks, "--out", Path.Combine(_course.Root, output));
            Assert.Equal(2, exitCode);
            Assert.Contains(reason, error);
            Assert.Single(error.Trim().Split('\n'));
        }

        Assert.Equal(("keep me", "keep me too"), (_course.Read("mine/precious.txt"), _course.Read("file.txt")));
        Assert.False(File.Exists(Path.Combine(_course.Root, "runs.txt")));
    }

    [Fact]
    public async Task Build_ReadOnlyBook_SaysSoAndKeepsIt()
    {
        Assert.SkipWhen(Environment.UserName == "root", "root may write into a read-only folder");
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no read-only folders");
            return;
        }

        _course.Write("00-a.dib", "1");
        await BuildAsync();
        IReadOnlyDictionary<string, string> before = _course.Book();
        _course.Write("00-a.dib", "2");
        File.SetUnixFileMode(_course.Site, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        (int exitCode, _, string error) = await BuildAsync();
        File.SetUnixFileMode(_course.Site, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        Assert.Equal(2, exitCode);
        Assert.Contains("cannot be written", error);
        Assert.Equal(before, _course.Book());
    }

    [Fact]
    public async Task Build_Stopped_LeavesNothingRunningAndTheOldBook()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no POSIX signals to send");
            return;
        }

        _course.Write("00-a.dib", "1");
        await BuildAsync();
        IReadOnlyDictionary<string, string> before = _course.Book();
        _course.Write("00-a.dib", "System.IO.File.WriteAllText(\"../kernel.pid\", Environment.ProcessId.ToString());\nwhile (true) { }");
        List<string> ignored = [];
        foreach (string signal in (string[])["TERM", "INT", "KILL"])
        {
            if (Signals.AreIgnored(signal))
            {
                ignored.Add(signal);
                continue;
            }

            File.Delete(Path.Combine(_course.Root, "kernel.pid"));
            using Process build = StudioProcess.Start(["build", "--notebooks", _course.Notebooks, "--out", _course.Site]);
            int kernel = await ContainmentTests.WaitForPidAsync(Path.Combine(_course.Root, "kernel.pid"));
            Signals.Send(build.Id, signal);
            await build.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.NotEqual(0, build.ExitCode);
            await ContainmentTests.AssertEndsAsync(kernel);
            Assert.Equal(before, _course.Book());
        }

        // Even after SIGKILL, which came last, the next build tidies up.
        _course.Write("00-a.dib", "2");
        Assert.Equal(0, (await BuildAsync()).ExitCode);
        Assert.DoesNotContain(Directory.GetDirectories(_course.Root), folder => Path.GetFileName(folder).StartsWith('.'));

        // All others were sent: no proof becomes smaller without a word.
        Assert.SkipWhen(ignored.Count > 0, $"SIG{string.Join(", SIG", ignored)} is ignored by whatever a background command of a script starts");
    }

    [Fact]
    public async Task Build_NoNotebooks_SaysSo()
    {
        (int exitCode, _, string error) = await StudioProcess.RunAsync("build", "--notebooks", Path.Combine(_course.Root, "nowhere"));
        Assert.Equal(2, exitCode);
        Assert.Contains("no such folder", error);
    }

    public void Dispose() => _course.Dispose();

    private Task<(int ExitCode, string Output, string Error)> BuildAsync(params string[] more) =>
        StudioProcess.RunAsync(["build", "--notebooks", _course.Notebooks, "--out", _course.Site, .. more]);

    private static string LastLine(string output) => output.TrimEnd().Split('\n')[^1].Trim();
}
