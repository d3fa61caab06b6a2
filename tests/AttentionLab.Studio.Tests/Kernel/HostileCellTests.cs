using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Kernel;

/// <summary>Cells that change or flood what all cells share: the next cell, and every other chapter, does not notice.</summary>
public sealed class HostileCellTests : IDisposable
{
    /// <summary>One kernel for all of them, so that they also meet each other.</summary>
    private static readonly string[] Changes =
    [
        "Console.SetOut(System.IO.TextWriter.Null);",
        "Console.SetError(System.IO.TextWriter.Null);",
        "Console.SetIn(System.IO.TextReader.Null);",
        "Console.SetOut(new System.IO.StringWriter());\nConsole.Out.Dispose();",
        "Console.Out.Dispose();\nConsole.Error.Dispose();",
        "class Broken : System.IO.TextWriter\n{\n    public override System.Text.Encoding Encoding => throw new Exception();\n"
            + "    public override void Write(char letter) => throw new Exception();\n}\nConsole.SetOut(new Broken());\nConsole.SetError(new Broken());",
        "class Deaf : System.Threading.SynchronizationContext\n{\n"
            + "    public override void Post(System.Threading.SendOrPostCallback work, object state) { }\n"
            + "    public override void Send(System.Threading.SendOrPostCallback work, object state) { }\n}\n"
            + "System.Threading.SynchronizationContext.SetSynchronizationContext(new Deaf());",
        "Environment.CurrentDirectory = System.IO.Path.GetTempPath();",
        "System.IO.Directory.CreateDirectory(\"gone\");\n"
            + "Environment.CurrentDirectory = \"gone\";\nSystem.IO.Directory.Delete(Environment.CurrentDirectory);",
        "System.Threading.Thread.CurrentThread.Priority = System.Threading.ThreadPriority.Lowest;\n"
            + "System.Threading.Thread.CurrentThread.IsBackground = true;",
        "foreach (System.Collections.DictionaryEntry one in Environment.GetEnvironmentVariables())\n"
            + "    Environment.SetEnvironmentVariable((string)one.Key, null);",
        "AppDomain.CurrentDomain.FirstChanceException += (_, _) => System.Threading.Thread.Sleep(1);",
        "AppDomain.CurrentDomain.AssemblyLoad += (_, _) => throw new Exception();",
        "AppDomain.CurrentDomain.AssemblyResolve += (_, _) => throw new Exception();",
    ];

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Run_CellChangesWhatAllShare_TheNextDoesNotNotice()
    {
        _folder.WriteNotebook("beside.dib", "var imported = 40;");
        await using NotebookSession session = await StartAsync();
        foreach (string source in Changes)
        {
            Assert.Null((await RunAsync(session, source)).Failure);
            ExecutedCell next = await RunAsync(
                session, "#!import ./beside.dib\nConsole.WriteLine(\"out\");\nConsole.Error.WriteLine(\"error\");\nawait Task.Delay(1);\nimported + 2");
            Assert.True(next.Failure is null, $"behind {source}: {next.Failure?.Message}");
            Assert.Equal([new CellOutput(CellOutput.Stream, "out\nerror\n"), new CellOutput(CellOutput.Plain, "42")], next.Outputs);
            ExecutedCell failed = await RunAsync(session, "\nthrow new Exception(\"on purpose\");");
            Assert.Equal("one.dib: cell 1, line 2: Exception: on purpose", failed.Failure?.At("one.dib", failed.Number));
        }
    }

    /// <summary>A culture of its own ends with the cell; the one for all threads stays, as the cell asked for, but not in what the host says.</summary>
    [Theory]
    [InlineData("System.Globalization.CultureInfo.CurrentCulture = odd;", "1.5")]
    [InlineData("System.Globalization.CultureInfo.CurrentUICulture = odd;", "1.5")]
    [InlineData("System.Globalization.CultureInfo.DefaultThreadCurrentCulture = odd;", "1|5")]
    public async Task Run_CellChangesTheCulture_OnlyWhatItPrintsChanges(string change, string printed)
    {
        await using NotebookSession session = await StartAsync();
        Assert.Null((await RunAsync(
            session,
            """
            var odd = (System.Globalization.CultureInfo)System.Globalization.CultureInfo.InvariantCulture.Clone();
            odd.NumberFormat.NumberDecimalSeparator = "|";
            odd.NumberFormat.NegativeSign = "minus";
            odd.NumberFormat.NumberGroupSeparator = "_";

            """ + change)).Failure);
        ExecutedCell next = await RunAsync(session, "var x = -1.5;\nConsole.WriteLine(1.5);\nx");
        Assert.Null(next.Failure);
        Assert.Equal([printed + "\n", "-1.5"], next.Outputs.Select(output => output.Content));
        ExecutedCell flood = await RunAsync(session, "for (int i = 0; i < 10_000; i++) Console.WriteLine();");
        Assert.Contains("output cut here: 8,980 more lines", Assert.Single(flood.Outputs).Content);
        ExecutedCell failed = await RunAsync(session, "\n\n\"\".Single();");
        Assert.Equal(3, failed.Failure?.Line);
    }

