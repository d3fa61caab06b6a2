using System.Numerics;
using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>
/// Root-mean-square normalisation of each row (Zhang and Sennrich 2019): y = γ ⊙ x·r with r = 1/√(mean(x²) + ε).
/// Layer normalisation without the mean and without β.
/// </summary>
/// <remarks>
/// The statistics of the reference are double for every T, so that squares of floats stay in range. A row of zeros stays zeros, with ε = 0 too.
/// </remarks>
public static class RmsNormalize
{
    /// <summary>y by loops.</summary>
    /// <param name="x">(rows, columns).</param>
    /// <param name="gamma">γ (columns).</param>
    /// <param name="y">(rows, columns), overwritten; may be the memory of <paramref name="x"/> if no backward follows.</param>
    /// <param name="inverse">r (rows), for the backward; empty if not wanted.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Length of a row.</param>
    /// <param name="epsilon">ε, 0 or above.</param>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">ε is negative or not finite.</exception>
    public static void Reference<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> gamma, Span<T> y, Span<T> inverse, int rows, int columns, T epsilon)
        where T : IFloatingPointIeee754<T>
    {
        Check(x.Length, gamma.Length, y.Length, inverse.Length, rows, columns);
        Moments.RequireEpsilon(epsilon);
        for (int i = 0; i < rows; i++)
        {
            double square = 0;
            for (int j = 0; j < columns; j++)
            {
                double value = double.CreateChecked(x[i * columns + j]);
                square += value * value / columns;
            }

            double r = Moments.InverseRoot(square + double.CreateChecked(epsilon));
            for (int j = 0; j < columns; j++)
            {
                y[i * columns + j] = T.CreateChecked(double.CreateChecked(x[i * columns + j]) * r) * gamma[j];
            }

            if (!inverse.IsEmpty)
            {
                inverse[i] = T.CreateChecked(r);
            }
        }
    }

    /// <summary>y, fast.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static unsafe void Forward(
        ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, Span<float> y, Span<float> inverse, int rows, int columns, float epsilon = Normalize.Epsilon)
    {
        Check(x.Length, gamma.Length, y.Length, inverse.Length, rows, columns);
        Moments.RequireEpsilon(epsilon);
        fixed (float* from = x, gain = gamma, to = y, inverses = inverse)
        {
            ForwardRows work = new(from, gain, to, inverses, columns, epsilon, Prefetch.Ahead(rows, columns));
            RowParts.Run(work, rows, RowParts.Count(rows, columns, effort: 2));
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
    public static void BackwardReference<T>(
        ReadOnlySpan<T> x, ReadOnlySpan<T> gamma, ReadOnlySpan<T> inverse, ReadOnlySpan<T> dy, Span<T> dx, Span<T> dGamma, int rows, int columns)
        where T : IFloatingPointIeee754<T>
    {
        CheckBackward(x.Length, gamma.Length, inverse.Length, dy.Length, dx.Length, dGamma.Length, rows, columns);
        for (int i = 0; i < rows; i++)
        {
            T mean = T.Zero;
            for (int j = 0; j < columns; j++)
            {
                int at = i * columns + j;
                mean += dy[at] * gamma[j] * (x[at] * inverse[i]) / T.CreateChecked(columns);
                dGamma[j] += dy[at] * (x[at] * inverse[i]);
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
    public static unsafe void Backward(
        ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, ReadOnlySpan<float> inverse, ReadOnlySpan<float> dy, Span<float> dx, Span<float> dGamma, int rows,
        int columns)
    {
        CheckBackward(x.Length, gamma.Length, inverse.Length, dy.Length, dx.Length, dGamma.Length, rows, columns);
        fixed (float* from = x, gain = gamma, inverses = inverse, upstream = dy, to = dx, gains = dGamma)
        {
            int parts = RowParts.Count(rows, columns, effort: 2);
            float* sums = parts == 1 ? gains : Scratch.Of(Scratch.Columns, parts * columns);
            RowParts.Run(new BackwardRows(from, gain, inverses, upstream, to, sums, parts > 1, columns), rows, parts);
            Reduce.AddParts(sums, parts, columns, columns, dGamma);
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
        Sizes.Require(x, rows, columns, "x");
        Sizes.Require(gamma, 1, columns, "gamma", "one row");
        Sizes.Require(inverse, rows, 1, "inverse", "rows", "one column");
        Sizes.Require(dy, rows, columns, "dy");
        Sizes.Require(dx, rows, columns, "dx");
        Sizes.Require(dGamma, 1, columns, "dGamma", "one row");
    }

    private readonly unsafe struct ForwardRows(float* x, float* gamma, float* y, float* inverse, int columns, float epsilon, int ahead) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>(int part, int first, int end)
            where V : struct, ILanes<V>
        {
            int n = columns;
            float* gain = gamma;
            for (int row = first; row < end; row++)
            {
                float* from = x + (nint)row * n, to = y + (nint)row * n;
                float square = Reduce.Over<V, Squares>(new(from), n) / n + epsilon;
                if (!Normalize.IsSafe(square))
                {
                    Reference<float>(new(from, n), new(gain, n), new(to, n), inverse == null ? default : new(inverse + row, 1), 1, n, epsilon);
                    continue;
                }

                float r = 1 / MathF.Sqrt(square);
                V factor = V.All(r);
                int i = 0;
                for (; i <= n - V.Count; i += V.Count)
                {
                    Prefetch.Lines<V>(ahead, i, from, to);
                    V.Store(V.Load(from + i) * factor * V.Load(gain + i), to + i);
                }

                for (; i < n; i++)
                {
                    to[i] = from[i] * r * gain[i];
                }

                if (inverse != null)
                {
                    inverse[row] = r;
                }
            }
        }
    }

    /// <summary>Σ x².</summary>
    private readonly unsafe struct Squares(float* x) : ISummand
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Add<V>(int i, V sum)
            where V : struct, ILanes<V>
        {
            V value = V.Load(x + i);
            return V.MultiplyAdd(value, value, sum);
        }
    }

    private readonly unsafe struct BackwardRows(float* x, float* gamma, float* inverse, float* dy, float* dx, float* sums, bool own, int columns) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>(int part, int first, int end)
            where V : struct, ILanes<V>
        {
            int n = columns;
            float* gain = gamma, gains = own ? sums + (nint)part * n : sums;
            if (own)
            {
                new Span<float>(gains, n).Clear();
            }

            for (int row = first; row < end; row++)
            {
                float* from = x + (nint)row * n, upstream = dy + (nint)row * n, to = dx + (nint)row * n;
                float r = inverse[row];
                V factor = V.All(r), totals = V.All(0);
                int i = 0;
                for (; i <= n - V.Count; i += V.Count)
                {
                    V product = V.Load(upstream + i) * (V.Load(from + i) * factor);
                    totals = V.MultiplyAdd(product, V.Load(gain + i), totals);
                    V.Store(V.Load(gains + i) + product, gains + i);
                }

                float mean = V.Sum(totals);
                for (; i < n; i++)
                {
                    float product = upstream[i] * (from[i] * r);
                    mean += product * gain[i];
                    gains[i] += product;
                }

                mean /= n;
                V means = V.All(mean);
                for (i = 0; i <= n - V.Count; i += V.Count)
                {
                    V.Store(factor * (V.Load(upstream + i) * V.Load(gain + i) - V.Load(from + i) * factor * means), to + i);
                }

                for (; i < n; i++)
                {
                    to[i] = r * (upstream[i] * gain[i] - from[i] * r * mean);
                }
            }
        }
    }
}
