using MathNet.Numerics.Statistics;

namespace AttentionLab.Course.Experiments;

/// <summary>How alike the results of several training runs are.</summary>
public static class Similarity
{
    /// <summary>Pearson's correlation of every two of them.</summary>
    /// <param name="runs">Two or more, equally many numbers each.</param>
    /// <exception cref="ArgumentException">There are fewer than two, or their lengths differ.</exception>
    public static Spread OfPairs(IReadOnlyList<float[]> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        if (runs.Count < 2 || runs.Any(run => run.Length != runs[0].Length))
        {
            throw new ArgumentException($"there are {runs.Count} runs of {string.Join(", ", runs.Select(run => run.Length).Distinct())} numbers but two or "
                + $"more of one length are needed.", nameof(runs));
        }

        return new(Enumerable.Range(1, runs.Count - 1).SelectMany(i => Enumerable.Range(0, i).Select(j =>
            Correlation.Pearson(runs[i].Select(x => (double)x), runs[j].Select(x => (double)x)))));
    }
}
