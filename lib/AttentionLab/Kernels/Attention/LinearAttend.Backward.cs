using System.Buffers;
using System.Numerics;

namespace AttentionLab.Kernels;

/// <content>The backward.</content>
public static partial class LinearAttend
{
    /// <summary>
    /// Backward by loops over pairs. With w_ij = φ(q_i)·φ(k_j) and z_i = Σ_j w_ij: ∂w_ij = ∂o_i·(v_j − o_i)/z_i and ∂v_j = Σ_i w_ij/z_i·∂o_i.
    /// </summary>
    /// <param name="input">Of the forward.</param>
    /// <param name="dOutput">∂L/∂O (B, H, T_q, D_v).</param>
    /// <param name="to">Where the gradients go.</param>
    /// <param name="map">φ of the forward.</param>
    /// <exception cref="ArgumentException">As for the forward, or a gradient of a bias is asked for.</exception>
    public static void BackwardReference<T>(in AttendInput<T> input, ReadOnlySpan<T> dOutput, in AttendGradients<T> to, FeatureMap map = FeatureMap.EluPlusOne)
        where T : IFloatingPointIeee754<T>
    {
        CheckBackward(input, dOutput, to);
        for (int m = 0; m < input.Sizes.Batch * input.Sizes.Heads; m++)
        {
            BackwardReference(new HeadRows<T>(input, m), Of(dOutput, input.Sizes, m), to.Head(input, m), map);
        }
    }

    private static void BackwardReference<T>(in HeadRows<T> head, ReadOnlySpan<T> dOutput, in AttendGradients<T> to, FeatureMap map)
        where T : IFloatingPointIeee754<T>
    {
        (int dim, int valueDim) = (head.Dim, head.ValueDim);
        T[] phiQ = new T[head.Q.Length], phiK = new T[head.K.Length], output = new T[head.Queries * valueDim];
        Features.Reference<T>(head.Q, phiQ, map);
        Features.Reference<T>(head.K, phiK, map);
        Reference(head, output, map);
        to.Q.Clear();
        to.K.Clear();
        to.V.Clear();
        for (int i = 0; i < head.Queries; i++)
        {
            ReadOnlySpan<T> query = phiQ.AsSpan(i * dim, dim), upstream = dOutput.Slice(i * valueDim, valueDim);
            T sum = T.Zero, delta = Dot.Reference(upstream, output.AsSpan(i * valueDim, valueDim));
            for (int j = 0; j < head.Seen(i); j++)
            {
                sum += Dot.Reference(query, phiK.AsSpan(j * dim, dim));
            }

            for (int j = 0; j < head.Seen(i) && sum != T.Zero; j++)
            {
                ReadOnlySpan<T> key = phiK.AsSpan(j * dim, dim);
                T weight = Dot.Reference(query, key) / sum;
                T dWeight = (Dot.Reference(upstream, head.V.Slice(j * valueDim, valueDim)) - delta) / sum;
                for (int c = 0; c < dim; c++)
                {
                    to.Q[i * dim + c] += dWeight * key[c];
                    to.K[j * dim + c] += dWeight * query[c];
                }

                for (int c = 0; c < valueDim; c++)
                {
                    to.V[j * valueDim + c] += weight * upstream[c];
                }
            }
        }

        Features.BackwardReference(phiQ, to.Q, to.Q, map);
        Features.BackwardReference(phiK, to.K, to.K, map);
    }

    /// <summary>Backward in linear time, fast; the sums of the forward are formed again.</summary>
    /// <inheritdoc cref="BackwardReference{T}(in AttendInput{T}, ReadOnlySpan{T}, in AttendGradients{T}, FeatureMap)"/>
    public static void Backward(in AttendInput<float> input, ReadOnlySpan<float> dOutput, in AttendGradients<float> to, FeatureMap map = FeatureMap.EluPlusOne)
    {
        CheckBackward(input, dOutput, to);
        for (int m = 0; m < input.Sizes.Batch * input.Sizes.Heads; m++)
        {
            Backward(new HeadRows<float>(input, m), Of(dOutput, input.Sizes, m), to.Head(input, m), map);
        }
    }

