using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AttentionLab.Kernels;

/// <summary>
/// Backward of <see cref="FlashAttend"/> (Dao 2023, algorithm 2): the weights are computed again from two numbers a query.
/// </summary>
/// <remarks>
/// p_ij = e^(s_ij − m_i) / Σ_i. The softmax's Jacobian needs Σ_j p_ij·∂p_ij, and since ∂p_ij = ∂o_i·v_j that sum is D_i = ∂o_i·o_i:
/// no row of weights has to be kept. ∂s_ij = p_ij·(∂o_i·v_j − D_i); ∂q_i = scale·Σ_j ∂s_ij·k_j; ∂k_j = scale·Σ_i ∂s_ij·q_i; ∂v_j = Σ_i p_ij·∂o_i.
/// </remarks>
public static partial class FlashAttend
{
    /// <summary>Gradients by loops.</summary>
    /// <param name="input">Of the forward.</param>
    /// <param name="output">O of the forward (B, H, T_q, D_v).</param>
    /// <param name="statistics">Of the forward.</param>
    /// <param name="dOutput">∂L/∂O.</param>
    /// <param name="to">Where the gradients go.</param>
    /// <exception cref="ArgumentException">A span's length does not fit the sizes.</exception>
    public static void BackwardReference<T>(in AttendInput<T> input, ReadOnlySpan<T> output, ReadOnlySpan<T> statistics, ReadOnlySpan<T> dOutput, in AttendGradients<T> to)
        where T : IFloatingPointIeee754<T>
    {
        (int batch, int heads, int queries, int keys, int dim, int valueDim) = input.Sizes;
        CheckBackward(input, new(output, input.SplitOutput), statistics, dOutput, to);
        to.Q.Clear();
        to.K.Clear();
        to.V.Clear();
        for (int at = 0; at < batch * heads * queries; at++)
        {
            int b = at / queries / heads, h = at / queries % heads, i = at % queries;
            AttendMask mask = input.MaskOf(b);
            ReadOnlySpan<T> bias = input.BiasOf(b, h), q = input.Q.Row(b, h, i, dim), dRow = dOutput.Slice(at * valueDim, valueDim);
            Span<T> dq = to.Q.Slice(input.Q.Layout.At(b, h, i), dim);
            T d = Dot.Reference(dRow, output.Slice(at * valueDim, valueDim));
            for (int j = 0; j < keys; j++)
            {
                if (!mask.Sees(i, j, queries, keys, bias))
                {
                    continue;
                }

                ReadOnlySpan<T> k = input.K.Row(b, h, j, dim);
                Span<T> dk = to.K.Slice(input.K.Layout.At(b, h, j), dim), dv = to.V.Slice(input.V.Layout.At(b, h, j), valueDim);
                T score = input.Scale * Dot.Reference(q, k) + (bias.IsEmpty ? T.Zero : bias[i * keys + j]);
                T weight = T.Exp(score - statistics[2 * at] - statistics[2 * at]) / statistics[2 * at + 1];
                T dScore = weight * (Dot.Reference(dRow, input.V.Row(b, h, j, valueDim)) - d);
                for (int c = 0; c < valueDim; c++)
                {
                    dv[c] += weight * dRow[c];
                }

                for (int c = 0; c < dim; c++)
                {
                    dq[c] += input.Scale * dScore * k[c];
                    dk[c] += input.Scale * dScore * q[c];
                }

                if (!to.Bias.IsEmpty)
                {
                    to.Bias[(int)input.BiasStart(to.Bias.Length, b, h) + i * keys + j] += dScore;
                }
            }
        }
    }

    /// <summary>Gradients, fast, where every head of the output is a matrix of its own.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    public static void Backward(in AttendInput<float> input, ReadOnlySpan<float> output, ReadOnlySpan<float> statistics, ReadOnlySpan<float> dOutput, in AttendGradients<float> to) =>
        Backward(input, new HeadSpan<float>(output, input.SplitOutput), statistics, dOutput, to);

    /// <summary>Gradients, fast, on as many threads as <see cref="Workers"/> has. With a gradient of the bias the heads run one after the other, since they may share it.</summary>
    /// <param name="input">Of the forward.</param>
    /// <param name="output">O of the forward.</param>
    /// <param name="statistics">Of the forward.</param>
    /// <param name="dOutput">∂L/∂O, where heads lie as in <paramref name="output"/>.</param>
    /// <param name="to">Where the gradients go.</param>
    /// <exception cref="ArgumentException">A span's length does not fit the sizes.</exception>
    public static void Backward(in AttendInput<float> input, HeadSpan<float> output, ReadOnlySpan<float> statistics, ReadOnlySpan<float> dOutput, in AttendGradients<float> to)
    {
        CheckBackward(input, output, statistics, dOutput, to);
        if (Vector512.IsHardwareAccelerated)
        {
            HeadsBackward<Lanes16>(input, output, statistics, dOutput, to);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            HeadsBackward<Lanes8>(input, output, statistics, dOutput, to);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            HeadsBackward<Lanes4>(input, output, statistics, dOutput, to);
        }
        else
        {
            HeadsBackward<Lanes1>(input, output, statistics, dOutput, to);
        }
    }

