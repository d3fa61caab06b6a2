using System.Numerics;
using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>
/// Layer normalisation of each row (Ba et al. 2016): y = γ ⊙ (x − μ)·r + β with μ = mean(x) and r = 1/√(mean((x − μ)²) + ε):
/// the biased variance, ε inside the root.
/// </summary>
/// <remarks>
/// A row of equal numbers is exactly β, with ε = 0 too (r is 0 there). The mean is summed in double, where it is right to the last place of a float, and what
/// a float loses of it is taken off as well: else a row whose numbers differ in the last places only would be moved by as much as they differ.
/// </remarks>
public static class Normalize
{
    /// <summary>ε when none is given, as PyTorch.</summary>
    public const float Epsilon = 1e-5f;

    /// <summary>Below, or at ∞, a float's square has lost digits or left its range.</summary>
    private const float LeastSquare = 1e-25f;

    /// <summary>y by loops; the statistics of a row are double for every T.</summary>
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
        for (int i = 0; i < rows; i++)
        {
            Moments moments = Moments.Of(x, i * columns, 1, columns);
            double r = moments.Inverse(double.CreateChecked(epsilon));
            for (int j = 0; j < columns; j++)
            {
                y[i * columns + j] = T.CreateChecked(moments.Deviation(double.CreateChecked(x[i * columns + j])) * r) * gamma[j] + beta[j];
            }

            Keep(mean, i, T.CreateChecked(moments.Mean));
            Keep(inverse, i, T.CreateChecked(r));
        }
    }

    /// <summary>y, fast.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static unsafe void Forward(ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta, Span<float> y, Span<float> mean, Span<float> inverse, int rows, int columns, float epsilon = Epsilon)
    {
        Check(x.Length, gamma.Length, beta.Length, y.Length, mean.Length, inverse.Length, rows, columns);
        fixed (float* from = x, gain = gamma, shift = beta, to = y, means = mean, inverses = inverse)
        {
            RowParts.Run(new ForwardRows(from, gain, shift, to, means, inverses, columns, epsilon), rows, RowParts.Count(rows, columns, effort: 2));
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
    public static unsafe void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, ReadOnlySpan<float> mean, ReadOnlySpan<float> inverse, ReadOnlySpan<float> dy, Span<float> dx, Span<float> dGamma, Span<float> dBeta, int rows, int columns)
    {
        CheckBackward(x.Length, gamma.Length, mean.Length, inverse.Length, dy.Length, dx.Length, dGamma.Length, dBeta.Length, rows, columns);
        fixed (float* from = x, gain = gamma, means = mean, inverses = inverse, upstream = dy, to = dx, gains = dGamma, shifts = dBeta)
        {
            int parts = RowParts.Count(rows, columns, effort: 2);
            float* sums = parts == 1 ? null : Scratch.Of(Scratch.Columns, checked(parts * 2 * columns));
            RowParts.Run(new BackwardRows(from, gain, means, inverses, upstream, to, gains, shifts, sums, columns), rows, parts);
            Reduce.AddParts(sums, parts, 2 * columns, columns, dGamma);
            Reduce.AddParts(sums + columns, parts, 2 * columns, columns, dBeta);
        }
    }

    /// <summary>Whether the mean of a row's squares, ε added, can be had from floats; if not, the row is the reference's.</summary>
    internal static bool IsSafe(float square) => square is > LeastSquare and < float.PositiveInfinity;

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

    private readonly unsafe struct ForwardRows(float* x, float* gamma, float* beta, float* y, float* mean, float* inverse, int columns, float epsilon) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>(int part, int first, int end)
            where V : struct, ILanes<V>
        {
            int n = columns;
            float* gain = gamma, shift = beta;
            for (int row = first; row < end; row++)
            {
                float* from = x + (nint)row * n, to = y + (nint)row * n;
                double exact = Reduce.SumInDouble(from, n) / n;
                float mu = (float)exact, rest = (float)(exact - mu), square = Squares<V>(from, n, mu) / n - rest * rest + epsilon;
                if (!IsSafe(square))
                {
                    Reference<float>(new(from, n), new(gain, n), new(shift, n), new(to, n), mean == null ? default : new(mean + row, 1), inverse == null ? default : new(inverse + row, 1), 1, n, epsilon);
                    continue;
                }

                float r = 1 / MathF.Sqrt(square), offset = -rest * r;
                V means = V.All(mu), factor = V.All(r), offsets = V.All(offset);
                int i = 0;
                for (; i <= n - V.Count; i += V.Count)
                {
                    V.Store(V.MultiplyAdd(V.MultiplyAdd(V.Load(from + i) - means, factor, offsets), V.Load(gain + i), V.Load(shift + i)), to + i);
                }

                for (; i < n; i++)
                {
                    to[i] = ((from[i] - mu) * r + offset) * gain[i] + shift[i];
                }

                if (mean != null)
                {
                    mean[row] = mu;
                }

                if (inverse != null)
                {
                    inverse[row] = r;
                }
            }
        }

        /// <summary>Σ (x − μ)², a second pass over a row that lies in the first cache: Σ x² − n·μ² would cancel where |μ| is far above σ.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static float Squares<V>(float* x, int n, float mean)
            where V : struct, ILanes<V>
        {
            V means = V.All(mean), s0 = V.All(0), s1 = s0, s2 = s0, s3 = s0;
            int i = 0;
            for (; i <= n - 4 * V.Count; i += 4 * V.Count)
            {
                V a = V.Load(x + i) - means, b = V.Load(x + i + V.Count) - means, c = V.Load(x + i + 2 * V.Count) - means, d = V.Load(x + i + 3 * V.Count) - means;
                s0 = V.MultiplyAdd(a, a, s0);
                s1 = V.MultiplyAdd(b, b, s1);
                s2 = V.MultiplyAdd(c, c, s2);
                s3 = V.MultiplyAdd(d, d, s3);
            }

            for (; i <= n - V.Count; i += V.Count)
            {
                V a = V.Load(x + i) - means;
                s0 = V.MultiplyAdd(a, a, s0);
            }

            float sum = V.Sum(s0 + s1 + (s2 + s3));
            for (; i < n; i++)
            {
                sum += (x[i] - mean) * (x[i] - mean);
            }

            return sum;
        }
    }

    /// <summary>
    /// Two rows at a time, so that ∂L/∂γ and ∂L/∂β are read and written half as often. Each part of the rows has its own sums,
    /// unless there is one part only.
    /// </summary>
    private readonly unsafe struct BackwardRows(float* x, float* gamma, float* mean, float* inverse, float* dy, float* dx, float* dGamma, float* dBeta, float* sums, int columns) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>(int part, int first, int end)
            where V : struct, ILanes<V>
        {
            int n = columns;
            float* gains = dGamma, shifts = dBeta;
            if (sums != null)
            {
                gains = sums + (nint)part * 2 * n;
                shifts = gains + n;
                new Span<float>(gains, 2 * n).Clear();
            }

            int row = first;
            for (; row <= end - 2; row += 2)
            {
                Pair<V>(row, gains, shifts);
            }

            if (row < end)
            {
                Single<V>(row, gains, shifts);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Pair<V>(int row, float* gains, float* shifts)
            where V : struct, ILanes<V>
        {
            int n = columns, i = 0;
            float* x0 = x + (nint)row * n, x1 = x0 + n, dy0 = dy + (nint)row * n, dy1 = dy0 + n, gain = gamma;
            float mu0 = mean[row], mu1 = mean[row + 1], r0 = inverse[row], r1 = inverse[row + 1], offset0 = Offset<V>(row), offset1 = Offset<V>(row + 1);
            V means0 = V.All(mu0), means1 = V.All(mu1), factor0 = V.All(r0), factor1 = V.All(r1), offsets0 = V.All(offset0), offsets1 = V.All(offset1);
            V g0 = V.All(0), g1 = g0, gx0 = g0, gx1 = g0;
            for (; i <= n - V.Count; i += V.Count)
            {
                V up0 = V.Load(dy0 + i), up1 = V.Load(dy1 + i), weight = V.Load(gain + i);
                V hat0 = V.MultiplyAdd(V.Load(x0 + i) - means0, factor0, offsets0), hat1 = V.MultiplyAdd(V.Load(x1 + i) - means1, factor1, offsets1);
                V product0 = up0 * weight, product1 = up1 * weight;
                g0 += product0;
                g1 += product1;
                gx0 = V.MultiplyAdd(product0, hat0, gx0);
                gx1 = V.MultiplyAdd(product1, hat1, gx1);
                V.Store(V.MultiplyAdd(up1, hat1, V.MultiplyAdd(up0, hat0, V.Load(gains + i))), gains + i);
                V.Store(V.Load(shifts + i) + up0 + up1, shifts + i);
            }

            float sum0 = V.Sum(g0), sum1 = V.Sum(g1), sumX0 = V.Sum(gx0), sumX1 = V.Sum(gx1);
            for (; i < n; i++)
            {
                float hat0 = (x0[i] - mu0) * r0 + offset0, hat1 = (x1[i] - mu1) * r1 + offset1;
                sum0 += dy0[i] * gain[i];
                sum1 += dy1[i] * gain[i];
                sumX0 += dy0[i] * gain[i] * hat0;
                sumX1 += dy1[i] * gain[i] * hat1;
                gains[i] = gains[i] + dy0[i] * hat0 + dy1[i] * hat1;
                shifts[i] = shifts[i] + dy0[i] + dy1[i];
            }

            Input<V>(row, offset0, sum0 / n, sumX0 / n);
            Input<V>(row + 1, offset1, sum1 / n, sumX1 / n);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Single<V>(int row, float* gains, float* shifts)
            where V : struct, ILanes<V>
        {
            int n = columns, i = 0;
            float* from = x + (nint)row * n, upstream = dy + (nint)row * n, gain = gamma;
            float mu = mean[row], r = inverse[row], offset = Offset<V>(row);
            V means = V.All(mu), factor = V.All(r), offsets = V.All(offset), g = V.All(0), gx = g;
            for (; i <= n - V.Count; i += V.Count)
            {
                V up = V.Load(upstream + i), hat = V.MultiplyAdd(V.Load(from + i) - means, factor, offsets), product = up * V.Load(gain + i);
                g += product;
                gx = V.MultiplyAdd(product, hat, gx);
                V.Store(V.MultiplyAdd(up, hat, V.Load(gains + i)), gains + i);
                V.Store(V.Load(shifts + i) + up, shifts + i);
            }

            float sum = V.Sum(g), sumX = V.Sum(gx);
            for (; i < n; i++)
            {
                float hat = (from[i] - mu) * r + offset;
                sum += upstream[i] * gain[i];
                sumX += upstream[i] * gain[i] * hat;
                gains[i] += upstream[i] * hat;
                shifts[i] += upstream[i];
            }

            Input<V>(row, offset, sum / n, sumX / n);
        }

        /// <summary>What a float lost of the mean, times −r: the mean of (x − μ)·r is 0.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private float Offset<V>(int row)
            where V : struct, ILanes<V>
        {
            int n = columns, i = 0;
            float* from = x + (nint)row * n;
            float mu = mean[row], r = inverse[row];
            V means = V.All(mu), factor = V.All(r), s0 = V.All(0), s1 = s0, s2 = s0, s3 = s0;
            for (; i <= n - 4 * V.Count; i += 4 * V.Count)
            {
                s0 = V.MultiplyAdd(V.Load(from + i) - means, factor, s0);
                s1 = V.MultiplyAdd(V.Load(from + i + V.Count) - means, factor, s1);
                s2 = V.MultiplyAdd(V.Load(from + i + 2 * V.Count) - means, factor, s2);
                s3 = V.MultiplyAdd(V.Load(from + i + 3 * V.Count) - means, factor, s3);
            }

            for (; i <= n - V.Count; i += V.Count)
            {
                s0 = V.MultiplyAdd(V.Load(from + i) - means, factor, s0);
            }

            float sum = V.Sum(s0 + s1 + (s2 + s3));
            for (; i < n; i++)
            {
                sum += (from[i] - mu) * r;
            }

            return -sum / n;
        }

        /// <summary>∂L/∂x of one row from its two means.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Input<V>(int row, float offset, float meanG, float meanGx)
            where V : struct, ILanes<V>
        {
            int n = columns, i = 0;
            float* from = x + (nint)row * n, upstream = dy + (nint)row * n, to = dx + (nint)row * n, gain = gamma;
            float mu = mean[row], r = inverse[row];
            V means = V.All(mu), factor = V.All(r), offsets = V.All(offset), meansG = V.All(meanG), meansGx = V.All(meanGx);
            for (; i <= n - V.Count; i += V.Count)
            {
                V hat = V.MultiplyAdd(V.Load(from + i) - means, factor, offsets), g = V.Load(upstream + i) * V.Load(gain + i);
                V.Store(factor * (g - meansG - hat * meansGx), to + i);
            }

            for (; i < n; i++)
            {
                to[i] = r * (upstream[i] * gain[i] - meanG - ((from[i] - mu) * r + offset) * meanGx);
            }
        }
    }
}
