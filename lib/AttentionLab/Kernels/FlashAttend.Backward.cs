using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AttentionLab.Kernels;

/// <summary>
/// Backward of <see cref="FlashAttend"/> (Dao 2023, algorithm 2): the weights are computed again from the log-sums.
/// </summary>
/// <remarks>
/// p_ij = e^(s_ij − L_i). The softmax's Jacobian needs Σ_j p_ij·∂p_ij, and since ∂p_ij = ∂o_i·v_j that sum is D_i = ∂o_i·o_i:
/// no row of weights has to be kept. ∂s_ij = p_ij·(∂o_i·v_j − D_i); ∂q_i = scale·Σ_j ∂s_ij·k_j; ∂k_j = scale·Σ_i ∂s_ij·q_i; ∂v_j = Σ_i p_ij·∂o_i.
/// </remarks>
public static partial class FlashAttend
{
    /// <summary>Gradients by loops.</summary>
    /// <param name="q">Q of the forward.</param>
    /// <param name="k">K of the forward.</param>
    /// <param name="v">V of the forward.</param>
    /// <param name="output">O of the forward.</param>
    /// <param name="logSums">L of the forward.</param>
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
    public static void BackwardReference<T>(ReadOnlySpan<T> q, ReadOnlySpan<T> k, ReadOnlySpan<T> v, ReadOnlySpan<T> output, ReadOnlySpan<T> logSums, ReadOnlySpan<T> dOutput, Span<T> dq, Span<T> dk, Span<T> dv, int queries, int keys, int dim, int valueDim, T scale, AttendMask mask = default, ReadOnlySpan<T> bias = default, Span<T> dBias = default)
        where T : IFloatingPointIeee754<T>
    {
        CheckBackward(q.Length, k.Length, v.Length, output.Length, logSums.Length, bias.Length, dOutput.Length, dq.Length, dk.Length, dv.Length, dBias.Length, queries, keys, dim, valueDim, mask);
        dq.Clear();
        dk.Clear();
        dv.Clear();
        for (int i = 0; i < queries; i++)
        {
            ReadOnlySpan<T> dRow = dOutput.Slice(i * valueDim, valueDim);
            T d = Sum(dRow, output.Slice(i * valueDim, valueDim));
            for (int j = 0; j < keys; j++)
            {
                if (!mask.Sees(i, j, queries, keys) || T.IsNegativeInfinity(logSums[i]))
                {
                    continue;
                }

                T score = scale * Sum(q.Slice(i * dim, dim), k.Slice(j * dim, dim)) + (bias.IsEmpty ? T.Zero : bias[i * keys + j]);
                T weight = T.Exp(score - logSums[i]);
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
    public static void Backward(ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, ReadOnlySpan<float> output, ReadOnlySpan<float> logSums, ReadOnlySpan<float> dOutput, Span<float> dq, Span<float> dk, Span<float> dv, int queries, int keys, int dim, int valueDim, float scale, AttendMask mask = default, ReadOnlySpan<float> bias = default, Span<float> dBias = default)
    {
        CheckBackward(q.Length, k.Length, v.Length, output.Length, logSums.Length, bias.Length, dOutput.Length, dq.Length, dk.Length, dv.Length, dBias.Length, queries, keys, dim, valueDim, mask);
        dq.Clear();
        dk.Clear();
        dv.Clear();
        for (int first = 0; first < queries; first += QueryGroup)
        {
            int count = Math.Min(QueryGroup, queries - first), limit = mask.Limit(first + count - 1, queries, keys);
            ReadOnlySpan<float> qRows = q.Slice(first * dim, count * dim), dRows = dOutput.Slice(first * valueDim, count * valueDim);
            ReadOnlySpan<float> oRows = output.Slice(first * valueDim, count * valueDim);
            for (int start = 0; start < limit; start += KeyBlock)
            {
                int span = Math.Min(KeyBlock, limit - start);
                Span<float> weights = Buffer(Scratch.Scores, count * span), dScores = Buffer(Scratch.Output, count * span);
                ReadOnlySpan<float> kRows = k.Slice(start * dim, span * dim), vRows = v.Slice(start * valueDim, span * valueDim);
                MatMul.ForwardNT(qRows, kRows, weights, count, dim, span);
                MatMul.ForwardNT(dRows, vRows, dScores, count, valueDim, span);
                for (int r = 0; r < count; r++)
                {
                    Span<float> weight = weights.Slice(r * span, span), dScore = dScores.Slice(r * span, span);
                    Multiply.Scale(weight, scale * Log2E, weight);
                    HideRow(weight, first + r, start, queries, keys, mask, bias);
                    float d = Dot.Forward(dRows.Slice(r * valueDim, valueDim), oRows.Slice(r * valueDim, valueDim));
                    SoftmaxBackward(weight, dScore, logSums[first + r] * Log2E, d);
                    if (!dBias.IsEmpty)
                    {
                        Multiply.AddScaled(dScore, 1, dBias.Slice((first + r) * keys + start, span));
                    }

                    Multiply.Scale(dScore, scale, dScore);
                }

                MatMul.ForwardTN(weights, dRows, dv.Slice(start * valueDim, span * valueDim), span, count, valueDim, add: true);
                MatMul.Forward(dScores, kRows, dq.Slice(first * dim, count * dim), count, span, dim, add: true);
                MatMul.ForwardTN(dScores, qRows, dk.Slice(start * dim, span * dim), span, count, dim, add: true);
            }
        }
    }

    /// <summary>Adds the bias to a row of scores from key <paramref name="start"/> on, and puts −∞ where the query may not look.</summary>
    private static void HideRow(Span<float> row, int query, int start, int queries, int keys, AttendMask mask, ReadOnlySpan<float> bias)
    {
        int visible = Math.Clamp(mask.Limit(query, queries, keys) - start, 0, row.Length);
        row[visible..].Fill(float.NegativeInfinity);
        Span<float> seen = row[..visible];
        if (!bias.IsEmpty)
        {
            Multiply.AddScaled(bias.Slice(query * keys + start, visible), Log2E, seen);
        }

        if (!mask.Keys.IsEmpty)
        {
            MaskedSoftmax.Hide(seen, mask.Keys[start..]);
        }

        if (!mask.Pairs.IsEmpty)
        {
            MaskedSoftmax.Hide(seen, mask.Pairs[(query * keys + start)..]);
        }
    }

    private static unsafe Span<float> Buffer(int purpose, int length) => new(Scratch.Of(purpose, length), length);

    private static void SoftmaxBackward(Span<float> scores, Span<float> dScores, float logSum, float d)
    {
        if (logSum == float.NegativeInfinity)
        {
            scores.Clear();
            dScores.Clear();
        }
        else if (Vector512.IsHardwareAccelerated)
        {
            SoftmaxBackward<Lanes16>(scores, dScores, logSum, d);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            SoftmaxBackward<Lanes8>(scores, dScores, logSum, d);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            SoftmaxBackward<Lanes4>(scores, dScores, logSum, d);
        }
        else
        {
            SoftmaxBackward<Lanes1>(scores, dScores, logSum, d);
        }
    }

    /// <summary>In place: base-2 scores become weights p, ∂p becomes ∂s = p·(∂p − d).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void SoftmaxBackward<V>(Span<float> scores, Span<float> dScores, float logSum, float d)
        where V : struct, ILanes<V>
    {
        fixed (float* s = scores, ds = dScores)
        {
            int j = 0;
            for (; j <= scores.Length - V.Count; j += V.Count)
            {
                V weight = Exp.OfBase2(V.Load(s + j) - V.All(logSum));
                V.Store(weight, s + j);
                V.Store(weight * (V.Load(ds + j) - V.All(d)), ds + j);
            }

            for (; j < scores.Length; j++)
            {
                Lanes1 weight = Exp.OfBase2(Lanes1.Load(s + j) - Lanes1.All(logSum));
                Lanes1.Store(weight, s + j);
                Lanes1.Store(weight * (Lanes1.Load(ds + j) - Lanes1.All(d)), ds + j);
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

    private static void CheckBackward(int q, int k, int v, int output, int logSums, int bias, int dOutput, int dq, int dk, int dv, int dBias, int queries, int keys, int dim, int valueDim, AttendMask mask)
    {
        Check(q, k, v, output, logSums, bias, queries, keys, dim, valueDim, mask);
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
