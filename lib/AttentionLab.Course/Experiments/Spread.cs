using AttentionLab.Kernels;
using MathNet.Numerics.Statistics;

namespace AttentionLab.Course.Experiments;

/// <summary>A distribution in a few numbers, because an average alone hides lotteries.</summary>
/// <param name="values">At least one finite number; copied and sorted.</param>
public sealed class Spread(IEnumerable<double> values)
{
    private readonly double[] _sorted = Sorted(values);

    /// <summary>Every kind with every seed, all of them side by side (<see cref="Workers.Each"/>): a spread over the seeds for each kind.</summary>
    /// <param name="kinds">What is compared: settings, models, sizes.</param>
    /// <param name="seeds">At least one, the same for every kind.</param>
    /// <param name="run">The number of one kind with one seed; called from several threads at once.</param>
    /// <returns>In the order of the kinds.</returns>
    /// <exception cref="ArgumentException">There is no seed, or a number is not finite.</exception>
    public static Spread[] OfEach<TKind, TSeed>(IEnumerable<TKind> kinds, IEnumerable<TSeed> seeds, Func<TKind, TSeed, double> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        (TKind[] each, TSeed[] all) = ([.. kinds], [.. seeds]);
        double[] numbers = Workers.Each(Enumerable.Range(0, each.Length * all.Length), i => run(each[i / all.Length], all[i % all.Length]));
        return [.. each.Select((_, kind) => new Spread(numbers.Skip(kind * all.Length).Take(all.Length)))];
    }

    /// <summary>How many numbers.</summary>
    public int Count => _sorted.Length;

    /// <summary>Arithmetic mean.</summary>
    public double Mean => _sorted.Average();

    /// <summary>Half of the numbers lie below.</summary>
    public double Median => Quantile(0.5);

    /// <summary>Smallest number.</summary>
    public double Smallest => _sorted[0];

    /// <summary>Largest number.</summary>
    public double Largest => _sorted[^1];

    /// <summary>
    /// (Σ x)² / (N·Σ x²): 1 if all numbers are equal, 1/N if one has everything. Read it as "which share of the numbers takes part".
    /// </summary>
    public double ParticipationRatio
    {
        get
        {
            double sum = _sorted.Sum(), squares = _sorted.Sum(x => x * x);
            return squares == 0 ? 1 : sum * sum / (Count * squares);
        }
    }

    /// <summary>The number below which a share of the numbers lies (Hyndman and Fan 1996, type 8).</summary>
    /// <param name="share">0 to 1.</param>
    public double Quantile(double share) => SortedArrayStatistics.Quantile(_sorted, share);

    /// <summary>Which share of the numbers is smaller than a limit, 0 to 1.</summary>
    /// <param name="limit">The limit itself does not count.</param>
    public double ShareBelow(double limit) => _sorted.Count(x => x < limit) / (double)Count;

    /// <summary>"median 0.27 (0.15 to 0.46 for the middle 80 %)".</summary>
    public override string ToString() =>
        $"median {PowerOfTen.Text(Median, 2)} ({PowerOfTen.Text(Quantile(0.1), 2)} to {PowerOfTen.Text(Quantile(0.9), 2)} for the middle 80 %)";

    private static double[] Sorted(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0
            ? throw new ArgumentException("values is empty but a distribution needs at least one number: check what was measured.", nameof(values))
            : double.IsFinite(sorted[0]) && double.IsFinite(sorted[^1])
                ? sorted
                : throw new ArgumentException(
                    $"values run from {sorted[0]} to {sorted[^1]} but a distribution needs finite numbers: find out where NaN or ∞ comes from.",
                    nameof(values));
    }
}
