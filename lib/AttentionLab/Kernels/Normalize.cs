using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AttentionLab.Kernels;

/// <summary>
/// Layer normalisation of each row (Ba et al. 2016): y = γ ⊙ (x − μ)·r + β with μ = mean(x) and r = 1/√(mean((x − μ)²) + ε):
/// the biased variance, ε inside the root.
/// </summary>
public static class Normalize
{
    /// <summary>ε when none is given, as PyTorch.</summary>
    public const float Epsilon = 1e-5f;

    /// <summary>y by loops.</summary>
    /// <param name="x">(rows, columns).</param>
    /// <param name="gamma">γ (columns).</param>
    /// <param name="beta">β (columns).</param>
    /// <param name="y">(rows, columns), overwritten; may be the memory of <paramref name="x"/> if no backward follows.</param>
    /// <param name="mean">μ (rows), for the backward; empty if not wanted.</param>
    /// <param name="inverse">r (rows), for the backward; empty if not wanted.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Length of a row.</param>
    /// <param name="epsilon">ε.</param>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    public static void Reference<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> gamma, ReadOnlySpan<T> beta, Span<T> y, Span<T> mean, Span<T> inverse, int rows, int columns, T epsilon)
        where T : IFloatingPointIeee754<T>
    {
        Check(x.Length, gamma.Length, beta.Length, y.Length, mean.Length, inverse.Length, rows, columns);
        T n = T.CreateChecked(columns);
        for (int i = 0; i < rows; i++)
        {
            ReadOnlySpan<T> row = x.Slice(i * columns, columns);
            T mu = T.Zero, variance = T.Zero;
            foreach (T value in row)
            {
                mu += value / n;
            }

            foreach (T value in row)
            {
                variance += (value - mu) * (value - mu) / n;
            }

            T r = T.One / T.Sqrt(variance + epsilon);
            for (int j = 0; j < columns; j++)
            {
                y[i * columns + j] = (row[j] - mu) * r * gamma[j] + beta[j];
            }

            Keep(mean, i, mu);
            Keep(inverse, i, r);
        }
    }

    /// <summary>y, fast.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static void Forward(ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta, Span<float> y, Span<float> mean, Span<float> inverse, int rows, int columns, float epsilon = Epsilon)
    {
        Check(x.Length, gamma.Length, beta.Length, y.Length, mean.Length, inverse.Length, rows, columns);
        for (int i = 0; i < rows; i++)
        {
            ReadOnlySpan<float> from = x.Slice(i * columns, columns);
            Span<float> to = y.Slice(i * columns, columns);
            (float mu, float r) =
                Vector512.IsHardwareAccelerated ? Row<Lanes16>(from, gamma, beta, to, epsilon) :
                Vector256.IsHardwareAccelerated ? Row<Lanes8>(from, gamma, beta, to, epsilon) :
                Vector128.IsHardwareAccelerated ? Row<Lanes4>(from, gamma, beta, to, epsilon) : Row<Lanes1>(from, gamma, beta, to, epsilon);
            Keep(mean, i, mu);
            Keep(inverse, i, r);
        }
    }

