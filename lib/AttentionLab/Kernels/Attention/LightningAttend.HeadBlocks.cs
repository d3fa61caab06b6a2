using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <content>
/// The fast path: blocks of tokens one after the other. What came before a block is the state S; with V of the block below it, an output is one
/// product: o_i = [λ^(i+1)·q_i, weights] · [S; V] with weights_j = λ^(i−j)·(q_i·k_j), i and j counted from the block's first token.
/// Then S ← λ^block·S + Σ_j λ^(block−1−j)·k_jᵀ·v_j.
/// </content>
public static partial class LightningAttend
{
    /// <summary>Decays smaller than this are 0, so that no product becomes denormal.</summary>
    private const float Least = 1e-30f;

    /// <summary>One head, block by block.</summary>
    private unsafe struct HeadBlocks : IWide
    {
        public HeadPointer Q, K, V, Output;
        public int Tokens, Dim, ValueDim;
        public float Lambda;

        /// <summary>Strips of [S; V], as wide as a tile.</summary>
        private float* _below;

        /// <summary>λ^t from t = 0 on, 0 before.</summary>
        private float* _past;

        /// <summary>λ^(−t) up to t = 0, 0 after.</summary>
        private float* _future;

        /// <summary>K of a block in strips, and decayed; its rows of [q, weights]; the outputs of features that fill no strip.</summary>
        private float* _turnedK, _decayedK, _rows, _rest;

        /// <summary>Numbers of a strip of [S; V], and of a row of [q, weights].</summary>
        private int _strip, _row;

        /// <summary>What of the next block was asked for.</summary>
        private int _asked;

        public void Run<T>()
            where T : struct, ILanes<T>
        {
            int width = 2 * T.Count, reach = Block + T.Count;
            _row = Dim + Block;
            _strip = _row * width;
            int all = (ValueDim + width - 1) / width * _strip;
            _below = Scratch.Of(Scratch.State, all);
            new Span<float>(_below, all).Clear();
            _past = Scratch.Of(Scratch.Rows, 4 * reach + 2) + reach;
            _future = _past + 2 * reach + 1;
            FillPowers(_past, _future, reach, Lambda);
            _turnedK = Scratch.Of(Scratch.Query, Block * Dim);
            _decayedK = Scratch.Of(Scratch.Values, Block * Dim);
            _rows = Scratch.Of(Scratch.Scores, Block * _row);
            _rest = Scratch.Of(Scratch.Output, Block * width);
            for (int start = 0; start < Tokens; start += Block)
            {
                int count = Math.Min(Block, Tokens - start);
                _asked = 0;
                Weigh<T>(start, count);
                ScaleRows<T>(Q[start], Q.Step, _rows, _row, count, Dim, _past + 1, 1);
                for (int c = 0; c < ValueDim; c += width)
                {
                    MatMul.PackStrip<T>(V[start] + c, V.Step, 1, Below(c, width) + Dim * width, count, Math.Min(width, ValueDim - c));
                }

                Write<T>(start, count);
                AddToState<T>(start, count);
            }
        }

        /// <summary>The strip of [S; V] that begins with feature <paramref name="c"/> of V.</summary>
        private readonly float* Below(int c, int width) => _below + c / width * _strip;

        /// <summary>
        /// What one tile asks for of the next block: two lines of each row, those of K first, then of Q, V and the output. All at once would keep
        /// the tiles waiting.
        /// </summary>
        private MatMul.Ahead Next(int start)
        {
            const int lines = 2 * Scratch.LineFloats;
            int ofKeys = (Dim + lines - 1) / lines, ofValues = (ValueDim + lines - 1) / lines, at = _asked++;
            if (start + 2 * Block > Tokens || at >= 2 * (ofKeys + ofValues))
            {
                return default;
            }

            HeadPointer of = at < ofKeys ? K : at < 2 * ofKeys ? Q : at < 2 * ofKeys + ofValues ? V : Output;
            int pair = at < 2 * ofKeys ? at % ofKeys : (at - 2 * ofKeys) % ofValues;
            return new(of[start + Block] + pair * lines, of.Step, Scratch.LineFloats);
        }

