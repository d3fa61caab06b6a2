using System.Numerics;

namespace AttentionLab.Kernels;

/// <summary>
/// Causal linear attention with decay: o_i = Σ_{j ≤ i} λ^(i−j)·(q_i·k_j)·v_j of each head, in time linear in the tokens (Lightning Attention-2,
/// Qin et al. 2024, algorithm 1). Within a block the products are formed as they stand (intra-block); everything before the block is one
/// (D, D_v) matrix S = Σ_j λ^(t−j)·k_jᵀ·v_j (inter-block).
/// </summary>
/// <remarks>
/// No softmax and no division: the paper normalises the output afterwards. λ = 1 is plain causal linear attention.
/// Q, K and V may share memory; an output or a gradient that shares memory with what is read is refused.
/// </remarks>
public static partial class LightningAttend
{
    /// <summary>The quadratic definition by loops.</summary>
    /// <param name="input">Q, K and V, causal; see <see cref="AttendInput.Linear{T}"/>.</param>
    /// <param name="output">O (B, H, T, D_v), overwritten.</param>
    /// <param name="decays">λ of each of the H heads, in [0, 1].</param>
    /// <exception cref="ArgumentException">A span's length does not fit the sizes or what is written shares memory with what is read, a decay lies
    /// outside [0, 1], or the input is not causal or has a scale, mask or bias.</exception>
    public static void Reference<T>(in AttendInput<T> input, Span<T> output, ReadOnlySpan<T> decays)
        where T : IFloatingPointIeee754<T>
    {
        (int batch, int heads, int tokens, _, int dim, int valueDim) = input.Sizes;
        Check(input, output.Length, "output", decays);
        input.CheckApart(output, "output");
        output.Clear();
        for (int at = 0; at < batch * heads * tokens; at++)
        {
            int b = at / tokens / heads, h = at / tokens % heads, i = at % tokens;
            T factor = T.One;
            for (int j = i; j >= 0; j--, factor *= decays[h])
            {
                T weight = factor * Dot.Reference(input.Q.Row(b, h, i, dim), input.K.Row(b, h, j, dim));
                ReadOnlySpan<T> value = input.V.Row(b, h, j, valueDim);
                for (int c = 0; c < valueDim; c++)
                {
                    output[at * valueDim + c] += weight * value[c];
                }
            }
        }
    }

    /// <summary>The same in linear time, fast: heads are read where they lie, on as many threads as <see cref="Workers"/> has.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static void Forward(in AttendInput<float> input, Span<float> output, ReadOnlySpan<float> decays)
    {
        Check(input, output.Length, "output", decays);
        input.CheckApart(output, "output");
        Blocks(input, output, input.SplitOutput, decays, backwardInTime: false);
    }

    /// <summary>One token, constant work: S ← λ·S + kᵀ·v, o = q·S. Equal to the last row of <see cref="Forward"/> over all tokens so far.</summary>
    /// <param name="q">q (dim).</param>
    /// <param name="k">k (dim).</param>
    /// <param name="v">v (valueDim).</param>
    /// <param name="state">S (dim, valueDim), zeros at the start; updated.</param>
    /// <param name="output">o (valueDim), overwritten.</param>
    /// <param name="decay">λ in [0, 1].</param>
    /// <exception cref="ArgumentException">A span's length does not fit, the output shares memory with the rest, or the decay lies outside [0, 1].</exception>
    public static void Step(ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, Span<float> state, Span<float> output, float decay)
    {
        Sizes.RequireSame(k.Length, q.Length, "k", "q");
        Sizes.RequireSame(output.Length, v.Length, "output", "v");
        Sizes.Require(state.Length, q.Length, v.Length, "state", "dim", "valueDim");
        Sizes.RequireApart(output, q, "output", "q");
        Sizes.RequireApart(output, k, "output", "k");
        Sizes.RequireApart(output, v, "output", "v");
        Sizes.RequireApart<float>(output, state, "output", "state");
        CheckDecay(decay);
        Multiply.Scale(state, decay, state);
        output.Clear();
        for (int c = 0; c < q.Length; c++)
        {
            Span<float> row = state.Slice(c * v.Length, v.Length);
            Multiply.AddScaled(v, k[c], row);
            Multiply.AddScaled(row, q[c], output);
        }
    }

