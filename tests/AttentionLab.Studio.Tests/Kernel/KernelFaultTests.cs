using System.Diagnostics;
using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Kernel;

/// <summary>A kernel may die or lie at any byte: the chapter fails with one line that says why, and nothing else happens.</summary>
public sealed class KernelFaultTests : IDisposable
{
    /// <summary>Opens the pipe to the host, as a cell with bad intentions would.</summary>
    private const string OpenPipe =
        """
        var pipe = new System.IO.FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(nint.Parse(Environment.GetCommandLineArgs()[^1]), false),
            System.IO.FileAccess.Write, 0);

        """;

    private const string Frame =
        "void Send(string json)\n{\npipe.Write([(byte)'A', (byte)'b', (byte)'E', 1, .. BitConverter.GetBytes(json.Length), .. "
        + "System.Text.Encoding.ASCII.GetBytes(json)]);\n}\n";

    private readonly TemporaryFolder _folder = new();

    private static Dictionary<string, string> Hook => new() { ["DOTNET_STARTUP_HOOKS"] = typeof(KernelFaultTests).Assembly.Location };

    [Theory]
    [InlineData("at-start-dies", "the notebook's process did not start: exit code 3: no memory left")]
    [InlineData("at-start-stops", "the notebook's process did not start within 3 s; it was ended.")]
    [InlineData("at-start-babbles", "it sent bytes that are no message.")]
    [InlineData("at-start-breaks", "it ended in the middle of a message.")]
    public async Task Start_KernelGoesWrong_IsAFailureOfTheFirstCell(string name, string words)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "stops a process by a signal");
        string path = _folder.Write(name + ".dib", "#!markdown\n\n# Title\n\n#!csharp\n\n1\n\n#!csharp\n\n2\n");
        var options = new KernelOptions { StartLimit = TimeSpan.FromSeconds(name.EndsWith("stops", StringComparison.Ordinal) ? 3 : 120), Environment = Hook };
        ExecutedNotebook notebook = await NotebookRunner.RunAsync(path, DibDocument.Read(path), options, cancellation: TestContext.Current.CancellationToken);
        ExecutedCell failed = Assert.Single(notebook.Failed);
        Assert.Equal(2, failed.Number);
        Assert.Contains(words, failed.Failure!.Message);
        Assert.DoesNotContain("\n", failed.Failure.Message);
        Assert.True(notebook.Cells[2].NotRun);
    }

    [Theory]
    [InlineData("pipe.Write(\"Hello, this is no message.\\n\"u8);\nwhile (true) { }", "it sent bytes that are no message.")]
    [InlineData("pipe.Write([(byte)'A', (byte)'b', (byte)'E', 1, 255, 255, 255, 127]);\nwhile (true) { }", "it announced a message of 2,147,483,647 bytes.")]
    [InlineData("pipe.Write([(byte)'A', (byte)'b', (byte)'E', 1, 2, 0, 0, 0, (byte)'{', (byte)'{']);\nwhile (true) { }", "it sent a message that is no JSON.")]
    [InlineData("pipe.Write([(byte)'A', (byte)'b', (byte)'E', 1, 128, 195, 201, 1]);\npipe.Write(new "
        + "byte[15_000_000]);\nSystem.Diagnostics.Process.GetCurrentProcess().Kill();", "it ended in the middle of a message.")]
    [InlineData("pipe.Write([(byte)'A', (byte)'b']);\nSystem.Diagnostics.Process.GetCurrentProcess().Kill();", "it ended in the middle of a message.")]
    [InlineData(Frame + "Send(\"{\\\"Kind\\\":\\\"output\\\",\\\"Output\\\":{\\\"MimeType\\\":\\\"text/html\\\"}}\");\nwhile (true) { }",
        "it sent a message that makes no sense.")]
    [InlineData(Frame + "Send(\"{}\");\nwhile (true) { }", "it sent a message that makes no sense.")]
    public async Task Run_GarbageOnThePipe_IsAFailureOfTheCell(string source, string words)
    {
        await using NotebookSession session = await StartAsync();
        ExecutedCell cell = await session.RunAsync(3, OpenPipe + source, cancellation: TestContext.Current.CancellationToken);
        Assert.Contains(words, cell.Failure?.Message);
        Assert.DoesNotContain("\n", cell.Failure?.Message);
        Assert.False(session.IsAlive);
        await ContainmentTests.AssertEndsAsync(session.ProcessId);
    }

    [Fact]
    public async Task Run_StandardOutputClosedByNativeCode_GoesOn()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "calls close of libc");
        await using NotebookSession session = await StartAsync();
        ExecutedCell cell = await session.RunAsync(
            1,
            "[System.Runtime.InteropServices.DllImport(\"libc\")]\nstatic extern int close(int "
            + "file);\nclose(1);\nclose(2);\nSystem.IO.File.WriteAllText(\"mine.txt\", \"mine\");\nConsole.WriteLine(\"said\");\n5",
            cancellation: TestContext.Current.CancellationToken);
        Assert.Null(cell.Failure);
        Assert.Equal(["said\n", "5"], cell.Outputs.Select(output => output.Content));
        Assert.Equal("mine", File.ReadAllText(_folder["mine.txt"]));
        Assert.Equal("2", Assert.Single((await session.RunAsync(2, "1 + 1", cancellation: TestContext.Current.CancellationToken)).Outputs).Content);
    }

    [Fact]
    public async Task Build_ChaptersThatGoWrong_AreNamedAndTheOthersIntact()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "writes to an inherited pipe");
        using var course = new TemporaryCourse();
        course.Write("00-good.dib", "1", "2");
        course.Write("01-dies.dib", "1");
        course.Write("02-babbles.dib", "1");
        course.Write("03-breaks.dib", "1");
        course.Write("04-sour.dib", "class Sour : Exception { public override string Message => throw null; }\nthrow new Sour();");
        course.WriteFile("notebooks/05-kinds.dib", "\uFEFF#!csharp\r\n\r\n\r\n#!csharp\r\n\r\n1\r\n\r\n#!markdown\r\n\r\n#!mermaid\r\n\r\ngraph\r\n");
        course.Write("06-good.dib", "3");
        using Process build = StudioProcess.Start(["build", "--notebooks", course.Notebooks, "--out", course.Site], environment: Hook);
        Task<string> output = build.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = await build.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await build.WaitForExitAsync(TestContext.Current.CancellationToken);
        string[] lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(1, build.ExitCode);
        Assert.Equal(5, lines.Length);
        Assert.StartsWith("01-dies.dib: cell 1: the notebook's process did not start: exit code 3", lines[0]);
        Assert.StartsWith("02-babbles.dib: cell 1: the notebook's process did not start", lines[1]);
        Assert.StartsWith("03-breaks.dib: cell 1: the notebook's process did not start", lines[2]);
        Assert.StartsWith("04-sour.dib: cell 1, line 2: Sour: (its Message threw", lines[3]);
        Assert.StartsWith("05-kinds.dib: cell ", lines[4]);
        Assert.Contains("this host cannot run a cell of the kind 'mermaid'", lines[4]);
        Assert.DoesNotContain("stopped.", error);
        Assert.StartsWith("7 notebooks, 9 cells, ", (await output).TrimEnd().Split('\n')[^1]);
        Assert.True(File.Exists(Path.Combine(course.Site, "00-good.html")) && File.Exists(Path.Combine(course.Site, "06-good.html")));
    }

    public void Dispose() => _folder.Dispose();

    private Task<NotebookSession> StartAsync() =>
        NotebookSession.StartAsync(_folder["faulty.dib"], cancellation: TestContext.Current.CancellationToken);
}
