using System.Numerics;

namespace AttentionLab.Kernels;

/// <summary>
/// Attention without its weights, of B·H heads: for each O = softmax(scale·Q·Kᵀ + bias)·V, block by block with a running maximum and sum
/// (online softmax: Milakov and Gimelshein 2018; FlashAttention-2: Dao 2023, algorithm 1). Memory O((queries + keys)·dim) a head.
/// </summary>
/// <remarks>
/// A new block with the row maximum m′ ≥ m multiplies what was summed so far by e^(m − m′); at the end O = sum of e^(s − m)·v / sum of e^(s − m).
/// Kept for the backward are two numbers a row, (m/2, Σ e^(s − m)): m is the maximum in use, near the row's maximum or equal to it, and the sum is
/// 0 for a row that sees nothing (its output is zeros). One number m + ln Σ e^(s − m) would lose the logarithm beside an m of 1e8, and m itself
/// may be twice what a float holds (<see cref="ScoreUnits"/>).
/// A hidden pair takes part in nothing: a NaN or infinity under a hidden key reaches no output and no gradient of a query that cannot see it.
/// Q, K and V may share memory; an output, statistics or a gradient that shares memory with what is read is refused.
/// </remarks>
public static partial class FlashAttend
{
    /// <summary>Output and statistics, one key at a time.</summary>
    /// <param name="input">Q, K, V, scale, mask and bias.</param>
    /// <param name="output">O (B, H, T_q, D_v), overwritten.</param>
    /// <param name="statistics">(m/2, Σ e^(s − m)) of each query (B, H, T_q, 2), overwritten; empty if no backward follows.</param>
    /// <exception cref="ArgumentException">A span's length does not fit the sizes, or what is written shares memory with what is read.</exception>
    public static void Reference<T>(in AttendInput<T> input, Span<T> output, Span<T> statistics)
        where T : IFloatingPointIeee754<T>
    {
        (int batch, int heads, int queries, _, _, int valueDim) = input.Sizes;
        input.Check();
        input.CheckOutput(output, input.SplitOutput, statistics);
        output.Clear();
        for (int at = 0; at < batch * heads * queries; at++)
        {
            (T maximum, T sum) = Row(input, at / queries / heads, at / queries % heads, at % queries, output.Slice(at * valueDim, valueDim));
            if (!statistics.IsEmpty)
            {
                (statistics[2 * at], statistics[2 * at + 1]) = (maximum / (T.One + T.One), sum);
            }
        }
    }

    /// <summary>One row of the output; returns its maximum and the sum of its e^(s − maximum).</summary>
    private static (T Maximum, T Sum) Row<T>(in AttendInput<T> input, int batch, int head, int i, Span<T> row)
        where T : IFloatingPointIeee754<T>
    {
        (_, _, int queries, int keys, int dim, int valueDim) = input.Sizes;
        AttendMask mask = input.MaskOf(batch);
        ReadOnlySpan<T> bias = input.BiasOf(batch, head);
        T maximum = T.NegativeInfinity, sum = T.Zero;
        for (int j = 0; j < keys; j++)
        {
            if (!mask.Sees(i, j, queries, keys, bias))
            {
                continue;
            }

            T score = input.Scale * Dot.Reference(input.Q.Row(batch, head, i, dim), input.K.Row(batch, head, j, dim))
                + (bias.IsEmpty ? T.Zero : bias[i * keys + j]);
            if (T.IsNegativeInfinity(score))
            {
                continue;
            }

            ReadOnlySpan<T> value = input.V.Row(batch, head, j, valueDim);
            T higher = T.Max(maximum, score), shrink = T.Exp(maximum - higher), weight = T.Exp(score - higher);
            sum = sum * shrink + weight;
            for (int c = 0; c < valueDim; c++)
            {
                row[c] = row[c] * shrink + weight * value[c];
            }

            maximum = higher;
        }

        for (int c = 0; c < valueDim && sum != T.Zero; c++)
        {
            row[c] /= sum;
        }

        return (maximum, sum);
    }

    /// <summary>Output and statistics, fast, where every head of the output is a matrix of its own.</summary>
    /// <inheritdoc cref="Forward(in AttendInput{float}, Span{float}, HeadLayout, Span{float})"/>
    public static void Forward(in AttendInput<float> input, Span<float> output, Span<float> statistics) =>
        Forward(input, output, input.SplitOutput, statistics);

    /// <summary>Output and statistics, fast, on as many threads as <see cref="Workers"/> has: heads are read and written where they lie.</summary>
    /// <param name="input">Q, K, V, scale, mask and bias.</param>
    /// <param name="output">O of all heads, overwritten (numbers between its rows stay as they are).</param>
    /// <param name="outputAt">Where they lie in <paramref name="output"/>.</param>
    /// <param name="statistics">(m/2, Σ e^(s − m)) of each query (B, H, T_q, 2), overwritten; empty if no backward follows.</param>
    /// <exception cref="ArgumentException">A span's length does not fit the sizes, or what is written shares memory with what is read.</exception>
    public static void Forward(in AttendInput<float> input, Span<float> output, HeadLayout outputAt, Span<float> statistics)
    {
        input.Check();
        input.CheckOutput(output, outputAt, statistics);
        ForwardWork work = new() { Input = input, Output = output, OutputAt = outputAt, Statistics = statistics };
        Simd.Run(ref work);
    }

    private ref struct ForwardWork : IWide
    {
        public AttendInput<float> Input;
        public Span<float> Output, Statistics;
        public HeadLayout OutputAt;

        public readonly unsafe void Run<V>()
            where V : struct, ILanes<V>
        {
            fixed (float* q = Input.Q.Values, k = Input.K.Values, v = Input.V.Values, o = Output, s = Statistics, bias = Input.Bias)
            fixed (bool* keys = Input.Mask.Keys, pairs = Input.Mask.Pairs)
            {
                AttendSizes sizes = Input.Sizes;
                HeadsJob<V> job = new()
                {
                    IsFar = (long)sizes.Batch * sizes.Heads * (sizes.Queries + sizes.Keys) * (sizes.Dim + sizes.ValueDim) > Far,
                    Heads = new(Input, Input.Bias.Length)
                    {
                        Q = new(q, Input.Q.Layout),
                        K = new(k, Input.K.Layout),
                        V = new(v, Input.V.Layout),
                        Output = new(o, OutputAt),
                        Statistics = s,
                        Bias = bias,
                        Mask = new(Input, keys, pairs),
                    },
                };
                Workers.Run(ref job, sizes.Batch * sizes.Heads * Groups(sizes.Queries), Work(sizes));
            }
        }
    }

    /// <summary>Multiply-adds of a forward without a mask.</summary>
    private static double Work(AttendSizes sizes) => (double)sizes.Batch * sizes.Heads * sizes.Queries * sizes.Keys * (sizes.Dim + sizes.ValueDim);
}
