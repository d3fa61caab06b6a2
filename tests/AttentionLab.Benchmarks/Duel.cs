using System.Diagnostics;

namespace AttentionLab.Benchmarks;

/// <summary>
/// Runs the contenders of a contest in turn, sample by sample, so that a disturbance hits all of them. A burst of
/// multiply-adds before and after each sample tells whether the core was undisturbed, the system whether the sample had to wait for
/// one; medians are over clean samples if there are at least three. Nothing is timed before all results were found equal.
/// </summary>
/// <param name="threads">Threads that every contender was told to use.</param>
/// <param name="limit">The machine's limit on that many threads.</param>
/// <param name="seconds">About how long to sample one contest. Every contender gets at least three samples.</param>
/// <param name="cancellation">Ends after the sample under way.</param>
internal sealed class Duel(int threads, FmaLimit limit, double seconds, CancellationToken cancellation)
{
    /// <summary>
    /// A sample is clean if both bursts reach this share of the limit: undisturbed ones scatter by 2 to 4 %, a busy neighbour costs 20 % and more.
    /// </summary>
    private const double CleanShare = 0.93;

    /// <summary>A sample is disturbed if threads waited for a core for more than this share of it: another program had its turn.</summary>
    private const double MostWaiting = 0.05;

    /// <summary>A sample repeats short work for about as long as this, so that every contender runs in its own warm cache.</summary>
    private const double SampleSeconds = 10e-3;

    /// <summary>A first run that takes longer than this is long by itself, and not because its code is compiled meanwhile.</summary>
    private const double MostCompiling = 2;

    /// <summary>Samples that every contender gets, and clean samples that make a median.</summary>
    private const int Fewest = 3;

    /// <summary>More samples than this do not change a median.</summary>
    private const int Most = 300;

    /// <summary>Checks, then times one contest.</summary>
    /// <param name="contest">What to run.</param>
    /// <returns>A row for each contender, ours first, and notes.</returns>
    /// <exception cref="WrongResultException">A result is wrong.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before there were enough samples.</exception>
    public (IReadOnlyList<DuelRow> Rows, IReadOnlyList<DuelNote> Notes) Run(Contest contest)
    {
        double[] once = RequireEqual(contest);
        Samples[] samples = [.. contest.Contenders.Select(_ => new Samples())];
        int[] repeats = [.. contest.Contenders.Select((contender, s) => Repeats(contender, once[s]))];
        for (int s = 0; s < samples.Length; s++)
        {
            for (int k = 0; contest.Contenders[s].IsSlow && k < Fewest; k++)
            {
                Sample(contest.Contenders[s], repeats[s], samples[s]);
            }
        }

        int[] racing = [.. Enumerable.Range(0, samples.Length).Where(s => !contest.Contenders[s].IsSlow)];
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; round < Most; round++)
        {
            // Every second round backwards: nobody always follows the same predecessor.
            foreach (int s in round % 2 == 0 ? racing : racing.Reverse())
            {
                Sample(contest.Contenders[s], repeats[s], samples[s]);
            }

            // A disturbed machine gets twice the time to show three clean samples of everybody.
            double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (round + 1 >= Fewest && elapsed >= seconds && (elapsed >= 2 * seconds || racing.All(s => samples[s].CountClean(Clean) >= Fewest)))
            {
                break;
            }
        }

