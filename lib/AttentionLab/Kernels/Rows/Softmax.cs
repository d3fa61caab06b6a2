using System.Numerics;
using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>
/// Softmax of each row: y_j = exp(x_j − m) / Σ_k exp(x_k − m) with m = max_k x_k. Taking m away changes nothing in exact
/// arithmetic and keeps exp from overflowing: rows of ±10 000 are as safe as rows of ±1.
/// </summary>
/// <remarks>
/// A row of nothing but −∞ (every position masked) gives zeros, not NaN. A row with a NaN or a +∞ gives NaN throughout.
/// The fast path sets weights whose exponential is below 2⁻¹⁰⁰ of the largest to exactly 0: they are lost in rounding anyway, and denormal
/// numbers would make everything after them a hundred times slower.
/// </remarks>
public static class Softmax
{
    /// <summary>Rows that are worked at together, if they are short.</summary>
    private const int Together = 4;

    /// <summary>So many rows of this length, read and written, lie in the first cache.</summary>
    private const int ShortRow = 768;

    /// <summary>Softmax of each row by loops.</summary>
    /// <param name="x">(rows, columns).</param>
    /// <param name="y">(rows, columns), may be the memory of <paramref name="x"/>.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Length of a row.</param>
    /// <exception cref="ArgumentException">A span's length is not rows × columns.</exception>
    public static void Reference<T>(ReadOnlySpan<T> x, Span<T> y, int rows, int columns)
        where T : IFloatingPointIeee754<T>
    {
        Sizes.Require(x.Length, rows, columns, "x");
        Sizes.Require(y.Length, rows, columns, "y");
        for (int i = 0; i < rows; i++)
        {
            ReadOnlySpan<T> from = x.Slice(i * columns, columns);
            Span<T> to = y.Slice(i * columns, columns);
            T largest = T.NegativeInfinity;
            foreach (T value in from)
            {
                largest = T.Max(largest, value);
            }

            T shift = largest == T.NegativeInfinity ? T.Zero : largest, sum = T.Zero;
            for (int j = 0; j < columns; j++)
            {
                to[j] = T.Exp(from[j] - shift);
                sum += to[j];
            }

            for (int j = 0; j < columns; j++)
            {
                to[j] = sum == T.Zero ? T.Zero : to[j] / sum;
            }
        }
    }

    /// <summary>Softmax of each row, fast: three passes (largest, exponentials and their sum, division).</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static unsafe void Forward(ReadOnlySpan<float> x, Span<float> y, int rows, int columns)
    {
        Sizes.Require(x.Length, rows, columns, "x");
        Sizes.Require(y.Length, rows, columns, "y");
        fixed (float* from = x, to = y)
        {
            ForwardRows work = new(from, to, columns, Exp.Log2E, Prefetch.Ahead(rows, columns));
            RowParts.Run(work, rows, RowParts.Count(rows, columns, effort: 4));
        }
    }

    /// <summary>
    /// Backward of the rows by loops. With ∂y_j/∂x_k = y_j·(δ_jk − y_k): ∂L/∂x_j = y_j·(∂L/∂y_j − Σ_k ∂L/∂y_k·y_k).
    /// </summary>
    /// <param name="y">Result of the forward, (rows, columns).</param>
    /// <param name="dy">∂L/∂y, (rows, columns).</param>
    /// <param name="dx">∂L/∂x, (rows, columns), overwritten; may be the memory of <paramref name="dy"/>.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Length of a row.</param>
    /// <exception cref="ArgumentException">A span's length is not rows × columns.</exception>
    public static void BackwardReference<T>(ReadOnlySpan<T> y, ReadOnlySpan<T> dy, Span<T> dx, int rows, int columns)
        where T : IFloatingPointIeee754<T>
    {
        CheckBackward(y.Length, dy.Length, dx.Length, rows, columns);
        for (int i = 0; i < rows; i++)
        {
            int row = i * columns;
            T mean = Dot.Reference(y.Slice(row, columns), dy.Slice(row, columns));
            for (int j = row; j < row + columns; j++)
            {
                dx[j] = y[j] * (dy[j] - mean);
            }
        }
    }

    /// <summary>Backward of the rows, fast.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    public static unsafe void Backward(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, int rows, int columns)
    {
        CheckBackward(y.Length, dy.Length, dx.Length, rows, columns);
        fixed (float* weights = y, upstream = dy, to = dx)
        {
            RowParts.Run(new BackwardRows(weights, upstream, to, columns), rows, RowParts.Count(rows, columns, effort: 2));
        }
    }

    /// <summary>Softmax of one row whose exponentials are 2^(<paramref name="base2"/>·x), fast; <paramref name="base2"/> &gt; 0.</summary>
    internal static unsafe void Row(ReadOnlySpan<float> x, Span<float> y, float base2)
    {
        fixed (float* from = x, to = y)
        {
            RowParts.Run(new ForwardRows(from, to, x.Length, base2, ahead: 0), 1, 1);
        }
    }

