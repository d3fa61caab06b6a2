using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>
/// The register tiles of <see cref="MatMul"/>: the only loops that count. A tile of C stays in registers while the
/// product walks along the inner dimension; each number of A is used for two registers of B, each register of B for all rows.
/// </summary>
/// <remarks>
/// All of them write, or add to, some rows of C, two registers wide: c_ij = Σ_p a[i·aRow + p·aInner] · b[p·bInner + j].
/// A may lie anywhere: copied or not, transposed or not. A pointer to every third row is kept, since an address may be a pointer plus one index.
/// </remarks>
public static partial class MatMul
{
    /// <summary>12 rows of A times one strip of B.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static unsafe void Tile12<V>(
        float* a, nint aRow, nint aInner, float* b, nint bInner, float* c, nint cStride, int depth, bool write, float* next, nint nextStep)
        where V : struct, ILanes<V>
    {
        V x0 = V.All(0), x1 = x0, x2 = x0, x3 = x0, x4 = x0, x5 = x0, x6 = x0, x7 = x0, x8 = x0, x9 = x0, x10 = x0, x11 = x0;
        V y0 = x0, y1 = x0, y2 = x0, y3 = x0, y4 = x0, y5 = x0, y6 = x0, y7 = x0, y8 = x0, y9 = x0, y10 = x0, y11 = x0;
        float* a3 = a + 3 * aRow, a6 = a + 6 * aRow, a9 = a + 9 * aRow;
        nint twoRows = 2 * aRow;
        for (; depth > 0; depth--)
        {
            V bx = V.Load(b), by = V.Load(b + V.Count), value = V.All(a[0]);
            x0 = V.MultiplyAdd(value, bx, x0);
            y0 = V.MultiplyAdd(value, by, y0);
            value = V.All(a[aRow]);
            x1 = V.MultiplyAdd(value, bx, x1);
            y1 = V.MultiplyAdd(value, by, y1);
            value = V.All(a[twoRows]);
            x2 = V.MultiplyAdd(value, bx, x2);
            y2 = V.MultiplyAdd(value, by, y2);
            value = V.All(a3[0]);
            x3 = V.MultiplyAdd(value, bx, x3);
            y3 = V.MultiplyAdd(value, by, y3);
            value = V.All(a3[aRow]);
            x4 = V.MultiplyAdd(value, bx, x4);
            y4 = V.MultiplyAdd(value, by, y4);
            value = V.All(a3[twoRows]);
            x5 = V.MultiplyAdd(value, bx, x5);
            y5 = V.MultiplyAdd(value, by, y5);
            value = V.All(a6[0]);
            x6 = V.MultiplyAdd(value, bx, x6);
            y6 = V.MultiplyAdd(value, by, y6);
            value = V.All(a6[aRow]);
            x7 = V.MultiplyAdd(value, bx, x7);
            y7 = V.MultiplyAdd(value, by, y7);
            value = V.All(a6[twoRows]);
            x8 = V.MultiplyAdd(value, bx, x8);
            y8 = V.MultiplyAdd(value, by, y8);
            value = V.All(a9[0]);
            x9 = V.MultiplyAdd(value, bx, x9);
            y9 = V.MultiplyAdd(value, by, y9);
            value = V.All(a9[aRow]);
            x10 = V.MultiplyAdd(value, bx, x10);
            y10 = V.MultiplyAdd(value, by, y10);
            value = V.All(a9[twoRows]);
            x11 = V.MultiplyAdd(value, bx, x11);
            y11 = V.MultiplyAdd(value, by, y11);
            a += aInner;
            a3 += aInner;
            a6 += aInner;
            a9 += aInner;
            b += bInner;
            Fetch(next);
            next += nextStep;
        }

        Finish(c, x0, y0, write);
        Finish(c + cStride, x1, y1, write);
        Finish(c + 2 * cStride, x2, y2, write);
        Finish(c + 3 * cStride, x3, y3, write);
        Finish(c + 4 * cStride, x4, y4, write);
        Finish(c + 5 * cStride, x5, y5, write);
        Finish(c + 6 * cStride, x6, y6, write);
        Finish(c + 7 * cStride, x7, y7, write);
        Finish(c + 8 * cStride, x8, y8, write);
        Finish(c + 9 * cStride, x9, y9, write);
        Finish(c + 10 * cStride, x10, y10, write);
        Finish(c + 11 * cStride, x11, y11, write);
    }

    /// <summary>6 rows of A times one strip of B.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static unsafe void Tile6<V>(
        float* a, nint aRow, nint aInner, float* b, nint bInner, float* c, nint cStride, int depth, bool write, float* next, nint nextStep)
        where V : struct, ILanes<V>
    {
        V x0 = V.All(0), x1 = x0, x2 = x0, x3 = x0, x4 = x0, x5 = x0;
        V y0 = x0, y1 = x0, y2 = x0, y3 = x0, y4 = x0, y5 = x0;
        float* a3 = a + 3 * aRow;
        nint twoRows = 2 * aRow;
        for (; depth > 0; depth--)
        {
            V bx = V.Load(b), by = V.Load(b + V.Count), value = V.All(a[0]);
            x0 = V.MultiplyAdd(value, bx, x0);
            y0 = V.MultiplyAdd(value, by, y0);
            value = V.All(a[aRow]);
            x1 = V.MultiplyAdd(value, bx, x1);
            y1 = V.MultiplyAdd(value, by, y1);
            value = V.All(a[twoRows]);
            x2 = V.MultiplyAdd(value, bx, x2);
            y2 = V.MultiplyAdd(value, by, y2);
            value = V.All(a3[0]);
            x3 = V.MultiplyAdd(value, bx, x3);
            y3 = V.MultiplyAdd(value, by, y3);
            value = V.All(a3[aRow]);
            x4 = V.MultiplyAdd(value, bx, x4);
            y4 = V.MultiplyAdd(value, by, y4);
            value = V.All(a3[twoRows]);
            x5 = V.MultiplyAdd(value, bx, x5);
            y5 = V.MultiplyAdd(value, by, y5);
            a += aInner;
            a3 += aInner;
            b += bInner;
            Fetch(next);
            next += nextStep;
        }

        Finish(c, x0, y0, write);
        Finish(c + cStride, x1, y1, write);
        Finish(c + 2 * cStride, x2, y2, write);
        Finish(c + 3 * cStride, x3, y3, write);
        Finish(c + 4 * cStride, x4, y4, write);
        Finish(c + 5 * cStride, x5, y5, write);
    }

    /// <summary>4 rows of A times one strip of B.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static unsafe void Tile4<V>(
        float* a, nint aRow, nint aInner, float* b, nint bInner, float* c, nint cStride, int depth, bool write, float* next, nint nextStep)
        where V : struct, ILanes<V>
    {
        V x0 = V.All(0), x1 = x0, x2 = x0, x3 = x0;
        V y0 = x0, y1 = x0, y2 = x0, y3 = x0;
        float* a3 = a + 3 * aRow;
        nint twoRows = 2 * aRow;
        for (; depth > 0; depth--)
        {
            V bx = V.Load(b), by = V.Load(b + V.Count), value = V.All(a[0]);
            x0 = V.MultiplyAdd(value, bx, x0);
            y0 = V.MultiplyAdd(value, by, y0);
            value = V.All(a[aRow]);
            x1 = V.MultiplyAdd(value, bx, x1);
            y1 = V.MultiplyAdd(value, by, y1);
            value = V.All(a[twoRows]);
            x2 = V.MultiplyAdd(value, bx, x2);
            y2 = V.MultiplyAdd(value, by, y2);
            value = V.All(a3[0]);
            x3 = V.MultiplyAdd(value, bx, x3);
            y3 = V.MultiplyAdd(value, by, y3);
            a += aInner;
            a3 += aInner;
            b += bInner;
            Fetch(next);
            next += nextStep;
        }

        Finish(c, x0, y0, write);
        Finish(c + cStride, x1, y1, write);
        Finish(c + 2 * cStride, x2, y2, write);
        Finish(c + 3 * cStride, x3, y3, write);
    }

    /// <summary>One row of A times one strip of B. Four partial sums hide the latency of a multiply-add.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static unsafe void Tile1<V>(float* a, nint aInner, float* b, nint bInner, float* c, int depth, bool write)
        where V : struct, ILanes<V>
    {
        V x0 = V.All(0), y0 = x0, x1 = x0, y1 = x0;
        for (; depth >= 2; depth -= 2)
        {
            V even = V.All(a[0]), odd = V.All(a[aInner]);
            x0 = V.MultiplyAdd(even, V.Load(b), x0);
            y0 = V.MultiplyAdd(even, V.Load(b + V.Count), y0);
            x1 = V.MultiplyAdd(odd, V.Load(b + bInner), x1);
            y1 = V.MultiplyAdd(odd, V.Load(b + bInner + V.Count), y1);
            a += 2 * aInner;
            b += 2 * bInner;
        }

        if (depth == 1)
        {
            x0 = V.MultiplyAdd(V.All(*a), V.Load(b), x0);
            y0 = V.MultiplyAdd(V.All(*a), V.Load(b + V.Count), y0);
        }

        Finish(c, x0 + x1, y0 + y1, write);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Finish<V>(float* c, V x, V y, bool write)
        where V : struct, ILanes<V>
    {
        if (!write)
        {
            x += V.Load(c);
            y += V.Load(c + V.Count);
        }

        V.Store(x, c);
        V.Store(y, c + V.Count);
    }
}