        return Rows(contest, samples);
    }

    private double Clean => CleanShare * limit.Gflops;

    private (IReadOnlyList<DuelRow> Rows, IReadOnlyList<DuelNote> Notes) Rows(Contest contest, Samples[] samples)
    {
        double[] medians = [.. samples.Select(list => list.Median(Clean, Fewest))];
        double? Best(Func<Contender, bool> which) => medians.Where((_, s) => which(contest.Contenders[s])).Select(ms => (double?)ms).Min();
        double? bestRival = Best(contender => contender.IsRival);
        double? floor = samples.Where((_, s) => contest.Contenders[s].IsFloor).Select(list => (double?)list.Minimum).Min();
        List<DuelRow> rows = [];
        List<DuelNote> notes = [.. contest.Notes.Select(text => new DuelNote(contest.Workload, threads, text))];
        for (int s = 0; s < medians.Length; s++)
        {
            Contender contender = contest.Contenders[s];
            double flops = contender.Flops ?? contest.Flops;
            int own = contender.Threads ?? threads;
            double? atLimit = floor ?? (flops > 0 ? flops / (limit.Gflops * own / threads) / 1e6 : null);
            (string? bar, bool? met, IReadOnlyList<string> impossible) =
                s > 0 ? (null, null, []) : Bar.Judge(contest.Bars, medians[0], atLimit, family => Best(other => other.Family == family));
            notes.AddRange(impossible.Select(text => new DuelNote(contest.Workload, threads, text)));
            rows.Add(new(
                contest.Workload, own, contender.System, medians[s], samples[s].Minimum, flops > 0 ? flops / medians[s] / 1e6 : null,
                atLimit / medians[s] * 100, bestRival / medians[s], bar, met, samples[s].CountClean(Clean), samples[s].Count));
        }

        return (rows, notes);
    }

    private void Sample(Contender contender, int repeats, Samples samples)
    {
        cancellation.ThrowIfCancellationRequested();
        double before = Burst(), waited = Machine.WaitedSeconds(), begun = Machine.WallSeconds();
        double elapsed = Seconds(contender, repeats);
        double took = Machine.WallSeconds() - begun;
        bool shared = Machine.WaitedSeconds() - waited > MostWaiting * threads * took;
        double after = Burst();
        samples.Add(elapsed * 1e3, shared ? 0 : Math.Min(before, after));
    }

    /// <summary>A burst when nobody's threads look for more work any longer: they would share its cores.</summary>
    private double Burst()
    {
        if (threads > 1)
        {
            Machine.WaitUntilIdle();
        }

        return limit.Burst();
    }

    /// <summary>
    /// How often a sample repeats a contender whose first run took so long: its code may have been compiled meanwhile, which is no measure of the others.
    /// </summary>
    private int Repeats(Contender contender, double once) =>
        Math.Max(1, (int)(SampleSeconds / (once > MostCompiling ? once : Seconds(contender, 1))));

    private double Seconds(Contender contender, int repeats)
    {
        if (contender.OwnClock is { } clock)
        {
            return clock(repeats);
        }

        double start = Machine.Clock(threads);
        for (int i = 0; i < repeats; i++)
        {
            contender.Run();
        }

        return (Machine.Clock(threads) - start) / repeats;
    }

    /// <summary>Runs everybody, compares, and returns the seconds of each one's last run.</summary>
    private double[] RequireEqual(Contest contest)
    {
        double[] seconds = new double[contest.Contenders.Count];
        for (int s = 0; s < seconds.Length; s++)
        {
            Contender contender = contest.Contenders[s];
            Array.Fill(contender.Result, float.NaN);
            for (int k = 0; k < contest.Warmups; k++)
            {
                cancellation.ThrowIfCancellationRequested();
                long start = Stopwatch.GetTimestamp();
                contender.Run();
                seconds[s] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }

            contender.BeforeComparison?.Invoke();
        }

        Contender ours = contest.Contenders[0];
        contest.Check(ours.Result);
        foreach (Contender other in contest.Contenders.Skip(1))
        {
            RequireEqual(contest, other, other.Expected ?? ours.Result);
        }

        return seconds;
    }

    private static void RequireEqual(Contest contest, Contender other, float[] expected)
    {
        double scale = 0, worst = 0;
        int at = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            scale = Math.Max(scale, Math.Abs(expected[i]));
            double difference = Math.Abs(expected[i] - other.Result[i]);
            difference = double.IsNaN(difference) ? double.PositiveInfinity : difference;
            (worst, at) = difference > worst ? (difference, i) : (worst, at);
        }

        if (!(worst <= contest.Agreement * scale))
        {
            throw new WrongResultException(
                $"{contest.Workload}: {other.System} has {other.Result[at]:G6} at {at} where {expected[at]:G6} is right, and the largest value is {scale:G3}: "
                + "no time is shown for a wrong result.");
        }
    }

    /// <summary>Milliseconds, and the slower burst around each.</summary>
    private sealed class Samples
    {
        private readonly List<(double Milliseconds, double Burst)> _all = [];

        public int Count => _all.Count;

        public double Minimum => _all.Min(sample => sample.Milliseconds);

        public void Add(double milliseconds, double burst) => _all.Add((milliseconds, burst));

        public int CountClean(double least) => _all.Count(sample => sample.Burst >= least);

        public double Median(double least, int fewest)
        {
            double[] sorted = [.. _all.Where(sample => CountClean(least) < fewest || sample.Burst >= least).Select(sample => sample.Milliseconds).Order()];
            return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
        }
    }
}