    /// <summary>
    /// Backward by loops over pairs: ∂q_i = Σ_{j≤i} λ^(i−j)·(∂o_i·v_j)·k_j, ∂k_j = Σ_{i≥j} λ^(i−j)·(∂o_i·v_j)·q_i,
    /// ∂v_j = Σ_{i≥j} λ^(i−j)·(q_i·k_j)·∂o_i.
    /// </summary>
    /// <param name="input">Of the forward.</param>
    /// <param name="dOutput">∂L/∂O (B, H, T, D_v).</param>
    /// <param name="to">Where the gradients go.</param>
    /// <param name="decays">λ of each of the H heads.</param>
    /// <exception cref="ArgumentException">As for <see cref="Reference{T}"/>, or a gradient of a bias is asked for.</exception>
    public static void BackwardReference<T>(in AttendInput<T> input, ReadOnlySpan<T> dOutput, in AttendGradients<T> to, ReadOnlySpan<T> decays)
        where T : IFloatingPointIeee754<T>
    {
        (int batch, int heads, int tokens, _, int dim, int valueDim) = input.Sizes;
        CheckBackward(input, dOutput, to, decays);
        to.Q.Clear();
        to.K.Clear();
        to.V.Clear();
        for (int at = 0; at < batch * heads * tokens; at++)
        {
            int b = at / tokens / heads, h = at / tokens % heads, i = at % tokens;
            T factor = T.One;
            ReadOnlySpan<T> upstream = dOutput.Slice(at * valueDim, valueDim), q = input.Q.Row(b, h, i, dim);
            Span<T> dq = to.Q.Slice(input.Q.Layout.At(b, h, i), dim);
            for (int j = i; j >= 0; j--, factor *= decays[h])
            {
                ReadOnlySpan<T> k = input.K.Row(b, h, j, dim);
                T dWeight = factor * Dot.Reference(upstream, input.V.Row(b, h, j, valueDim)), weight = factor * Dot.Reference(q, k);
                Span<T> dk = to.K.Slice(input.K.Layout.At(b, h, j), dim), dv = to.V.Slice(input.V.Layout.At(b, h, j), valueDim);
                for (int c = 0; c < dim; c++)
                {
                    dq[c] += dWeight * k[c];
                    dk[c] += dWeight * q[c];
                }

                for (int c = 0; c < valueDim; c++)
                {
                    dv[c] += weight * upstream[c];
                }
            }
        }
    }

    /// <summary>Backward, fast: the three sums are the forward's own, with the roles exchanged and, for ∂K and ∂V, time running backwards.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    public static void Backward(in AttendInput<float> input, ReadOnlySpan<float> dOutput, in AttendGradients<float> to, ReadOnlySpan<float> decays)
    {
        CheckBackward(input, dOutput, to, decays);
        AttendSizes sizes = input.Sizes, turned = sizes with { Dim = sizes.ValueDim, ValueDim = sizes.Dim };
        HeadSpan<float> upstream = new(dOutput, input.SplitOutput);
        AttendInput<float> dq = new() { Q = upstream, K = input.V, V = input.K, Sizes = turned, Scale = 1 };
        AttendInput<float> dk = new() { Q = input.V, K = upstream, V = input.Q, Sizes = turned, Scale = 1 };
        AttendInput<float> dv = new() { Q = input.K, K = input.Q, V = upstream, Sizes = sizes, Scale = 1 };
        Blocks(dq, to.Q, input.Q.Layout, decays, backwardInTime: false);
        Blocks(dk, to.K, input.K.Layout, decays, backwardInTime: true);
        Blocks(dv, to.V, input.V.Layout, decays, backwardInTime: true);
    }

    private static void Check<T>(in AttendInput<T> input, int output, string name, ReadOnlySpan<T> decays)
        where T : IFloatingPointIeee754<T>
    {
        input.CheckLinear();
        input.CheckMatrices(output, input.Sizes.ValueDim, name, "valueDim");
        if (!input.Mask.Causal)
        {
            throw new ArgumentException("the input is not causal, but Lightning Attention walks through the tokens: pass a causal mask, or call LinearAttend.");
        }

        if (decays.Length != input.Sizes.Heads)
        {
            throw new ArgumentException($"decays holds {decays.Length} numbers but there are {input.Sizes.Heads} heads: pass one for each.");
        }

        foreach (T decay in decays)
        {
            CheckDecay(double.CreateChecked(decay));
        }
    }

    private static void CheckBackward<T>(in AttendInput<T> input, ReadOnlySpan<T> dOutput, in AttendGradients<T> to, ReadOnlySpan<T> decays)
        where T : IFloatingPointIeee754<T>
    {
        Check(input, dOutput.Length, "dOutput", decays);
        input.CheckGradients(to, dOutput);
        to.CheckNoBias();
    }

    private static void CheckDecay(double decay)
    {
        if (!(decay is >= 0 and <= 1))
        {
            throw new ArgumentException($"decay is {decay} but it is the share that one step leaves: pass 0 to 1.");
        }
    }
}
