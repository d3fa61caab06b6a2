using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>Few rows times a large B: B is read once, where it lies, and the time is little more than that of reading it.</summary>
public static partial class MatMul
{
    /// <summary>From so many rows on the tiles are faster: they read B once for four rows.</summary>
    private const int FewRows = 4;

    /// <summary>Columns of one part. The hardware fetches ahead only within long runs: 512 columns took 1.2 times as long.</summary>
    private const int FewColumns = 2048;

    /// <summary>Rows of B that are added to a row of C at once: 8, a power of two apart, would need more places in a cache set than it has.</summary>
    private const int RowsAtOnce = 4;

    /// <summary>A part is a range of columns.</summary>
    private unsafe struct FewRowsJob<V> : IJob
        where V : struct, ILanes<V>
    {
        public Product Of;

        public readonly void Run(int part)
        {
            int first = part * FewColumns, end = Math.Min(first + FewColumns, Of.Columns);
            for (int i = 0; i < Of.Rows && !Of.Add; i++)
            {
                new Span<float>(Of.C + (nint)i * Of.Columns + first, end - first).Clear();
            }

            if (Of.BColumn == 1)
            {
                for (int p = 0; p < Of.Inner; p += RowsAtOnce)
                {
                    for (int i = 0; i < Of.Rows; i++)
                    {
                        float* a = Of.A + i * Of.ARow + p * Of.AInner, c = Of.C + (nint)i * Of.Columns + first;
                        AddRowsOfB(a, Of.B + p * Of.BInner + first, c, Math.Min(RowsAtOnce, Of.Inner - p), end - first);
                    }
                }
            }
            else
            {
                AddDots(first, end);
            }

            if (Of.Ending.DoesSomething)
            {
                Of.Ending.Apply<V>(Of.C, Of.Columns, 0, Of.Rows, first, end);
            }
        }

        /// <summary>c_j += Σ_p a_p·b_pj for some rows of B.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void AddRowsOfB(float* a, float* b, float* c, int rows, int columns)
        {
            int j = 0;
            if (rows == RowsAtOnce)
            {
                V a0 = V.All(a[0]), a1 = V.All(a[Of.AInner]), a2 = V.All(a[2 * Of.AInner]), a3 = V.All(a[3 * Of.AInner]);
                nint one = Of.BInner, two = 2 * Of.BInner;
                float* b3 = b + 3 * Of.BInner;
                for (; j + V.Count <= columns; j += V.Count)
                {
                    V x = V.MultiplyAdd(a0, V.Load(b + j), V.Load(c + j)), y = a1 * V.Load(b + one + j);
                    x = V.MultiplyAdd(a2, V.Load(b + two + j), x);
                    y = V.MultiplyAdd(a3, V.Load(b3 + j), y);
                    V.Store(x + y, c + j);
                }
            }

            for (int p = 0; p < rows; p++)
            {
                V value = V.All(a[p * Of.AInner]);
                int k = j;
                for (; k + V.Count <= columns; k += V.Count)
                {
                    V.Store(V.MultiplyAdd(value, V.Load(b + p * Of.BInner + k), V.Load(c + k)), c + k);
                }

                for (; k < columns; k++)
                {
                    c[k] += a[p * Of.AInner] * b[p * Of.BInner + k];
                }
            }
        }

        /// <summary>B transposed: each element of C is a dot product of two rows.</summary>
        private readonly void AddDots(int first, int end)
        {
            for (int j = first; j < end; j++)
            {
                for (int i = 0; i < Of.Rows; i++)
                {
                    ReadOnlySpan<float> a = new(Of.A + i * Of.ARow, Of.Inner), b = new(Of.B + j * Of.BColumn, Of.Inner);
                    Of.C[(nint)i * Of.Columns + j] += Dot.Forward(a, b);
                }
            }
        }
    }
}
