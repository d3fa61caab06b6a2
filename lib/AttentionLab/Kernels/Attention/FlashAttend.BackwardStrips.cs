using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <content>The backward of one head: strips of queries as in the forward; ∂K and ∂V are sums over queries, so there a lane is a feature.</content>
public static partial class FlashAttend
{
    private readonly unsafe struct BackwardStrips<V>
        where V : struct, ILanes<V>
    {
        private readonly int _wideDim, _wideValue, _sums;

        /// <summary>Queries of a strip.</summary>
        private readonly int _width;

        /// <summary>A strip of Qᵀ, ∂Qᵀ and ∂Oᵀ, and the same of Q and ∂O by rows.</summary>
        private readonly float* _turnedQ, _turnedDq, _turnedDo, _rowsQ, _rowsDo;

        /// <summary>A block (keys, queries), and of each query the maximum, the logarithm of the sum, and ∂o·o.</summary>
        private readonly float* _weights, _dScores, _maxima, _logSums, _deltas;

        /// <summary>∂K/scale and ∂V so far.</summary>
        private readonly float* _sumK, _sumV;

        private BackwardStrips(in HeadView head, int queries)
        {
            int width = _width = Strips.Width<V>(queries), dim = head.Dim, valueDim = head.ValueDim;
            _wideDim = MatMul.Pieces(dim, Half) * Half;
            _wideValue = MatMul.Pieces(valueDim, Half) * Half;
            _turnedQ = Scratch.Of(Scratch.Query, (2 * dim + valueDim + _wideDim + _wideValue) * width);
            _turnedDq = _turnedQ + dim * width;
            _turnedDo = _turnedDq + dim * width;
            _rowsQ = _turnedDo + valueDim * width;
            _rowsDo = _rowsQ + _wideDim * width;
            _weights = Scratch.Of(Scratch.Scores, 2 * MaskBits.KeyBlock * width);
            _dScores = _weights + MaskBits.KeyBlock * width;
            _maxima = Scratch.Of(Scratch.Rows, 3 * width);
            _logSums = _maxima + width;
            _deltas = _logSums + width;
            _sums = Sizes.Product("the backward of FlashAttend", ("keys", head.Keys), ("dim + valueDim, rounded up", _wideDim + _wideValue));
            _sumK = Scratch.Of(Scratch.Output, _sums);
            _sumV = _sumK + (nint)head.Keys * _wideDim;
        }

        /// <summary>Queries or features of two registers, and of a whole strip.</summary>
        private static int Half => 2 * V.Count;

        private static int Wide => Strips.Registers * V.Count;

        /// <summary>All gradients of one head.</summary>
        public static void Run(in HeadView head, in HeadGradients to)
        {
            int last = head.Queries % Wide, before = last <= Half ? head.Queries - last : head.Queries;
            BackwardStrips<V> strips = new(head, head.Queries);
            new Span<float>(strips._sumK, strips._sums).Clear();
            strips.Run(head, to, 0, before);

            // Queries that would leave half of a strip empty get a narrower one.
            BackwardStrips<V> rest = Strips.Width<V>(last) == strips._width ? strips : new(head, last);
            rest.Run(head, to, before, head.Queries);
            strips.StoreSums(head, to);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void StoreSums(in HeadView head, in HeadGradients to)
        {
            for (int j = 0; j < head.Keys; j++)
            {
                Multiply.Scale<V>(_sumK + (nint)j * _wideDim, head.Scale, to.DK[j], head.Dim);
                Multiply.Scale<V>(_sumV + (nint)j * _wideValue, 1, to.DV[j], head.ValueDim);
            }
        }

        /// <summary>∂Q of some queries, and what they add to ∂K and ∂V.</summary>
        private void Run(in HeadView head, in HeadGradients to, int first, int end)
        {
            V scale = V.All(head.Scale);
            for (; first < end; first += _width)
            {
                int count = Math.Min(_width, end - first);
                Load(head, to, first, count);
                new Span<float>(_turnedDq, head.Dim * _width).Clear();
                Meet(head, to, first, count);
                Strips.ScaleLanes(_turnedDq, Half, head.Dim * (_width / Half), scale, scale);
                Strips.StoreRows<V>(_turnedDq, _width, to.DQ[first], to.DQ.Step, head.Dim, count);
            }
        }

        /// <summary>A strip of queries; a lane without a query, or whose query sees nothing, gets weights of 0.</summary>
        private void Load(in HeadView head, in HeadGradients to, int first, int count)
        {
            int valueDim = head.ValueDim;
            LoadQueries<V>(head, first, count, _turnedQ, _width);
            MatMul.PackStrip<V>(to.DOutput[first], 1, to.DOutput.Step, _turnedDo, valueDim, count, _width / V.Count);
            PackRows(head.Q[first], head.Q.Step, _rowsQ, count, head.Dim);
            PackRows(to.DOutput[first], to.DOutput.Step, _rowsDo, count, valueDim);
            for (int r = 0; r < _width; r++)
            {
                float* statistics = head.Statistics + 2 * (nint)(first + r);
                bool sees = r < count && statistics[1] != 0;
                _maxima[r] = sees ? statistics[0] / head.Units.Power : float.MaxValue;
                _logSums[r] = sees ? MathF.Log2(statistics[1]) : 0;
                _deltas[r] = sees ? Dot.Fast<V>(to.DOutput.Row(first + r, valueDim), head.Output.Row(first + r, valueDim)) : 0;
            }
        }

        /// <summary>Rows of features in strips as wide as the widest tile, and narrower ones for the rest.</summary>
        private static void PackRows(float* from, nint step, float* to, int count, int features)
        {
            int wide = MatMul.Pieces(features, Half) * Half / Wide * Wide;
            MatMul.Pack<V>(from, step, 1, to, count, Math.Min(features, wide), Strips.Registers);
            MatMul.Pack<V>(from + wide, step, 1, to + wide * count, count, Math.Max(0, features - wide));
        }

        /// <summary>A strip of queries meets its keys: its halves at once where they begin at the same key, else one, up to where the other begins.</summary>
        private void Meet(in HeadView head, in HeadGradients to, int first, int count)
        {
            bool hasOther = count > Half;
            int end = head.Limit(first + Math.Min(Half, count) - 1), otherEnd = hasOther ? head.Limit(first + count - 1) : 0;
            KeyRun run = head.Mask.Next(first, 0, end), other = hasOther ? head.Mask.Next(first + Half, 0, otherEnd) : default;
            while (run.Count > 0 || other.Count > 0)
            {
                int both = run.Start == other.Start ? Math.Min(run.Count, other.Count) : 0;
                if (both > 0)
                {
                    run = run with { Count = both };
                    Meet<Four<V>>(head, to, first, count, 0, run, other.Hides);
                    other = head.Mask.Next(first + Half, run.End, otherEnd);
                    run = head.Mask.Next(first, run.End, end);
                }
                else if (run.Count > 0 && (other.Count <= 0 || run.Start < other.Start))
                {
                    run = run.Before(other);
                    Meet<Two<V>>(head, to, first, Math.Min(Half, count), 0, run);
                    run = head.Mask.Next(first, run.End, end);
                }
                else
                {
                    other = other.Before(run);
                    Meet<Two<V>>(head, to, first, count, Half, other);
                    other = head.Mask.Next(first + Half, other.End, otherEnd);
                }
            }
        }

        /// <summary>Some lanes of a strip of queries meet some keys: weights and ∂s, and their shares of the gradients.</summary>
        private void Meet<W>(in HeadView head, in HeadGradients to, int first, int count, int lane, KeyRun run, bool otherHides = false)
            where W : struct, ITileRow<W>
        {
            int width = _width, dim = head.Dim, valueDim = head.ValueDim, start = run.Start, keys = run.Count;
            if (keys <= 0)
            {
                return;
            }

            float* k = head.K[start], weights = _weights + lane, dScores = _dScores + lane;
            Strips.Product<W>(k, head.K.Step, 1, _turnedQ + lane, width, weights, width, keys, dim, write: true);
            Strips.Product<W>(head.V[start], head.V.Step, 1, _turnedDo + lane, width, dScores, width, keys, valueDim, write: true);
            for (int at = lane; at < lane + W.Count; at += Half)
            {
                int many = Math.Min(Half, count - at);
                Hide<V>(head, _weights + at, width, first + at, many, at == lane ? run : run with { Hides = otherHides });
                SoftmaxBackward(at, keys, head.Units.Base2);
                if (to.DBias != null)
                {
                    AddBiasGradient(head, to.DBias, first, at, many, start, keys);
                }
            }

            Strips.Product<W>(k, 1, head.K.Step, dScores, width, _turnedDq + lane, width, dim, keys, write: false);
            AddProducts(weights, keys, _rowsDo, count, lane, W.Count, _sumV + (nint)start * _wideValue, _wideValue);
            AddProducts(dScores, keys, _rowsQ, count, lane, W.Count, _sumK + (nint)start * _wideDim, _wideDim);
        }

        /// <summary>Adds to some rows of sums (keys, features) what a block (keys, queries) makes of rows (queries, features).</summary>
        private void AddProducts(float* block, int keys, float* rows, int count, int lane, int lanes, float* sums, int features)
        {
            int many = Math.Min(lanes, count - lane), c = 0;
            for (; Half < Wide && c + Wide <= features; c += Wide)
            {
                float* strip = rows + (nint)c * count + lane * Wide;
                Strips.Product<Four<V>>(block, _width, 1, strip, Wide, sums + c, features, keys, many, write: false);
            }

            for (; c < features; c += Half)
            {
                float* strip = rows + (nint)c * count + lane * Half;
                Strips.Product<Two<V>>(block, _width, 1, strip, Half, sums + c, features, keys, many, write: false);
            }
        }

        /// <summary>
        /// In place, two registers of a strip: scores become weights p = 2^(base2·(score − maximum) − log-sum), ∂p becomes ∂s = p·(∂p − delta).
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void SoftmaxBackward(int lane, int keys, float base2)
        {
            int width = _width;
            float* scores = _weights + lane, dScores = _dScores + lane, logSums = _logSums + lane, deltas = _deltas + lane;
            V maximumX = V.Load(_maxima + lane), maximumY = V.Load(_maxima + lane + V.Count), zero = V.All(0), factor = V.All(base2);
            V logX = zero - V.Load(logSums), logY = zero - V.Load(logSums + V.Count);
            V deltaX = V.Load(deltas), deltaY = V.Load(deltas + V.Count);
            Exp2<V> exp2 = new();
            for (; keys > 0; keys--, scores += width, dScores += width)
            {
                V x = exp2.Of(V.MultiplyAdd(V.Load(scores) - maximumX, factor, logX));
                V y = exp2.Of(V.MultiplyAdd(V.Load(scores + V.Count) - maximumY, factor, logY));
                V.Store(x, scores);
                V.Store(y, scores + V.Count);
                V.Store(x * (V.Load(dScores) - deltaX), dScores);
                V.Store(y * (V.Load(dScores + V.Count) - deltaY), dScores + V.Count);
            }
        }

        /// <summary>Adds a block (keys, queries) of ∂s; a hidden pair, whose 0 times a NaN may be NaN, is passed over.</summary>
        private void AddBiasGradient(in HeadView head, float* dBias, int first, int lane, int count, int start, int keys)
        {
            for (int r = lane; r < lane + count; r++)
            {
                for (int j = 0; j < keys; j++)
                {
                    float dScore = _dScores[j * _width + r];
                    if (float.IsFinite(dScore) || head.Sees(first + r, start + j))
                    {
                        dBias[(nint)(first + r) * head.Keys + start + j] += dScore;
                    }
                }
            }
        }
    }
}
