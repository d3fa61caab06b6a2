namespace AttentionLab.Course.Experiments;

/// <summary>One key of one query: its weight, and how far the output moves when the key goes and the others share its weight.</summary>
/// <param name="Weight">w_j = softmax(s)_j.</param>
/// <param name="Moves">‖y − y without j‖ = w_j/(1 − w_j)·‖y − v_j‖; in the unit of the values.</param>
public sealed record KeyRemoval(double Weight, double Moves)
{
    /// <summary>Every key of a query.</summary>
    /// <param name="scores">At least two.</param>
    /// <param name="values">As many rows, all of one length.</param>
    /// <exception cref="ArgumentException">The counts differ, or there are fewer than two keys.</exception>
    public static KeyRemoval[] Of(IReadOnlyList<float> scores, IReadOnlyList<float[]> values)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(values);
        if (scores.Count != values.Count || scores.Count < 2)
        {
            throw new ArgumentException(
                $"there are {scores.Count} scores and {values.Count} values but a key has one of each, and one must be left: pass two keys or more.");
        }

        double[] y = Mean(-1);
        return [.. scores.Select((_, j) => new KeyRemoval(Power(j) / Enumerable.Range(0, scores.Count).Sum(Power), Distance(y, Mean(j))))];

        double Power(int j) => Math.Exp((double)scores[j] - scores.Max());

        // Without its largest score the powers of the others may all vanish: their own largest is taken away.
        double[] Mean(int without)
        {
            int[] left = [.. Enumerable.Range(0, scores.Count).Where(j => j != without)];
            double top = left.Max(j => (double)scores[j]);
            double[] powers = [.. left.Select(j => Math.Exp(scores[j] - top))];
            return [.. values[0].Select((_, c) => left.Select((j, i) => powers[i] * values[j][c]).Sum() / powers.Sum())];
        }

        static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (p, q) => (p - q) * (p - q)).Sum());
    }
}
