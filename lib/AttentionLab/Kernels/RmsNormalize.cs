using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AttentionLab.Kernels;

/// <summary>
/// Root-mean-square normalisation of each row (Zhang and Sennrich 2019): y = γ ⊙ x·r with r = 1/√(mean(x²) + ε).
/// Layer normalisation without the mean and without β.
/// </summary>
public static class RmsNormalize
{
    /// <summary>y by loops.</summary>
    /// <param name="x">(rows, columns).</param>
    /// <param name="gamma">γ (columns).</param>
    /// <param name="y">(rows, columns), overwritten; may be the memory of <paramref name="x"/> if no backward follows.</param>
    /// <param name="inverse">r (rows), for the backward; empty if not wanted.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Length of a row.</param>
    /// <param name="epsilon">ε.</param>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    public static void Reference<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> gamma, Span<T> y, Span<T> inverse, int rows, int columns, T epsilon)
        where T : IFloatingPointIeee754<T>
    {
        Check(x.Length, gamma.Length, y.Length, inverse.Length, rows, columns);
        for (int i = 0; i < rows; i++)
        {
            T square = T.Zero;
            for (int j = 0; j < columns; j++)
            {
                square += x[i * columns + j] * x[i * columns + j] / T.CreateChecked(columns);
            }

            T r = T.One / T.Sqrt(square + epsilon);
            for (int j = 0; j < columns; j++)
            {
                y[i * columns + j] = x[i * columns + j] * r * gamma[j];
            }

            if (!inverse.IsEmpty)
            {
                inverse[i] = r;
            }
        }
    }

    /// <summary>y, fast.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static void Forward(ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, Span<float> y, Span<float> inverse, int rows, int columns, float epsilon = Normalize.Epsilon)
    {
        Check(x.Length, gamma.Length, y.Length, inverse.Length, rows, columns);
        for (int i = 0; i < rows; i++)
        {
            ReadOnlySpan<float> from = x.Slice(i * columns, columns);
            Span<float> to = y.Slice(i * columns, columns);
            float r = 1 / MathF.Sqrt(Dot.Forward(from, from) / columns + epsilon);
            Multiply.Scale(from, r, to);
            Multiply.Forward(to, gamma, to);
            if (!inverse.IsEmpty)
            {
                inverse[i] = r;
            }
        }
    }

    /// <summary>
    /// Backward by loops. With x̂ = x·r and g = ∂L/∂y ⊙ γ: ∂L/∂x = r·(g − x̂·mean(g ⊙ x̂)), because r depends on every x; ∂L/∂γ = Σ_rows ∂L/∂y ⊙ x̂.
    /// </summary>
    /// <param name="x">Input of the forward (rows, columns).</param>
    /// <param name="gamma">γ (columns).</param>
    /// <param name="inverse">r of the forward (rows).</param>
    /// <param name="dy">∂L/∂y (rows, columns).</param>
    /// <param name="dx">∂L/∂x (rows, columns), overwritten; may be the memory of <paramref name="dy"/>.</param>
    /// <param name="dGamma">∂L/∂γ (columns), added to.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Length of a row.</param>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    public static void BackwardReference<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> gamma, ReadOnlySpan<T> inverse, ReadOnlySpan<T> dy, Span<T> dx, Span<T> dGamma, int rows, int columns)
        where T : IFloatingPointIeee754<T>
    {
        CheckBackward(x.Length, gamma.Length, inverse.Length, dy.Length, dx.Length, dGamma.Length, rows, columns);
        for (int i = 0; i < rows; i++)
        {
            T mean = T.Zero;
            for (int j = 0; j < columns; j++)
            {
                int at = i * columns + j;
                mean += dy[at] * gamma[j] * x[at] * inverse[i] / T.CreateChecked(columns);
                dGamma[j] += dy[at] * x[at] * inverse[i];
            }

            for (int j = 0; j < columns; j++)
            {
                int at = i * columns + j;
                dx[at] = inverse[i] * (dy[at] * gamma[j] - x[at] * inverse[i] * mean);
            }
        }
    }

    /// <summary>Backward, fast.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    public static void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, ReadOnlySpan<float> inverse, ReadOnlySpan<float> dy, Span<float> dx, Span<float> dGamma, int rows, int columns)
    {
        CheckBackward(x.Length, gamma.Length, inverse.Length, dy.Length, dx.Length, dGamma.Length, rows, columns);
        for (int i = 0; i < rows; i++)
        {
            ReadOnlySpan<float> from = x.Slice(i * columns, columns), upstream = dy.Slice(i * columns, columns);
            Span<float> to = dx.Slice(i * columns, columns);
            if (Vector512.IsHardwareAccelerated)
            {
                BackwardRow<Lanes16>(from, gamma, inverse[i], upstream, to, dGamma);
            }
            else if (Vector256.IsHardwareAccelerated)
            {
                BackwardRow<Lanes8>(from, gamma, inverse[i], upstream, to, dGamma);
            }
            else if (Vector128.IsHardwareAccelerated)
            {
                BackwardRow<Lanes4>(from, gamma, inverse[i], upstream, to, dGamma);
            }
            else
            {
                BackwardRow<Lanes1>(from, gamma, inverse[i], upstream, to, dGamma);
            }
        }
    }

    private static void Check(int x, int gamma, int y, int inverse, int rows, int columns)
    {
        Sizes.Require(x, rows, columns, "x");
        Sizes.Require(y, rows, columns, "y");
        Sizes.Require(gamma, 1, columns, "gamma", "one row");
        Sizes.Require(inverse, inverse == 0 ? 0 : rows, 1, "inverse", "rows", "one column");
    }

    private static void CheckBackward(int x, int gamma, int inverse, int dy, int dx, int dGamma, int rows, int columns)
    {
        Check(x, gamma, dx, inverse, rows, columns);
        Sizes.Require(dy, rows, columns, "dy");
        Sizes.Require(inverse, rows, 1, "inverse", "rows", "one column");
        Sizes.Require(dGamma, 1, columns, "dGamma", "one row");
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BackwardRow<V>(ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, float inverse, ReadOnlySpan<float> dy, Span<float> dx, Span<float> dGamma)
        where V : struct, ILanes<V>
    {
        ref float x0 = ref MemoryMarshal.GetReference(x), dy0 = ref MemoryMarshal.GetReference(dy), dx0 = ref MemoryMarshal.GetReference(dx);
        ref float gamma0 = ref MemoryMarshal.GetReference(gamma), dGamma0 = ref MemoryMarshal.GetReference(dGamma);
        int n = x.Length, i = 0;
        V factor = V.All(inverse), sums = V.All(0);
        for (; i <= n - V.Count; i += V.Count)
        {
            V product = V.Load(ref dy0, i) * V.Load(ref x0, i) * factor;
            sums = V.MultiplyAdd(product, V.Load(ref gamma0, i), sums);
            V.Store(V.Load(ref dGamma0, i) + product, ref dGamma0, i);
        }

        float mean = V.Sum(sums);
        for (; i < n; i++)
        {
            mean += dy[i] * x[i] * inverse * gamma[i];
            dGamma[i] += dy[i] * x[i] * inverse;
        }

        mean /= n;
        V means = V.All(mean * inverse);
        for (i = 0; i <= n - V.Count; i += V.Count)
        {
            V.Store(factor * (V.Load(ref dy0, i) * V.Load(ref gamma0, i) - V.Load(ref x0, i) * means), ref dx0, i);
        }

        for (; i < n; i++)
        {
            dx[i] = inverse * (dy[i] * gamma[i] - x[i] * inverse * mean);
        }
    }
}
