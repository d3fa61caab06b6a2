using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

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
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    public static void Reference<T>(ReadOnlySpan<T> x, Span<T> y, int rows, int columns)
        where T : IFloatingPointIeee754<T>
    {
        Check(x.Length, y.Length, rows, columns);
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
    public static void Forward(ReadOnlySpan<float> x, Span<float> y, int rows, int columns)
    {
        Check(x.Length, y.Length, rows, columns);
        for (int i = 0; i < rows; i++)
        {
            y[i] = Row(x.Slice(i * columns, columns));
        }
    }

    /// <summary>Backward by loops: ∂ℓ/∂x_j = exp(x_j − ℓ), the softmax.</summary>
    /// <param name="x">Input of the forward (rows, columns).</param>
    /// <param name="y">ℓ of the forward (rows).</param>
    /// <param name="dy">∂L/∂ℓ (rows).</param>
    /// <param name="dx">∂L/∂x (rows, columns), overwritten.</param>
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
    public static void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, int rows, int columns)
    {
        CheckBackward(x.Length, y.Length, dy.Length, dx.Length, rows, columns);
        for (int i = 0; i < rows; i++)
        {
            Span<float> row = dx.Slice(i * columns, columns);
            Softmax.Row(x.Slice(i * columns, columns), row);
            Multiply.Scale(row, dy[i], row);
        }
    }

    /// <summary>ℓ of one row.</summary>
    internal static float Row(ReadOnlySpan<float> x) =>
        Vector512.IsHardwareAccelerated ? Row<Lanes16>(x) :
        Vector256.IsHardwareAccelerated ? Row<Lanes8>(x) :
        Vector128.IsHardwareAccelerated ? Row<Lanes4>(x) : Row<Lanes1>(x);

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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Row<V>(ReadOnlySpan<float> x)
        where V : struct, ILanes<V>
    {
        ref float x0 = ref MemoryMarshal.GetReference(x);
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

        if (float.IsPositiveInfinity(largest))
        {
            return x.Contains(float.NaN) ? float.NaN : largest;
        }

        float shift = float.IsNegativeInfinity(largest) ? 0 : largest;
        V shifts = V.All(shift), sums = V.All(0);
        for (i = 0; i <= n - V.Count; i += V.Count)
        {
            sums += Softmax.Exponential(V.Load(ref x0, i), shifts);
        }

        float sum = V.Sum(sums);
        for (; i < n; i++)
        {
            sum += Lanes1.Sum(Softmax.Exponential(Lanes1.Load(ref x0, i), Lanes1.All(shift)));
        }

        return shift + MathF.Log(sum);
    }
}
