using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>Who notices one changed pixel: the picture of a receptive field, found without looking into the model (as <see cref="LeakMap"/> does for
/// words).</summary>
public static class PixelReach
{
    /// <summary>How far each place moves when one pixel changes: max over channels of |y' − y|.</summary>
    /// <param name="model">(1, height, width, 1) → places of one image, row by row, C numbers each: (1, rows, columns, C) or (1, T, C).</param>
    /// <param name="image">(1, height, width, 1); not changed.</param>
    /// <param name="row">Of the pixel.</param>
    /// <param name="column">Of the pixel.</param>
    /// <param name="by">What is added to it.</param>
    /// <returns>(rows, columns), of a square grid of places.</returns>
    /// <exception cref="ArgumentException">The places do not fill a square.</exception>
    public static float[,] Of(Func<Tensor, Tensor> model, Tensor image, int row, int column, float by = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(image);
        Tensor before = model(image), changed = image.Copy();
        changed[0, row, column, 0] += by;
        Tensor after = model(changed);
        int across = (int)Math.Round(Math.Sqrt(before.Rows));
        if (across * across != before.Rows)
        {
            throw new ArgumentException($"the model gives {before.Rows} places but a square grid needs 1, 4, 9, 16 …: pass a square image.", nameof(model));
        }

        float[,] moved = new float[across, across];
        for (int place = 0; place < before.Rows; place++)
        {
            for (int c = 0; c < before.Columns; c++)
            {
                ref float most = ref moved[place / across, place % across];
                most = Math.Max(most, Math.Abs(after.Row(place)[c] - before.Row(place)[c]));
            }
        }

        return moved;
    }

    /// <summary>log₁₀(movement / 0.001), at least 0: powers of ten, for a map that shows whispers beside shouts; NaN where nothing moved at all.</summary>
    /// <param name="moved">From <see cref="Of"/>.</param>
    public static float[,] Decades(float[,] moved)
    {
        ArgumentNullException.ThrowIfNull(moved);
        float[,] decades = new float[moved.GetLength(0), moved.GetLength(1)];
        for (int i = 0; i < moved.Length; i++)
        {
            (int row, int column) = (i / decades.GetLength(1), i % decades.GetLength(1));
            decades[row, column] = moved[row, column] > 0 ? MathF.Max(0, MathF.Log10(moved[row, column] * 1000)) : float.NaN;
        }

        return decades;
    }

    /// <summary>How many places move by more than a limit.</summary>
    /// <param name="moved">From <see cref="Of"/>.</param>
    /// <param name="limit">0 counts every place that moves at all.</param>
    public static int Count(float[,] moved, float limit = 0)
    {
        ArgumentNullException.ThrowIfNull(moved);
        return moved.Cast<float>().Count(x => x > limit);
    }

    /// <summary>
    /// Share of all pairs of places that are at most so many steps apart: what shifts by one place can bring together in as many blocks, with diagonal
    /// steps what 3×3 convolutions can.
    /// </summary>
    /// <param name="across">Places in a row, and rows.</param>
    /// <param name="blocks">Number of blocks, 0 or more.</param>
    /// <param name="diagonal">A step may also go to a diagonal neighbour: the distance is then the larger of rows and columns, not their sum.</param>
    public static double ShareWithin(int across, int blocks, bool diagonal = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(across, 1);
        int places = across * across;
        long near = 0;
        for (int pair = 0; pair < places * places; pair++)
        {
            (int from, int to) = (pair / places, pair % places);
            (int down, int right) = (Math.Abs(from / across - to / across), Math.Abs(from % across - to % across));
            near += (diagonal ? Math.Max(down, right) : down + right) <= blocks ? 1 : 0;
        }

        return (double)near / places / places;
    }
}