    [Fact]
    public async Task Run_CellChangesTheFolder_AnotherChapterStartsInItsOwn()
    {
        await using NotebookSession first = await StartAsync();
        Assert.Null((await RunAsync(first, "Environment.CurrentDirectory = System.IO.Path.GetTempPath();")).Failure);
        await using NotebookSession second = await StartAsync();
        ExecutedCell cell = await RunAsync(second, "System.IO.File.WriteAllText(\"here.txt\", \"\");");
        Assert.Null(cell.Failure);
        Assert.True(File.Exists(_folder["here.txt"]));
    }

    /// <summary>A line of 80 or 160 million letters (160 or 320 MB) passes through a process that may hold 128 MB.</summary>
    [Theory]
    [InlineData("for (int i = 0; i < 160; i++)\n    Console.Write(piece);\nConsole.WriteLine(\"end\");")]
    [InlineData("foreach (char letter in piece)\n    for (int i = 0; i < 80; i++)\n        Console.Write(letter);\nConsole.WriteLine(\"end\");")]
    [InlineData("using (var raw = Console.OpenStandardOutput())\n{\n    var bytes = System.Text.Encoding.ASCII.GetBytes(piece);\n"
        + "    for (int i = 0; i < 160; i++)\n        raw.Write(bytes);\n    raw.Write(\"end\\n\"u8);\n}")]
    public async Task Run_CellPrintsAnEndlessLine_IsCutInBoundedMemory(string source)
    {
        await using NotebookSession session = await StartAsync(new KernelOptions { MemoryLimit = 128 << 20 });
        ExecutedCell cell = await RunAsync(session, "var piece = new string('x', 1 << 20);\n" + source);
        string text = string.Concat(cell.Outputs.Select(output => output.Content));
        Assert.InRange(text.Length, 64 * 1024, 230_000);
        Assert.Contains("… output cut here:", text);
        Assert.EndsWith("end\n", text);
        Assert.Equal("2", Assert.Single((await RunAsync(session, "1 + 1")).Outputs).Content);
    }

    [Fact]
    public async Task Build_ChaptersThatEndTheirProcess_AreNamedInOneLineAndTheOthersIntact()
    {
        (string Source, string Place, string Words)[] hostile =
        [
            ("Environment.Exit(3);", "cell 1: ", "the cell ended the notebook's process with exit code 3."),
            ("Environment.FailFast(\"on purpose\");", "cell 1: ", "on purpose"),
            ("class Nest { Nest inner = new(); }\nnew Nest()", "cell 1: ", "Stack overflow"),
            ("class Ends { ~Ends() => throw new Exception(\"at its end\"); }\nvoid Make() { new Ends(); }\nMake();\n"
                + "while (true) { GC.Collect(); GC.WaitForPendingFinalizers(); }", "cell 1, line 1: ", "at its end"),
            ("new System.Threading.Thread(() => throw new Exception(\"in a thread\")).Start();\nSystem.Threading.Thread.Sleep(-1);",
                "cell 1, line 1: ", "in a thread"),
        ];
        using var course = new TemporaryCourse();
        course.Write("00-good.dib", "1");
        for (int i = 0; i < hostile.Length; i++)
        {
            course.Write($"0{i + 1}-bad.dib", hostile[i].Source, "\"never\"");
        }

        course.Write("09-good.dib", "2");
        (int exitCode, string output, string error) =
            await StudioProcess.RunAsync("build", "--notebooks", course.Notebooks, "--out", course.Site, "--memory-limit", "128");
        string[] lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal((1, hostile.Length), (exitCode, lines.Length));
        for (int i = 0; i < hostile.Length; i++)
        {
            Assert.StartsWith($"0{i + 1}-bad.dib: {hostile[i].Place}", lines[i]);
            Assert.Contains(hostile[i].Words, lines[i]);
        }

        Assert.EndsWith($"{hostile.Length} failed", output.TrimEnd());
        Assert.All((string[])["00-good", "09-good"], name => Assert.True(File.Exists(Path.Combine(course.Site, name + ".html")), name));
    }

    public void Dispose() => _folder.Dispose();

    private static Task<ExecutedCell> RunAsync(NotebookSession session, string source) =>
        session.RunAsync(1, source, cancellation: TestContext.Current.CancellationToken).WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);

    private Task<NotebookSession> StartAsync(KernelOptions? options = null) =>
        NotebookSession.StartAsync(_folder["one.dib"], options, TestContext.Current.CancellationToken);
}
