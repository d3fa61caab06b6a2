namespace AttentionLab.Studio.Kernel.Interactive;

/// <summary>The numbers of a tensor, few enough for a small heatmap: its last two axes, of the first matrix if there are several.</summary>
internal static class ValueMaps
{
    /// <summary>Cells along an axis; a longer one is shown by means of blocks.</summary>
    private const int Most = 16;

    /// <summary>The map of a value that has a shape and the property <c>Values</c>; null for any other.</summary>
    /// <param name="value">A variable's value.</param>
    /// <param name="shape">Its sizes.</param>
    public static ValueMap? Of(object? value, int[] shape)
    {
        if (shape.Length == 0 || shape.Contains(0) || value?.GetType().GetProperty("Values", typeof(float[]))?.GetValue(value) is not float[] numbers)
        {
            return null;
        }

        (int rows, int columns) = shape.Length == 1 ? (1, shape[0]) : (shape[^2], shape[^1]);
        (int down, int across) = (Math.Min(rows, Most), Math.Min(columns, Most));
        float?[] cells =
        [
            .. from row in Enumerable.Range(0, down) from column in Enumerable.Range(0, across)
               select Mean(numbers, columns, Block(row, down, rows), Block(column, across, columns)),
        ];
        return new ValueMap(across, cells, IsPart: rows * columns < numbers.Length, IsCoarse: down < rows || across < columns);
    }

    private static Range Block(int index, int blocks, int length) => (index * length / blocks)..((index + 1) * length / blocks);

    /// <summary>Null where a number of the block is not finite.</summary>
    private static float? Mean(float[] numbers, int width, Range rows, Range columns)
    {
        double sum = 0;
        for (int row = rows.Start.Value; row < rows.End.Value; row++)
        {
            for (int column = columns.Start.Value; column < columns.End.Value; column++)
            {
                sum += numbers[(row * width) + column];
            }
        }

        float mean = (float)(sum / ((rows.End.Value - rows.Start.Value) * (columns.End.Value - columns.Start.Value)));
        return float.IsFinite(mean) ? mean : null;
    }
}
