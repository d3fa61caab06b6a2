namespace AttentionLab.Training;

/// <summary>Learning rates as functions of the step, counted from 1.</summary>
public static class Schedules
{
    /// <summary>η, after <paramref name="warmup"/> steps of linear growth.</summary>
    /// <param name="rate">η.</param>
    /// <param name="warmup">Steps until η is reached; 0 for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">η is negative, or not finite as a float, or the warm-up negative.</exception>
    public static Func<long, double> Constant(double rate, long warmup = 0)
    {
        Setting.NotNegative(rate, nameof(rate), "0.001");
        Setting.NotNegative(warmup, nameof(warmup), "0 for none");
        return step => rate * Ramp(step, warmup);
    }

    /// <summary>factor·C^(−½)·min(t^(−½), t·warmup^(−1½)): grows linearly, then falls with the root (Vaswani et al. 2017, eq. 3).</summary>
    /// <remarks>To repeat the paper's training. Unlike <see cref="Cosine"/> it needs no last step; its peak, factor/√(C·warmup), is tied to C.</remarks>
    /// <param name="channels">C.</param>
    /// <param name="warmup">Steps of growth, 4000 in the paper.</param>
    /// <param name="factor">Multiplies everything.</param>
    /// <exception cref="ArgumentOutOfRangeException">C or warmup is below 1, or the factor negative, or not finite as a float.</exception>
    public static Func<long, double> Paper(int channels, long warmup = 4000, double factor = 1)
    {
        if (channels < 1 || warmup < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(warmup),
                $"channels is {channels} and warmup {warmup} but the formula needs at least 1 of both: pass the model's C and, for example, 4000.");
        }

        Setting.NotNegative(factor, nameof(factor), "1");
        return step => factor / Math.Sqrt(channels) * Math.Min(1 / Math.Sqrt(step), step * Math.Pow(warmup, -1.5));
    }

    /// <summary>Linear growth to the peak, then half a cosine down to the floor at the last step (Loshchilov and Hutter 2017, "SGDR", eq. 5).</summary>
    /// <param name="peak">Largest rate.</param>
    /// <param name="warmup">Steps of growth; 0 for none.</param>
    /// <param name="steps">Number of the last step.</param>
    /// <param name="floor">Rate at the last step and after.</param>
    /// <exception cref="ArgumentOutOfRangeException">A rate is negative, or not finite as a float, or the warm-up is not shorter than the training.</exception>
    public static Func<long, double> Cosine(double peak, long warmup, long steps, double floor = 0)
    {
        Setting.NotNegative(peak, nameof(peak), "0.001");
        Setting.NotNegative(floor, nameof(floor), "0");
        if (warmup < 0 || warmup >= steps)
        {
            throw new ArgumentOutOfRangeException(
                nameof(warmup), $"warmup is {warmup} and steps {steps}, but the warm-up must be shorter than the training: pass 0 to {steps - 1}.");
        }

        return step => step <= warmup
            ? peak * Ramp(step, warmup)
            : floor + (peak - floor) * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(1, (double)(step - warmup) / (steps - warmup))));
    }

    private static double Ramp(long step, long warmup) => step < warmup ? (double)step / warmup : 1;
}
