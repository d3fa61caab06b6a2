using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using static AttentionLab.Studio.Tests.Browser.WorkTests;
using static Microsoft.Playwright.Assertions;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>
/// <c>kill -9</c> of the server or of the kernel while a reader types and runs, and a machine that sleeps: nothing that was typed is lost, no output
/// comes twice.
/// </summary>
public sealed class KillTests(BrowserFixture browser) : IAsyncDisposable
{
    private readonly TemporaryCourse _course = new();
    private Process? _serve;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>How often something is killed; ATTENTIONLAB_KILLS asks for more.</summary>
    private static int Kills =>
        int.TryParse(Environment.GetEnvironmentVariable("ATTENTIONLAB_KILLS"), NumberStyles.None, CultureInfo.InvariantCulture, out int kills) ? kills : 5;

    /// <summary>How long the machine sleeps; ATTENTIONLAB_SLEEP asks for more seconds. The page waits for 40 before it takes the line for dead.</summary>
    private static TimeSpan Sleep => TimeSpan.FromSeconds(
        int.TryParse(Environment.GetEnvironmentVariable("ATTENTIONLAB_SLEEP"), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) ? seconds : 2);

    private string KernelFile => Path.Combine(_course.Root, "kernel.pid");

    public ValueTask DisposeAsync()
    {
        if (_serve is { HasExited: false })
        {
            _serve.Kill(entireProcessTree: true);
        }

        _serve?.Dispose();
        _course.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Kill_AtRandomMoments_LosesNothingAndShowsNothingTwice()
    {
        _course.Write("01-kill.dib", $"System.IO.File.WriteAllText(@\"{KernelFile}\", Environment.ProcessId.ToString());", "1");
        int port = OwnPort.Next(), seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"{Kills} kills, seed {seed}");
        Random random = new(seed);
        string address = await StartAsync(port);
        await using WatchedPage page = await browser.OpenAsync();
        await page.Page.GotoAsync(address.Replace("/?", "/01-kill.html?", StringComparison.Ordinal));
        for (int round = 0; round < Kills; round++)
        {
            await RunAsync(page, 1);
            int kernel = int.Parse(await File.ReadAllTextAsync(KernelFile, Token), CultureInfo.InvariantCulture);
            string text = $"Console.WriteLine(\"round {round}\");\nSystem.Threading.Thread.Sleep({random.Next(1000)});\nConsole.WriteLine(\"end {round}\");";
            await TypeAsync(page, 2, "");
            Task typing = TypeAndRunAsync(page, text);

            // The moment is what is random here; nothing waits for it to be enough.
            await Task.Delay(random.Next(1500), Token);
            if (random.Next(2) == 0)
            {
                Kill(kernel);
            }
            else
            {
                _serve!.Kill();
                await _serve.WaitForExitAsync(Token);
                _serve.Dispose();
                await Patience.UntilAsync(() => !IsAlive(kernel));

                // As a reader does who opens the address that the new start printed.
                await page.Context.APIRequest.GetAsync(await StartAsync(port));
            }

            await typing;

            // Looked at before anything runs again: a run clears what came twice, and what the queue repeated by itself would not be seen.
            await ExpectOnceAsync(page, round);
            await page.Page.ReloadAsync();
            await Expect(Cell(page, 2).Locator(".run")).ToBeVisibleAsync();
            await ExpectOnceAsync(page, round);
            await Patience.UntilAsync(() => OnDisk().Contains(text, StringComparison.Ordinal));
            await RunAsync(page, 2);
            await Expect(Output(page, 2)).ToHaveTextAsync($"round {round}\nend {round}\n");
            await Expect(Cell(page, 2).Locator(".cell-word")).ToHaveTextAsync("");
            Assert.Equal(text,
                (await page.Page.EvaluateAsync<string[]>("[...document.querySelectorAll('.cell[data-cell=\"2\"] .cm-line')].map(line => line.textContent)"))
                    .Aggregate((a, b) => a + "\n" + b));
        }
    }

    /// <summary>A laptop that sleeps in the middle of a run: the course and its kernel stand still, and go on as if nothing had been.</summary>
    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Sleep_InTheMiddleOfARun_LosesNothingAndShowsNothingTwice()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signal that suspends a process");
        _course.Write("01-kill.dib", $"System.IO.File.WriteAllText(@\"{KernelFile}\", Environment.ProcessId.ToString());", "1");
        string gate = Path.Combine(_course.Root, "gate");
        string address = await StartAsync(OwnPort.Next());
        await using WatchedPage page = await browser.OpenAsync();
        await page.Page.GotoAsync(address.Replace("/?", "/01-kill.html?", StringComparison.Ordinal));
        await RunAsync(page, 1);
        int kernel = int.Parse(await File.ReadAllTextAsync(KernelFile, Token), CultureInfo.InvariantCulture);
        await TypeAsync(page, 2, $"Console.WriteLine(\"one\");\nwhile (!System.IO.File.Exists(@\"{gate}\")) System.Threading.Thread.Sleep(10);\n"
            + "Console.WriteLine(\"two\");");
        await page.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(Output(page, 2)).ToHaveTextAsync("one\n");

