namespace AttentionLab.Kernels;

/// <summary>Few rows times a large B: the time is that of reading B once.</summary>
public static partial class MatMul
{
    /// <summary>With fewer rows than this a copy of B would be used too seldom to pay.</summary>
    private const int FewRows = 6;

    /// <summary>Few rows: each is a sum of rows of B, or of dot products where B is transposed; nothing is copied.</summary>
    private static unsafe void FewRowsTimes<V>(ReadOnlySpan<float> a, int aRow, int aInner, ReadOnlySpan<float> b, int bInner, int bColumn, Span<float> c, int rows, int inner, int columns, bool add)
        where V : struct, ILanes<V>
    {
        int width = 2 * V.Count;
        if (!add)
        {
            c.Clear();
        }

        fixed (float* pa = a, pb = b, pc = c)
        {
            for (int i = 0; i < rows; i++)
            {
                int j = 0;
                float* row = pa + (nint)i * aRow, target = pc + (nint)i * columns;
                if (bColumn == 1)
                {
                    for (; j + width <= columns; j += width)
                    {
                        Tile1<V>(row, aInner, pb + j, bInner, target + j, inner, write: false);
                    }
                }

                for (; j < columns; j++)
                {
                    if (aInner == 1 && bInner == 1)
                    {
                        target[j] += Dot.Forward(a.Slice(i * aRow, inner), b.Slice(j * bColumn, inner));
                        continue;
                    }

                    float sum = 0;
                    for (int p = 0; p < inner; p++)
                    {
                        sum += row[(nint)p * aInner] * pb[(nint)p * bInner + (nint)j * bColumn];
                    }

                    target[j] += sum;
                }
            }
        }
    }
}
