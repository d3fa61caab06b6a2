using System.Globalization;
using AttentionLab.Studio.Models;
using Spectre.Console;

namespace AttentionLab.Studio.Commands;

/// <summary>Shows how a file comes: a bar on a terminal, a line for each tenth elsewhere.</summary>
internal static class FetchBar
{
    /// <summary>Does the work and shows what it says.</summary>
    /// <param name="work">Given where to say a line, and how much has come.</param>
    public static async Task ShowAsync(Func<Action<string>, IProgress<FetchedBytes>, Task> work)
    {
        if (Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive)
        {
            await work(Console.WriteLine, new Tenths());
        }
        else
        {
            await ShowAsync(AnsiConsole.Console, work);
        }
    }

    /// <summary>Does the work and shows a bar on a terminal.</summary>
    internal static Task ShowAsync(IAnsiConsole terminal, Func<Action<string>, IProgress<FetchedBytes>, Task> work) => terminal.Progress()
        .Columns(new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
        .StartAsync(context => work(terminal.WriteLine, new Bar(context)));

    private sealed class Bar(ProgressContext context) : IProgress<FetchedBytes>
    {
        /// <summary>Bytes of the bar where nobody knows how many there are.</summary>
        private const double Unknown = 1e8;

        private ProgressTask? _task;

        public void Report(FetchedBytes value)
        {
            _task ??= context.AddTask("package", maxValue: value.Total ?? Unknown);
            _task.IsIndeterminate = value.Total is null;
            _task.Value = value.Have;
        }
    }

    private sealed class Tenths : IProgress<FetchedBytes>
    {
        private const double Mega = 1e6;
        private long _said = -1;

        public void Report(FetchedBytes value)
        {
            // Where the whole is not known, a line for each ten megabytes.
            long tenth = 10 * value.Have / (value.Total ?? 100_000_000);
            if (tenth != _said)
            {
                _said = tenth;
                string total = value.Total is { } all ? string.Create(CultureInfo.InvariantCulture, $" of {all / Mega:0}") : "";
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {value.Have / Mega:0}{total} MB"));
            }
        }
    }
}
