using System.Numerics;
using System.Runtime.Intrinsics;

namespace AttentionLab.Kernels;

/// <summary>
/// Attention of one head without its weights: O = softmax(scale·Q·Kᵀ + bias)·V, block by block with a running maximum and sum
/// (online softmax: Milakov and Gimelshein 2018; FlashAttention-2: Dao 2023, algorithm 1). Memory O((queries + keys)·dim).
/// </summary>
/// <remarks>
/// A new block with the row maximum m′ ≥ m multiplies what was summed so far by e^(m − m′); at the end O = sum of e^(s − m)·v / sum of e^(s − m).
/// Kept for the backward is only L = m + ln Σ e^(s − m), one number a row, −∞ for a row that sees nothing (its output is zeros).
/// </remarks>
public static partial class FlashAttend
{
    /// <summary>Output and log-sums, one key at a time.</summary>
    /// <param name="q">Q (queries, dim).</param>
    /// <param name="k">K (keys, dim).</param>
    /// <param name="v">V (keys, valueDim).</param>
    /// <param name="output">O (queries, valueDim), overwritten.</param>
    /// <param name="logSums">L (queries), overwritten.</param>
    /// <param name="queries">Rows of Q.</param>
    /// <param name="keys">Rows of K and V.</param>
    /// <param name="dim">Width of Q and K.</param>
    /// <param name="valueDim">Width of V.</param>
    /// <param name="scale">Factor of the scores.</param>
    /// <param name="mask">Who may look at whom.</param>
    /// <param name="bias">Added to the scaled scores (queries, keys); empty for none.</param>
    /// <exception cref="ArgumentException">A span's length does not fit the sizes.</exception>
    public static void Reference<T>(ReadOnlySpan<T> q, ReadOnlySpan<T> k, ReadOnlySpan<T> v, Span<T> output, Span<T> logSums, int queries, int keys, int dim, int valueDim, T scale, AttendMask mask = default, ReadOnlySpan<T> bias = default)
        where T : IFloatingPointIeee754<T>
    {
        Check(q.Length, k.Length, v.Length, output.Length, logSums.Length, bias.Length, queries, keys, dim, valueDim, mask);
        output.Clear();
        for (int i = 0; i < queries; i++)
        {
            T maximum = T.NegativeInfinity, sum = T.Zero;
            Span<T> row = output.Slice(i * valueDim, valueDim);
            for (int j = 0; j < keys; j++)
            {
                if (!mask.Sees(i, j, queries, keys))
                {
                    continue;
                }

                T score = T.Zero;
                for (int c = 0; c < dim; c++)
                {
                    score += q[i * dim + c] * k[j * dim + c];
                }

                score = scale * score + (bias.IsEmpty ? T.Zero : bias[i * keys + j]);
                if (T.IsNegativeInfinity(score))
                {
                    continue;
                }

                T higher = T.Max(maximum, score), shrink = T.Exp(maximum - higher), weight = T.Exp(score - higher);
                sum = sum * shrink + weight;
                for (int c = 0; c < valueDim; c++)
                {
                    row[c] = row[c] * shrink + weight * v[j * valueDim + c];
                }

                maximum = higher;
            }

            logSums[i] = maximum + T.Log(sum);
            for (int c = 0; c < valueDim && sum != T.Zero; c++)
            {
                row[c] /= sum;
            }
        }
    }

    /// <summary>Output and log-sums, fast.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static void Forward(ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, Span<float> output, Span<float> logSums, int queries, int keys, int dim, int valueDim, float scale, AttendMask mask = default, ReadOnlySpan<float> bias = default)
    {
        Check(q.Length, k.Length, v.Length, output.Length, logSums.Length, bias.Length, queries, keys, dim, valueDim, mask);
        if (Vector512.IsHardwareAccelerated)
        {
            Blocks<Lanes16>(q, k, v, output, logSums, queries, keys, dim, valueDim, scale, mask, bias);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Blocks<Lanes8>(q, k, v, output, logSums, queries, keys, dim, valueDim, scale, mask, bias);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            Blocks<Lanes4>(q, k, v, output, logSums, queries, keys, dim, valueDim, scale, mask, bias);
        }
        else
        {
            Blocks<Lanes1>(q, k, v, output, logSums, queries, keys, dim, valueDim, scale, mask, bias);
        }
    }

    private static void Check(int q, int k, int v, int output, int logSums, int bias, int queries, int keys, int dim, int valueDim, AttendMask mask)
    {
        Sizes.Require(q, queries, dim, "q", "queries", "dim");
        Sizes.Require(k, keys, dim, "k", "keys", "dim");
        Sizes.Require(v, keys, valueDim, "v", "keys", "valueDim");
        Sizes.Require(output, queries, valueDim, "output", "queries", "valueDim");
        Sizes.Require(logSums, 1, queries, "logSums", "one row", "queries");
        if (bias != 0)
        {
            Sizes.Require(bias, queries, keys, "bias", "queries", "keys");
        }

        mask.Check(queries, keys);
    }
}
