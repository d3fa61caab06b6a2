using MathNet.Numerics;

namespace AttentionLab.Course.Experiments;

/// <summary>y = a·xᵇ, a straight line where both axes are logarithmic.</summary>
public static class PowerLaw
{
    /// <summary>b, the slope of ln y against ln x by least squares: 1 is linear, 2 quadratic.</summary>
    /// <param name="x">At least two different numbers above 0.</param>
    /// <param name="y">As many, above 0.</param>
    /// <exception cref="ArgumentException">The lengths differ, there are fewer than two, or a number is not above 0.</exception>
    public static double Slope(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (x.Count != y.Count || x.Count < 2 || x.Concat(y).Any(value => !(value > 0)))
        {
            throw new ArgumentException($"x has {x.Count} numbers and y {y.Count} but a slope needs as many of both, at least two, all above 0: pass such "
                + $"points.");
        }

        return Fit.Line([.. x.Select(value => Math.Log(value))], [.. y.Select(value => Math.Log(value))]).B;
    }

    /// <summary>Where a falling or rising ratio passes 1, on a straight line between the two points around it, both axes logarithmic.</summary>
    /// <param name="x">Rising, above 0.</param>
    /// <param name="ratio">As many, above 0.</param>
    /// <returns>NaN if it stays on one side.</returns>
    public static double CrossesOne(IReadOnlyList<double> x, IReadOnlyList<double> ratio)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(ratio);
        for (int i = 1; i < x.Count; i++)
        {
            (double before, double after) = (Math.Log(ratio[i - 1]), Math.Log(ratio[i]));
            if (before * after <= 0 && before != after)
            {
                return Math.Exp(Math.Log(x[i - 1]) + Math.Log(x[i] / x[i - 1]) * before / (before - after));
            }
        }

        return double.NaN;
    }
}
