using System.Numerics;
using System.Runtime.Intrinsics;

namespace AttentionLab.Kernels;

/// <summary>
/// Attention of one head without its weights: O = softmax(scale·Q·Kᵀ + bias)·V, block by block with a running maximum and sum
/// (online softmax: Milakov and Gimelshein 2018; FlashAttention-2: Dao 2023, algorithm 1). Memory O((queries + keys)·dim).
/// </summary>
/// <remarks>
/// A new block with the row maximum m′ ≥ m multiplies what was summed so far by e^(m − m′); at the end O = sum of e^(s − m)·v / sum of e^(s − m).
/// Kept for the backward are two numbers a row, (m/2, Σ e^(s − m)): m is the maximum in use, near the row's maximum or equal to it, and the sum is
/// 0 for a row that sees nothing (its output is zeros). One number m + ln Σ e^(s − m) would lose the logarithm beside an m of 1e8, and m itself
/// may be twice what a float holds (<see cref="ScoreUnits"/>).
/// A hidden pair takes part in nothing: a NaN or infinity under a hidden key reaches no output and no gradient of a query that cannot see it.
/// </remarks>
public static partial class FlashAttend
{
    /// <summary>Output and statistics, one key at a time.</summary>
    /// <param name="q">Q (queries, dim).</param>
    /// <param name="k">K (keys, dim).</param>
    /// <param name="v">V (keys, valueDim).</param>
    /// <param name="output">O (queries, valueDim), overwritten.</param>
    /// <param name="statistics">(m/2, Σ e^(s − m)) of each query (queries, 2), overwritten.</param>
    /// <param name="queries">Rows of Q.</param>
    /// <param name="keys">Rows of K and V.</param>
    /// <param name="dim">Width of Q and K.</param>
    /// <param name="valueDim">Width of V.</param>
    /// <param name="scale">Factor of the scores.</param>
    /// <param name="mask">Who may look at whom.</param>
    /// <param name="bias">Added to the scaled scores (queries, keys); empty for none.</param>
    /// <exception cref="ArgumentException">A span's length does not fit the sizes.</exception>
    public static void Reference<T>(ReadOnlySpan<T> q, ReadOnlySpan<T> k, ReadOnlySpan<T> v, Span<T> output, Span<T> statistics, int queries, int keys, int dim, int valueDim, T scale, AttendMask mask = default, ReadOnlySpan<T> bias = default)
        where T : IFloatingPointIeee754<T>
    {
        Check(q.Length, k.Length, v.Length, output.Length, statistics.Length, bias.Length, queries, keys, dim, valueDim, mask);
        output.Clear();
        for (int i = 0; i < queries; i++)
        {
            T maximum = T.NegativeInfinity, sum = T.Zero;
            Span<T> row = output.Slice(i * valueDim, valueDim);
            for (int j = 0; j < keys; j++)
            {
                if (!mask.Sees(i, j, queries, keys, bias))
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

            (statistics[2 * i], statistics[2 * i + 1]) = (maximum / (T.One + T.One), sum);
            for (int c = 0; c < valueDim && sum != T.Zero; c++)
            {
                row[c] /= sum;
            }
        }
    }

    /// <summary>Output and statistics, fast.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static void Forward(ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, Span<float> output, Span<float> statistics, int queries, int keys, int dim, int valueDim, float scale, AttendMask mask = default, ReadOnlySpan<float> bias = default)
    {
        Check(q.Length, k.Length, v.Length, output.Length, statistics.Length, bias.Length, queries, keys, dim, valueDim, mask);
        ForwardHeads(q, HeadLayout.Split(1, queries, dim), k, HeadLayout.Split(1, keys, dim), v, HeadLayout.Split(1, keys, valueDim), output, HeadLayout.Split(1, queries, valueDim), statistics, new(1, 1, queries, keys, dim, valueDim), scale, mask, bias);
    }

    /// <summary>All heads of a batch at once, fast, on as many threads as <see cref="Workers"/> has: heads are read and written where they lie.</summary>
    /// <param name="q">Q of all heads.</param>
    /// <param name="qAt">Where they lie in <paramref name="q"/>.</param>
    /// <param name="k">K of all heads.</param>
    /// <param name="kAt">Where they lie in <paramref name="k"/>.</param>
    /// <param name="v">V of all heads.</param>
    /// <param name="vAt">Where they lie in <paramref name="v"/>.</param>
    /// <param name="output">O of all heads, overwritten (numbers between its rows stay as they are).</param>
    /// <param name="outputAt">Where they lie in <paramref name="output"/>.</param>
    /// <param name="statistics">(m/2, Σ e^(s − m)) of each query (B, H, T_q, 2), overwritten; empty if no backward follows.</param>
    /// <param name="sizes">B, H, T_q, T_k, D and D_v.</param>
    /// <param name="scale">Factor of the scores.</param>
    /// <param name="mask">Who may look at whom: Keys (T_k) or (B, T_k), Pairs (T_q, T_k) or (B, T_q, T_k).</param>
    /// <param name="bias">Added to the scaled scores: (T_q, T_k), (H, T_q, T_k) or (B, H, T_q, T_k); empty for none.</param>
    /// <exception cref="ArgumentException">A span's length does not fit the sizes.</exception>
    public static void ForwardHeads(ReadOnlySpan<float> q, HeadLayout qAt, ReadOnlySpan<float> k, HeadLayout kAt, ReadOnlySpan<float> v, HeadLayout vAt, Span<float> output, HeadLayout outputAt, Span<float> statistics, AttendSizes sizes, float scale, AttendMask mask = default, ReadOnlySpan<float> bias = default)
    {
        CheckHeads(q.Length, qAt, k.Length, kAt, v.Length, vAt, output.Length, outputAt, statistics.Length, sizes, mask, bias.Length);
        if (Vector512.IsHardwareAccelerated)
        {
            Heads<Lanes16>(q, qAt, k, kAt, v, vAt, output, outputAt, statistics, sizes, scale, mask, bias);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Heads<Lanes8>(q, qAt, k, kAt, v, vAt, output, outputAt, statistics, sizes, scale, mask, bias);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            Heads<Lanes4>(q, qAt, k, kAt, v, vAt, output, outputAt, statistics, sizes, scale, mask, bias);
        }
        else
        {
            Heads<Lanes1>(q, qAt, k, kAt, v, vAt, output, outputAt, statistics, sizes, scale, mask, bias);
        }
    }

    private static unsafe void Heads<V>(ReadOnlySpan<float> q, HeadLayout qAt, ReadOnlySpan<float> k, HeadLayout kAt, ReadOnlySpan<float> v, HeadLayout vAt, Span<float> output, HeadLayout outputAt, Span<float> statistics, AttendSizes sizes, float scale, AttendMask mask, ReadOnlySpan<float> bias)
        where V : struct, ILanes<V>
    {
        fixed (float* pq = q, pk = k, pv = v, po = output, pl = statistics, pb = bias)
        fixed (bool* pKeys = mask.Keys, pPairs = mask.Pairs)
        {
            HeadsJob<V> job = new()
            {
                Heads = new(sizes, scale, mask, bias.Length)
                {
                    Q = pq,
                    K = pk,
                    Values = pv,
                    Output = po,
                    Statistics = pl,
                    Bias = pb,
                    Keys = pKeys,
                    Pairs = pPairs,
                    QAt = qAt,
                    KAt = kAt,
                    VAt = vAt,
                    OutputAt = outputAt,
                },
            };
            Workers.Run(ref job, sizes.Batch * sizes.Heads * Groups(sizes.Queries), Work(sizes));
        }
    }

    /// <summary>Multiply-adds of a forward without a mask.</summary>
    private static double Work(AttendSizes sizes) => (double)sizes.Batch * sizes.Heads * sizes.Queries * sizes.Keys * (sizes.Dim + sizes.ValueDim);

    private static void CheckHeads(int q, HeadLayout qAt, int k, HeadLayout kAt, int v, HeadLayout vAt, int output, HeadLayout outputAt, int statistics, AttendSizes sizes, AttendMask mask, int bias)
    {
        (int batch, int heads, int queries, int keys, int dim, int valueDim) = sizes;
        if (int.Min(int.Min(int.Min(batch, heads), int.Min(queries, keys)), int.Min(dim, valueDim)) < 0)
        {
            throw new ArgumentException($"the sizes are {sizes}, but a size is never negative: pass 0 or more.");
        }

        qAt.Check(q, batch, heads, queries, dim, "q");
        kAt.Check(k, batch, heads, keys, dim, "k");
        vAt.Check(v, batch, heads, keys, valueDim, "v");
        outputAt.Check(output, batch, heads, queries, valueDim, "output");
        if (statistics != 0)
        {
            Sizes.Require(statistics, (long)batch * heads * queries, 2, "statistics", "batch × heads × queries", "two");
        }

        if (!mask.Keys.IsEmpty && mask.Keys.Length != keys)
        {
            Sizes.Require(mask.Keys.Length, batch, keys, "mask.Keys", "batch", "keys");
        }

        if (!mask.Pairs.IsEmpty && mask.Pairs.Length != (long)queries * keys)
        {
            Sizes.Require(mask.Pairs.Length, (long)batch * queries, keys, "mask.Pairs", "batch × queries", "keys");
        }

        if (bias != 0 && bias != (long)queries * keys && bias != (Int128)heads * queries * keys)
        {
            Sizes.Require(bias, (long)batch * heads * queries, keys, "bias", "batch × heads × queries", "keys");
        }
    }

    private static void Check(int q, int k, int v, int output, int statistics, int bias, int queries, int keys, int dim, int valueDim, AttendMask mask)
    {
        Sizes.Require(q, queries, dim, "q", "queries", "dim");
        Sizes.Require(k, keys, dim, "k", "keys", "dim");
        Sizes.Require(v, keys, valueDim, "v", "keys", "valueDim");
        Sizes.Require(output, queries, valueDim, "output", "queries", "valueDim");
        Sizes.Require(statistics, queries, 2, "statistics", "queries", "two");
        if (bias != 0)
        {
            Sizes.Require(bias, queries, keys, "bias", "queries", "keys");
        }

        mask.Check(queries, keys);
    }
}
