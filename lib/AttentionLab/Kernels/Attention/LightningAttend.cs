using System.Numerics;

namespace AttentionLab.Kernels;

/// <summary>
/// Causal linear attention with decay: o_i = Σ_{j ≤ i} λ^(i−j)·(q_i·k_j)·v_j, in time linear in the tokens (Lightning Attention-2,
/// Qin et al. 2024, algorithm 1). Within a block the products are formed as they stand (intra-block); everything before the block is one
/// (dim, valueDim) matrix S = Σ_j λ^(t−j)·k_jᵀ·v_j (inter-block).
/// </summary>
/// <remarks>No softmax and no division: the paper normalises the output afterwards. λ = 1 is plain causal linear attention.</remarks>
public static partial class LightningAttend
{
    /// <summary>The quadratic definition by loops.</summary>
    /// <param name="q">Q (tokens, dim).</param>
    /// <param name="k">K (tokens, dim).</param>
    /// <param name="v">V (tokens, valueDim).</param>
    /// <param name="output">O (tokens, valueDim), overwritten.</param>
    /// <param name="tokens">Number of tokens.</param>
    /// <param name="dim">Width of Q and K.</param>
    /// <param name="valueDim">Width of V.</param>
    /// <param name="decay">λ of this head in [0, 1].</param>
    /// <exception cref="ArgumentException">A span's length does not fit, or the decay lies outside [0, 1].</exception>
    public static void Reference<T>(ReadOnlySpan<T> q, ReadOnlySpan<T> k, ReadOnlySpan<T> v, Span<T> output, int tokens, int dim, int valueDim, T decay)
        where T : IFloatingPointIeee754<T>
    {
        Check(q.Length, k.Length, v.Length, output.Length, tokens, dim, valueDim, double.CreateChecked(decay));
        output.Clear();
        for (int i = 0; i < tokens; i++)
        {
            T factor = T.One;
            for (int j = i; j >= 0; j--, factor *= decay)
            {
                T weight = factor * Dot.Reference(q.Slice(i * dim, dim), k.Slice(j * dim, dim));
                for (int c = 0; c < valueDim; c++)
                {
                    output[i * valueDim + c] += weight * v[j * valueDim + c];
                }
            }
        }
    }

    /// <summary>The same in linear time, fast.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static void Forward(ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, Span<float> output, int tokens, int dim, int valueDim, float decay)
    {
        Check(q.Length, k.Length, v.Length, output.Length, tokens, dim, valueDim, decay);
        Blocks(q, k, v, output, tokens, dim, valueDim, [decay], backwardInTime: false);
    }

    /// <summary>Heads that lie one after the other, each with its decay, on as many threads as <see cref="Workers"/> has.</summary>
    /// <param name="q">Q (heads, tokens, dim).</param>
    /// <param name="k">K (heads, tokens, dim).</param>
    /// <param name="v">V (heads, tokens, valueDim).</param>
    /// <param name="output">O (heads, tokens, valueDim), overwritten.</param>
    /// <param name="tokens">Number of tokens.</param>
    /// <param name="dim">Width of Q and K.</param>
    /// <param name="valueDim">Width of V.</param>
    /// <param name="decays">λ of each head in [0, 1].</param>
    /// <exception cref="ArgumentException">A span's length does not fit, or a decay lies outside [0, 1].</exception>
    public static void ForwardHeads(ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, Span<float> output, int tokens, int dim, int valueDim, ReadOnlySpan<float> decays)
    {
        foreach (float decay in decays)
        {
            Check(q.Length, k.Length, v.Length, output.Length, decays.Length * tokens, dim, valueDim, decay);
        }

        Blocks(q, k, v, output, tokens, dim, valueDim, decays, backwardInTime: false);
    }

    /// <summary>Gradients of <see cref="ForwardHeads"/>; for the parameters see there and at <see cref="BackwardReference{T}"/>.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    public static void BackwardHeads(ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, ReadOnlySpan<float> dOutput, Span<float> dq, Span<float> dk, Span<float> dv, int tokens, int dim, int valueDim, ReadOnlySpan<float> decays)
    {
        foreach (float decay in decays)
        {
            CheckBackward(q.Length, k.Length, v.Length, dOutput.Length, dq.Length, dk.Length, dv.Length, decays.Length * tokens, dim, valueDim, decay);
        }

        Blocks(dOutput, v, k, dq, tokens, valueDim, dim, decays, backwardInTime: false);
        Blocks(v, dOutput, q, dk, tokens, valueDim, dim, decays, backwardInTime: true);
        Blocks(k, q, dOutput, dv, tokens, dim, valueDim, decays, backwardInTime: true);
    }

