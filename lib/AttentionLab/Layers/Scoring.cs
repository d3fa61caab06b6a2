using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// Four ways to say how much a key matters to a query. Each takes queries (T_q, D) and keys (T_k, D) and returns
/// scores (T_q, T_k); attention is then <c>score.Softmax().MatMul(values)</c>. Chapter 02 compares them;
/// the layers of this library use <see cref="ScaledDot"/>.
/// </summary>
public static class Scoring
{
    /// <summary>
    /// cos(q, k) = q·k / (‖q‖·‖k‖), between −1 and 1: it sees directions only.
    /// Graves et al. 2014, "Neural Turing Machines", equation 6.
    /// </summary>
    /// <param name="query">(T_q, D).</param>
    /// <param name="key">(T_k, D).</param>
    /// <returns>(T_q, T_k).</returns>
    /// <exception cref="ArgumentException">The widths differ, or an operand is not a matrix.</exception>
    public static Tensor Cosine(Tensor query, Tensor key)
    {
        Tensor scores = New(query, key);
        CosineSimilarity.Pairs(query.Span, key.Span, scores.Span, query.Rows, query.Columns, key.Rows);
        return scores;
    }

    /// <summary>
    /// q·k = ‖q‖·‖k‖·cos(q, k): a longer key counts more. Luong et al. 2015, "Effective approaches to attention-based neural machine translation", §3.1.
    /// </summary>
    /// <param name="query">(T_q, D).</param>
    /// <param name="key">(T_k, D).</param>
    /// <returns>(T_q, T_k).</returns>
    /// <exception cref="ArgumentException">The widths differ, or an operand is not a matrix.</exception>
    public static Tensor Dot(Tensor query, Tensor key)
    {
        _ = New(query, key);
        return query.MatMulTransposed(key);
    }

    /// <summary>q·k / √D. Vaswani et al. 2017, "Attention is all you need", equation 1.</summary>
    /// <param name="query">(T_q, D).</param>
    /// <param name="key">(T_k, D).</param>
    /// <returns>(T_q, T_k).</returns>
    /// <exception cref="ArgumentException">The widths differ, or an operand is not a matrix.</exception>
    public static Tensor ScaledDot(Tensor query, Tensor key) => Dot(query, key) * (1 / MathF.Sqrt(query.Columns));

    /// <summary>
    /// −½‖q − k‖² = q·k − ½‖k‖² − ½‖q‖²: the dot product with a penalty for long keys (the last term is the same for all keys,
    /// so that softmax drops it). With it attention is kernel regression with a Gaussian kernel: Nadaraya 1964, Watson 1964.
    /// </summary>
    /// <param name="query">(T_q, D).</param>
    /// <param name="key">(T_k, D).</param>
    /// <returns>(T_q, T_k), 0 or below.</returns>
    /// <exception cref="ArgumentException">The widths differ, or an operand is not a matrix.</exception>
    public static Tensor Distance(Tensor query, Tensor key)
    {
        Tensor scores = New(query, key);
        for (int i = 0; i < query.Rows; i++)
        {
            for (int j = 0; j < key.Rows; j++)
            {
                ReadOnlySpan<float> q = query.Row(i), k = key.Row(j);
                float squared = 0;
                for (int d = 0; d < q.Length; d++)
                {
                    squared += (q[d] - k[d]) * (q[d] - k[d]);
                }

                scores[i, j] = -squared / 2;
            }
        }

        return scores;
    }

    private static Tensor New(Tensor query, Tensor key)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(key);
        if (query.Rank != 2 || key.Rank != 2 || query.Columns != key.Columns)
        {
            throw new ArgumentException(
                $"query is {Tensor.Describe(query.Shape)} and key is {Tensor.Describe(key.Shape)} but scores need (T_q, D) and (T_k, D) with the same D: one "
                + "vector is a matrix of one row.");
        }

        return new Tensor(query.Rows, key.Rows);
    }
}
