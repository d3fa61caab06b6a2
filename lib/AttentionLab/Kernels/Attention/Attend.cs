using System.Buffers;
using System.Numerics;

namespace AttentionLab.Kernels;

/// <summary>
/// Scaled dot-product attention of one head with its weights kept: W = softmax(scale·Q·Kᵀ + bias), O = W·V
/// (Vaswani et al. 2017, equation 1, where scale = 1/√D).
/// </summary>
/// <remarks>
/// Sizes: queries = number of rows of Q, keys = rows of K and V, dim = D, valueDim = width of V, which may differ from D.
/// The weights take queries × keys numbers; <c>FlashAttend</c> computes the same without them. A hidden pair takes part in nothing: a NaN or
/// infinity under a hidden key reaches no output and no gradient of a query that cannot see it, while one that is seen shows.
/// </remarks>
public static class Attend
{
    /// <summary>Output and weights by loops.</summary>
    /// <param name="q">Q (queries, dim).</param>
    /// <param name="k">K (keys, dim).</param>
    /// <param name="v">V (keys, valueDim).</param>
    /// <param name="output">O (queries, valueDim), overwritten.</param>
    /// <param name="weights">W (queries, keys), overwritten; rows sum to 1, or are zeros where nothing is visible.</param>
    /// <param name="queries">Rows of Q.</param>
    /// <param name="keys">Rows of K and V.</param>
    /// <param name="dim">Width of Q and K.</param>
    /// <param name="valueDim">Width of V.</param>
    /// <param name="scale">Factor of the scores.</param>
    /// <param name="mask">Who may look at whom.</param>
    /// <param name="bias">Added to the scaled scores (queries, keys); empty for none.</param>
    /// <exception cref="ArgumentException">A span's length does not fit the sizes.</exception>
    public static void Reference<T>(ReadOnlySpan<T> q, ReadOnlySpan<T> k, ReadOnlySpan<T> v, Span<T> output, Span<T> weights, int queries, int keys, int dim, int valueDim, T scale, AttendMask mask = default, ReadOnlySpan<T> bias = default)
        where T : IFloatingPointIeee754<T>
    {
        Check(q.Length, k.Length, v.Length, queries, keys, dim, valueDim);
        MatMul.ReferenceNT(q, k, weights, queries, dim, keys);
        MaskedSoftmax.Reference(weights, weights, queries, keys, scale, mask, bias);
        Sizes.Require(output.Length, queries, valueDim, "output", "queries", "valueDim");
        output.Clear();
        for (int i = 0; i < queries; i++)
        {
            for (int j = 0; j < keys; j++)
            {
                for (int c = 0; c < valueDim && mask.Sees(i, j, queries, keys, bias); c++)
                {
                    output[i * valueDim + c] += weights[i * keys + j] * v[j * valueDim + c];
                }
            }
        }
    }

    /// <summary>Output and weights, fast.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static void Forward(ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, Span<float> output, Span<float> weights, int queries, int keys, int dim, int valueDim, float scale, AttendMask mask = default, ReadOnlySpan<float> bias = default)
    {
        Check(q.Length, k.Length, v.Length, queries, keys, dim, valueDim);
        mask.Check(queries, keys);
        MaskedSoftmax.CheckBias(bias.Length, queries, keys, "bias");
        ScoreUnits units = new(scale);
        float[] rented = ArrayPool<float>.Shared.Rent(q.Length);
        Multiply.Scale(q, units.Query, rented.AsSpan(0, q.Length));
        MatMul.ForwardNT(rented.AsSpan(0, q.Length), k, weights, queries, dim, keys);
        ArrayPool<float>.Shared.Return(rented);
        MaskedSoftmax.Weigh(weights, queries, keys, units, mask, bias);
        MatMul.Forward(weights, v, output, queries, keys, valueDim);
        if (mask.IsEmpty && bias.IsEmpty)
        {
            return;
        }

        for (int i = 0; i < queries; i++)
        {
            Span<float> row = output.Slice(i * valueDim, valueDim);
            if (!Finite.All(row))
            {
                Mix(weights.Slice(i * keys, keys), v, row, i, queries, mask, bias);
            }
        }
    }

    /// <summary>One row of O = W·V key by key: 0·NaN is NaN, so a hidden key is passed over.</summary>
    private static void Mix(ReadOnlySpan<float> weights, ReadOnlySpan<float> v, Span<float> row, int query, int queries, AttendMask mask, ReadOnlySpan<float> bias)
    {
        row.Clear();
        for (int j = 0; j < weights.Length; j++)
        {
            if (mask.Sees(query, j, queries, weights.Length, bias))
            {
                Multiply.AddScaled(v.Slice(j * row.Length, row.Length), weights[j], row);
            }
        }
    }