    /// <summary>One token, constant work: S ← λ·S + kᵀ·v, o = q·S. Equal to the last row of <see cref="Forward"/> over all tokens so far.</summary>
    /// <param name="q">q (dim).</param>
    /// <param name="k">k (dim).</param>
    /// <param name="v">v (valueDim).</param>
    /// <param name="state">S (dim, valueDim), zeros at the start; updated.</param>
    /// <param name="output">o (valueDim), overwritten.</param>
    /// <param name="decay">λ in [0, 1].</param>
    /// <exception cref="ArgumentException">A span's length does not fit, or the decay lies outside [0, 1].</exception>
    public static void Step(ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, Span<float> state, Span<float> output, float decay)
    {
        Check(q.Length, k.Length, v.Length, output.Length, 1, q.Length, v.Length, decay);
        Sizes.Require(state.Length, q.Length, v.Length, "state", "dim", "valueDim");
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
    /// <param name="q">Q of the forward.</param>
    /// <param name="k">K of the forward.</param>
    /// <param name="v">V of the forward.</param>
    /// <param name="dOutput">∂L/∂O (tokens, valueDim).</param>
    /// <param name="dq">∂L/∂Q, overwritten.</param>
    /// <param name="dk">∂L/∂K, overwritten.</param>
    /// <param name="dv">∂L/∂V, overwritten.</param>
    /// <param name="tokens">Number of tokens.</param>
    /// <param name="dim">Width of Q and K.</param>
    /// <param name="valueDim">Width of V.</param>
    /// <param name="decay">λ of the forward.</param>
    /// <exception cref="ArgumentException">A span's length does not fit, or the decay lies outside [0, 1].</exception>
    public static void BackwardReference<T>(ReadOnlySpan<T> q, ReadOnlySpan<T> k, ReadOnlySpan<T> v, ReadOnlySpan<T> dOutput, Span<T> dq, Span<T> dk, Span<T> dv, int tokens, int dim, int valueDim, T decay)
        where T : IFloatingPointIeee754<T>
    {
        CheckBackward(q.Length, k.Length, v.Length, dOutput.Length, dq.Length, dk.Length, dv.Length, tokens, dim, valueDim, double.CreateChecked(decay));
        dq.Clear();
        dk.Clear();
        dv.Clear();
        for (int i = 0; i < tokens; i++)
        {
            T factor = T.One;
            ReadOnlySpan<T> upstream = dOutput.Slice(i * valueDim, valueDim);
            for (int j = i; j >= 0; j--, factor *= decay)
            {
                T dWeight = factor * Dot.Reference(upstream, v.Slice(j * valueDim, valueDim));
                T weight = factor * Dot.Reference(q.Slice(i * dim, dim), k.Slice(j * dim, dim));
                for (int c = 0; c < dim; c++)
                {
                    dq[i * dim + c] += dWeight * k[j * dim + c];
                    dk[j * dim + c] += dWeight * q[i * dim + c];
                }

                for (int c = 0; c < valueDim; c++)
                {
                    dv[j * valueDim + c] += weight * upstream[c];
                }
            }
        }
    }

    /// <summary>Backward, fast: the three sums are the forward's own, with the roles exchanged and, for ∂K and ∂V, time running backwards.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    public static void Backward(ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, ReadOnlySpan<float> dOutput, Span<float> dq, Span<float> dk, Span<float> dv, int tokens, int dim, int valueDim, float decay)
    {
        BackwardHeads(q, k, v, dOutput, dq, dk, dv, tokens, dim, valueDim, [decay]);
    }

    /// <summary>o_i = Σ λ^|i−j|·(q_i·k_j)·v_j over j ≤ i, or over j ≥ i if time runs backwards; one head for each decay, heads one after the other.</summary>
    internal static unsafe void Blocks(ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, Span<float> output, int tokens, int dim, int valueDim, ReadOnlySpan<float> decays, bool backwardInTime)
    {
        fixed (float* pq = q, pk = k, pv = v, po = output, pd = decays)
        {
            HeadsJob job = new() { Q = pq, K = pk, V = pv, Output = po, Decays = pd, Tokens = tokens, Dim = dim, ValueDim = valueDim, BackwardInTime = backwardInTime };
            // A token updates and reads a state, and meets half a block.
            Workers.Run(ref job, decays.Length, (double)decays.Length * tokens * (2 * dim * valueDim + Block / 2 * (dim + valueDim)));
        }
    }

    private static void Check(int q, int k, int v, int output, int tokens, int dim, int valueDim, double decay)
    {
        Sizes.Require(q, tokens, dim, "q", "tokens", "dim");
        Sizes.Require(k, tokens, dim, "k", "tokens", "dim");
        Sizes.Require(v, tokens, valueDim, "v", "tokens", "valueDim");
        Sizes.Require(output, tokens, valueDim, "output", "tokens", "valueDim");
        if (!(decay is >= 0 and <= 1))
        {
            throw new ArgumentException($"decay is {decay} but it is the share that one step leaves: pass 0 to 1.");
        }
    }

    private static void CheckBackward(int q, int k, int v, int dOutput, int dq, int dk, int dv, int tokens, int dim, int valueDim, double decay)
    {
        Check(q, k, v, dOutput, tokens, dim, valueDim, decay);
        Sizes.Require(dq, tokens, dim, "dq", "tokens", "dim");
        Sizes.Require(dk, tokens, dim, "dk", "tokens", "dim");
        Sizes.Require(dv, tokens, valueDim, "dv", "tokens", "valueDim");
    }
}
