using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>The fast path of <see cref="MatMul"/>: strips of B, and tiles of C that live in registers.</summary>
public static partial class MatMul
{
    /// <summary>Rows of a tile: 6 × 2 accumulators, 2 registers of B and 1 of A fit the 16 registers of AVX2.</summary>
    private const int TileRows = 6;

    /// <summary>Longest piece of the inner dimension: 256 × 32 floats of B are 32 KB.</summary>
    private const int InnerBlock = 256;

    /// <summary>Adds A·B to C; a_ip = a[i·aRow + p·aInner], b_pj = b[p·bInner + j·bColumn], so one source serves all transposes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    private static unsafe void Strips<V>(ReadOnlySpan<float> a, int aRow, int aInner, ReadOnlySpan<float> b, int bInner, int bColumn, Span<float> c, int rows, int inner, int columns)
        where V : struct, ILanes<V>
    {
        int width = 2 * V.Count;
        float* strip = stackalloc float[InnerBlock * width];
        float* edge = stackalloc float[TileRows * width];
        new Span<float>(edge, TileRows * width).Clear();
        fixed (float* pa = a, pb = b, pc = c)
        {
            for (int p = 0; p < inner; p += InnerBlock)
            {
                int depth = Math.Min(InnerBlock, inner - p);
                for (int j = 0; j < columns; j += width)
                {
                    int valid = Math.Min(width, columns - j);
                    float* from = pb + (nint)p * bInner + (nint)j * bColumn;

                    // With few rows a copied strip would be used once or twice: read B where it lies.
                    bool inPlace = bColumn == 1 && valid == width && rows <= TileRows;
                    if (!inPlace)
                    {
                        Pack(from, bInner, bColumn, strip, depth, valid, width);
                    }

                    float* source = inPlace ? from : strip;
                    int stride = inPlace ? bInner : width;
                    int i = 0;
                    for (; i + TileRows <= rows; i += TileRows)
                    {
                        float* tileA = pa + (nint)i * aRow + (nint)p * aInner;
                        float* tileC = pc + (nint)i * columns + j;
                        if (valid == width)
                        {
                            Tile6<V>(tileA, aRow, aInner, source, stride, tileC, columns, depth);
                        }
                        else
                        {
                            Copy(tileC, columns, edge, width, TileRows, valid);
                            Tile6<V>(tileA, aRow, aInner, source, stride, edge, width, depth);
                            Copy(edge, width, tileC, columns, TileRows, valid);
                        }
                    }

                    for (; i < rows; i++)
                    {
                        float* tileA = pa + (nint)i * aRow + (nint)p * aInner;
                        float* tileC = pc + (nint)i * columns + j;
                        if (valid == width)
                        {
                            Tile1<V>(tileA, aInner, source, stride, tileC, depth);
                        }
                        else
                        {
                            Copy(tileC, columns, edge, width, 1, valid);
                            Tile1<V>(tileA, aInner, source, stride, edge, depth);
                            Copy(edge, width, tileC, columns, 1, valid);
                        }
                    }
                }
            }
        }
    }

    /// <summary>Adds a (6, depth)·(depth, 2 registers) product to a tile of C.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Tile6<V>(float* a, int aRow, int aInner, float* b, int bStride, float* c, int cStride, int depth)
        where V : struct, ILanes<V>
    {
        float* a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow, a4 = a3 + aRow, a5 = a4 + aRow;
        V x0 = V.All(0), x1 = x0, x2 = x0, x3 = x0, x4 = x0, x5 = x0;
        V y0 = x0, y1 = x0, y2 = x0, y3 = x0, y4 = x0, y5 = x0;
        nint q = 0;
        for (int p = 0; p < depth; p++)
        {
            V bx = V.Load(b), by = V.Load(b + V.Count), value = V.All(a[q]);
            x0 = V.MultiplyAdd(value, bx, x0);
            y0 = V.MultiplyAdd(value, by, y0);
            value = V.All(a1[q]);
            x1 = V.MultiplyAdd(value, bx, x1);
            y1 = V.MultiplyAdd(value, by, y1);
            value = V.All(a2[q]);
            x2 = V.MultiplyAdd(value, bx, x2);
            y2 = V.MultiplyAdd(value, by, y2);
            value = V.All(a3[q]);
            x3 = V.MultiplyAdd(value, bx, x3);
            y3 = V.MultiplyAdd(value, by, y3);
            value = V.All(a4[q]);
            x4 = V.MultiplyAdd(value, bx, x4);
            y4 = V.MultiplyAdd(value, by, y4);
            value = V.All(a5[q]);
            x5 = V.MultiplyAdd(value, bx, x5);
            y5 = V.MultiplyAdd(value, by, y5);
            b += bStride;
            q += aInner;
        }

        AddRow(c, x0, y0);
        AddRow(c + cStride, x1, y1);
        AddRow(c + 2 * cStride, x2, y2);
        AddRow(c + 3 * cStride, x3, y3);
        AddRow(c + 4 * cStride, x4, y4);
        AddRow(c + 5 * cStride, x5, y5);
    }

    /// <summary>One row of a tile, for what is left over when 6 does not divide the rows. Four partial sums hide the latency.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Tile1<V>(float* a, int aInner, float* b, int bStride, float* c, int depth)
        where V : struct, ILanes<V>
    {
        V x0 = V.All(0), y0 = x0, x1 = x0, y1 = x0;
        int p = 0;
        for (; p + 2 <= depth; p += 2)
        {
            V even = V.All(a[0]), odd = V.All(a[aInner]);
            x0 = V.MultiplyAdd(even, V.Load(b), x0);
            y0 = V.MultiplyAdd(even, V.Load(b + V.Count), y0);
            x1 = V.MultiplyAdd(odd, V.Load(b + bStride), x1);
            y1 = V.MultiplyAdd(odd, V.Load(b + bStride + V.Count), y1);
            a += 2 * (nint)aInner;
            b += 2 * (nint)bStride;
        }

        if (p < depth)
        {
            x0 = V.MultiplyAdd(V.All(*a), V.Load(b), x0);
            y0 = V.MultiplyAdd(V.All(*a), V.Load(b + V.Count), y0);
        }

        AddRow(c, x0 + x1, y0 + y1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void AddRow<V>(float* c, V x, V y)
        where V : struct, ILanes<V>
    {
        V.Store(V.Load(c) + x, c);
        V.Store(V.Load(c + V.Count) + y, c + V.Count);
    }

    /// <summary>A (depth, valid) piece of B into contiguous rows of <paramref name="width"/>, zeros beyond <paramref name="valid"/>.</summary>
    private static unsafe void Pack(float* from, int inner, int column, float* strip, int depth, int valid, int width)
    {
        if (column == 1)
        {
            for (int p = 0; p < depth; p++)
            {
                Span<float> row = new(strip + p * width, width);
                new ReadOnlySpan<float>(from + (nint)p * inner, valid).CopyTo(row);
                row[valid..].Clear();
            }

            return;
        }

        new Span<float>(strip, depth * width).Clear();
        for (int j = 0; j < valid; j++)
        {
            float* source = from + (nint)j * column;
            for (int p = 0; p < depth; p++)
            {
                strip[p * width + j] = source[(nint)p * inner];
            }
        }
    }

    private static unsafe void Copy(float* from, int fromStride, float* to, int toStride, int rows, int valid)
    {
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < valid; j++)
            {
                to[i * toStride + j] = from[i * fromStride + j];
            }
        }
    }
}