    private static void CheckBackward(int y, int dy, int dx, int rows, int columns)
    {
        Sizes.Require(y, rows, columns, "y");
        Sizes.Require(dy, rows, columns, "dy");
        Sizes.Require(dx, rows, columns, "dx");
    }

    /// <summary>exp(x − shift), or 2^(base2·(x − shift)), or exactly 0 below 2⁻¹⁰⁰; for x ≤ shift.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Exponential<V>(V x, V shift, float base2 = Exp.Log2E)
        where V : struct, ILanes<V> =>
        Exp2.Of((x - shift) * V.All(base2));

    /// <summary>What is taken from every number of a row before the exponential: the largest, or 0 if that is −∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe float Shift<V>(float* x, int n)
        where V : struct, ILanes<V>
    {
        float largest = Reduce.Largest<V>(x, n);
        return largest == float.NegativeInfinity ? 0 : largest;
    }

    /// <summary>
    /// Writes the exponentials of a row and returns their sum; asks for what lies <paramref name="ahead"/> numbers after it in x.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe float Exponentials<V>(float* x, float* y, int n, float shift, float base2 = Exp.Log2E, int ahead = 0)
        where V : struct, ILanes<V>
    {
        Exp2<V> exp2 = new();
        V shifts = V.All(shift), factor = V.All(base2), sums = V.All(0), others = sums;
        int i = 0;
        for (; i <= n - 2 * V.Count; i += 2 * V.Count)
        {
            Prefetch.Lines<V>(ahead, i, x, x + V.Count);
            V e = exp2.Of((V.Load(x + i) - shifts) * factor), f = exp2.Of((V.Load(x + i + V.Count) - shifts) * factor);
            V.Store(e, y + i);
            V.Store(f, y + i + V.Count);
            sums += e;
            others += f;
        }

        sums += others;
        for (; i <= n - V.Count; i += V.Count)
        {
            V e = exp2.Of((V.Load(x + i) - shifts) * factor);
            V.Store(e, y + i);
            sums += e;
        }

        float sum = V.Sum(sums);
        for (; i < n; i++)
        {
            Lanes1 e = Exponential(Lanes1.Load(x + i), Lanes1.All(shift), base2);
            Lanes1.Store(e, y + i);
            sum += Lanes1.Sum(e);
        }

        return sum;
    }

    private readonly unsafe struct ForwardRows(float* x, float* y, int columns, float base2, int ahead) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>(int part, int first, int end)
            where V : struct, ILanes<V>
        {
            // Short rows go some at a time: while the largest number or the sum of one is waited for, the machine works at the others. The next rows are asked
            // for in two passes: x while exponentials are made, y while they are divided by their sum. (Both in one pass: 1.05 × as fast on one CPU, slower
            // on another; y not at all: 1.1 to 1.2 × as slow.)
            int n = columns, together = n <= ShortRow ? Together : 1;
            float* shifts = stackalloc float[Together], sums = stackalloc float[Together];
            for (int row = first; row < end; row += together)
            {
                int many = Math.Min(together, end - row);
                float* from = x + (nint)row * n, to = y + (nint)row * n;
                for (int k = 0; k < many; k++)
                {
                    shifts[k] = Shift<V>(from + k * n, n);
                }

                for (int k = 0; k < many; k++)
                {
                    sums[k] = Exponentials<V>(from + k * n, to + k * n, n, shifts[k], base2, together * ahead);
                }

                for (int k = 0; k < many; k++)
                {
                    if (sums[k] != 0)
                    {
                        Multiply.Scale<V>(to + k * n, 1 / sums[k], n, together * ahead);
                    }
                }
            }
        }
    }

    private readonly unsafe struct BackwardRows(float* y, float* dy, float* dx, int columns) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>(int part, int first, int end)
            where V : struct, ILanes<V>
        {
            int n = columns;
            for (int row = first; row < end; row++)
            {
                float* weights = y + (nint)row * n, upstream = dy + (nint)row * n, to = dx + (nint)row * n;
                V s0 = V.All(0), s1 = s0;
                int i = 0;
                for (; i <= n - 2 * V.Count; i += 2 * V.Count)
                {
                    s0 = V.MultiplyAdd(V.Load(weights + i), V.Load(upstream + i), s0);
                    s1 = V.MultiplyAdd(V.Load(weights + i + V.Count), V.Load(upstream + i + V.Count), s1);
                }

                float mean = V.Sum(s0 + s1);
                for (; i < n; i++)
                {
                    mean += weights[i] * upstream[i];
                }

                V means = V.All(mean);
                for (i = 0; i <= n - V.Count; i += V.Count)
                {
                    V.Store(V.Load(weights + i) * (V.Load(upstream + i) - means), to + i);
                }

                for (; i < n; i++)
                {
                    to[i] = weights[i] * (upstream[i] - mean);
                }
            }
        }
    }
}
