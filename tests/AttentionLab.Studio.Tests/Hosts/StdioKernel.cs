using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace AttentionLab.Studio.Tests.Hosts;

/// <summary>
/// The real tool over <c>stdio</c>, as VS Code speaks to it: a line of JSON for each command and each event. An event names the command
/// it belongs to by its token; commands that a command starts get its token and a suffix (<c>7.1</c>).
/// </summary>
internal sealed class StdioKernel : IAsyncDisposable
{
    /// <summary>A hang has to end some time; no cell of the course takes a tenth of this.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    /// <summary>Until a tool that was asked to end is killed. Nothing of a test depends on which it is.</summary>
    private static readonly TimeSpan BeforeKill = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Task<string> _error;
    private bool _hasQuit;

    private StdioKernel(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts the tool and waits until it takes commands.</summary>
    /// <param name="folder">Its working directory: imports are relative to it.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task<StdioKernel> StartAsync(string folder, CancellationToken cancellation)
    {
        var kernel = new StdioKernel(RealTool.Start("stdio", "--default-kernel", "csharp", "--working-dir", folder));
        try
        {
            while (await kernel.ReceiveAsync(cancellation) is { } message && TypeOf(message) != "KernelReady")
            {
            }

            return kernel;
        }
        catch
        {
            await kernel.DisposeAsync();
            throw;
        }
    }

    /// <summary>Submits a cell and waits for its end.</summary>
    /// <param name="number">The cell's number: its token.</param>
    /// <param name="code">Its text.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<HostCell> RunAsync(int number, string code, CancellationToken cancellation)
    {
        string token = $"{number}";
        await SendAsync(token, "SubmitCode", new { code, targetKernelName = "csharp" });
        var printed = new StringBuilder();
        int charts = 0;
        string? failure = null;
        while (true)
        {
            JsonElement message = await ReceiveAsync(cancellation);
            string of = message.TryGetProperty("command", out JsonElement command) && command.ValueKind == JsonValueKind.Object
                ? command.GetProperty("token").GetString()!
                : "";
            if (of != token && !of.StartsWith(token + ".", StringComparison.Ordinal))
            {
                continue;
            }

            JsonElement told = message.GetProperty("event");
            switch (TypeOf(message))
            {
                case "StandardOutputValueProduced":
                    printed.Append(Values(told).First(value => value.MimeType == "text/plain").Value);
                    break;
                case "ReturnValueProduced" or "DisplayedValueProduced":
                    charts += Values(told).Any(value => ExecutedIpynb.IsChart(value.MimeType, value.Value)) ? 1 : 0;
                    break;
                case "StandardErrorValueProduced":
                    failure ??= "writes to the error stream: " + Values(told).First().Value;
                    break;
                case "CommandFailed":
                    failure ??= told.GetProperty("message").GetString();
                    break;
            }

            if (of == token && TypeOf(message) is "CommandSucceeded" or "CommandFailed")
            {
                return new HostCell(number, printed.ToString(), charts, failure);
            }
        }
    }

    /// <summary>Asks the tool to end: it ends neither when its input ends nor with the process that started it. Kills it if it does not.</summary>
    /// <param name="limit">How long it may take.</param>
    /// <returns>The exit code, or null if it was killed.</returns>
    public async Task<int?> QuitAsync(TimeSpan limit)
    {
        _hasQuit = true;
        try
        {
            await SendAsync("quit", "Quit", new { });
            _process.StandardInput.Close();

            // What is not read could keep it from ending.
            Task<string> rest = _process.StandardOutput.ReadToEndAsync();
            await _process.WaitForExitAsync().WaitAsync(limit);
            return _process.ExitCode;
        }
        catch (Exception e) when (e is TimeoutException or IOException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_hasQuit)
        {
            await QuitAsync(BeforeKill);
        }

        _process.Dispose();
    }

    private async Task SendAsync(string token, string commandType, object command)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new { token, commandType, command, routingSlip = Array.Empty<string>() }));
        await _process.StandardInput.FlushAsync();
    }

    private static string TypeOf(JsonElement message) => message.GetProperty("eventType").GetString()!;

    private static IEnumerable<(string MimeType, string Value)> Values(JsonElement told) => told.GetProperty("formattedValues").EnumerateArray()
        .Select(value => (value.GetProperty("mimeType").GetString()!, value.GetProperty("value").GetString()!));

    private async Task<JsonElement> ReceiveAsync(CancellationToken cancellation)
    {
        string? line = await _process.StandardOutput.ReadLineAsync(cancellation).AsTask().WaitAsync(Longest, cancellation);
        Assert.True(line is not null, line is null ? $"the tool ended: {await _error}" : "");
        using JsonDocument message = JsonDocument.Parse(line!);
        return message.RootElement.Clone();
    }
}
