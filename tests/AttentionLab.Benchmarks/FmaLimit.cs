using System.Diagnostics;

namespace AttentionLab.Benchmarks;

/// <summary>
/// The machine's limit: bursts of independent multiply-adds that touch no memory, on one core or several at once. The limit is the
/// best rate ever seen; it rises during a run if the beginning was disturbed.
/// </summary>
/// <param name="threads">Cores to use at once.</param>
internal sealed class FmaLimit(int threads) : IDisposable
{
    /// <summary>Steps of one burst: about 0.4 ms on a 2.5 GHz core, short beside a sample, long beside the clock.</summary>
    private const int Steps = 60_000;

    private readonly Partner[] _partners = [.. Enumerable.Range(1, threads - 1).Select(_ => new Partner())];

    /// <summary>Best rate seen so far, of all threads together.</summary>
    public double Gflops { get; private set; }

    /// <summary>Looks for the limit.</summary>
    /// <param name="bursts">How many bursts.</param>
    public double Find(int bursts = 300)
    {
        for (int i = 0; i < bursts; i++)
        {
            Burst();
        }

        return Gflops;
    }

    /// <summary>One burst on every thread at the same time. A rate well under the best means that a neighbour disturbs a core right now.</summary>
    /// <returns>GFLOP/s of the slowest thread, times the threads.</returns>
    public double Burst()
    {
        foreach (Partner partner in _partners)
        {
            partner.Start();
        }

        double slowest = _partners.Aggregate(OneThread(), (rate, partner) => Math.Min(rate, partner.Rate()));
        Gflops = Math.Max(Gflops, slowest * threads);
        return slowest * threads;
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_partners, partner => partner.Dispose());

    private static double OneThread()
    {
        long start = Stopwatch.GetTimestamp();
        Kernels.Burst.Run(Steps);
        return 2.0 * Kernels.Burst.MultiplyAdds(Steps) / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9;
    }

    /// <summary>A thread that bursts when told to.</summary>
    private sealed class Partner : IDisposable
    {
        private readonly SemaphoreSlim _go = new(0), _done = new(0);
        private double _rate;
        private bool _ended;

        public Partner() => new Thread(Work) { IsBackground = true, Name = "burst" }.Start();

        public void Start() => _go.Release();

        public double Rate()
        {
            _done.Wait();
            return _rate;
        }

        public void Dispose()
        {
            _ended = true;
            _go.Release();
        }

        private void Work()
        {
            for (_go.Wait(); !_ended; _go.Wait())
            {
                _rate = OneThread();
                _done.Release();
            }
        }
    }
}
