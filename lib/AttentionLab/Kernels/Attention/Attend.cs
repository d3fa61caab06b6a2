using System.Buffers;
using System.Numerics;

namespace AttentionLab.Kernels;

/// <summary>
/// Scaled dot-product attention of one head with its weights kept: W = softmax(scale·Q·Kᵀ + bias), O = W·V
/// (Vaswani et al. 2017, equation 1, where scale = 1/√D).
/// </summary>
/// <remarks>
/// Sizes: queries = number of rows of Q, keys = rows of K and V, dim = D, valueDim = width of V, which may differ from D.
/// The weights take queries × keys numbers; <c>FlashAttend</c> computes the same without them.
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
        MatMul.Reference(weights, v, output, queries, keys, valueDim);
    }

    /// <summary>Output and weights, fast.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static void Forward(ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, Span<float> output, Span<float> weights, int queries, int keys, int dim, int valueDim, float scale, AttendMask mask = default, ReadOnlySpan<float> bias = default)
    {
        Check(q.Length, k.Length, v.Length, queries, keys, dim, valueDim);
        MatMul.ForwardNT(q, k, weights, queries, dim, keys);
        MaskedSoftmax.Forward(weights, weights, queries, keys, scale, mask, bias);
        MatMul.Forward(weights, v, output, queries, keys, valueDim);
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
    /// <exception cref="ArgumentException">A span's length does not fit the sizes.</exception>
    public static void BackwardReference<T>(ReadOnlySpan<T> q, ReadOnlySpan<T> k, ReadOnlySpan<T> v, ReadOnlySpan<T> weights, ReadOnlySpan<T> dOutput, Span<T> dq, Span<T> dk, Span<T> dv, int queries, int keys, int dim, int valueDim, T scale, Span<T> dBias = default)
        where T : IFloatingPointIeee754<T>
    {
        Check(q.Length, k.Length, v.Length, queries, keys, dim, valueDim);
        T[] scores = new T[queries * keys];
        MatMul.ReferenceTN(weights, dOutput, dv, keys, queries, valueDim);
        MatMul.ReferenceNT(dOutput, v, scores, queries, valueDim, keys);
        MaskedSoftmax.BackwardReference(weights, scores, scores, queries, keys, scale, dBias);
        MatMul.Reference(scores, k, dq, queries, keys, dim);
        MatMul.ReferenceTN(scores, q, dk, keys, queries, dim);
    }

    /// <summary>Backward, fast. The (queries, keys) workspace is borrowed from the shared pool.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    public static void Backward(ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, ReadOnlySpan<float> weights, ReadOnlySpan<float> dOutput, Span<float> dq, Span<float> dk, Span<float> dv, int queries, int keys, int dim, int valueDim, float scale, Span<float> dBias = default)
    {
        Check(q.Length, k.Length, v.Length, queries, keys, dim, valueDim);
        float[] rented = ArrayPool<float>.Shared.Rent(queries * keys);
        try
        {
            Span<float> scores = rented.AsSpan(0, queries * keys);
            MatMul.ForwardTN(weights, dOutput, dv, keys, queries, valueDim);
            MatMul.ForwardNT(dOutput, v, scores, queries, valueDim, keys);
            MaskedSoftmax.Backward(weights, scores, scores, queries, keys, scale, dBias);
            MatMul.Forward(scores, k, dq, queries, keys, dim);
            MatMul.ForwardTN(scores, q, dk, keys, queries, dim);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    private static void Check(int q, int k, int v, int queries, int keys, int dim, int valueDim)
    {
        Sizes.Require(q, queries, dim, "q", "queries", "dim");
        Sizes.Require(k, keys, dim, "k", "keys", "dim");
        Sizes.Require(v, keys, valueDim, "v", "keys", "valueDim");
    }
}
