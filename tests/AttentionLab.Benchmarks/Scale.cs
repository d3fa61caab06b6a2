using System.Diagnostics;
using System.Globalization;
using System.Text;
using AttentionLab.Benchmarks.Workloads;
using AttentionLab.Kernels;

namespace AttentionLab.Benchmarks;

/// <summary>
/// Time and memory of one head of 64 as the text grows. Each point is a process of its own, so that its peak memory is nobody else's.
/// </summary>
internal static class Scale
{
    /// <summary>The three ways.</summary>
    public static IReadOnlyList<string> Ways { get; } = ["fused", "stored", "lightning"];

    /// <summary>Bytes that the peak of a process tells from nothing.</summary>
    private const double Resolved = 1e6;

    private static readonly int[] Tokens = [1024, 2048, 4096, 8192, 16384, 32768];

    /// <summary>One point of the table.</summary>
    /// <param name="Milliseconds">Best of several runs.</param>
    /// <param name="Bytes">Most memory in use during the runs, beyond inputs and output.</param>
    internal readonly record struct Point(double Milliseconds, double Bytes);

    /// <summary>Measures all points and describes them.</summary>
    /// <param name="threads">Threads that ours may use.</param>
    /// <param name="progress">Where the progress goes.</param>
    /// <returns>The table as Markdown.</returns>
    public static string Run(int threads, TextWriter progress)
    {
        Dictionary<(string Way, int Tokens), Point> points = [];
        foreach (string way in Ways)
        {
            foreach (int n in Tokens)
            {
                // Half of the memory is for others.
                if (way == "stored" && 4.0 * n * n > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2.0)
                {
                    continue;
                }

                points[(way, n)] = Child(way, n, threads);
                progress.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{way} n={n}: {DuelReport.Milliseconds(points[(way, n)].Milliseconds)} ms, {Megabytes(points[(way, n)].Bytes)} MB"));
            }
        }

        return Table(points, threads);
    }

    /// <summary>The table, with the slopes of its columns.</summary>
    internal static string Table(IReadOnlyDictionary<(string Way, int Tokens), Point> points, int threads)
    {
        StringBuilder text = new();
        text.Append(
            $"- CPU: {Machine.Cpu}\n- Date: {DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}\n- Command: `scale --threads {threads}`\n- "
            + $"Runtime: {Machine.Runtime}\n");
        text.Append(
            "- One head of 64. Memory is what the call needs beyond its inputs and its output. Fused and stored compute softmax attention, Lightning causal "
            + "linear attention.\n\n");
        text.Append("| tokens | fused ms | fused MB | weights stored ms | weights stored MB | Lightning ms | Lightning MB |\n|--:|--:|--:|--:|--:|--:|--:|\n");
        foreach (int n in Tokens)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {n} |");
            foreach (string way in Ways)
            {
                text.Append(points.TryGetValue((way, n), out Point point)
                    ? string.Create(CultureInfo.InvariantCulture, $" {DuelReport.Milliseconds(point.Milliseconds)} | {Megabytes(point.Bytes)} |")
                    : " does not fit | |");
            }

            text.Append('\n');
        }

        text.Append("| slope |");
        foreach (string way in Ways)
        {
            (double X, Point Y)[] line = [.. points.Where(pair => pair.Key.Way == way).Select(pair => ((double)pair.Key.Tokens, pair.Value))];
            double memory = Slope([.. line.Where(p => p.Y.Bytes >= Resolved).Select(p => (p.X, p.Y.Bytes))]);
            text.Append(
                CultureInfo.InvariantCulture,
                $" {Slope([.. line.Select(p => (p.X, p.Y.Milliseconds))]):F2} | "
                + $"{(double.IsNaN(memory) ? "flat" : memory.ToString("F2", CultureInfo.InvariantCulture))} |");
        }

        return text.Append(
            "\n\nA slope of 1 is linear in the tokens, 2 quadratic: least squares of log against log. Less than 1 MB is not told from nothing and left out of "
            + "the slope; flat: never more.\n").ToString();
    }

    private static string Megabytes(double bytes) => bytes < Resolved ? "< 1" : (bytes / 1e6).ToString("F1", CultureInfo.InvariantCulture);

    /// <summary>Slope of ln y over ln x by least squares; NaN with fewer than two points.</summary>
    internal static double Slope(IReadOnlyList<(double X, double Y)> points)
    {
        (double X, double Y)[] logs = [.. points.Select(point => (Math.Log(point.X), Math.Log(point.Y)))];
        if (logs.Length < 2)
        {
            return double.NaN;
        }

        double x = logs.Average(point => point.X), y = logs.Average(point => point.Y);
        return logs.Sum(point => (point.X - x) * (point.Y - y)) / logs.Sum(point => (point.X - x) * (point.X - x));
    }

    /// <summary>What the child process does: measures one point and prints it.</summary>
    public static void One(string way, int tokens, int threads)
    {
        Workers.Count = threads;
        Machine.Pin(threads == 1);
        Measure(way, 256);
        GC.Collect();
        Point point = Measure(way, tokens);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{point.Milliseconds:R} {point.Bytes:R}"));
    }

    private static Point Measure(string way, int n)
    {
        AttentionCase attention = new() { Workload = way, Heads = 1, Queries = n, Keys = n };
        float[] output = Inputs.Zeros(attention.Size);
        (float[] q, float[] k, float[] v) = (attention.Q, attention.K, attention.V);
        Array.Fill(output, 1);
        long before = Machine.RestartPeak();
        double best = double.PositiveInfinity;
        float[]? weights = null;
        long start = Stopwatch.GetTimestamp();
        for (int repeat = 0; repeat < 2 || (repeat < 50 && Stopwatch.GetElapsedTime(start).TotalSeconds < 0.5); repeat++)
        {
            double from = threadsClock();
            switch (way)
            {
                case "fused":
                    attention.Fused(output);
                    break;
                case "stored":
                    attention.Materialised(output, weights ??= GC.AllocateUninitializedArray<float>(n * n));
                    break;
                default:
                    LightningAttend.Forward(AttendInput.Linear<float>(q, k, v, new(1, 1, n, n, attention.Dim, attention.Dim), causal: true), output, [0.99f]);
                    break;
            }

            best = Math.Min(best, threadsClock() - from);
        }

        return new(best * 1e3, Math.Max(0, Machine.PeakBytes() - before));

        static double threadsClock() => Workers.Count == 1 ? Machine.OwnSeconds() : Machine.WallSeconds();
    }

    private static Point Child(string way, int tokens, int threads)
    {
        using Process child = Process.Start(
            new ProcessStartInfo(
                Environment.ProcessPath!,
                [
                    .. Host(), "scale-one", way, tokens.ToString(CultureInfo.InvariantCulture), threads.ToString(CultureInfo.InvariantCulture)
                ])
            { RedirectStandardOutput = true })!;
        string[] numbers = child.StandardOutput.ReadToEnd().Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        child.WaitForExit();
        return child.ExitCode == 0 && numbers.Length == 2
            ? new(double.Parse(numbers[0], CultureInfo.InvariantCulture), double.Parse(numbers[1], CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"the process that measures {way} n={tokens} ended with {child.ExitCode}.");
    }

    /// <summary>Started as "dotnet X.dll", the first argument is the file.</summary>
    internal static string[] Host() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(Scale).Assembly.Location] : [];
}
