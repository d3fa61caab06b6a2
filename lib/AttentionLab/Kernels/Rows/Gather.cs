using System.Numerics;
using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>
/// Rows of a table by number: y_i = table[ids_i] (an embedding). Its backward scatters and adds:
/// ∂L/∂table[v] += Σ_{i: ids_i = v} ∂L/∂y_i, because one row may have been taken several times.
/// </summary>
public static class Gather
{
    /// <summary>Columns of a slice of the backward: four cache lines, so that threads do not share one.</summary>
    private const int SliceColumns = 64;

    /// <summary>Copies rows.</summary>
    /// <param name="table">(V, columns).</param>
    /// <param name="ids">n numbers from 0 to V−1.</param>
    /// <param name="y">(n, columns), overwritten.</param>
    /// <param name="columns">Length of a row.</param>
    /// <exception cref="ArgumentException">A span's length does not fit, or the two share memory.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number names no row of the table.</exception>
    public static void Reference<T>(ReadOnlySpan<T> table, ReadOnlySpan<int> ids, Span<T> y, int columns)
        where T : IFloatingPointIeee754<T>
    {
        Check(table.Length, "table", ids, y.Length, "y", columns);
        Sizes.RequireApart(y, table, "y", "table");
        for (int i = 0; i < ids.Length; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                y[i * columns + j] = table[ids[i] * columns + j];
            }
        }
    }

    /// <summary>Copies rows, fast.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static unsafe void Forward(ReadOnlySpan<float> table, ReadOnlySpan<int> ids, Span<float> y, int columns)
    {
        Check(table.Length, "table", ids, y.Length, "y", columns);
        Sizes.RequireApart(y, table, "y", "table");
        fixed (float* from = table, to = y)
        fixed (int* numbers = ids)
        {
            RowParts.Run(new CopyRows(from, numbers, to, columns), ids.Length, RowParts.Count(ids.Length, columns, effort: 1));
        }
    }

    /// <summary>Adds every row of the gradient to the row of the table it came from.</summary>
    /// <param name="dy">∂L/∂y, (n, columns).</param>
    /// <param name="ids">Of the forward.</param>
    /// <param name="dTable">∂L/∂table, (V, columns), added to.</param>
    /// <param name="columns">Length of a row.</param>
    /// <exception cref="ArgumentException">A span's length does not fit, or the two share memory.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number names no row of the table.</exception>
    public static void BackwardReference<T>(ReadOnlySpan<T> dy, ReadOnlySpan<int> ids, Span<T> dTable, int columns)
        where T : IFloatingPointIeee754<T>
    {
        Check(dTable.Length, "dTable", ids, dy.Length, "dy", columns);
        Sizes.RequireApart(dTable, dy, "dTable", "dy");
        for (int i = 0; i < ids.Length; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                dTable[ids[i] * columns + j] += dy[i * columns + j];
            }
        }
    }

    /// <summary>Scatter and add, fast.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    public static unsafe void Backward(ReadOnlySpan<float> dy, ReadOnlySpan<int> ids, Span<float> dTable, int columns)
    {
        Check(dTable.Length, "dTable", ids, dy.Length, "dy", columns);
        Sizes.RequireApart(dTable, dy, "dTable", "dy");
        fixed (float* from = dy, to = dTable)
        fixed (int* numbers = ids)
        {
            // Rows of the table may be met several times, so that the parts are columns.
            int slices = (columns + SliceColumns - 1) / SliceColumns;
            RowParts.Run(
                new AddSlices(from, numbers, to, ids.Length, columns), slices,
                RowParts.Count(slices, (int)Math.Min(int.MaxValue, (long)SliceColumns * ids.Length), effort: 1));
        }
    }

    private static void Check(int table, string tableName, ReadOnlySpan<int> ids, int y, string name, int columns)
    {
        if (columns < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(columns), $"columns is {columns} but a row of the table holds at least 1 number: pass its length.");
        }

        Sizes.Require(y, ids.Length, columns, name, "ids");
        int rows = table / columns;
        Sizes.Require(table, rows, columns, tableName);
        for (int i = 0; i < ids.Length; i++)
        {
            if ((uint)ids[i] >= (uint)rows)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(ids), $"ids[{i}] is {ids[i]} but the table has rows 0 to {rows - 1}: use the vocabulary the table was made for.");
            }
        }
    }

    private readonly unsafe struct CopyRows(float* table, int* ids, float* y, int columns) : IRowKernel
    {
        public void Run<V>(int part, int first, int end)
            where V : struct, ILanes<V>
        {
            for (int i = first; i < end; i++)
            {
                new ReadOnlySpan<float>(table + (nint)ids[i] * columns, columns).CopyTo(new Span<float>(y + (nint)i * columns, columns));
            }
        }
    }

    private readonly unsafe struct AddSlices(float* dy, int* ids, float* dTable, int count, int columns) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>(int part, int first, int end)
            where V : struct, ILanes<V>
        {
            int start = first * SliceColumns, n = (int)Math.Min(columns, (long)end * SliceColumns) - start;
            for (int i = 0; i < count; i++)
            {
                Elementwise.Over<V, Reduce.Add>(new(dy + (nint)i * columns + start, dTable + (nint)ids[i] * columns + start), 0, n);
            }
        }
    }
}
