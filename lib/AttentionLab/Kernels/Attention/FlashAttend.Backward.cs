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
    /// <param name="q">Q of the forward.</param>
    /// <param name="k">K of the forward.</param>
    /// <param name="v">V of the forward.</param>
    /// <param name="output">O of the forward.</param>
    /// <param name="statistics">Of the forward.</param>
    /// <param name="dOutput">∂L/∂O (queries, valueDim).</param>
    /// <param name="dq">∂L/∂Q, overwritten.</param>
    /// <param name="dk">∂L/∂K, overwritten.</param>
    /// <param name="dv">∂L/∂V, overwritten.</param>
    /// <param name="queries">Rows of Q.</param>
    /// <param name="keys">Rows of K and V.</param>
    /// <param name="dim">Width of Q and K.</param>
    /// <param name="valueDim">Width of V.</param>
    /// <param name="scale">Factor of the forward.</param>
    /// <param name="mask">Mask of the forward.</param>
    /// <param name="bias">Bias of the forward; empty for none.</param>
    /// <param name="dBias">∂L/∂bias (queries, keys), added to; empty if not wanted.</param>
    /// <exception cref="ArgumentException">A span's length does not fit the sizes.</exception>
    public static void BackwardReference<T>(ReadOnlySpan<T> q, ReadOnlySpan<T> k, ReadOnlySpan<T> v, ReadOnlySpan<T> output, ReadOnlySpan<T> statistics, ReadOnlySpan<T> dOutput, Span<T> dq, Span<T> dk, Span<T> dv, int queries, int keys, int dim, int valueDim, T scale, AttendMask mask = default, ReadOnlySpan<T> bias = default, Span<T> dBias = default)
        where T : IFloatingPointIeee754<T>
    {
        CheckBackward(q.Length, k.Length, v.Length, output.Length, statistics.Length, bias.Length, dOutput.Length, dq.Length, dk.Length, dv.Length, dBias.Length, queries, keys, dim, valueDim, mask);
        dq.Clear();
        dk.Clear();
        dv.Clear();
        for (int i = 0; i < queries; i++)
        {
            ReadOnlySpan<T> dRow = dOutput.Slice(i * valueDim, valueDim);
            T d = Sum(dRow, output.Slice(i * valueDim, valueDim));
            for (int j = 0; j < keys; j++)
            {
                if (!mask.Sees(i, j, queries, keys, bias))
                {
                    continue;
                }

                T score = scale * Sum(q.Slice(i * dim, dim), k.Slice(j * dim, dim)) + (bias.IsEmpty ? T.Zero : bias[i * keys + j]);
                T weight = T.Exp(score - statistics[2 * i] - statistics[2 * i]) / statistics[2 * i + 1];
                T dScore = weight * (Sum(dRow, v.Slice(j * valueDim, valueDim)) - d);
                for (int c = 0; c < valueDim; c++)
                {
                    dv[j * valueDim + c] += weight * dRow[c];
                }

                for (int c = 0; c < dim; c++)
                {
                    dq[i * dim + c] += scale * dScore * k[j * dim + c];
                    dk[j * dim + c] += scale * dScore * q[i * dim + c];
                }

                if (!dBias.IsEmpty)
                {
                    dBias[i * keys + j] += dScore;
                }
            }
        }
    }

    /// <summary>Gradients, fast.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    public static void Backward(ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, ReadOnlySpan<float> output, ReadOnlySpan<float> statistics, ReadOnlySpan<float> dOutput, Span<float> dq, Span<float> dk, Span<float> dv, int queries, int keys, int dim, int valueDim, float scale, AttendMask mask = default, ReadOnlySpan<float> bias = default, Span<float> dBias = default)
    {
        CheckBackward(q.Length, k.Length, v.Length, output.Length, statistics.Length, bias.Length, dOutput.Length, dq.Length, dk.Length, dv.Length, dBias.Length, queries, keys, dim, valueDim, mask);
        BackwardHeads(q, HeadLayout.Split(1, queries, dim), k, HeadLayout.Split(1, keys, dim), v, HeadLayout.Split(1, keys, valueDim), output, HeadLayout.Split(1, queries, valueDim), statistics, dOutput, dq, dk, dv, new(1, 1, queries, keys, dim, valueDim), scale, mask, bias, dBias);
    }

    /// <summary>Gradients of all heads of a batch at once, fast, on as many threads as <see cref="Workers"/> has. A gradient lies as what it is the gradient of.</summary>
    /// <param name="q">Q of the forward.</param>
    /// <param name="qAt">Where heads lie in <paramref name="q"/> and <paramref name="dq"/>.</param>
    /// <param name="k">K of the forward.</param>
    /// <param name="kAt">Where heads lie in <paramref name="k"/> and <paramref name="dk"/>.</param>
    /// <param name="v">V of the forward.</param>
    /// <param name="vAt">Where heads lie in <paramref name="v"/> and <paramref name="dv"/>.</param>
    /// <param name="output">O of the forward.</param>
    /// <param name="outputAt">Where heads lie in <paramref name="output"/> and <paramref name="dOutput"/>.</param>
    /// <param name="statistics">Of the forward, (B, H, T_q, 2).</param>
    /// <param name="dOutput">∂L/∂O.</param>
    /// <param name="dq">∂L/∂Q, overwritten (numbers between its rows stay as they are).</param>
    /// <param name="dk">∂L/∂K, overwritten.</param>
    /// <param name="dv">∂L/∂V, overwritten.</param>
    /// <param name="sizes">B, H, T_q, T_k, D and D_v.</param>
    /// <param name="scale">Factor of the forward.</param>
    /// <param name="mask">Mask of the forward.</param>
    /// <param name="bias">Bias of the forward; empty for none.</param>
    /// <param name="dBias">∂L/∂bias, as long as the bias, added to; empty if not wanted. With it the heads run one after the other, since they may share it.</param>
    /// <exception cref="ArgumentException">A span's length does not fit the sizes.</exception>
    public static void BackwardHeads(ReadOnlySpan<float> q, HeadLayout qAt, ReadOnlySpan<float> k, HeadLayout kAt, ReadOnlySpan<float> v, HeadLayout vAt, ReadOnlySpan<float> output, HeadLayout outputAt, ReadOnlySpan<float> statistics, ReadOnlySpan<float> dOutput, Span<float> dq, Span<float> dk, Span<float> dv, AttendSizes sizes, float scale, AttendMask mask = default, ReadOnlySpan<float> bias = default, Span<float> dBias = default)
    {
        CheckHeads(q.Length, qAt, k.Length, kAt, v.Length, vAt, output.Length, outputAt, statistics.Length, sizes, mask, bias.Length);
        Sizes.Require(statistics.Length, (long)sizes.Batch * sizes.Heads * sizes.Queries, 2, "statistics", "batch × heads × queries", "two");
        CheckHeads(dq.Length, qAt, dk.Length, kAt, dv.Length, vAt, dOutput.Length, outputAt, 0, sizes, default, dBias.Length);
        if (Vector512.IsHardwareAccelerated)
        {
            HeadsBackward<Lanes16>(q, qAt, k, kAt, v, vAt, output, outputAt, statistics, dOutput, dq, dk, dv, sizes, scale, mask, bias, dBias);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            HeadsBackward<Lanes8>(q, qAt, k, kAt, v, vAt, output, outputAt, statistics, dOutput, dq, dk, dv, sizes, scale, mask, bias, dBias);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            HeadsBackward<Lanes4>(q, qAt, k, kAt, v, vAt, output, outputAt, statistics, dOutput, dq, dk, dv, sizes, scale, mask, bias, dBias);
        }
        else
        {
            HeadsBackward<Lanes1>(q, qAt, k, kAt, v, vAt, output, outputAt, statistics, dOutput, dq, dk, dv, sizes, scale, mask, bias, dBias);
        }
    }

    private static unsafe void HeadsBackward<V>(ReadOnlySpan<float> q, HeadLayout qAt, ReadOnlySpan<float> k, HeadLayout kAt, ReadOnlySpan<float> v, HeadLayout vAt, ReadOnlySpan<float> output, HeadLayout outputAt, ReadOnlySpan<float> statistics, ReadOnlySpan<float> dOutput, Span<float> dq, Span<float> dk, Span<float> dv, AttendSizes sizes, float scale, AttendMask mask, ReadOnlySpan<float> bias, Span<float> dBias)
        where V : struct, ILanes<V>
    {
        fixed (float* pq = q, pk = k, pv = v, po = output, pl = statistics, pb = bias, pdo = dOutput, pdq = dq, pdk = dk, pdv = dv, pdb = dBias)
        fixed (bool* pKeys = mask.Keys, pPairs = mask.Pairs)
        {
            HeadsBackwardJob<V> job = new()
            {
                Heads = new(sizes, scale, mask, bias.IsEmpty ? dBias.Length : bias.Length)
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
                DOutput = pdo,
                DQ = pdq,
                DK = pdk,
                DV = pdv,
                DBias = pdb,
            };
            Workers.Run(ref job, sizes.Batch * sizes.Heads, dBias.IsEmpty ? 2.5 * Work(sizes) : 0);
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

    private static T Sum<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b)
        where T : IFloatingPointIeee754<T>
    {
        T sum = T.Zero;
        for (int c = 0; c < a.Length; c++)
        {
            sum += a[c] * b[c];
        }

        return sum;
    }

    private static void CheckBackward(int q, int k, int v, int output, int statistics, int bias, int dOutput, int dq, int dk, int dv, int dBias, int queries, int keys, int dim, int valueDim, AttendMask mask)
    {
        Check(q, k, v, output, statistics, bias, queries, keys, dim, valueDim, mask);
        Sizes.Require(dOutput, queries, valueDim, "dOutput", "queries", "valueDim");
        Sizes.Require(dq, queries, dim, "dq", "queries", "dim");
        Sizes.Require(dk, keys, dim, "dk", "keys", "dim");
        Sizes.Require(dv, keys, valueDim, "dv", "keys", "valueDim");
        if (dBias != 0)
        {
            Sizes.Require(dBias, queries, keys, "dBias", "queries", "keys");
        }
    }
}
