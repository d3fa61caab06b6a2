using System.Numerics;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// The referee of chapter 06: gradients by central differences, (L(x + h) − L(x − h)) / 2h, one number of x after the other, and how far
/// they are from the gradient by formula. Source: Press et al., "Numerical recipes", §5.7.
/// </summary>
public static class GradientCheck
{
    /// <summary>∂loss/∂x by central differences.</summary>
    /// <param name="x">Where; not changed.</param>
    /// <param name="loss">Reads the array that it is given.</param>
    /// <param name="step">h.</param>
    public static T[] Numerical<T>(IReadOnlyList<T> x, Func<T[], T> loss, T step)
        where T : IFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(loss);
        T[] moved = [.. x], gradient = new T[x.Count];
        for (int i = 0; i < moved.Length; i++)
        {
            moved[i] = x[i] + step;
            T above = loss(moved);
            moved[i] = x[i] - step;
            T below = loss(moved);
            moved[i] = x[i];
            gradient[i] = (above - below) / (step + step);
        }

        return gradient;
    }

    /// <summary>‖a − b‖ / ‖b‖, the relative error of a.</summary>
    /// <param name="a">What is judged.</param>
    /// <param name="b">What is right; not all zeros.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double RelativeError(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return a.Count == b.Count
            ? Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum() / b.Sum(y => y * y))
            : throw new ArgumentException($"a holds {a.Count} numbers but b {b.Count}: compare gradients of the same parameters.", nameof(a));
    }

    /// <summary>Relative error of the central difference when the loss of an attention is computed in the precision of T.</summary>
    /// <param name="at">Where.</param>
    /// <param name="step">h, above 0.</param>
    public static double ErrorOfStep<T>(AttentionPoint at, double step)
        where T : IFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(at);
        T[] numerical = Numerical(Array.ConvertAll(at.Inputs, T.CreateChecked), at.Loss, T.CreateChecked(step));
        return RelativeError(Array.ConvertAll(numerical, double.CreateChecked), at.Gradient());
    }
}
