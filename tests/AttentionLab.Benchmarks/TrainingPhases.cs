using System.Diagnostics;
using System.Globalization;
using System.Text;
using AttentionLab.Benchmarks.Workloads;
using AttentionLab.Kernels;

namespace AttentionLab.Benchmarks;

/// <summary>Where the time of a training step goes, and how near each phase is to what the machine can do.</summary>
internal static class TrainingPhases
{
    /// <summary>Steps before those that are timed.</summary>
    private const int Warmups = 5;

    /// <summary>Of the limit: what both bursts around a step must reach, as in <see cref="Duel"/>.</summary>
    private const double CleanShare = 0.93;

    /// <summary>Times steps and tells the medians of their phases.</summary>
    /// <param name="threads">Threads to use.</param>
    /// <param name="seconds">About how long to step.</param>
    /// <returns>A table in Markdown.</returns>
    public static string Run(int threads, double seconds)
    {
        Machine.Pin(threads == 1);
        Workers.Count = threads;
        using FmaLimit limit = new(threads);
        limit.Find();
        (int[,] ids, int[] targets, int[] rows) = TrainingModel.Batch();
        TrainingModel model = new(ids, targets, rows);
        IReadOnlyList<TrainingModel.Phase> phases = TrainingModel.Phases(rows.Length, model.Parameters.Sum(parameter => (long)parameter.Value.Values.Length));
        List<(double[] Milliseconds, double Burst)> steps = [];
        float[] losses = new float[1];
        long start = Stopwatch.GetTimestamp();
        while (steps.Count < Warmups + 3 || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            double before = limit.Burst();
            model.Step(losses);
            double[] times = [.. phases.Select((_, i) => (model.Ends[i + 1] - model.Ends[i]) * 1e3)];
            steps.Add((times, Math.Min(before, limit.Burst())));
        }

        double[][] timed = [.. steps.Skip(Warmups).Select(step => step.Milliseconds)];
        double[][] clean = [.. steps.Skip(Warmups).Where(step => step.Burst >= CleanShare * limit.Gflops).Select(step => step.Milliseconds)];
        string header = string.Create(
            CultureInfo.InvariantCulture,
            $"Training step, {threads} thread{(threads == 1 ? "" : "s")}, {Simd.Width}-bit registers, limit {limit.Gflops:F1} GFLOP/s, "
            + $"{clean.Length} of {timed.Length} steps undisturbed, {Machine.Cpu}\n\n");
        return header + Table(phases, clean.Length >= 3 ? clean : timed, limit.Gflops, threads);
    }

    private static string Table(IReadOnlyList<TrainingModel.Phase> phases, double[][] steps, double gflops, int threads)
    {
        StringBuilder text = new("| phase | ms | % of step | least work | % of limit |\n|---|--:|--:|---|--:|\n");
        double[] medians = [.. phases.Select((_, i) => Median([.. steps.Select(step => step[i])]))];
        double whole = Median([.. steps.Select(step => step.Sum())]), flops = phases.Sum(phase => phase.Flops);
        for (int i = 0; i < medians.Length; i++)
        {
            TrainingModel.Phase phase = phases[i];
            double bytes = (phase.Read + phase.Written) * sizeof(float), memory = Math.Max(phase.Read, phase.Written) * sizeof(float);
            double least = phase.Flops > 0 ? phase.Flops / gflops / 1e6 : bytes / (ReadLimit.Gigabytes((int)memory) * threads) / 1e6;
            Line(phase.Name, medians[i], phase.Flops > 0 ? $"{phase.Flops / 1e9:F2} GFLOP" : $"{bytes / 1e6:F0} MB", least);
        }

        Line("step", whole, $"{flops / 1e9:F2} GFLOP", flops / gflops / 1e6);
        return text.ToString();

        void Line(string name, double milliseconds, string work, double least) => text.Append(
            CultureInfo.InvariantCulture,
            $"| {name} | {DuelReport.Milliseconds(milliseconds)} | {milliseconds / whole * 100:F1} | {work} | {least / milliseconds * 100:F1} |\n");
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