    private static void Backward(in HeadRows<float> head, ReadOnlySpan<float> dOutput, in AttendGradients<float> to, FeatureMap map)
    {
        (int keys, int dim, int valueDim, int width) = (head.Keys, head.Dim, head.ValueDim, head.ValueDim + 1);
        using Sums sums = new(head, map);
        List<int> again = Differentiate(sums, dOutput, dim, valueDim);
        float[] rented = ArrayPool<float>.Shared.Rent(
            Sizes.Product("the backward of LinearAttend", ("keys + dim", checked(keys + dim)), ("valueDim + 1", width)));
        Span<float> dValues = rented.AsSpan(0, keys * width), dState = rented.AsSpan(keys * width, dim * width);
        if (head.Causal)
        {
            Lightning(sums.All, sums.Values, sums.PhiK, to.Q, (width, dim), backwardInTime: false);
            Lightning(sums.Values, sums.All, sums.PhiQ, to.K, (width, dim), backwardInTime: true);
            Lightning(sums.PhiK, sums.PhiQ, sums.All, dValues, (dim, width), backwardInTime: true);
        }
        else
        {
            MatMul.ForwardNT(sums.All, sums.State, to.Q, head.Queries, width, dim);
            MatMul.ForwardTN(sums.PhiQ, sums.All, dState, dim, head.Queries, width);
            MatMul.ForwardNT(sums.Values, dState, to.K, keys, width, dim);
            MatMul.Forward(sums.PhiK, dState, dValues, keys, dim, width);
        }

        for (int j = 0; j < keys; j++)
        {
            dValues.Slice(j * width, valueDim).CopyTo(to.V[(j * valueDim)..]);
        }

        Features.Backward(sums.PhiQ, to.Q, to.Q, map);
        Features.Backward(sums.PhiK, to.K, to.K, map);
        ArrayPool<float>.Shared.Return(rented);
        foreach (int i in again)
        {
            int seen = head.Seen(i);
            new Query(head, map, i).Backward(
                dOutput.Slice(i * valueDim, valueDim), to.Q.Slice(i * dim, dim), to.K[..(seen * dim)], to.V[..(seen * valueDim)]);
        }
    }

    /// <summary>
    /// o = n/z: ∂n = ∂o/z and ∂z = −∂o·n/z² replace the sums [n, z]. Returns the queries whose sums a float does not hold; theirs become 0.
    /// </summary>
    private static List<int> Differentiate(in Sums sums, ReadOnlySpan<float> dOutput, int dim, int valueDim)
    {
        List<int> again = [];
        int width = valueDim + 1;
        for (int i = 0; i * width < sums.All.Length; i++)
        {
            Span<float> row = sums.All.Slice(i * width, width);
            if (!sums.Hold(i))
            {
                again.Add(i);
                row.Clear();
                sums.PhiQ.Slice(i * dim, dim).Clear();
                continue;
            }

            ReadOnlySpan<float> upstream = dOutput.Slice(i * valueDim, valueDim);
            float inverse = 1 / row[valueDim];
            row[valueDim] = -Dot.Forward(upstream, row[..valueDim]) * inverse * inverse;
            Multiply.Scale(upstream, inverse, row[..valueDim]);
        }

        return again;
    }

    /// <summary>The causal sums of one head without decay.</summary>
    private static void Lightning(
        ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, Span<float> output, (int Dim, int ValueDim) widths, bool backwardInTime)
    {
        int tokens = v.Length / Math.Max(1, widths.ValueDim);
        AttendInput<float> input = AttendInput.Linear(q, k, v, new(1, 1, tokens, tokens, widths.Dim, widths.ValueDim));
        LightningAttend.Blocks(input, output, input.SplitOutput, [1], backwardInTime);
    }

    private static void CheckBackward<T>(in AttendInput<T> input, ReadOnlySpan<T> dOutput, in AttendGradients<T> to)
        where T : IFloatingPointIeee754<T>
    {
        Check(input, dOutput.Length, "dOutput");
        input.CheckGradients(to, dOutput);
        to.CheckNoBias();
    }
}
