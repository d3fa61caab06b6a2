using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

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
    public static void Forward(ReadOnlySpan<float> x, Span<float> y, int rows, int columns)
    {
        Sizes.Require(x.Length, rows, columns, "x");
        Sizes.Require(y.Length, rows, columns, "y");
        for (int i = 0; i < rows; i++)
        {
            Row(x.Slice(i * columns, columns), y.Slice(i * columns, columns));
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
    public static void Backward(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, int rows, int columns)
    {
        CheckBackward(y.Length, dy.Length, dx.Length, rows, columns);
        for (int i = 0; i < rows; i++)
        {
            ReadOnlySpan<float> weights = y.Slice(i * columns, columns), upstream = dy.Slice(i * columns, columns);
            BackwardRow(weights, upstream, dx.Slice(i * columns, columns), Dot.Forward(weights, upstream));
        }
    }

    /// <summary>Softmax of one row.</summary>
    internal static void Row(ReadOnlySpan<float> x, Span<float> y)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Row<Lanes16>(x, y);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Row<Lanes8>(x, y);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            Row<Lanes4>(x, y);
        }
        else
        {
            Row<Lanes1>(x, y);
        }
    }

    private static void BackwardRow(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, float mean)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            BackwardRow<Lanes16>(y, dy, dx, mean);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            BackwardRow<Lanes8>(y, dy, dx, mean);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            BackwardRow<Lanes4>(y, dy, dx, mean);
        }
        else
        {
            BackwardRow<Lanes1>(y, dy, dx, mean);
        }
    }

    private static void CheckBackward(int y, int dy, int dx, int rows, int columns)
    {
        Sizes.Require(y, rows, columns, "y");
        Sizes.Require(dy, rows, columns, "dy");
        Sizes.Require(dx, rows, columns, "dx");
    }

    /// <summary>exp(x − shift), or exactly 0 below 2⁻¹⁰⁰; for x ≤ shift.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Exponential<V>(V x, V shift)
        where V : struct, ILanes<V> =>
        Exp.OfBase2((x - shift) * V.All(1.44269504f));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row<V>(ReadOnlySpan<float> x, Span<float> y)
        where V : struct, ILanes<V>
    {
        ref float x0 = ref MemoryMarshal.GetReference(x), y0 = ref MemoryMarshal.GetReference(y);
        int n = x.Length, i = 0;
        V top = V.All(float.NegativeInfinity);
        for (; i <= n - V.Count; i += V.Count)
        {
            top = V.Max(top, V.Load(ref x0, i));
        }

        float largest = V.MaxAcross(top);
        for (; i < n; i++)
        {
            largest = MathF.Max(largest, x[i]);
        }

        float shift = largest == float.NegativeInfinity ? 0 : largest, sum;
        V shifts = V.All(shift), sums = V.All(0);
        for (i = 0; i <= n - V.Count; i += V.Count)
        {
            V e = Exponential(V.Load(ref x0, i), shifts);
            V.Store(e, ref y0, i);
            sums += e;
        }

        sum = V.Sum(sums);
        for (; i < n; i++)
        {
            Lanes1 e = Exponential(Lanes1.Load(ref x0, i), Lanes1.All(shift));
            Lanes1.Store(e, ref y0, i);
            sum += Lanes1.Sum(e);
        }

        if (sum != 0)
        {
            Multiply.Scale(y, 1 / sum, y);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BackwardRow<V>(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, float mean)
        where V : struct, ILanes<V>
    {
        ref float y0 = ref MemoryMarshal.GetReference(y), dy0 = ref MemoryMarshal.GetReference(dy), dx0 = ref MemoryMarshal.GetReference(dx);
        V means = V.All(mean);
        int i = 0;
        for (; i <= y.Length - V.Count; i += V.Count)
        {
            V.Store(V.Load(ref y0, i) * (V.Load(ref dy0, i) - means), ref dx0, i);
        }

        for (; i < y.Length; i++)
        {
            dx[i] = y[i] * (dy[i] - mean);
        }
    }
}
