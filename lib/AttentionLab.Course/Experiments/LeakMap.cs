using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// Who can reach whom through a layer, found without looking into it: change one input row, and see which output rows move. A causal layer
/// has nothing above the diagonal.
/// </summary>
public static class LeakMap
{
    /// <summary>Smallest movement that counts: a hundred times what float32 loses in a layer of these sizes.</summary>
    public const float Threshold = 1e-4f;

    /// <summary>max over columns of |y'_i − y_i| when <paramref name="by"/> is added to row j of x: (T, T), row i = output, column j = input.</summary>
    /// <param name="layer">(T, C) → (T, C′).</param>
    /// <param name="x">(T, C); not changed.</param>
    /// <param name="by">What is added: first to one column, then with a changing sign to the others, so that a norm cannot take it away.</param>
    public static float[,] Of(Func<Tensor, Tensor> layer, Tensor x, float by = 1)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(x);
        Tensor before = layer(x.Copy());
        float[,] moved = new float[before.Rows, x.Rows];
        for (int j = 0; j < x.Rows; j++)
        {
            Tensor changed = x.Copy();
            for (int c = 0; c < x.Columns; c++)
            {
                changed.Row(j)[c] += c % 3 == 0 ? by : -by / 2;
            }

            Tensor after = layer(changed);
            for (int i = 0; i < before.Rows; i++)
            {
                for (int c = 0; c < before.Columns; c++)
                {
                    moved[i, j] = Math.Max(moved[i, j], Math.Abs(after.Row(i)[c] - before.Row(i)[c]));
                }
            }
        }

        return moved;
    }

    /// <summary>The same map, NaN where an output does not move by more than <see cref="Threshold"/>: a heatmap leaves these cells empty.</summary>
    /// <param name="moved">From <see cref="Of"/>.</param>
    public static float[,] Moving(float[,] moved)
    {
        ArgumentNullException.ThrowIfNull(moved);
        float[,] drawn = (float[,])moved.Clone();
        for (int i = 0; i < moved.Length; i++)
        {
            (int row, int column) = (i / moved.GetLength(1), i % moved.GetLength(1));
            drawn[row, column] = moved[row, column] > Threshold ? moved[row, column] : float.NaN;
        }

        return drawn;
    }

    /// <summary>How many outputs move with a later input: cells above the diagonal that exceed <see cref="Threshold"/>.</summary>
    /// <param name="moved">From <see cref="Of"/>.</param>
    public static int Leaks(float[,] moved)
    {
        ArgumentNullException.ThrowIfNull(moved);
        int leaks = 0;
        for (int i = 0; i < moved.GetLength(0); i++)
        {
            for (int j = i + 1; j < moved.GetLength(1); j++)
            {
                leaks += moved[i, j] > Threshold ? 1 : 0;
            }
        }

        return leaks;
    }
}
