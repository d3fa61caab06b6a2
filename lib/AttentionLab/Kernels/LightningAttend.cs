using System.Buffers;
using System.Numerics;

namespace AttentionLab.Kernels;

/// <summary>
/// Causal linear attention with decay: o_i = Σ_{j ≤ i} λ^(i−j)·(q_i·k_j)·v_j, in time linear in the tokens (Lightning Attention-2,
/// Qin et al. 2024, algorithm 1). Within a block the products are formed as they stand (intra-block); everything before the block is one
/// (dim, valueDim) matrix S = Σ_j λ^(t−j)·k_jᵀ·v_j (inter-block).
/// </summary>
/// <remarks>No softmax and no division: the paper normalises the output afterwards. λ = 1 is plain causal linear attention.</remarks>
public static class LightningAttend
{
    /// <summary>Tokens a block: within it the work is quadratic, and 64 rows feed the matrix product well.</summary>
    private const int Block = 64;

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
        Blocks(q, k, v, output, tokens, dim, valueDim, decay, backwardInTime: false);
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
        CheckBackward(q.Length, k.Length, v.Length, dOutput.Length, dq.Length, dk.Length, dv.Length, tokens, dim, valueDim, decay);
        Blocks(dOutput, v, k, dq, tokens, valueDim, dim, decay, backwardInTime: false);
        Blocks(v, dOutput, q, dk, tokens, valueDim, dim, decay, backwardInTime: true);
        Blocks(k, q, dOutput, dv, tokens, dim, valueDim, decay, backwardInTime: true);
    }

    /// <summary>o_i = Σ λ^|i−j|·(q_i·k_j)·v_j over j ≤ i, or over j ≥ i if time runs backwards.</summary>
    internal static void Blocks(ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, Span<float> output, int tokens, int dim, int valueDim, float decay, bool backwardInTime)
    {
        int need = dim * valueDim + Block * Math.Max(dim, Block);
        float[] rented = ArrayPool<float>.Shared.Rent(need);
        Span<float> state = rented.AsSpan(0, dim * valueDim);
        state.Clear();
        Span<float> powers = stackalloc float[Block + 1], rising = stackalloc float[Block + 1];
        for (int r = 0; r <= Block; r++)
        {
            powers[r] = r == 0 ? 1 : powers[r - 1] * decay;
            rising[Block - r] = powers[r];
        }

        int blocks = (tokens + Block - 1) / Block;
        for (int b = 0; b < blocks; b++)
        {
            int start = (backwardInTime ? blocks - 1 - b : b) * Block, count = Math.Min(Block, tokens - start);
            ReadOnlySpan<float> rows = q.Slice(start * dim, count * dim), keys = k.Slice(start * dim, count * dim), values = v.Slice(start * valueDim, count * valueDim);
            Span<float> to = output.Slice(start * valueDim, count * valueDim);

            // Inter-block: what came before, seen from row r, has decayed r + 1 times since the block began.
            Span<float> decayed = rented.AsSpan(dim * valueDim, count * dim);
            for (int r = 0; r < count; r++)
            {
                int steps = backwardInTime ? count - r : r + 1;
                Multiply.Scale(rows.Slice(r * dim, dim), powers[steps], decayed.Slice(r * dim, dim));
            }

            MatMul.Forward(decayed, state, to, count, dim, valueDim);

            // The state for the next block: each key decays as many times as tokens follow it in this block.
            for (int r = 0; r < count; r++)
            {
                int steps = backwardInTime ? r : count - 1 - r;
                Multiply.Scale(keys.Slice(r * dim, dim), powers[steps], decayed.Slice(r * dim, dim));
            }

            Multiply.Scale(state, powers[count], state);
            MatMul.ForwardTN(decayed, values, state, dim, count, valueDim, add: true);

            // Intra-block: the definition.
            Span<float> weights = rented.AsSpan(dim * valueDim, count * count);
            MatMul.ForwardNT(rows, keys, weights, count, dim, count);
            for (int i = 0; i < count; i++)
            {
                Span<float> row = weights.Slice(i * count, count), seen = backwardInTime ? row[i..] : row[..(i + 1)];
                ReadOnlySpan<float> decays = backwardInTime ? powers[..(count - i)] : rising.Slice(Block - i, i + 1);
                Multiply.Forward(seen, decays, seen);
                (backwardInTime ? row[..i] : row[(i + 1)..]).Clear();
            }

            MatMul.Forward(weights, values, to, count, count, valueDim, add: true);
        }

        ArrayPool<float>.Shared.Return(rented);
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
