using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Commands;

/// <summary><c>kernel-figures</c>: measures the kernel process, for those who work on it.</summary>
internal static class KernelFiguresCommand
{
    private const string Declarations =
        "using System.Collections.Generic;\n/// <summary>Twice.</summary>\nint Twice(int x) => 2 * x;\nvar numbers = new List<int> { 1, 2, 3 };";
    private const string Code = "var doubled = numbers.Select(Twice).ToList();\nMath.Round(1.5, numbers.";

    public static Command Create()
    {
        var runs = new Option<int>("--runs")
        {
            Description = "Kernels that are started, and questions of each kind that each is asked.",
            HelpName = "N",
            DefaultValueFactory = _ => 9,
            CustomParser = given => given.Tokens is [{ Value: var text }] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && number is >= 1 and <= 1000
                ? number : CommonOptions.Refuse<int>(given, "give a number from 1 to 1000"),
        };
        var command = new Command("kernel-figures", "Measure start, cells, questions and memory of the kernel process; medians.") { runs };
        command.Hidden = true;
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(runs), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(int runs, CancellationToken cancellation)
    {
        var figures = new Dictionary<string, List<double>>();
        string notebook = Path.Combine(Path.GetTempPath(), "figures.dib");
        for (int run = 0; run < runs; run++)
        {
            long start = Stopwatch.GetTimestamp();
            await using NotebookSession session = await NotebookSession.StartAsync(notebook, cancellation: cancellation);
            await session.RunAsync(1, "1 + 1", cancellation: cancellation);
            Add("start to first 1 + 1 (ms)", Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await session.RunAsync(2, Declarations, cancellation: cancellation);
            for (int again = 0; again <= runs; again++)
            {
                string times = again == 0 ? "first " : "warm ";
                await TimeAsync(times + "1 + 1 (ms)", () => session.RunAsync(3, "1 + 1", cancellation: cancellation));
                KernelAnswer<CompletionList> list = default;
                await TimeAsync(times + "completions (ms)", async () => list = await session.CompletionsAsync(Code, Code.Length, cancellation));
                await TimeAsync(
                    times + "description of one (ms)",
                    () => session.DescribeAsync(Code, Code.Length, list.Value!.Items[again % list.Value.Items.Count], cancellation));
                await TimeAsync(times + "hover (ms)", () => session.HoverAsync(Code, Code.IndexOf("Twice", StringComparison.Ordinal) + 1, cancellation));
                await TimeAsync(times + "signature (ms)", () => session.SignatureAsync(Code, Code.IndexOf("1.5,", StringComparison.Ordinal) + 4, cancellation));
                await TimeAsync(times + "diagnostics (ms)", () => session.DiagnosticsAsync(Code, cancellation));
                await TimeAsync(times + "variables (ms)", () => session.VariablesAsync(cancellation));
            }

            var started = new TaskCompletionSource();
            Task<ExecutedCell> endless = session.RunAsync(4, "\"started\".Display();\nwhile (true) { }", _ => started.TrySetResult(), cancellation);
            await started.Task;
            await TimeAsync("stop of an endless loop (ms)", session.StopAsync);
            await endless;
            using Process kernel = Process.GetProcessById(session.ProcessId);
            Add("memory (MB)", kernel.WorkingSet64 / 1e6);
        }

        foreach ((string name, List<double> values) in figures.OrderBy(figure => figure.Key, StringComparer.Ordinal))
        {
            values.Sort();
            Console.WriteLine(
                FormattableString.Invariant(
                    $"{name,-30} median {values[values.Count / 2],8:0.0}   from {values[0],8:0.0} to {values[^1],8:0.0}   n = {values.Count}"));
        }

        return 0;

        void Add(string name, double value) => (figures.TryGetValue(name, out List<double>? values) ? values : figures[name] = []).Add(value);

        async Task TimeAsync<T>(string name, Func<Task<T>> work)
        {
            long start = Stopwatch.GetTimestamp();
            await work();
            Add(name, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }
}