    /// <summary>
    /// Backward by loops. With x̂ = (x − μ)·r and g = ∂L/∂y ⊙ γ: ∂L/∂x = r·(g − mean(g) − x̂·mean(g ⊙ x̂)), because μ and r depend on every x;
    /// ∂L/∂γ = Σ_rows ∂L/∂y ⊙ x̂ and ∂L/∂β = Σ_rows ∂L/∂y.
    /// </summary>
    /// <param name="x">Input of the forward (rows, columns).</param>
    /// <param name="gamma">γ (columns).</param>
    /// <param name="mean">μ of the forward (rows).</param>
    /// <param name="inverse">r of the forward (rows).</param>
    /// <param name="dy">∂L/∂y (rows, columns).</param>
    /// <param name="dx">∂L/∂x (rows, columns), overwritten; may be the memory of <paramref name="dy"/>.</param>
    /// <param name="dGamma">∂L/∂γ (columns), added to.</param>
    /// <param name="dBeta">∂L/∂β (columns), added to.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Length of a row.</param>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    public static void BackwardReference<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> gamma, ReadOnlySpan<T> mean, ReadOnlySpan<T> inverse, ReadOnlySpan<T> dy, Span<T> dx, Span<T> dGamma, Span<T> dBeta, int rows, int columns)
        where T : IFloatingPointIeee754<T>
    {
        CheckBackward(x.Length, gamma.Length, mean.Length, inverse.Length, dy.Length, dx.Length, dGamma.Length, dBeta.Length, rows, columns);
        T n = T.CreateChecked(columns);
        for (int i = 0; i < rows; i++)
        {
            T meanG = T.Zero, meanGx = T.Zero;
            for (int j = 0; j < columns; j++)
            {
                int at = i * columns + j;
                T xHat = (x[at] - mean[i]) * inverse[i];
                meanG += dy[at] * gamma[j] / n;
                meanGx += dy[at] * gamma[j] * xHat / n;
                dGamma[j] += dy[at] * xHat;
                dBeta[j] += dy[at];
            }

            for (int j = 0; j < columns; j++)
            {
                int at = i * columns + j;
                dx[at] = inverse[i] * (dy[at] * gamma[j] - meanG - (x[at] - mean[i]) * inverse[i] * meanGx);
            }
        }
    }

    /// <summary>Backward, fast.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    public static void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, ReadOnlySpan<float> mean, ReadOnlySpan<float> inverse, ReadOnlySpan<float> dy, Span<float> dx, Span<float> dGamma, Span<float> dBeta, int rows, int columns)
    {
        CheckBackward(x.Length, gamma.Length, mean.Length, inverse.Length, dy.Length, dx.Length, dGamma.Length, dBeta.Length, rows, columns);
        for (int i = 0; i < rows; i++)
        {
            ReadOnlySpan<float> from = x.Slice(i * columns, columns), upstream = dy.Slice(i * columns, columns);
            Span<float> to = dx.Slice(i * columns, columns);
            if (Vector512.IsHardwareAccelerated)
            {
                BackwardRow<Lanes16>(from, gamma, mean[i], inverse[i], upstream, to, dGamma, dBeta);
            }
            else if (Vector256.IsHardwareAccelerated)
            {
                BackwardRow<Lanes8>(from, gamma, mean[i], inverse[i], upstream, to, dGamma, dBeta);
            }
            else if (Vector128.IsHardwareAccelerated)
            {
                BackwardRow<Lanes4>(from, gamma, mean[i], inverse[i], upstream, to, dGamma, dBeta);
            }
            else
            {
                BackwardRow<Lanes1>(from, gamma, mean[i], inverse[i], upstream, to, dGamma, dBeta);
            }
        }
    }

    private static void Keep<T>(Span<T> values, int i, T value)
    {
        if (!values.IsEmpty)
        {
            values[i] = value;
        }
    }

    private static void Check(int x, int gamma, int beta, int y, int mean, int inverse, int rows, int columns)
    {
        Sizes.Require(x, rows, columns, "x");
        Sizes.Require(y, rows, columns, "y");
        Sizes.Require(gamma, 1, columns, "gamma", "one row");
        Sizes.Require(beta, 1, columns, "beta", "one row");
        Sizes.Require(mean, mean == 0 ? 0 : rows, 1, "mean", "rows", "one column");
        Sizes.Require(inverse, inverse == 0 ? 0 : rows, 1, "inverse", "rows", "one column");
    }

