using AttentionLab.Kernels;

namespace AttentionLab.Tensors;

/// <summary>A row that was found.</summary>
/// <param name="Row">Its number.</param>
/// <param name="Cosine">cos(query, row).</param>
public readonly record struct Found(int Row, float Cosine);

/// <summary>
/// Exact search by cosine: the query is compared with every row, cos(q, v) = q·v / (‖q‖·‖v‖). No index is built and nothing is copied, so that rows may
/// change between two searches; n rows of C numbers take n·C multiply-adds twice, once for the products and once for the lengths.
/// </summary>
public static class CosineSearch
{
    /// <summary>Rows that one thread compares at a time.</summary>
    private const int Block = 2048;

    /// <summary>The rows that point most nearly the same way as the query, the nearest first; of equals the one with the lower number, NaN last.</summary>
    /// <param name="query">(C).</param>
    /// <param name="rows">(n, C).</param>
    /// <param name="count">How many; all, if there are fewer.</param>
    /// <exception cref="ArgumentException">Query and rows differ in width.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public static IReadOnlyList<Found> Nearest(ReadOnlySpan<float> query, Tensor rows, int count = 10)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (query.Length != rows.Columns)
        {
            throw new ArgumentException(
                $"the query has {query.Length} numbers but the rows have {rows.Columns}: compare vectors of one model.", nameof(query));
        }

        float[] cosines = Cosines(query.ToArray(), rows);

        // The queue keeps the best so far; its head is the worst of them, of equals the one with the higher number.
        PriorityQueue<int, (float Cosine, int Order)> best = new();
        for (int row = 0; row < cosines.Length; row++)
        {
            if (best.Count < count)
            {
                best.Enqueue(row, (cosines[row], -row));
            }
            else
            {
                best.EnqueueDequeue(row, (cosines[row], -row));
            }
        }

        Found[] found = new Found[best.Count];
        while (best.TryDequeue(out int row, out (float Cosine, int Order) priority))
        {
            found[best.Count] = new Found(row, priority.Cosine);
        }

        return found;
    }

    private static float[] Cosines(float[] query, Tensor rows)
    {
        float[] cosines = new float[rows.Rows];
        double length = CosineSimilarity.Length(query);
        Workers.Each(Enumerable.Range(0, (rows.Rows + Block - 1) / Block), block =>
        {
            for (int row = block * Block; row < Math.Min(rows.Rows, (block + 1) * Block); row++)
            {
                double lengths = length * CosineSimilarity.Length(rows.Row(row));
                cosines[row] = lengths == 0 ? 0 : (float)(Dot.InDouble(query, rows.Row(row)) / lengths);
            }

            return block;
        });
        return cosines;
    }
}