    private static unsafe void HeadsBackward<V>(in AttendInput<float> input, HeadSpan<float> output, ReadOnlySpan<float> statistics, ReadOnlySpan<float> dOutput, in AttendGradients<float> to)
        where V : struct, ILanes<V>
    {
        fixed (float* q = input.Q.Values, k = input.K.Values, v = input.V.Values, o = output.Values, s = statistics, bias = input.Bias)
        fixed (float* dO = dOutput, dq = to.Q, dk = to.K, dv = to.V, dBias = to.Bias)
        fixed (bool* keys = input.Mask.Keys, pairs = input.Mask.Pairs)
        {
            HeadsBackwardJob<V> job = new()
            {
                Heads = new(input, output.Layout, input.Bias.IsEmpty ? to.Bias.Length : input.Bias.Length)
                {
                    Q = q,
                    K = k,
                    Values = v,
                    Output = o,
                    Statistics = s,
                    Bias = bias,
                    Keys = keys,
                    Pairs = pairs,
                },
                DOutput = dO,
                DQ = dq,
                DK = dk,
                DV = dv,
                DBias = dBias,
            };
            Workers.Run(ref job, input.Sizes.Batch * input.Sizes.Heads, to.Bias.IsEmpty ? 2.5 * Work(input.Sizes) : 0);
        }
    }

    /// <summary>All heads, as pointers; a part is one head, because a head's queries add to the same ∂K and ∂V.</summary>
    private unsafe struct HeadsBackwardJob<V> : IJob
        where V : struct, ILanes<V>
    {
        public HeadsOfBatch Heads;
        public float* DOutput, DQ, DK, DV, DBias;

        public readonly void Run(int part)
        {
            int batch = part / Heads.Sizes.Heads, head = part % Heads.Sizes.Heads;
            HeadGradients gradients = new()
            {
                DOutput = At(DOutput, Heads.OutputAt, batch, head),
                DQ = At(DQ, Heads.QAt, batch, head),
                DK = At(DK, Heads.KAt, batch, head),
                DV = At(DV, Heads.VAt, batch, head),
                DBias = DBias == null ? null : DBias + batch * Heads.BiasBatch + head * Heads.BiasHead,
            };
            Backward<V>(Heads.Head(batch, head), gradients);
        }
    }

    /// <summary>Where the gradients of one head lie; rows are as far apart as those of the values.</summary>
    private unsafe struct HeadGradients
    {
        public float* DOutput, DQ, DK, DV, DBias;
    }

