using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AttentionLab.Kernels;

/// <content>
/// The fast path: blocks of tokens one after the other, with the strips of <see cref="FlashAttend"/> (every lane is a query). Per block:
/// Oᵀ = (Sᵀ·Qᵀ) ⊙ λ^(steps since the block began) for what came before, plus Vᵀ·((K·Qᵀ) ⊙ λ^distance) within, then S ← λ^block·S + Kᵀ·(V ⊙ λ^(steps to its end)).
/// </content>
public static partial class LightningAttend
{
    /// <summary>
    /// Tokens of a block. Within it the work is quadratic, outside constant a token: short blocks save arithmetic, long ones feed the
    /// register tiles better. 64 measured 13 % slower.
    /// </summary>
    private const int Block = 32;

    /// <summary>Decays smaller than this are 0, so that no product becomes denormal.</summary>
    private const float Least = 1e-30f;

    /// <summary>Heads that lie one after the other; a part is one head.</summary>
    private unsafe struct HeadsJob : IJob
    {
        public float* Q, K, V, Output, Decays;
        public int Tokens, Dim, ValueDim;
        public bool BackwardInTime;

        public readonly void Run(int part)
        {
            nint at = (nint)part * Tokens * Dim, valueAt = (nint)part * Tokens * ValueDim;
            if (Vector512.IsHardwareAccelerated)
            {
                Head<Lanes16>(Q + at, K + at, V + valueAt, Output + valueAt, Decays[part]);
            }
            else if (Vector256.IsHardwareAccelerated)
            {
                Head<Lanes8>(Q + at, K + at, V + valueAt, Output + valueAt, Decays[part]);
            }
            else if (Vector128.IsHardwareAccelerated)
            {
                Head<Lanes4>(Q + at, K + at, V + valueAt, Output + valueAt, Decays[part]);
            }
            else
            {
                Head<Lanes1>(Q + at, K + at, V + valueAt, Output + valueAt, Decays[part]);
            }
        }

        private readonly void Head<T>(float* q, float* k, float* v, float* output, float decay)
            where T : struct, ILanes<T>
        {
            int width = 2 * T.Count, wideValue = (ValueDim + width - 1) / width * width;
            float* state = Scratch.Of(Scratch.Keys, Dim * wideValue), decayedV = Scratch.Of(Scratch.Values, Block * wideValue);
            float* turned = Scratch.Of(Scratch.Query, Dim * width), strip = Scratch.Of(Scratch.Output, ValueDim * width), weights = Scratch.Of(Scratch.Scores, Block * width);
            new Span<float>(state, Dim * wideValue).Clear();

            // past[t] = λ^t from t = 0 on and 0 before; future[t] = λ^(−t) up to t = 0 and 0 after.
            int reach = Block + width;
            float* past = Scratch.Of(Scratch.Rows, 4 * reach + 2) + reach, future = past + 2 * reach + 1, powers = BackwardInTime ? future : past;
            FillPowers(past, future, reach, decay);
            int blocks = (Tokens + Block - 1) / Block;
            for (int b = 0; b < blocks; b++)
            {
                int start = (BackwardInTime ? blocks - 1 - b : b) * Block, count = Math.Min(Block, Tokens - start);
                float* kBlock = k + (nint)start * Dim, vBlock = v + (nint)start * ValueDim;
                for (int s = 0; s < count; s += width)
                {
                    int lanes = Math.Min(width, count - s), first = BackwardInTime ? s : 0, keys = (BackwardInTime ? count : s + lanes) - first;
                    MatMul.PackStrip<T>(q + (nint)(start + s) * Dim, 1, Dim, turned, Dim, lanes);
                    float* since = powers + (BackwardInTime ? s - count : s + 1);
                    Strips.Product<T>(state, 1, wideValue, turned, width, strip, width, ValueDim, Dim, write: true);
                    Strips.ScaleLanes(strip, width, ValueDim, T.Load(since), T.Load(since + T.Count));
                    Strips.Product<T>(kBlock + first * Dim, Dim, 1, turned, width, weights, width, keys, Dim, write: true);
                    Decay<T>(weights, keys, powers + s - first);
                    Strips.Product<T>(vBlock + first * ValueDim, 1, ValueDim, weights, width, strip, width, ValueDim, keys, write: false);
                    Strips.StoreRows<T>(strip, output + (nint)(start + s) * ValueDim, ValueDim, ValueDim, lanes);
                    Finite.Lanes<T>(strip, width, ValueDim, strip);
                    for (int r = 0; r < lanes; r++)
                    {
                        if (strip[r] != 0)
                        {
                            int token = s + r, from = BackwardInTime ? token : 0, end = BackwardInTime ? count : token + 1;
                            Again(new(state, Dim * wideValue), since[r], new(q + (nint)(start + token) * Dim, Dim), kBlock + from * Dim, vBlock + from * ValueDim, end - from, powers + token - from, new(output + (nint)(start + token) * ValueDim, ValueDim));
                        }
                    }
                }

                // The state is a sum over tokens: here a lane is a feature of V.
                MatMul.Pack<T>(vBlock, ValueDim, 1, decayedV, count, ValueDim);
                Multiply.Scale(new(state, Dim * wideValue), past[count], new(state, Dim * wideValue));
                for (int c = 0; c < wideValue; c += width)
                {
                    float* rows = decayedV + c * count;
                    for (int j = 0; j < count; j++)
                    {
                        T factor = T.All(past[BackwardInTime ? j : count - 1 - j]);
                        Strips.ScaleLanes(rows + j * width, width, 1, factor, factor);
                    }

                    Strips.Product<T>(kBlock, 1, Dim, rows, width, state + c, wideValue, Dim, count, write: false);
                }
            }
        }
    }

    /// <summary>
    /// One output that is not finite, again: the strip gives a token that must not be seen a weight of 0, and 0·NaN is NaN. Here the state and the
    /// keys that are seen take part, and nothing else. Weights of the keys are q·k times <paramref name="powers"/>, running down.
    /// </summary>
    private static unsafe void Again(ReadOnlySpan<float> state, float since, ReadOnlySpan<float> q, float* k, float* v, int keys, float* powers, Span<float> output)
    {
        int stateRow = q.Length == 0 ? 0 : state.Length / q.Length;
        output.Clear();
        for (int c = 0; c < q.Length; c++)
        {
            Multiply.AddScaled(state.Slice(c * stateRow, output.Length), since * q[c], output);
        }

        for (int j = 0; j < keys; j++)
        {
            Multiply.AddScaled(new(v + (nint)j * output.Length, output.Length), powers[-j] * Dot.Forward(q, new(k + (nint)j * q.Length, q.Length)), output);
        }
    }

    /// <summary>Row j of a strip of weights times λ^distance, 0 where key j lies on the other side: lane i finds its factor at <paramref name="powers"/>[i − j].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Decay<V>(float* weights, int keys, float* powers)
        where V : struct, ILanes<V>
    {
        for (; keys > 0; keys--, weights += 2 * V.Count, powers--)
        {
            V.Store(V.Load(weights) * V.Load(powers), weights);
            V.Store(V.Load(weights + V.Count) * V.Load(powers + V.Count), weights + V.Count);
        }
    }

    private static unsafe void FillPowers(float* past, float* future, int reach, float decay)
    {
        float power = 1;
        (past[0], future[0]) = (1, 1);
        for (int t = 1; t <= reach; t++)
        {
            power *= decay;
            power = power < Least ? 0 : power;
            (past[t], past[-t], future[-t], future[t]) = (power, 0, power, 0);
        }
    }
}
