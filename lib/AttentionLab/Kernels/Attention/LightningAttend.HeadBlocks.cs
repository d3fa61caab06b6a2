namespace AttentionLab.Kernels;

/// <content>
/// The fast path: blocks of tokens one after the other. What came before a block is the state S; with V of the block below it, an output is one
/// product: o_i = [λ^(i+1)·q_i, weights] · [S; V] with weights_j = λ^(i−j)·(q_i·k_j), i and j counted from the block's first token.
/// Then S ← λ^block·S + Σ_j λ^(block−1−j)·k_jᵀ·v_j.
/// </content>
public static partial class LightningAttend
{
    /// <summary>One head, block by block.</summary>
    private unsafe struct HeadBlocks : IWide
    {
        public HeadPointer Q, K, V, Output;
        public int Tokens, Dim, ValueDim;
        public float Lambda;

        /// <summary>Strips of [S; V], as wide as the widest tile, and a narrower one for the rest.</summary>
        private float* _below;

        /// <summary>λ^t from t = 0 on, 0 before.</summary>
        private float* _past;

        /// <summary>λ^(−t) up to t = 0, 0 after.</summary>
        private float* _future;

        /// <summary>K of a block in strips, and decayed; its rows of [q, weights]; the outputs of features that fill no strip.</summary>
        private float* _turnedK, _decayedK, _rows, _rest;

        /// <summary>Numbers of a row of [q, weights]; so many rows has [S; V].</summary>
        private int _row;

        /// <summary>What of the next block was asked for.</summary>
        private int _asked;

        public void Run<T>()
            where T : struct, ILanes<T>
        {
            int reach = Block + T.Count;
            _row = Dim + Block;
            int all = Wide<T>() * _row;
            _below = Scratch.Of(Scratch.State, all);
            new Span<float>(_below, all).Clear();
            _past = Scratch.Of(Scratch.Rows, 4 * reach + 2) + reach;
            _future = _past + 2 * reach + 1;
            FillPowers(_past, _future, reach, Lambda);
            _turnedK = Scratch.Of(Scratch.Query, Block * Dim);
            _decayedK = Scratch.Of(Scratch.Values, Block * Dim);
            _rows = Scratch.Of(Scratch.Scores, Block * _row);
            _rest = Scratch.Of(Scratch.Output, Block * Strips.Registers * T.Count);
            for (int start = 0; start < Tokens; start += Block)
            {
                int count = Math.Min(Block, Tokens - start);
                _asked = 0;
                Weigh<T>(start, count);
                ScaleRows<T>(Q[start], Q.Step, _rows, _row, count, Dim, _past + 1, 1);
                Write<T>(start, count);
                AddToState<T>(start, count);
            }
        }

        /// <summary>Features of V in whole strips of two registers.</summary>
        private readonly int Wide<T>()
            where T : struct, ILanes<T> => MatMul.Pieces(ValueDim, 2 * T.Count) * 2 * T.Count;

        /// <summary>Whether the strip of [S; V] from feature <paramref name="c"/> on has four registers.</summary>
        private readonly bool IsWide<T>(int c)
            where T : struct, ILanes<T> => Strips.Registers == 4 && c + 4 * T.Count <= Wide<T>();

        /// <summary>The strip of [S; V] that begins with feature <paramref name="c"/> of V.</summary>
        private readonly float* Below(int c) => _below + c * _row;

        /// <summary>How wide that strip is: of four registers as long as these are not half empty.</summary>
        private readonly int Width<T>(int c)
            where T : struct, ILanes<T> => (IsWide<T>(c) ? 4 : 2) * T.Count;

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
            int width = 2 * T.Count, tall = Strips.Tall<Two<T>>();
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
                    Strips.Product<Two<T>>(Q[start + r], Q.Step, 1, _turnedK + s * Dim, width, weights + s, _row, many, Dim, write: true, Next(start));
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
            for (int c = 0; c < ValueDim; c += Width<T>(c))
            {
                if (IsWide<T>(c))
                {
                    WriteStrip<T, Four<T>>(start, count, c);
                }
                else
                {
                    WriteStrip<T, Two<T>>(start, count, c);
                }
            }

            bool isFinite = Finite.All<T>(Output[start], Output.Step, count, ValueDim);
            for (int r = 0; r < count && !isFinite; r++)
            {
                if (!Finite.All(Output.Row(start + r, ValueDim)))
                {
                    Again<T>(start, r);
                }
            }
        }

        /// <summary>Some features of the outputs of a block's tokens.</summary>
        private void WriteStrip<T, W>(int start, int count, int c)
            where T : struct, ILanes<T>
            where W : struct, ITileRow<W>
        {
            MatMul.PackStrip<T>(V[start] + c, V.Step, 1, Below(c) + Dim * W.Count, count, Math.Min(W.Count, ValueDim - c), W.Registers);
            int tall = Strips.Tall<W>();
            bool isWhole = c + W.Count <= ValueDim;
            float* to = isWhole ? Output[start] + c : _rest;
            nint step = isWhole ? Output.Step : W.Count;
            for (int r = 0; r < count; r += tall)
            {
                int many = Math.Min(tall, count - r);
                Strips.Product<W>(_rows + r * _row, _row, 1, Below(c), W.Count, to + r * step, step, many, Dim + r + many, write: true, Next(start));
            }

            for (int r = 0; r < count && !isWhole; r++)
            {
                new Span<float>(_rest + r * W.Count, ValueDim - c).CopyTo(Output.Row(start + r, ValueDim)[c..]);
            }
        }

        /// <summary>
        /// One output that is not finite, again: the tile gives a token that must not be seen a weight of 0, and 0·NaN is NaN. Here the state and
        /// the keys that are seen take part, and nothing else.
        /// </summary>
        private readonly void Again<T>(int start, int token)
            where T : struct, ILanes<T>
        {
            Span<float> output = Output.Row(start + token, ValueDim), q = Q.Row(start + token, Dim);
            output.Clear();
            for (int c = 0; c < ValueDim; c += Width<T>(c))
            {
                int width = Width<T>(c);
                Span<float> some = output.Slice(c, Math.Min(width, ValueDim - c));
                for (int i = 0; i < Dim; i++)
                {
                    Multiply.AddScaled(new(Below(c) + i * width, some.Length), _past[token + 1] * q[i], some);
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
            ScaleRows<T>(K[start], K.Step, _decayedK, Dim, count, Dim, _past + count - 1, -1);
            for (int c = 0; c < ValueDim; c += Width<T>(c))
            {
                int width = Width<T>(c);
                float* state = Below(c);
                T factor = T.All(_past[count]);
                Strips.ScaleLanes(state, 2 * T.Count, Dim * (width / (2 * T.Count)), factor, factor);
                if (IsWide<T>(c))
                {
                    Strips.Product<Four<T>>(_decayedK, 1, Dim, state + Dim * width, width, state, width, Dim, count, write: false);
                }
                else
                {
                    Strips.Product<Two<T>>(_decayedK, 1, Dim, state + Dim * width, width, state, width, Dim, count, write: false);
                }
            }
        }
    }
}
