using System.Numerics;

namespace AttentionLab.Kernels;

/// <summary>
/// Mean μ = o + 1/n·Σ(x_i − o) and variance σ² = 1/n·Σ(x_i − μ)² in double, relative to the first number o = x_0: where all numbers are
/// equal, every difference is exactly 0, and no square of a float leaves the range of double.
/// </summary>
/// <param name="Origin">o.</param>
/// <param name="Shift">μ − o.</param>
/// <param name="Variance">σ², divided by n.</param>
internal readonly record struct Moments(double Origin, double Shift, double Variance)
{
    /// <summary>μ.</summary>
    public double Mean => Origin + Shift;

    /// <summary>x − μ.</summary>
    public double Deviation(double x) => x - Origin - Shift;

    /// <summary>1/√(σ² + ε).</summary>
    public double Inverse(double epsilon) => InverseRoot(Variance + epsilon);

    /// <summary>1/√x, and 0 for 0: nothing is left as it is.</summary>
    public static double InverseRoot(double x) => x == 0 ? 0 : 1 / Math.Sqrt(x);

    /// <summary>ε may be 0, for the root of nothing is taken care of; below 0 or not finite it would turn rows into NaN or 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public static T RequireEpsilon<T>(T epsilon)
        where T : IFloatingPointIeee754<T> => epsilon >= T.Zero && T.IsFinite(epsilon)
        ? epsilon
        : throw new ArgumentOutOfRangeException(
            nameof(epsilon), FormattableString.Invariant($"epsilon is {epsilon} but must be a finite number, 0 or above: pass 1e-5."));

    /// <summary>Of <paramref name="count"/> numbers, <paramref name="step"/> apart.</summary>
    public static Moments Of<T>(ReadOnlySpan<T> x, int start, int step, int count)
        where T : IFloatingPointIeee754<T>
    {
        double origin = count == 0 ? 0 : double.CreateChecked(x[start]), shift = 0, variance = 0;
        for (int i = 0; i < count; i++)
        {
            shift += (double.CreateChecked(x[start + i * step]) - origin) / count;
        }

        for (int i = 0; i < count; i++)
        {
            double deviation = double.CreateChecked(x[start + i * step]) - origin - shift;
            variance += deviation * deviation / count;
        }

        return new Moments(origin, shift, variance);
    }
}
