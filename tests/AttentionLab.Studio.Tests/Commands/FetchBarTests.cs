using AttentionLab.Studio.Commands;
using AttentionLab.Studio.Models;
using Spectre.Console;

namespace AttentionLab.Studio.Tests.Commands;

/// <summary>What a terminal shows while a file comes.</summary>
public class FetchBarTests
{
    [Theory]
    [InlineData(4_000_000L, "100%")]
    [InlineData(8_000_000L, "50%")]
    [InlineData(null, "3.8")]
    public async Task Show_OnATerminal_HasABarAndTheLinesAboveIt(long? total, string expected)
    {
        using StringWriter written = new();
        IAnsiConsole terminal = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(written),
        });
        terminal.Profile.Width = 100;

        await FetchBar.ShowAsync(terminal, (say, progress) =>
        {
            say("begins [here]");
            progress.Report(new FetchedBytes(1_000_000, total));
            progress.Report(new FetchedBytes(4_000_000, total));
            return Task.CompletedTask;
        });

        Assert.Contains("begins [here]", written.ToString());
        Assert.Contains(expected, written.ToString());
    }
}
