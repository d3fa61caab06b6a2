using System.Diagnostics;
using System.Text.RegularExpressions;

namespace AttentionLab.Studio.Tests.Commands;

/// <summary><c>serve</c> as a user starts it, with real kernels.</summary>
public sealed partial class ServeCommandTests : IDisposable
{
    private readonly TemporaryCourse _course = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _course.Dispose();

    [Fact]
    public async Task Serve_WithAChapterThatRunsForEver_AnswersAtOnceAndLeavesNothingRunning()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no POSIX signals to send");
            return;
        }

        string mark = Path.Combine(_course.Root, "kernel.pid");
        _course.Write("01-loop.dib",
            $"System.IO.File.WriteAllText({Quote(mark)}, Environment.ProcessId.ToString());\nwhile (true) {{ System.Threading.Thread.Sleep(50); }}");
        using Process serve = StudioProcess.Start(["serve", "--no-open", "--notebooks", _course.Notebooks]);
        try
        {
            string? line = await serve.StandardOutput.ReadLineAsync(Token).AsTask().WaitAsync(Patience.Limit, Token);
            Uri address = new(Address().Match(line!).Value);
            using HttpClient client = new();
            Assert.Contains("To the course", await client.GetStringAsync(address, Token));
            address = new Uri(address.GetLeftPart(UriPartial.Path));
            Assert.Contains("01-loop.html", await client.GetStringAsync(address, Token));
            await Patience.UntilAsync(() => File.Exists(mark) && File.ReadAllText(mark).Length > 0);
            using Process kernel = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(mark, Token)));

            (int exit, _, string error) = await StudioProcess.RunAsync("serve", "--no-open", "--notebooks", _course.Notebooks);
            Assert.Equal(2, exit);
            Assert.StartsWith($"error: the course runs already, at {address}, and", error);
            Assert.Contains($"(process {serve.Id})", error);

            Signals.Send(serve.Id, "TERM");
            await serve.WaitForExitAsync(Token).WaitAsync(Patience.Limit, Token);
            await Patience.UntilAsync(() => kernel.HasExited);
            await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(address, Token));
        }
        finally
        {
            if (!serve.HasExited)
            {
                serve.Kill(entireProcessTree: true);
            }
        }
    }

    [Fact]
    public async Task Serve_OnAPortInUse_EndsWithOneLine()
    {
        _course.Write("01-one.dib", "1");
        using System.Net.Sockets.TcpListener taken = new(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        int port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        (int exit, _, string error) = await StudioProcess.RunAsync("serve", "--no-open", "--port", $"{port}", "--notebooks", _course.Notebooks);
        Assert.Equal(2, exit);
        Assert.Equal($"error: port {port} is in use: name another with --port, or leave it out for the first free one from 5080.", error.Trim());
    }

    private static string Quote(string text) => "@\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+/\?token=[0-9a-f]{64}")]
    private static partial Regex Address();
}