        Signals.Send(_serve!.Id, "STOP");
        Signals.Send(kernel, "STOP");
        await File.WriteAllTextAsync(gate, "", Token);
        await TypeAsync(page, 1, "int typed = 1;");
        await Task.Delay(Sleep, Token);
        await Expect(Output(page, 2)).ToHaveTextAsync("one\n");
        Signals.Send(kernel, "CONT");
        Signals.Send(_serve.Id, "CONT");

        await Expect(Output(page, 2)).ToHaveTextAsync("one\ntwo\n");
        await Expect(Cell(page, 2).Locator(".cell-note")).ToContainTextAsync("ran in");
        await Patience.UntilAsync(() => OnDisk().Contains("int typed = 1;", StringComparison.Ordinal));
        await page.Page.ReloadAsync();
        await Expect(Output(page, 2)).ToHaveTextAsync("one\ntwo\n");
        await Expect(Code(page, 1)).ToHaveTextAsync("int typed = 1;");
        await Expect(page.Page.Locator(".cell-word:not(:empty)")).ToHaveCountAsync(0);
    }

    /// <summary>What stands under the cell that was killed or not: lines of this round or of the one before, in order, each once.</summary>
    private static async Task ExpectOnceAsync(WatchedPage page, int round)
    {
        // The output may still be on its way, and after a kill a failure stands below it.
        string shown = string.Join('\n', await Output(page, 2).AllInnerTextsAsync());
        string[] lines = shown.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string[] own = [.. lines.Where(line => line.StartsWith("round ", StringComparison.Ordinal) || line.StartsWith("end ", StringComparison.Ordinal))];
        Assert.Contains(string.Join(", ", own), (string[])["", .. Lines(round), .. Lines(round - 1)]);

        static string[] Lines(int round) => [$"round {round}", $"round {round}, end {round}"];
    }

    private static async Task TypeAndRunAsync(WatchedPage page, string text)
    {
        // Key by key, but no closing brackets by the editor: what is typed is what must arrive.
        foreach (char letter in text)
        {
            await (letter == '\n' ? page.Page.Keyboard.PressAsync("Enter") : page.Page.Keyboard.InsertTextAsync(letter.ToString()));
        }

        await page.Page.Keyboard.PressAsync("Control+Enter");
    }

    /// <summary>Runs a cell until it ended well: what was killed meanwhile is started again.</summary>
    private static async Task RunAsync(WatchedPage page, int cell)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            await Expect(Cell(page, cell).Locator(".run")).ToHaveTextAsync("Run");
            await Expect(Cell(page, cell).Locator(".run")).ToBeEnabledAsync();
            string before = await Cell(page, cell).Locator(".cell-note").InnerTextAsync();
            await Cell(page, cell).Locator(".run").ClickAsync();
            await Expect(Cell(page, cell).Locator(".run")).ToBeEnabledAsync();
            string note = await Cell(page, cell).Locator(".cell-note").InnerTextAsync();
            string mark = await Cell(page, cell).Locator(".cell-mark").InnerTextAsync();
            if (note.StartsWith("ran in", StringComparison.Ordinal) && mark != "edited since it ran")
            {
                return;
            }

            Assert.True(Stopwatch.GetElapsedTime(start) < Patience.Limit, $"the cell does not run: {before}, {note}, {mark}");
            await Task.Delay(100, Token);
        }
    }

    private async Task<string> StartAsync(int port)
    {
        _serve = StudioProcess.Start(["serve", "--no-open", "--port", $"{port}", "--notebooks", _course.Notebooks]);
        string? line = await _serve.StandardOutput.ReadLineAsync(Token).AsTask().WaitAsync(Patience.Limit, Token);
        Assert.StartsWith("Attention by Experiment: http://127.0.0.1:", line);
        _ = _serve.StandardOutput.ReadToEndAsync(Token);
        _ = _serve.StandardError.ReadToEndAsync(Token);
        return line!.Split(' ')[3];
    }

    private string OnDisk() => File.Exists(Path.Combine(_course.Root, "work", "01-kill.dib")) ? _course.Read(Path.Combine("work", "01-kill.dib")) : "";

    private static void Kill(int process)
    {
        try
        {
            using Process kernel = Process.GetProcessById(process);
            kernel.Kill();
        }
        catch (ArgumentException)
        {
            // It ended by itself.
        }
    }

    private static bool IsAlive(int process)
    {
        try
        {
            using Process found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