        /// <summary>The weights of a block's tokens for each other, behind the place of q in its rows; only those that the next product reads.</summary>
        private void Weigh<T>(int start, int count)
            where T : struct, ILanes<T>
        {
            int width = 2 * T.Count, tall = Strips.Tall;
            for (int s = 0; s < count; s += width)
            {
                MatMul.PackStrip<T>(K[start + s], 1, K.Step, _turnedK + s * Dim, Dim, Math.Min(width, count - s));
            }

            for (int r = 0; r < count; r += tall)
            {
                int many = Math.Min(tall, count - r);
                float* weights = _rows + r * _row + Dim;
                for (int s = 0; s < r + many; s += width)
                {
                    Strips.Product<T>(Q[start + r], Q.Step, 1, _turnedK + s * Dim, width, weights + s, _row, many, Dim, write: true, Next(start));
                }

                for (int i = 0; i < many; i++)
                {
                    Decay<T>(weights + i * _row, _future - r - i, r + many);
                }
            }
        }

        /// <summary>The outputs of a block's tokens.</summary>
        private void Write<T>(int start, int count)
            where T : struct, ILanes<T>
        {
            int width = 2 * T.Count, tall = Strips.Tall;
            for (int c = 0; c < ValueDim; c += width)
            {
                bool isWhole = c + width <= ValueDim;
                float* to = isWhole ? Output[start] + c : _rest;
                nint step = isWhole ? Output.Step : width;
                for (int r = 0; r < count; r += tall)
                {
                    int many = Math.Min(tall, count - r);
                    Strips.Product<T>(_rows + r * _row, _row, 1, Below(c, width), width, to + r * step, step, many, Dim + r + many, write: true, Next(start));
                }

                for (int r = 0; r < count && !isWhole; r++)
                {
                    new Span<float>(_rest + r * width, ValueDim - c).CopyTo(Output.Row(start + r, ValueDim)[c..]);
                }
            }

            if (!Finite.All<T>(Output[start], Output.Step, count, ValueDim))
            {
                for (int r = 0; r < count; r++)
                {
                    if (!Finite.All(Output.Row(start + r, ValueDim)))
                    {
                        Again(start, r, 2 * T.Count);
                    }
                }
            }
        }

        /// <summary>
        /// One output that is not finite, again: the tile gives a token that must not be seen a weight of 0, and 0·NaN is NaN. Here the state and
        /// the keys that are seen take part, and nothing else.
        /// </summary>
        private readonly void Again(int start, int token, int width)
        {
            Span<float> output = Output.Row(start + token, ValueDim), q = Q.Row(start + token, Dim);
            output.Clear();
            for (int c = 0; c < ValueDim; c += width)
            {
                Span<float> some = output.Slice(c, Math.Min(width, ValueDim - c));
                for (int i = 0; i < Dim; i++)
                {
                    Multiply.AddScaled(new(Below(c, width) + i * width, some.Length), _past[token + 1] * q[i], some);
                }
            }

            for (int j = 0; j <= token; j++)
            {
                Multiply.AddScaled(V.Row(start + j, ValueDim), _past[token - j] * Dot.Forward(q, K.Row(start + j, Dim)), output);
            }
        }

        /// <summary>S ← λ^block·S + Kᵀ·V, K decayed by the steps to the block's end.</summary>
        private readonly void AddToState<T>(int start, int count)
            where T : struct, ILanes<T>
        {
            int width = 2 * T.Count;
            ScaleRows<T>(K[start], K.Step, _decayedK, Dim, count, Dim, _past + count - 1, -1);
            for (int c = 0; c < ValueDim; c += width)
            {
                float* state = Below(c, width);
                T factor = T.All(_past[count]);
                Strips.ScaleLanes(state, width, Dim, factor, factor);
                Strips.Product<T>(_decayedK, 1, Dim, state + Dim * width, width, state, width, Dim, count, write: false);
            }
        }
    }

    /// <summary>A row of weights times its factors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Decay<V>(float* weights, float* factors, int keys)
        where V : struct, ILanes<V>
    {
        for (int j = 0; j < keys; j += V.Count)
        {
            V.Store(V.Load(weights + j) * V.Load(factors + j), weights + j);
        }
    }

    /// <summary>Rows times a factor each, to rows elsewhere; the factors are <paramref name="factorStep"/> apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void ScaleRows<V>(float* from, nint fromRow, float* to, nint toRow, int rows, int columns, float* factor, nint factorStep)
        where V : struct, ILanes<V>
    {
        for (; rows > 0; rows--, from += fromRow, to += toRow, factor += factorStep)
        {
            V all = V.All(*factor);
            int c = 0;
            for (; c <= columns - V.Count; c += V.Count)
            {
                V.Store(V.Load(from + c) * all, to + c);
            }

            for (; c < columns; c++)
            {
                to[c] = from[c] * *factor;
            }
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
