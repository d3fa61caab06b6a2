using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AttentionLab.Benchmarks;

/// <summary>One line of the table.</summary>
internal sealed record DuelRow(string Workload, int Threads, string System, double MedianMs, double MinMs, double? Gflops, double? PercentOfLimit, double? RatioToBestRival, string? Bar, bool? Met, int Clean, int Samples);

/// <summary>The whole result, as <c>--json</c> writes it.</summary>
internal sealed record DuelReport(string Cpu, string Date, string Runtime, int Width, double LimitGflops, IReadOnlyList<DuelRow> Rows);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(DuelReport))]
internal sealed partial class DuelJson : JsonSerializerContext;

/// <summary>
/// Runs the contenders of each contest in turn, sample by sample, so that a disturbance hits all of them. A burst of
/// multiply-adds before and after a sample tells whether the core was undisturbed; medians are over clean samples if
/// there are at least five.
/// </summary>
internal static class Duel
{
    /// <summary>A sample is clean if both bursts reach this share of the limit.</summary>
    private const double CleanShare = 0.93;

    /// <summary>A sample repeats short work for about as long as this, so that every contender runs in its own warm cache.</summary>
    private const double SampleSeconds = 10e-3;

    /// <summary>Largest error between two systems, relative to the largest value: they sum in different orders.</summary>
    private const double Agreement = 2e-4;

    /// <summary>Checks, then times one contest.</summary>
    /// <param name="contest">What to run.</param>
    /// <param name="threads">Threads that every contender was told to use.</param>
    /// <param name="limit">Machine limit on that many threads, GFLOP/s.</param>
    /// <param name="seconds">About how long to sample.</param>
    public static IReadOnlyList<DuelRow> Run(Contest contest, int threads, double limit, double seconds)
    {
        foreach (Contender contender in contest.Contenders)
        {
            Array.Fill(contender.Result, float.NaN);
            contender.Run();
            contender.BeforeComparison?.Invoke();
        }

        contest.Check(contest.Contenders[0].Result);
        foreach (Contender contender in contest.Contenders.Skip(1))
        {
            RequireEqual(contest, contender);
        }

        int count = contest.Contenders.Count;
        List<(double Milliseconds, bool Clean)>[] samples = [.. contest.Contenders.Select(_ => new List<(double, bool)>())];
        int[] repeats = [.. contest.Contenders.Select(contender => Math.Max(1, (int)(SampleSeconds / Seconds(contender.Run, 1))))];
        double oneCore = limit / threads;
        var clock = Stopwatch.StartNew();
        for (int round = 0; round < 5 || (clock.Elapsed.TotalSeconds < seconds && round < 400); round++)
        {
            for (int s = 0; s < count; s++)
            {
                double before = MachineLimit.BurstGflops();
                double elapsed = Seconds(contest.Contenders[s].Run, repeats[s]) / repeats[s];
                double after = MachineLimit.BurstGflops();
                samples[s].Add((elapsed * 1e3, Math.Min(before, after) >= CleanShare * oneCore));
            }
        }

        double[] medians = [.. samples.Select(list => Median(list.Count(sample => sample.Clean) >= 5 ? list.Where(sample => sample.Clean) : list))];
        double BestRival(string start) => Enumerable.Range(0, count)
            .Where(s => contest.Contenders[s].IsRival && contest.Contenders[s].System.StartsWith(start, StringComparison.Ordinal))
            .Select(s => medians[s]).DefaultIfEmpty(double.NaN).Min();

        List<DuelRow> rows = [];
        for (int s = 0; s < count; s++)
        {
            double? gflops = contest.Flops > 0 ? contest.Flops / medians[s] / 1e6 : null;
            double? percent = gflops * 100 / limit;
            double rival = BestRival("");
            double? ratio = double.IsNaN(rival) ? null : rival / medians[s];
            (string? bar, bool? met) = s > 0 ? (null, null) : Judge(contest, BestRival, medians[0], percent);
            rows.Add(new(contest.Name, threads, contest.Contenders[s].System, medians[s], samples[s].Min(sample => sample.Milliseconds), gflops, percent, ratio, bar, met, samples[s].Count(sample => sample.Clean), samples[s].Count));
        }

        return rows;
    }