    private static void CheckBackward(int x, int gamma, int mean, int inverse, int dy, int dx, int dGamma, int dBeta, int rows, int columns)
    {
        Check(x, gamma, dBeta, dx, mean, inverse, rows, columns);
        Sizes.Require(dy, rows, columns, "dy");
        Sizes.Require(mean, rows, 1, "mean", "rows", "one column");
        Sizes.Require(inverse, rows, 1, "inverse", "rows", "one column");
        Sizes.Require(dGamma, 1, columns, "dGamma", "one row");
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (float Mean, float Inverse) Row<V>(ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta, Span<float> y, float epsilon)
        where V : struct, ILanes<V>
    {
        ref float x0 = ref MemoryMarshal.GetReference(x), y0 = ref MemoryMarshal.GetReference(y);
        ref float gamma0 = ref MemoryMarshal.GetReference(gamma), beta0 = ref MemoryMarshal.GetReference(beta);
        int n = x.Length, i = 0;
        V sums = V.All(0);
        for (; i <= n - V.Count; i += V.Count)
        {
            sums += V.Load(ref x0, i);
        }

        float sum = V.Sum(sums);
        for (; i < n; i++)
        {
            sum += x[i];
        }

        float mean = sum / n;
        V means = V.All(mean), squares = V.All(0);
        for (i = 0; i <= n - V.Count; i += V.Count)
        {
            V difference = V.Load(ref x0, i) - means;
            squares = V.MultiplyAdd(difference, difference, squares);
        }

        float square = V.Sum(squares);
        for (; i < n; i++)
        {
            square += (x[i] - mean) * (x[i] - mean);
        }

        float inverse = 1 / MathF.Sqrt(square / n + epsilon);
        V factor = V.All(inverse);
        for (i = 0; i <= n - V.Count; i += V.Count)
        {
            V.Store(V.MultiplyAdd((V.Load(ref x0, i) - means) * factor, V.Load(ref gamma0, i), V.Load(ref beta0, i)), ref y0, i);
        }

        for (; i < n; i++)
        {
            y[i] = (x[i] - mean) * inverse * gamma[i] + beta[i];
        }

        return (mean, inverse);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BackwardRow<V>(ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, float mean, float inverse, ReadOnlySpan<float> dy, Span<float> dx, Span<float> dGamma, Span<float> dBeta)
        where V : struct, ILanes<V>
    {
        ref float x0 = ref MemoryMarshal.GetReference(x), dy0 = ref MemoryMarshal.GetReference(dy), dx0 = ref MemoryMarshal.GetReference(dx);
        ref float gamma0 = ref MemoryMarshal.GetReference(gamma), dGamma0 = ref MemoryMarshal.GetReference(dGamma), dBeta0 = ref MemoryMarshal.GetReference(dBeta);
        int n = x.Length, i = 0;
        V means = V.All(mean), factor = V.All(inverse), sumsG = V.All(0), sumsGx = V.All(0);
        for (; i <= n - V.Count; i += V.Count)
        {
            V xHat = (V.Load(ref x0, i) - means) * factor, upstream = V.Load(ref dy0, i), g = upstream * V.Load(ref gamma0, i);
            sumsG += g;
            sumsGx = V.MultiplyAdd(g, xHat, sumsGx);
            V.Store(V.MultiplyAdd(upstream, xHat, V.Load(ref dGamma0, i)), ref dGamma0, i);
            V.Store(V.Load(ref dBeta0, i) + upstream, ref dBeta0, i);
        }

        float meanG = V.Sum(sumsG), meanGx = V.Sum(sumsGx);
        for (; i < n; i++)
        {
            float xHat = (x[i] - mean) * inverse;
            meanG += dy[i] * gamma[i];
            meanGx += dy[i] * gamma[i] * xHat;
            dGamma[i] += dy[i] * xHat;
            dBeta[i] += dy[i];
        }

        (meanG, meanGx) = (meanG / n, meanGx / n);
        V meansG = V.All(meanG), meansGx = V.All(meanGx);
        for (i = 0; i <= n - V.Count; i += V.Count)
        {
            V xHat = (V.Load(ref x0, i) - means) * factor, g = V.Load(ref dy0, i) * V.Load(ref gamma0, i);
            V.Store(factor * (g - meansG - xHat * meansGx), ref dx0, i);
        }

        for (; i < n; i++)
        {
            dx[i] = inverse * (dy[i] * gamma[i] - meanG - (x[i] - mean) * inverse * meanGx);
        }
    }
}
