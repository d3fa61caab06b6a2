using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <content>
/// The fast path: blocks of tokens one after the other, with the strips of <see cref="FlashAttend"/> (every lane is a query). Per block:
/// Oᵀ = (Sᵀ·Qᵀ) ⊙ λ^(steps since the block began) for what came before, plus Vᵀ·((K·Qᵀ)
/// ⊙ λ^distance) within, then S ← λ^block·S + Kᵀ·(V ⊙ λ^(steps to its end)).
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

    /// <summary>o_i = Σ λ^|i−j|·(q_i·k_j)·v_j over j ≤ i, or over j ≥ i if time runs backwards.</summary>
    internal static unsafe void Blocks(in AttendInput<float> input, Span<float> output, HeadLayout outputAt, ReadOnlySpan<float> decays, bool backwardInTime)
    {
        (int batch, int heads, int tokens, _, int dim, int valueDim) = input.Sizes;
        fixed (float* q = input.Q.Values, k = input.K.Values, v = input.V.Values, o = output, d = decays)
        {
            HeadsJob job = new()
            {
                Q = new(q, input.Q.Layout),
                K = new(k, input.K.Layout),
                V = new(v, input.V.Layout),
                Output = new(o, outputAt),
                Decays = d,
                Sizes = input.Sizes,
                BackwardInTime = backwardInTime,
            };

            // A token updates and reads a state, and meets half a block.
            Workers.Run(ref job, batch * heads, (double)batch * heads * tokens * (2 * dim * valueDim + Block / 2 * (dim + valueDim)));
        }
    }

    /// <summary>All heads; a part is one.</summary>
    private unsafe struct HeadsJob : IJob
    {
        public HeadPointer Q, K, V, Output;
        public float* Decays;
        public AttendSizes Sizes;
        public bool BackwardInTime;

        public readonly void Run(int part)
        {
            (int b, int h) = (part / Sizes.Heads, part % Sizes.Heads);
            HeadBlocks head = new()
            {
                Q = Q.Of(b, h),
                K = K.Of(b, h),
                V = V.Of(b, h),
                Output = Output.Of(b, h),
                Lambda = Decays[h],
                Tokens = Sizes.Queries,
                Dim = Sizes.Dim,
                ValueDim = Sizes.ValueDim,
                BackwardInTime = BackwardInTime,
            };
            Simd.Run(ref head);
        }
    }

    /// <summary>One head, block by block.</summary>
    private unsafe struct HeadBlocks : IWide
    {
        public HeadPointer Q, K, V, Output;
        public int Tokens, Dim, ValueDim;
        public float Lambda;
        public bool BackwardInTime;
        private float* _state, _past, _powers;
        private int _wideValue;

        private readonly Span<float> State => new(_state, Dim * _wideValue);

        public void Run<T>()
            where T : struct, ILanes<T>
        {
            int width = 2 * T.Count, reach = Block + width, blocks = (Tokens + Block - 1) / Block;
            _wideValue = (ValueDim + width - 1) / width * width;
            _state = Scratch.Of(Scratch.State, Dim * _wideValue);
            State.Clear();

            // past[t] = λ^t from t = 0 on and 0 before; future[t] = λ^(−t) up to t = 0 and 0 after.
            _past = Scratch.Of(Scratch.Rows, 4 * reach + 2) + reach;
            float* future = _past + 2 * reach + 1;
            _powers = BackwardInTime ? future : _past;
            FillPowers(_past, future, reach, Lambda);
            for (int b = 0; b < blocks; b++)
            {
                int start = (BackwardInTime ? blocks - 1 - b : b) * Block, count = Math.Min(Block, Tokens - start);
                for (int s = 0; s < count; s += width)
                {
                    Strip<T>(start, count, s);
                }

                AddToState<T>(start, count);
            }
        }

        /// <summary>The outputs of a block's tokens from <paramref name="s"/> on, as many as two registers have lanes.</summary>
        private readonly void Strip<T>(int start, int count, int s)
            where T : struct, ILanes<T>
        {
            int width = 2 * T.Count, lanes = Math.Min(width, count - s), first = BackwardInTime ? s : 0, keys = (BackwardInTime ? count : s + lanes) - first;
            float* turned = Scratch.Of(Scratch.Query, Dim * width), strip = Scratch.Of(Scratch.Output, ValueDim * width);
            float* weights = Scratch.Of(Scratch.Scores, Block * width), since = _powers + (BackwardInTime ? s - count : s + 1);
            MatMul.PackStrip<T>(Q[start + s], 1, Q.Step, turned, Dim, lanes);

            // The tiles ask for the rows of the next block.
            int next = start + (BackwardInTime ? s - Block : s + Block);
            Strips.Product<T>(_state, 1, _wideValue, turned, width, strip, width, ValueDim, Dim, write: true, K[next]);
            Strips.ScaleLanes(strip, width, ValueDim, T.Load(since), T.Load(since + T.Count));
            Strips.Product<T>(K[start + first], K.Step, 1, turned, width, weights, width, keys, Dim, write: true, Q[next]);
            Decay<T>(weights, keys, _powers + s - first);
            Strips.Product<T>(V[start + first], 1, V.Step, weights, width, strip, width, ValueDim, keys, write: false, V[next]);
            Strips.StoreRows<T>(strip, Output[start + s], Output.Step, ValueDim, lanes);
            Finite.Lanes<T>(strip, width, ValueDim, strip);
            for (int r = 0; r < lanes; r++)
            {
                if (strip[r] != 0)
                {
                    Again(start, count, s + r, since[r]);
                }
            }
        }

        /// <summary>
        /// One output that is not finite, again: the strip gives a token that must not be seen a weight of 0, and 0·NaN is NaN. Here the state and
        /// the keys that are seen take part, and nothing else.
        /// </summary>
        private readonly void Again(int start, int count, int token, float since)
        {
            int from = BackwardInTime ? token : 0, end = BackwardInTime ? count : token + 1;
            Span<float> output = Output.Row(start + token, ValueDim), q = Q.Row(start + token, Dim);
            output.Clear();
            for (int c = 0; c < Dim; c++)
            {
                Multiply.AddScaled(State.Slice(c * _wideValue, ValueDim), since * q[c], output);
            }

            for (int j = from; j < end; j++)
            {
                Multiply.AddScaled(V.Row(start + j, ValueDim), _powers[token - j] * Dot.Forward(q, K.Row(start + j, Dim)), output);
            }
        }

        /// <summary>S ← λ^block·S + Kᵀ·(V ⊙ λ^(steps to its end)): a sum over tokens, so here a lane is a feature of V.</summary>
        private readonly void AddToState<T>(int start, int count)
            where T : struct, ILanes<T>
        {
            int width = 2 * T.Count;
            float* decayedV = Scratch.Of(Scratch.Values, Block * _wideValue);
            MatMul.Pack<T>(V[start], V.Step, 1, decayedV, count, ValueDim);
            Multiply.Scale(State, _past[count], State);
            for (int c = 0; c < _wideValue; c += width)
            {
                float* rows = decayedV + c * count;
                for (int j = 0; j < count; j++)
                {
                    T factor = T.All(_past[BackwardInTime ? j : count - 1 - j]);
                    Strips.ScaleLanes(rows + j * width, width, 1, factor, factor);
                }

                Strips.Product<T>(K[start], 1, K.Step, rows, width, _state + c, _wideValue, Dim, count, write: false);
            }
        }
    }

    /// <summary>
    /// Row j of a strip of weights times λ^distance, 0 where key j lies on the other side: lane i finds its factor at <paramref name="powers"/>[i − j].
    /// </summary>
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
