using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// Where heads look, as mean attention weights over the queries (Clark et al. 2019, "What does BERT look at?", §3): the token before,
/// the token itself, the token after, and separators; and how far away they look.
/// </summary>
/// <param name="Before">Mean weight of the token to the left, over queries that have one.</param>
/// <param name="Itself">Mean weight of the query's own token.</param>
/// <param name="After">Mean weight of the token to the right, over queries that have one.</param>
/// <param name="Separator">Mean of all weight that lies on separators.</param>
/// <param name="Distance">Mean distance |i − j|, weighted by attention.</param>
public readonly record struct HeadHabits(double Before, double Itself, double After, double Separator, double Distance)
{
    /// <summary>Habits of every head of a layer.</summary>
    /// <param name="weights">(B,H,T,T).</param>
    /// <param name="ids">(B,T).</param>
    /// <param name="visible">(B,T): false for padding, which does not count; null for tokens everywhere.</param>
    /// <param name="isSeparator">Which ids are separators. A separator's own queries do not count: looking at itself would be looking at a separator.</param>
    /// <returns>One a head; NaN if no query counts.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static HeadHabits[] Of(Tensor weights, int[,] ids, bool[,]? visible, Func<int, bool> isSeparator)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(isSeparator);
        if (weights.Rank != 4 || weights.Shape[0] != ids.GetLength(0) || weights.Shape[2] != ids.GetLength(1) || weights.Shape[3] != ids.GetLength(1))
        {
            throw new ArgumentException(
                $"weights is {Tensor.Describe(weights.Shape)} but ids ({ids.GetLength(0)}, {ids.GetLength(1)}) need (B, H, T, T): pass both of one forward.",
                nameof(weights));
        }

        (int batch, int heads, int tokens) = (weights.Shape[0], weights.Shape[1], weights.Shape[2]);
        HeadHabits[] habits = new HeadHabits[heads];
        for (int h = 0; h < heads; h++)
        {
            double before = 0, itself = 0, after = 0, separator = 0, distance = 0;
            int queries = 0, withBefore = 0, withAfter = 0;
            for (int b = 0; b < batch; b++)
            {
                for (int i = 0; i < tokens; i++)
                {
                    if (!Counts(b, i) || isSeparator(ids[b, i]))
                    {
                        continue;
                    }

                    ReadOnlySpan<float> row = weights.Span.Slice(((b * heads + h) * tokens + i) * tokens, tokens);
                    queries++;
                    itself += row[i];
                    if (i > 0)
                    {
                        (before, withBefore) = (before + row[i - 1], withBefore + 1);
                    }

                    if (i + 1 < tokens && Counts(b, i + 1))
                    {
                        (after, withAfter) = (after + row[i + 1], withAfter + 1);
                    }

                    for (int j = 0; j < tokens; j++)
                    {
                        separator += isSeparator(ids[b, j]) ? row[j] : 0;
                        distance += Math.Abs(i - j) * row[j];
                    }
                }
            }

            habits[h] = new(before / withBefore, itself / queries, after / withAfter, separator / queries, distance / queries);
        }

        return habits;

        bool Counts(int b, int t) => visible is null || visible[b, t];
    }
}
