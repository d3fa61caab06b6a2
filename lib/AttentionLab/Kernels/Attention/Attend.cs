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
public static class Attend
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
    public static void Forward(in AttendInput<float> input, Span<float> output, Span<float> weights)
    {
        (int batch, int heads, int queries, int keys, int dim, int valueDim) = input.Sizes;
        Check(input, weights.Length, output.Length, "output");
        input.CheckApart(output, "output");
        input.CheckApart(weights, "weights");
        Sizes.RequireApart<float>(weights, output, "weights", "output");
        input.CheckRows(nameof(Attend));
        ScoreUnits units = new(input.Scale);
        float[] rented = ArrayPool<float>.Shared.Rent(queries * dim);
        Span<float> scaled = rented.AsSpan(0, queries * dim);
        for (int m = 0; m < batch * heads; m++)
        {
            (int b, int h) = (m / heads, m % heads);
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

    /// <summary>
    /// Backward by loops. O = W·V gives ∂V = Wᵀ·∂O and ∂W = ∂O·Vᵀ; the softmax gives ∂S; S = scale·Q·Kᵀ + bias gives
    /// ∂Q = scale·∂S·K, ∂K = scale·∂Sᵀ·Q, ∂bias = ∂S.
    /// </summary>
    /// <param name="input">Of the forward.</param>
    /// <param name="weights">W of the forward.</param>
    /// <param name="dOutput">∂L/∂O (B, H, T_q, D_v).</param>
    /// <param name="to">Where the gradients go.</param>
    /// <exception cref="ArgumentException">A span's length does not fit the sizes, or what is written shares memory with what is read.</exception>
    public static void BackwardReference<T>(in AttendInput<T> input, ReadOnlySpan<T> weights, ReadOnlySpan<T> dOutput, in AttendGradients<T> to)
        where T : IFloatingPointIeee754<T>
    {
        Check(input, weights.Length, dOutput.Length, "dOutput");
        input.CheckGradients(to, dOutput);
        CheckApart(weights, to);
        to.Q.Clear();
        to.K.Clear();
        to.V.Clear();
        for (int m = 0; m < input.Sizes.Batch * input.Sizes.Heads; m++)
        {
            HeadBackward(input, m, weights, dOutput, to);
        }
    }

    /// <summary>Adds the gradients of one head, pair by pair.</summary>
    private static void HeadBackward<T>(in AttendInput<T> input, int m, ReadOnlySpan<T> weights, ReadOnlySpan<T> dOutput, in AttendGradients<T> to)
        where T : IFloatingPointIeee754<T>
    {
        (_, int heads, int queries, int keys, int dim, int valueDim) = input.Sizes;
        (int b, int h) = (m / heads, m % heads);
        AttendMask mask = input.MaskOf(b);
        ReadOnlySpan<T> bias = input.BiasOf(b, h);
        T[] dWeights = new T[keys];
        for (int i = 0; i < queries; i++)
        {
            ReadOnlySpan<T> row = weights.Slice((m * queries + i) * keys, keys), upstream = dOutput.Slice((m * queries + i) * valueDim, valueDim);
            ReadOnlySpan<T> q = input.Q.Row(b, h, i, dim);
            Span<T> dq = to.Q.Slice(input.Q.Layout.At(b, h, i), dim);
            T mean = T.Zero;
            for (int j = 0; j < keys; j++)
            {
                if (mask.Sees(i, j, queries, keys, bias))
                {
                    dWeights[j] = Dot.Reference(upstream, input.V.Row(b, h, j, valueDim));
                    mean += row[j] * dWeights[j];
                }
            }

            for (int j = 0; j < keys; j++)
            {
                if (!mask.Sees(i, j, queries, keys, bias))
                {
                    continue;
                }

                T dScore = row[j] * (dWeights[j] - mean);
                ReadOnlySpan<T> k = input.K.Row(b, h, j, dim);
                Span<T> dk = to.K.Slice(input.K.Layout.At(b, h, j), dim), dv = to.V.Slice(input.V.Layout.At(b, h, j), valueDim);
                for (int c = 0; c < valueDim; c++)
                {
                    dv[c] += row[j] * upstream[c];
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

    /// <summary>Backward, fast; the rows of a head stand one after the other. A (queries, keys) workspace is borrowed from the shared pool.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    public static void Backward(in AttendInput<float> input, ReadOnlySpan<float> weights, ReadOnlySpan<float> dOutput, in AttendGradients<float> to)
    {
        (int batch, int heads, int queries, int keys, int dim, int valueDim) = input.Sizes;
        Check(input, weights.Length, dOutput.Length, "dOutput");
        input.CheckGradients(to, dOutput);
        CheckApart(weights, to);
        input.CheckRows(nameof(Attend));
        float[] rented = ArrayPool<float>.Shared.Rent(queries * keys);
        Span<float> dWeights = rented.AsSpan(0, queries * keys);
        for (int m = 0; m < batch * heads; m++)
        {
            ReadOnlySpan<float> w = weights.Slice(m * queries * keys, queries * keys), upstream = dOutput.Slice(m * queries * valueDim, queries * valueDim);
            HeadRows<float> head = new(input, m);
            AttendGradients<float> gradients = to.Head(input, m);
            Span<float> dq = gradients.Q, dk = gradients.K, dv = gradients.V;
            MatMul.ForwardTN(w, upstream, dv, keys, queries, valueDim);
            MatMul.ForwardNT(upstream, head.V, dWeights, queries, valueDim, keys);
            Softmax.Backward(w, dWeights, dWeights, queries, keys);
            MatMul.Forward(dWeights, head.K, dq, queries, keys, dim);
            MatMul.ForwardTN(dWeights, head.Q, dk, keys, queries, dim);
            bool hides = !(input.Mask.IsEmpty && input.Bias.IsEmpty);
            if (hides && !(Finite.All(dq) && Finite.All(dk) && Finite.All(dv) && Finite.All(dWeights)))
            {
                // Something is not finite: pair by pair, so that what stands under hidden keys takes no part.
                dq.Clear();
                dk.Clear();
                dv.Clear();
                HeadBackward(input, m, weights, dOutput, to);
                continue;
            }

            Multiply.Scale(dq, input.Scale, dq);
            Multiply.Scale(dk, input.Scale, dk);
            if (!to.Bias.IsEmpty)
            {
                Multiply.AddScaled(dWeights, 1, to.Bias.Slice((int)input.BiasStart(to.Bias.Length, m / heads, m % heads), queries * keys));
            }
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    private static void CheckApart<T>(ReadOnlySpan<T> weights, in AttendGradients<T> to)
    {
        Sizes.RequireApart(to.Q, weights, "to.Q", "weights");
        Sizes.RequireApart(to.K, weights, "to.K", "weights");
        Sizes.RequireApart(to.V, weights, "to.V", "weights");
    }

    private static void Check<T>(in AttendInput<T> input, int weights, int output, string name)
        where T : IFloatingPointIeee754<T>
    {
        input.Check();
        input.CheckMatrices(output, input.Sizes.ValueDim, name, "valueDim");
        input.CheckMatrices(weights, input.Sizes.Keys, "weights", "keys");
    }
}
