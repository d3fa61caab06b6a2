using System.Buffers;
using System.Numerics;

namespace AttentionLab.Kernels;

/// <summary>
/// Scaled dot-product attention with its weights kept: W = softmax(scale·Q·Kᵀ + bias), O = W·V of each head
/// (Vaswani et al. 2017, equation 1, where scale = 1/√D).
/// </summary>
/// <remarks>
/// The weights take queries × keys numbers a head; <c>FlashAttend</c> computes the same without them. A hidden pair takes part in nothing: a NaN or
/// infinity under a hidden key reaches no output and no gradient of a query that cannot see it, while one that is seen shows.
/// Q, K and V may share memory; an output, weights or a gradient that shares memory with what is read is refused.
/// </remarks>
public static partial class Attend
{
    /// <summary>Output and weights by loops.</summary>
    /// <param name="input">Q, K, V, scale, mask and bias.</param>
    /// <param name="output">O (B, H, T_q, D_v), overwritten.</param>
    /// <param name="weights">W (B, H, T_q, T_k), overwritten; rows sum to 1, or are zeros where nothing is visible.</param>
    /// <exception cref="ArgumentException">A span's length does not fit the sizes, or what is written shares memory with what is read.</exception>
    public static void Reference<T>(in AttendInput<T> input, Span<T> output, Span<T> weights)
        where T : IFloatingPointIeee754<T>
    {
        (int batch, int heads, int queries, int keys, int dim, int valueDim) = input.Sizes;
        Check(input, weights.Length, output.Length, "output");
        input.CheckApart(output, "output");
        input.CheckApart(weights, "weights");
        Sizes.RequireApart<T>(weights, output, "weights", "output");
        output.Clear();
        for (int m = 0; m < batch * heads; m++)
        {
            (int b, int h) = (m / heads, m % heads);
            AttendMask mask = input.MaskOf(b);
            ReadOnlySpan<T> bias = input.BiasOf(b, h);
            Span<T> w = weights.Slice(m * queries * keys, queries * keys), o = output.Slice(m * queries * valueDim, queries * valueDim);
            for (int at = 0; at < w.Length; at++)
            {
                w[at] = Dot.Reference(input.Q.Row(b, h, at / keys, dim), input.K.Row(b, h, at % keys, dim));
            }

            MaskedSoftmax.Reference(w, w, queries, keys, input.Scale, mask, bias);
            for (int at = 0; at < w.Length; at++)
            {
                (int i, int j) = (at / keys, at % keys);
                for (int c = 0; c < valueDim && mask.Sees(i, j, queries, keys, bias); c++)
                {
                    o[i * valueDim + c] += w[at] * input.V.Row(b, h, j, valueDim)[c];
                }
            }
        }
    }

    /// <summary>Output and weights, fast; the rows of a head stand one after the other.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static unsafe void Forward(in AttendInput<float> input, Span<float> output, Span<float> weights)
    {
        Check(input, weights.Length, output.Length, "output");
        input.CheckApart(output, "output");
        input.CheckApart(weights, "weights");
        Sizes.RequireApart<float>(weights, output, "weights", "output");
        input.CheckRows(nameof(Attend));
        fixed (float* q = input.Q.Values, k = input.K.Values, v = input.V.Values, bias = input.Bias, o = output, w = weights)
        {
            fixed (bool* keys = input.Mask.Keys, pairs = input.Mask.Pairs)
            {
                ForwardJob job = new()
                {
                    Input = new(input) { Q = q, K = k, V = v, Bias = bias, Keys = keys, Pairs = pairs },
                    Output = new(o, output.Length),
                    Weights = new(w, weights.Length),
                };
                RunHeads(ref job, input.Sizes);
            }
        }
    }

    /// <summary>One head of the forward.</summary>
    private static void ForwardHead(in AttendInput<float> input, int m, Span<float> output, Span<float> weights)
    {
        (_, int heads, int queries, int keys, int dim, int valueDim) = input.Sizes;
        (int b, int h) = (m / heads, m % heads);
        ScoreUnits units = new(input.Scale);
        float[] rented = ArrayPool<float>.Shared.Rent(queries * dim);
        Span<float> scaled = rented.AsSpan(0, queries * dim);
        AttendMask mask = input.MaskOf(b);
        HeadRows<float> head = new(input, m);
        ReadOnlySpan<float> bias = input.BiasOf(b, h), v = head.V;
        Span<float> w = weights.Slice(m * queries * keys, queries * keys), o = output.Slice(m * queries * valueDim, queries * valueDim);
        Multiply.Scale(head.Q, units.Query, scaled);
        MatMul.ForwardNT(scaled, head.K, w, queries, dim, keys);
        MaskedSoftmax.Weigh(w, queries, keys, units, mask, bias);
        MatMul.Forward(w, v, o, queries, keys, valueDim);
        for (int i = 0; i < queries && !(mask.IsEmpty && bias.IsEmpty); i++)
        {
            Span<float> row = o.Slice(i * valueDim, valueDim);
            if (!Finite.All(row))
            {
                Mix(w.Slice(i * keys, keys), v, row, i, queries, mask, bias);
            }
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>One row of O = W·V key by key: 0·NaN is NaN, so a hidden key is passed over.</summary>
    private static void Mix(
        ReadOnlySpan<float> weights, ReadOnlySpan<float> v, Span<float> row, int query, int queries, AttendMask mask, ReadOnlySpan<float> bias)
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

    private static void Check<T>(in AttendInput<T> input, int weights, int output, string name)
        where T : IFloatingPointIeee754<T>
    {
        input.Check();
        input.CheckMatrices(output, input.Sizes.ValueDim, name, "valueDim");
        input.CheckMatrices(weights, input.Sizes.Keys, "weights", "keys");
    }
}