    /// <summary>One head: strips of queries as in the forward; ∂K and ∂V are sums over queries, so there a lane is a feature.</summary>
    private static unsafe void Backward<V>(in HeadView head, in HeadGradients to)
        where V : struct, ILanes<V>
    {
        int width = 2 * V.Count, dim = head.Dim, valueDim = head.ValueDim;
        int wideDim = (dim + width - 1) / width * width, wideValue = (valueDim + width - 1) / width * width;
        float* turnedQ = Scratch.Of(Scratch.Query, (2 * dim + valueDim + wideDim + wideValue) * width);
        float* turnedDq = turnedQ + dim * width, turnedDo = turnedDq + dim * width, rowsQ = turnedDo + valueDim * width, rowsDo = rowsQ + wideDim * width;
        float* weights = Scratch.Of(Scratch.Scores, 2 * KeyBlock * width), dScores = weights + KeyBlock * width;
        float* maxima = Scratch.Of(Scratch.Rows, 3 * width), logSums = maxima + width, deltas = logSums + width;
        int sums = Sizes.Product("the backward of FlashAttend", ("keys", head.Keys), ("dim + valueDim, rounded up", wideDim + wideValue));
        float* sumK = Scratch.Of(Scratch.Output, sums), sumV = sumK + (nint)head.Keys * wideDim;
        new Span<float>(sumK, sums).Clear();
        for (int first = 0; first < head.Queries; first += width)
        {
            int count = Math.Min(width, head.Queries - first), end = head.Limit(first + count - 1);
            float* dOutput = to.DOutput + first * head.OutputRow;
            LoadQueries<V>(head, first, count, turnedQ);
            MatMul.PackStrip<V>(dOutput, 1, head.OutputRow, turnedDo, valueDim, count);
            MatMul.Pack<V>(head.Q + first * head.QRow, head.QRow, 1, rowsQ, count, dim);
            MatMul.Pack<V>(dOutput, head.OutputRow, 1, rowsDo, count, valueDim);
            for (int r = 0; r < width; r++)
            {
                // A lane without a query, or whose query sees nothing, gets weights of 0.
                float* statistics = head.Statistics + 2 * (nint)(first + r);
                bool sees = r < count && statistics[1] != 0;
                maxima[r] = sees ? statistics[0] / head.Units.Power : float.MaxValue;
                logSums[r] = sees ? MathF.Log2(statistics[1]) : 0;
                deltas[r] = sees ? Dot.Forward(new(dOutput + r * head.OutputRow, valueDim), new(head.Output + (first + r) * head.OutputRow, valueDim)) : 0;
            }

            for (int start = 0; start < end; start += KeyBlock)
            {
                int keys = Math.Min(KeyBlock, end - start);
                float* k = head.K + start * head.KRow;
                Strips.Product<V>(k, head.KRow, 1, turnedQ, width, weights, width, keys, dim, write: true);
                Hide<V>(head, weights, width, first, count, start, keys);
                Strips.Product<V>(head.Values + start * head.VRow, head.VRow, 1, turnedDo, width, dScores, width, keys, valueDim, write: true);
                SoftmaxBackward<V>(weights, dScores, keys, maxima, head.Units.Base2);
                if (to.DBias != null)
                {
                    AddBiasGradient(head, dScores, width, to.DBias, first, count, start, keys);
                }

                Strips.Product<V>(k, 1, head.KRow, dScores, width, turnedDq, width, dim, keys, write: start == 0);
                for (int c = 0; c < valueDim; c += width)
                {
                    Strips.Product<V>(weights, width, 1, rowsDo + (nint)c * count, width, sumV + (nint)start * wideValue + c, wideValue, keys, count, write: false);
                }

                for (int c = 0; c < dim; c += width)
                {
                    Strips.Product<V>(dScores, width, 1, rowsQ + (nint)c * count, width, sumK + (nint)start * wideDim + c, wideDim, keys, count, write: false);
                }
            }

            V scale = V.All(end == 0 ? 0 : head.Scale);
            if (end == 0)
            {
                new Span<float>(turnedDq, dim * width).Clear();
            }

            Strips.ScaleLanes(turnedDq, width, dim, scale, scale);
            Strips.StoreRows<V>(turnedDq, to.DQ + first * head.QRow, head.QRow, dim, count);
        }

        for (int j = 0; j < head.Keys; j++)
        {
            Multiply.Scale(new(sumK + (nint)j * wideDim, dim), head.Scale, new(to.DK + j * head.KRow, dim));
            new ReadOnlySpan<float>(sumV + (nint)j * wideValue, valueDim).CopyTo(new(to.DV + j * head.VRow, valueDim));
        }

        if (head.Hides && !AreFinite(head, to))
        {
            CleanGradients(head, to);
        }
    }

    /// <summary>In place: scores become weights p = 2^(base2·(score − maximum) − log-sum), ∂p becomes ∂s = p·(∂p − delta); a row of each of the three follows the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void SoftmaxBackward<V>(float* scores, float* dScores, int keys, float* rows, float base2)
        where V : struct, ILanes<V>
    {
        int width = 2 * V.Count;
        V maximumX = V.Load(rows), maximumY = V.Load(rows + V.Count), zero = V.All(0), factor = V.All(base2);
        V logX = zero - V.Load(rows + width), logY = zero - V.Load(rows + width + V.Count);
        V deltaX = V.Load(rows + 2 * width), deltaY = V.Load(rows + 2 * width + V.Count);
        Exp2<V> exp2 = new();
        for (; keys > 0; keys--, scores += width, dScores += width)
        {
            V x = exp2.Of(V.MultiplyAdd(V.Load(scores) - maximumX, factor, logX)), y = exp2.Of(V.MultiplyAdd(V.Load(scores + V.Count) - maximumY, factor, logY));
            V.Store(x, scores);
            V.Store(y, scores + V.Count);
            V.Store(x * (V.Load(dScores) - deltaX), dScores);
            V.Store(y * (V.Load(dScores + V.Count) - deltaY), dScores + V.Count);
        }
    }

    /// <summary>Adds a block (keys, queries) of ∂s; a hidden pair, whose 0 times a NaN may be NaN, is passed over.</summary>
    private static unsafe void AddBiasGradient(in HeadView head, float* dScores, int width, float* dBias, int first, int count, int start, int keys)
    {
        for (int r = 0; r < count; r++)
        {
            for (int j = 0; j < keys; j++)
            {
                float dScore = dScores[j * width + r];
                if (float.IsFinite(dScore) || head.Sees(first + r, start + j))
                {
                    dBias[(nint)(first + r) * head.Keys + start + j] += dScore;
                }
            }
        }
    }

    private static void CheckBackward<T>(in AttendInput<T> input, HeadSpan<T> output, ReadOnlySpan<T> statistics, ReadOnlySpan<T> dOutput, in AttendGradients<T> to)
        where T : IFloatingPointIeee754<T>
    {
        (int batch, int heads, int queries, _, _, _) = input.Sizes;
        input.Check();
        input.CheckOutput(output.Values.Length, output.Layout, 0);
        input.CheckOutput(dOutput.Length, output.Layout, 0, "dOutput");
        Sizes.Require(statistics.Length, (long)batch * heads * queries, 2, "statistics", "batch × heads × queries", "two");
        input.CheckGradients(to);
    }
}