    /// <summary>
    /// Backward by loops. O = W·V gives ∂V = Wᵀ·∂O and ∂W = ∂O·Vᵀ; the softmax gives ∂S; S = scale·Q·Kᵀ + bias gives
    /// ∂Q = scale·∂S·K, ∂K = scale·∂Sᵀ·Q, ∂bias = ∂S.
    /// </summary>
    /// <param name="q">Q of the forward.</param>
    /// <param name="k">K of the forward.</param>
    /// <param name="v">V of the forward.</param>
    /// <param name="weights">W of the forward.</param>
    /// <param name="dOutput">∂L/∂O (queries, valueDim).</param>
    /// <param name="dq">∂L/∂Q, overwritten.</param>
    /// <param name="dk">∂L/∂K, overwritten.</param>
    /// <param name="dv">∂L/∂V, overwritten.</param>
    /// <param name="queries">Rows of Q.</param>
    /// <param name="keys">Rows of K and V.</param>
    /// <param name="dim">Width of Q and K.</param>
    /// <param name="valueDim">Width of V.</param>
    /// <param name="scale">Factor of the forward.</param>
    /// <param name="dBias">∂L/∂bias (queries, keys), added to; empty if not wanted.</param>
    /// <param name="mask">Mask of the forward.</param>
    /// <param name="bias">Bias of the forward; empty for none.</param>
    /// <exception cref="ArgumentException">A span's length does not fit the sizes.</exception>
    public static void BackwardReference<T>(ReadOnlySpan<T> q, ReadOnlySpan<T> k, ReadOnlySpan<T> v, ReadOnlySpan<T> weights, ReadOnlySpan<T> dOutput, Span<T> dq, Span<T> dk, Span<T> dv, int queries, int keys, int dim, int valueDim, T scale, Span<T> dBias = default, AttendMask mask = default, ReadOnlySpan<T> bias = default)
        where T : IFloatingPointIeee754<T>
    {
        Check(q.Length, k.Length, v.Length, queries, keys, dim, valueDim);
        CheckGradients(dOutput.Length, dq.Length, dk.Length, dv.Length, queries, keys, dim, valueDim);
        dq.Clear();
        dk.Clear();
        dv.Clear();
        for (int i = 0; i < queries; i++)
        {
            ReadOnlySpan<T> row = weights.Slice(i * keys, keys), upstream = dOutput.Slice(i * valueDim, valueDim);
            T mean = T.Zero;
            for (int j = 0; j < keys; j++)
            {
                mean += mask.Sees(i, j, queries, keys, bias) ? row[j] * Dot.Reference(upstream, v.Slice(j * valueDim, valueDim)) : T.Zero;
            }

            for (int j = 0; j < keys; j++)
            {
                if (!mask.Sees(i, j, queries, keys, bias))
                {
                    continue;
                }

                T dScore = row[j] * (Dot.Reference(upstream, v.Slice(j * valueDim, valueDim)) - mean);
                for (int c = 0; c < valueDim; c++)
                {
                    dv[j * valueDim + c] += row[j] * upstream[c];
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

    /// <summary>Backward, fast. The (queries, keys) workspace is borrowed from the shared pool.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    public static void Backward(ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, ReadOnlySpan<float> weights, ReadOnlySpan<float> dOutput, Span<float> dq, Span<float> dk, Span<float> dv, int queries, int keys, int dim, int valueDim, float scale, Span<float> dBias = default, AttendMask mask = default, ReadOnlySpan<float> bias = default)
    {
        Check(q.Length, k.Length, v.Length, queries, keys, dim, valueDim);
        CheckGradients(dOutput.Length, dq.Length, dk.Length, dv.Length, queries, keys, dim, valueDim);
        float[] rented = ArrayPool<float>.Shared.Rent(weights.Length);
        Span<float> dWeights = rented.AsSpan(0, weights.Length);
        MatMul.ForwardTN(weights, dOutput, dv, keys, queries, valueDim);
        MatMul.ForwardNT(dOutput, v, dWeights, queries, valueDim, keys);
        Softmax.Backward(weights, dWeights, dWeights, queries, keys);
        MatMul.Forward(dWeights, k, dq, queries, keys, dim);
        MatMul.ForwardTN(dWeights, q, dk, keys, queries, dim);
        if ((mask.IsEmpty && bias.IsEmpty) || (Finite.All(dq) && Finite.All(dk) && Finite.All(dv) && Finite.All(dWeights)))
        {
            Multiply.Scale(dq, scale, dq);
            Multiply.Scale(dk, scale, dk);
            if (!dBias.IsEmpty)
            {
                Multiply.AddScaled(dWeights, 1, dBias);
            }
        }
        else
        {
            // Something is not finite: pair by pair, so that what stands under hidden keys takes no part.
            BackwardReference(q, k, v, weights, dOutput, dq, dk, dv, queries, keys, dim, valueDim, scale, dBias, mask, bias);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    private static void CheckGradients(int dOutput, int dq, int dk, int dv, int queries, int keys, int dim, int valueDim)
    {
        Sizes.Require(dOutput, queries, valueDim, "dOutput", "queries", "valueDim");
        Sizes.Require(dq, queries, dim, "dq", "queries", "dim");
        Sizes.Require(dk, keys, dim, "dk", "keys", "dim");
        Sizes.Require(dv, keys, valueDim, "dv", "keys", "valueDim");
    }

    private static void Check(int q, int k, int v, int queries, int keys, int dim, int valueDim)
    {
        Sizes.Require(q, queries, dim, "q", "queries", "dim");
        Sizes.Require(k, keys, dim, "k", "keys", "dim");
        Sizes.Require(v, keys, valueDim, "v", "keys", "valueDim");
    }
}
