using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AttentionLab.Kernels;

/// <summary>Sums over a span or over the rows of a matrix (the gradient of a bias), and their opposite: a constant or a row added everywhere.</summary>
public static class Reduce
{
    /// <summary>Σ_i x_i.</summary>
    /// <param name="x">(n); nothing gives 0.</param>
    public static float Sum(ReadOnlySpan<float> x) =>
        Vector512.IsHardwareAccelerated ? Sum<Lanes16>(x) :
        Vector256.IsHardwareAccelerated ? Sum<Lanes8>(x) :
        Vector128.IsHardwareAccelerated ? Sum<Lanes4>(x) : Sum<Lanes1>(x);

    /// <summary>y_j += Σ_i x_ij: all rows added to one, the gradient of a bias.</summary>
    /// <param name="x">(rows, columns).</param>
    /// <param name="y">(columns), added to.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Length of a row.</param>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    public static void AddRows(ReadOnlySpan<float> x, Span<float> y, int rows, int columns)
    {
        Sizes.Require(x.Length, rows, columns, "x");
        Sizes.Require(y.Length, 1, columns, "y", "one row");
        for (int i = 0; i < rows; i++)
        {
            Multiply.AddScaled(x.Slice(i * columns, columns), 1, y);
        }
    }

    /// <summary>x_ij += b_j: one row added to every row, a bias.</summary>
    /// <param name="b">(columns).</param>
    /// <param name="x">(rows, columns), added to.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Length of a row.</param>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    public static void AddToRows(ReadOnlySpan<float> b, Span<float> x, int rows, int columns)
    {
        Sizes.Require(x.Length, rows, columns, "x");
        Sizes.Require(b.Length, 1, columns, "b", "one row");
        for (int i = 0; i < rows; i++)
        {
            Multiply.AddScaled(b, 1, x.Slice(i * columns, columns));
        }
    }

    /// <summary>x_i += s.</summary>
    /// <param name="x">(n).</param>
    /// <param name="s">What is added.</param>
    public static void AddConstant(Span<float> x, float s)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            AddConstant<Lanes16>(x, s);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            AddConstant<Lanes8>(x, s);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            AddConstant<Lanes4>(x, s);
        }
        else
        {
            AddConstant<Lanes1>(x, s);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Sum<V>(ReadOnlySpan<float> x)
        where V : struct, ILanes<V>
    {
        ref float x0 = ref MemoryMarshal.GetReference(x);
        V s0 = V.All(0), s1 = s0;
        int i = 0;
        for (; i <= x.Length - 2 * V.Count; i += 2 * V.Count)
        {
            s0 += V.Load(ref x0, i);
            s1 += V.Load(ref x0, i + V.Count);
        }

        float sum = V.Sum(s0 + s1);
        for (; i < x.Length; i++)
        {
            sum += x[i];
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddConstant<V>(Span<float> x, float s)
        where V : struct, ILanes<V>
    {
        ref float x0 = ref MemoryMarshal.GetReference(x);
        V constant = V.All(s);
        int i = 0;
        for (; i <= x.Length - V.Count; i += V.Count)
        {
            V.Store(V.Load(ref x0, i) + constant, ref x0, i);
        }

        for (; i < x.Length; i++)
        {
            x[i] += s;
        }
    }
}
