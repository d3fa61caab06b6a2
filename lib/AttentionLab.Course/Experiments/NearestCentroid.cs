using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>A share with its 95 % interval.</summary>
/// <param name="Right">How many were right.</param>
/// <param name="Count">Of how many.</param>
public readonly record struct Share(int Right, int Count)
{
    private const double Z = 1.959963984540054;

    /// <summary>Right / Count.</summary>
    public double Value => (double)Right / Count;

    /// <summary>Lower end of Wilson's interval (Wilson 1927): (p + z²/2n − z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n).</summary>
    public double Low => (Middle - Half) / Scale;

    /// <summary>Upper end of Wilson's interval.</summary>
    public double High => (Middle + Half) / Scale;

    private double Scale => 1 + Z * Z / Count;

    private double Middle => Value + Z * Z / (2 * Count);

    private double Half => Z * Math.Sqrt(Value * (1 - Value) / Count + Z * Z / (4.0 * Count * Count));

    /// <summary>"93.1 % (89.6 to 95.5)".</summary>
    public override string ToString() => FormattableString.Invariant($"{100 * Value:0.0} % ({100 * Low:0.0} to {100 * High:0.0})");
}

/// <summary>
/// Do vectors of two kinds lie in two places? Each vector in turn is left out, the means of the two kinds are taken of the others,
/// and it is right if it lies nearer (Euclid) to the mean of its own kind.
/// </summary>
public static class NearestCentroid
{
    /// <summary>Leave-one-out accuracy.</summary>
    /// <param name="vectors">(n,C).</param>
    /// <param name="kinds">(n): false or true.</param>
    /// <returns>How many of n; equally near counts as wrong.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or a kind has fewer than two vectors.</exception>
    public static Share LeaveOneOut(Tensor vectors, ReadOnlySpan<bool> kinds)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        int second = kinds.Count(true), first = kinds.Length - second;
        if (kinds.Length != vectors.Rows || Math.Min(first, second) < 2)
        {
            throw new ArgumentException(
                $"there are {vectors.Rows} vectors and {kinds.Length} kinds, {first} and {second} of each: pass one kind a vector, and at least 2 vectors of "
                + "each kind.",
                nameof(kinds));
        }

        int channels = vectors.Columns, right = 0;
        double[][] sums = [new double[channels], new double[channels]];
        int[] counts = [first, second];
        for (int i = 0; i < kinds.Length; i++)
        {
            double[] sum = sums[kinds[i] ? 1 : 0];
            for (int c = 0; c < channels; c++)
            {
                sum[c] += vectors[i, c];
            }
        }

        for (int i = 0; i < kinds.Length; i++)
        {
            int own = kinds[i] ? 1 : 0;
            double toOwn = 0, toOther = 0;
            for (int c = 0; c < channels; c++)
            {
                double x = vectors[i, c];
                double fromOwn = x - (sums[own][c] - x) / (counts[own] - 1), fromOther = x - sums[1 - own][c] / counts[1 - own];
                toOwn += fromOwn * fromOwn;
                toOther += fromOther * fromOther;
            }

            right += toOwn < toOther ? 1 : 0;
        }

        return new(right, kinds.Length);
    }
}