    /// <summary>The table as Markdown.</summary>
    public static string Markdown(DuelReport report)
    {
        StringBuilder text = new();
        text.AppendLine($"CPU: {report.Cpu} · {report.Date} · {report.Runtime} · {report.Width}-bit · limit of one core {report.LimitGflops:F1} GFLOP/s").AppendLine();
        text.AppendLine("| workload | threads | system | median ms | min ms | GFLOP/s | % of limit | × best rival | bar | met | clean |");
        text.AppendLine("|---|--:|---|--:|--:|--:|--:|--:|---|---|--:|");
        foreach (DuelRow row in report.Rows)
        {
            string met = row.Met switch { true => "yes", false => "**no**", _ => "" };
            text.AppendLine($"| {row.Workload} | {row.Threads} | {row.System} | {Number(row.MedianMs)} | {Number(row.MinMs)} | {Short(row.Gflops)} | {Short(row.PercentOfLimit)} | {row.RatioToBestRival?.ToString("F2", CultureInfo.InvariantCulture)} | {row.Bar} | {met} | {row.Clean}/{row.Samples} |");
        }

        return text.ToString();
    }

    /// <summary>Writes the report as JSON.</summary>
    public static void WriteJson(DuelReport report, string path) => File.WriteAllText(path, JsonSerializer.Serialize(report, DuelJson.Default.DuelReport) + "\n");

    private static (string? Bar, bool? Met) Judge(Contest contest, Func<string, double> bestRival, double ours, double? percent)
    {
        List<string> words = [];
        bool? met = null;
        foreach (Bar bar in contest.Bars)
        {
            double rival = bestRival(bar.Rival);
            words.Add($"≥ {bar.Ratio:0.##} × {(bar.Rival.Length == 0 ? "best" : bar.Rival)}" + (double.IsNaN(rival) ? " (not found)" : $": {rival / ours:F2}"));
            if (!double.IsNaN(rival))
            {
                met = (met ?? true) && rival / ours >= bar.Ratio;
            }
        }

        if (contest.PercentBar > 0 && percent is not null)
        {
            words.Add($"≥ {contest.PercentBar:0} % of limit: {percent:F1}");
            met = (met ?? true) && percent >= contest.PercentBar;
        }

        return words.Count == 0 ? (null, null) : (string.Join("; ", words), met);
    }

    private static void RequireEqual(Contest contest, Contender other)
    {
        float[] expected = contest.Contenders[0].Result, actual = other.Result;
        double scale = 0, worst = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            scale = Math.Max(scale, Math.Abs(expected[i]));
            double difference = Math.Abs(expected[i] - actual[i]);
            worst = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(worst, difference);
        }

        if (!(worst <= Agreement * scale))
        {
            throw new InvalidOperationException($"{contest.Name}: {other.System} differs from {contest.Contenders[0].System} by {worst:E1} where the largest value is {scale:E1}: no time is printed for a wrong result.");
        }
    }

    private static double Seconds(Action run, int repeats)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < repeats; i++)
        {
            run();
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(IEnumerable<(double Milliseconds, bool Clean)> samples)
    {
        double[] sorted = [.. samples.Select(sample => sample.Milliseconds).Order()];
        return sorted[sorted.Length / 2];
    }

    private static string Number(double milliseconds) => milliseconds.ToString(milliseconds < 1 ? "F4" : milliseconds < 100 ? "F2" : "F0", CultureInfo.InvariantCulture);

    private static string Short(double? value) => value?.ToString("F1", CultureInfo.InvariantCulture) ?? "";
}
