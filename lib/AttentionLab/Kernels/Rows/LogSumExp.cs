using System.Numerics;
using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>
/// ℓ = ln Σ_j exp(x_j) of each row, computed as m + ln Σ_j exp(x_j − m) with m = max_j x_j so that nothing overflows.
/// A row of nothing but −∞, or an empty one, gives −∞.
/// </summary>
public static class LogSumExp
{
    /// <summary>ℓ by loops.</summary>
    /// <param name="x">(rows, columns).</param>
    /// <param name="y">ℓ (rows), overwritten.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Length of a row.</param>
    /// <exception cref="ArgumentException">A span's length does not fit, or the two share memory.</exception>
    public static void Reference<T>(ReadOnlySpan<T> x, Span<T> y, int rows, int columns)
        where T : IFloatingPointIeee754<T>
    {
        Check(x.Length, y.Length, rows, columns);
        Sizes.RequireApart(y, x, "y", "x");
        for (int i = 0; i < rows; i++)
        {
            ReadOnlySpan<T> row = x.Slice(i * columns, columns);
            T largest = T.NegativeInfinity, sum = T.Zero;
            foreach (T value in row)
            {
                largest = T.Max(largest, value);
            }

            T shift = T.IsInfinity(largest) ? T.Zero : largest;
            foreach (T value in row)
            {
                sum += T.Exp(value - shift);
            }

            y[i] = shift + T.Log(sum);
        }
    }

    /// <summary>ℓ, fast.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static unsafe void Forward(ReadOnlySpan<float> x, Span<float> y, int rows, int columns)
    {
        Check(x.Length, y.Length, rows, columns);
        Sizes.RequireApart(y, x, "y", "x");
        fixed (float* from = x, to = y)
        {
            RowParts.Run(new ForwardRows(from, to, columns), rows, RowParts.Count(rows, columns, effort: 3));
        }
    }

    /// <summary>Backward by loops: ∂ℓ/∂x_j = exp(x_j − ℓ), the softmax.</summary>
    /// <param name="x">Input of the forward (rows, columns).</param>
    /// <param name="y">ℓ of the forward (rows).</param>
    /// <param name="dy">∂L/∂ℓ (rows).</param>
    /// <param name="dx">∂L/∂x (rows, columns), overwritten; may be the memory of <paramref name="x"/>.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Length of a row.</param>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    public static void BackwardReference<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, ReadOnlySpan<T> dy, Span<T> dx, int rows, int columns)
        where T : IFloatingPointIeee754<T>
    {
        CheckBackward(x.Length, y.Length, dy.Length, dx.Length, rows, columns);
        for (int at = 0; at < x.Length; at++)
        {
            int i = at / columns;
            dx[at] = T.IsNegativeInfinity(y[i]) ? T.Zero : dy[i] * T.Exp(x[at] - y[i]);
        }
    }

    /// <summary>Backward, fast.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    public static unsafe void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, int rows, int columns)
    {
        CheckBackward(x.Length, y.Length, dy.Length, dx.Length, rows, columns);
        fixed (float* from = x, upstream = dy, to = dx)
        {
            RowParts.Run(new BackwardRows(from, upstream, to, columns), rows, RowParts.Count(rows, columns, effort: 4));
        }
    }

    private static void Check(int x, int y, int rows, int columns)
    {
        Sizes.Require(x, rows, columns, "x");
        Sizes.Require(y, rows, 1, "y", "rows", "one column");
    }

    private static void CheckBackward(int x, int y, int dy, int dx, int rows, int columns)
    {
        Check(x, y, rows, columns);
        Sizes.Require(dy, rows, 1, "dy", "rows", "one column");
        Sizes.Require(dx, rows, columns, "dx");
    }

    /// <summary>ℓ of one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe float Row<V>(float* x, int n)
        where V : struct, ILanes<V>
    {
        float shift = Softmax.Shift<V>(x, n);
        if (float.IsPositiveInfinity(shift))
        {
            return new ReadOnlySpan<float>(x, n).Contains(float.NaN) ? float.NaN : shift;
        }

        V shifts = V.All(shift), sums = V.All(0);
        int i = 0;
        for (; i <= n - V.Count; i += V.Count)
        {
            sums += Softmax.Exponential(V.Load(x + i), shifts);
        }

        float sum = V.Sum(sums);
        for (; i < n; i++)
        {
            sum += Lanes1.Sum(Softmax.Exponential(Lanes1.Load(x + i), Lanes1.All(shift)));
        }

        return shift + MathF.Log(sum);
    }

    private readonly unsafe struct ForwardRows(float* x, float* y, int columns) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>(int part, int first, int end)
            where V : struct, ILanes<V>
        {
            for (int row = first; row < end; row++)
            {
                y[row] = Row<V>(x + (nint)row * columns, columns);
            }
        }
    }

    /// <summary>A softmax with the upstream gradient in its last factor.</summary>
    private readonly unsafe struct BackwardRows(float* x, float* dy, float* dx, int columns) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>(int part, int first, int end)
            where V : struct, ILanes<V>
        {
            for (int row = first; row < end; row++)
            {
                float* from = x + (nint)row * columns, to = dx + (nint)row * columns;
                float sum = Softmax.Exponentials<V>(from, to, columns, Softmax.Shift<V>(from, columns));
                Multiply.Scale<V>(to, sum == 0 ? 0 : dy[row] / sum, to, columns);
            }
        }
    }
}
