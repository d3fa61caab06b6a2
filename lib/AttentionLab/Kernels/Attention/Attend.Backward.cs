using System.Buffers;
using System.Numerics;

namespace AttentionLab.Kernels;

/// <content>The backward.</content>
public static partial class Attend
{
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

    /// <summary>Backward, fast; the rows of a head stand one after the other. Each thread borrows a (queries, keys) workspace from the shared pool.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    public static unsafe void Backward(
        in AttendInput<float> input, ReadOnlySpan<float> weights, ReadOnlySpan<float> dOutput, in AttendGradients<float> to)
    {
        Check(input, weights.Length, dOutput.Length, "dOutput");
        input.CheckGradients(to, dOutput);
        CheckApart(weights, to);
        input.CheckRows(nameof(Attend));
        fixed (float* q = input.Q.Values, k = input.K.Values, v = input.V.Values, bias = input.Bias, w = weights, upstream = dOutput)
        {
            fixed (float* dq = to.Q, dk = to.K, dv = to.V, dBias = to.Bias)
            {
                fixed (bool* keys = input.Mask.Keys, pairs = input.Mask.Pairs)
                {
                    BackwardJob job = new()
                    {
                        Input = new(input) { Q = q, K = k, V = v, Bias = bias, Keys = keys, Pairs = pairs },
                        Weights = new(w, weights.Length),
                        DOutput = new(upstream, dOutput.Length),
                        DQ = new(dq, to.Q.Length),
                        DK = new(dk, to.K.Length),
                        DV = new(dv, to.V.Length),
                        DBias = new(dBias, to.Bias.Length),
                    };
                    (int batch, int heads, int queries, int columns, _, _) = input.Sizes;
                    RunHeads(ref job, input.Sizes, shareSums: to.Bias.Length != 0 && to.Bias.Length != (long)batch * heads * queries * columns);
                }
            }
        }
    }

    /// <summary>One head of the backward.</summary>
    private static void FastHeadBackward(
        in AttendInput<float> input, int m, ReadOnlySpan<float> weights, ReadOnlySpan<float> dOutput, in AttendGradients<float> to)
    {
        (_, int heads, int queries, int keys, int dim, int valueDim) = input.Sizes;
        float[] rented = ArrayPool<float>.Shared.Rent(queries * keys);
        Span<float> dWeights = rented.AsSpan(0, queries * keys);
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
        }
        else
        {
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
}
