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
    private const string StartName = "start to first 1 + 1 (ms)", SumName = "1 + 1 (ms)", CompletionsName = "completions (ms)", MemoryName = "memory (MB)";

    /// <summary>Pairs of samples, with the checks and without.</summary>
    private const int Pairs = 60;

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
        var command = new Command(
            "kernel-figures",
            "Measure start, cells, questions and memory of the kernel process, beside the compiler's own script class, "
            + "and what the checks cost that let a cell be stopped.")
        {
            runs,
        };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(runs), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(int runs, CancellationToken cancellation)
    {
        var kernel = new Figures();
        var baseline = new Figures();
        for (int run = 0; run < runs; run++)
        {
            await MeasureKernelAsync(kernel, runs, cancellation);
            await MeasureBaselineAsync(baseline, runs);
            cancellation.ThrowIfCancellationRequested();
        }

        Console.WriteLine(Line("", "the kernel", "", "", "plain script", "", ""));
        Console.WriteLine(Line("", "median", "from", "to", "median", "from", "to"));
        foreach (string name in kernel.Names)
        {
            Console.WriteLine(Line([name, .. kernel.Of(name), .. baseline.Of(name)]));
        }

        Console.WriteLine();
        Console.WriteLine(Line("checks of stops", "with/without", "from", "to", "with (ms)", "without", "pairs"));
        foreach ((string name, string source, int count) in StopCheckFigures.Loops)
        {
            IReadOnlyList<(double Plain, double Checked)> pairs = await StopCheckFigures.MeasureAsync(source, count, Pairs);
            double[] ratios = [.. pairs.Select(pair => pair.Checked / pair.Plain).Order()];
            Console.WriteLine(Line(
                name, Number(Quantile(ratios, 0.5)), Number(Quantile(ratios, 0.25)), Number(Quantile(ratios, 0.75)),
                Number(Quantile([.. pairs.Select(pair => pair.Checked).Order()], 0.5)), Number(Quantile([.. pairs.Select(pair => pair.Plain).Order()], 0.5)),
                FormattableString.Invariant($"{pairs.Count}")));
        }

        return 0;
    }

    private static async Task MeasureKernelAsync(Figures figures, int runs, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        await using NotebookSession session = await NotebookSession.StartAsync(Path.Combine(Path.GetTempPath(), "figures.dib"), cancellation: cancellation);
        await session.RunAsync(1, "1 + 1", cancellation: cancellation);
        figures.Add(StartName, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        await session.RunAsync(2, Declarations, cancellation: cancellation);
        for (int again = 0; again <= runs; again++)
        {
            string times = again == 0 ? "first " : "warm ";
            await figures.TimeAsync(times + SumName, () => session.RunAsync(3, "1 + 1", cancellation: cancellation));
            KernelAnswer<CompletionList> list = default;
            await figures.TimeAsync(times + CompletionsName, async () => list = await session.CompletionsAsync(Code, Code.Length, cancellation));
            await figures.TimeAsync(
                times + "description of one (ms)",
                () => session.DescribeAsync(Code, Code.Length, list.Value!.Items[again % list.Value.Items.Count], cancellation));
            await figures.TimeAsync(times + "hover (ms)", () => session.HoverAsync(Code, Code.IndexOf("Twice", StringComparison.Ordinal) + 1, cancellation));
            await figures.TimeAsync(
                times + "signature (ms)", () => session.SignatureAsync(Code, Code.IndexOf("1.5,", StringComparison.Ordinal) + 4, cancellation));
            await figures.TimeAsync(times + "diagnostics (ms)", () => session.DiagnosticsAsync(Code, cancellation));
            await figures.TimeAsync(times + "variables (ms)", () => session.VariablesAsync(cancellation));
        }

        var started = new TaskCompletionSource();
        Task<ExecutedCell> endless = session.RunAsync(4, "\"started\".Display();\nwhile (true) { }", _ => started.TrySetResult(), cancellation);
        await started.Task;
        await figures.TimeAsync("stop of an endless loop (ms)", session.StopAsync);
        await endless;
        using Process kernel = Process.GetProcessById(session.ProcessId);
        figures.Add(MemoryName, kernel.WorkingSet64 / 1e6);
    }

    private static async Task MeasureBaselineAsync(Figures figures, int runs)
    {
        long start = Stopwatch.GetTimestamp();
        using ScriptBaseline script = ScriptBaseline.Start();
        await script.RunAsync("1 + 1");
        figures.Add(StartName, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        await script.RunAsync(Declarations);
        for (int again = 0; again <= runs; again++)
        {
            string times = again == 0 ? "first " : "warm ";
            await figures.TimeAsync(times + SumName, () => script.RunAsync("1 + 1"));
            await figures.TimeAsync(times + CompletionsName, () => script.CompleteAsync(Declarations + "\n" + Code));
        }

        figures.Add(MemoryName, script.Megabytes);
    }

    private static string Line(params string[] columns) =>
        string.Concat(columns.Select((column, at) => at == 0 ? column.PadRight(30) : column.PadLeft(13))).TrimEnd();

    private static string Number(double value) => value.ToString(value < 10 ? "0.00" : "0", CultureInfo.InvariantCulture);

    private static double Quantile(double[] sorted, double part) => sorted[(int)(part * (sorted.Length - 1))];

    /// <summary>Measured values by the name of what they measure.</summary>
    private sealed class Figures
    {
        private readonly SortedDictionary<string, List<double>> _values = new(StringComparer.Ordinal);

        public IEnumerable<string> Names => _values.Keys;

        public void Add(string name, double value) => (_values.TryGetValue(name, out List<double>? values) ? values : _values[name] = []).Add(value);

        public async Task TimeAsync<T>(string name, Func<Task<T>> work)
        {
            long start = Stopwatch.GetTimestamp();
            await work();
            Add(name, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        /// <summary>Median, smallest and largest; empty where nothing was measured.</summary>
        public string[] Of(string name) => _values.TryGetValue(name, out List<double>? values) && values.Order().ToArray() is var sorted
            ? [Number(Quantile(sorted, 0.5)), Number(sorted[0]), Number(sorted[^1])] : ["", "", ""];
    }
}
