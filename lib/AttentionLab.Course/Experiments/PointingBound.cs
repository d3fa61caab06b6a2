namespace AttentionLab.Course.Experiments;

/// <summary>
/// The lowest loss that a <see cref="PointingHead"/> can reach or come near to, whatever its matrices and however large d_k: computed, not trained.
/// </summary>
/// <remarks>
/// Tied scores are S = X·W·Wᵀ·Xᵀ: every symmetric positive semi-definite S, and no other. So s_ij + s_ji ≤ s_ii + s_jj.
/// <para>Partner: s_ip ≤ (s_ii + s_pp)/2, so of a pair both together cannot give each other more than each keeps: mean loss ≥ ln 2.</para>
/// <para>
/// Successor: the loss is convex in S, and turning the circle changes nothing, so some best S depends on the distance only: s_j = Σ_k λ_k·cos(2πjk/n), λ_k ≥ 0.
/// Of these only k = 1 helps (the conditions of Karush, Kuhn and Tucker, checked in the tests): minimise ln Σ_j exp(μ·cos(2πj/n)) − μ·cos(2π/n) over μ ≥ 0.
/// </para>
/// <para>
/// A line, or a causal mask: no loop, and vectors that grow towards token 0 fast enough let the right score be the largest of its row by any distance: 0.
/// </para>
/// </remarks>
public static class PointingBound
{
    /// <summary>The infimum of the loss in nats.</summary>
    /// <param name="settings">Task, tying and mask; size, steps and rate do not count.</param>
    /// <exception cref="ArgumentException">The task cannot be done by such a head at all.</exception>
    public static double Of(PointingSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _ = settings.Targets();
        return (settings.Tied, settings.Causal || settings.Line, settings.Task, settings.HideSelf) switch
        {
            (false, _, _, _) or (_, true, _, _) or (_, _, PointingTask.Self, _) or (_, _, PointingTask.Partner, true) => 0,
            (_, _, PointingTask.Partner, false) => Math.Log(2),
            (_, _, _, false) => TiedCircle(settings.Tokens),
            _ => settings.Tokens == 2 ? 0 : Math.Log(2),
        };
    }

    /// <summary>The lowest loss of tied scores for the successor (or the predecessor) on a circle, nobody hidden.</summary>
    /// <param name="tokens">n, 3 or more.</param>
    public static double TiedCircle(int tokens) => LossAt(BestStrength(tokens), tokens);

    /// <summary>μ of the best scores s_j = μ·cos(2πj/n), by halving: the loss is convex in μ.</summary>
    /// <param name="tokens">n, 3 or more.</param>
    public static double BestStrength(int tokens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 3);
        double low = 0, high = tokens * (double)tokens;
        for (int halvings = 0; halvings < 100; halvings++)
        {
            double middle = (low + high) / 2;
            (low, high) = Slope(middle, tokens) < 0 ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }

    private static double LossAt(double strength, int tokens) =>
        strength + Math.Log(Powers(strength, tokens).Sum()) - strength * Math.Cos(2 * Math.PI / tokens);

    /// <summary>∂loss/∂μ: the mean cosine under the weights, minus the cosine of the successor.</summary>
    private static double Slope(double strength, int tokens)
    {
        double[] powers = Powers(strength, tokens);
        return powers.Select((p, j) => p * Math.Cos(2 * Math.PI * j / tokens)).Sum() / powers.Sum() - Math.Cos(2 * Math.PI / tokens);
    }

    /// <summary>exp(s_j − s_0).</summary>
    private static double[] Powers(double strength, int tokens) =>
        [.. Enumerable.Range(0, tokens).Select(j => Math.Exp(strength * (Math.Cos(2 * Math.PI * j / tokens) - 1)))];
}
