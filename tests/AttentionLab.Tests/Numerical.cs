namespace AttentionLab.Tests;

/// <summary>Gradients by central differences in double: (L(x+h) − L(x−h)) / 2h for each element of x.</summary>
internal static class Numerical
{
    /// <summary>∂loss/∂x; <paramref name="loss"/> must read <paramref name="x"/>, which is restored.</summary>
    public static double[] Gradient(double[] x, Func<double> loss, double step = Tolerances.Step)
    {
        double[] gradient = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            double saved = x[i];
            x[i] = saved + step;
            double above = loss();
            x[i] = saved - step;
            double below = loss();
            x[i] = saved;
            gradient[i] = (above - below) / (2 * step);
        }

        return gradient;
    }

    /// <summary>Σ y_i·w_i in double: a loss whose gradient with respect to y is w.</summary>
    public static double Weighted(ReadOnlySpan<double> y, ReadOnlySpan<double> w)
    {
        double sum = 0;
        for (int i = 0; i < y.Length; i++)
        {
            sum += y[i] * w[i];
        }

        return sum;
    }
}
