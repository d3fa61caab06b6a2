using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <content>The backward of one head: strips of queries as in the forward; ∂K and ∂V are sums over queries, so there a lane is a feature.</content>
public static partial class FlashAttend
{
    private readonly unsafe struct BackwardStrips<V>
        where V : struct, ILanes<V>
    {
        private readonly int _width, _wideDim, _wideValue, _sums;

        /// <summary>A strip of Qᵀ, ∂Qᵀ and ∂Oᵀ, and the same of Q and ∂O by rows.</summary>
        private readonly float* _turnedQ, _turnedDq, _turnedDo, _rowsQ, _rowsDo;

        /// <summary>A block (keys, queries), and of each query the maximum, the logarithm of the sum, and ∂o·o.</summary>
        private readonly float* _weights, _dScores, _maxima, _logSums, _deltas;

        /// <summary>∂K/scale and ∂V so far.</summary>
        private readonly float* _sumK, _sumV;

        public BackwardStrips(in HeadView head)
        {
            int width = _width = 2 * V.Count, dim = head.Dim, valueDim = head.ValueDim;
            _wideDim = (dim + width - 1) / width * width;
            _wideValue = (valueDim + width - 1) / width * width;
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

        public void Run(in HeadView head, in HeadGradients to)
        {
            new Span<float>(_sumK, _sums).Clear();
            for (int first = 0; first < head.Queries; first += _width)
            {
                int count = Math.Min(_width, head.Queries - first), end = head.Limit(first + count - 1);
                Load(head, to, first, count);
                new Span<float>(_turnedDq, head.Dim * _width).Clear();
                for (KeyRun run = head.Mask.Next(first, 0, end); run.Count > 0; run = head.Mask.Next(first, run.End, end))
                {
                    Meet(head, to, first, count, run);
                }

                V scale = V.All(head.Scale);
                Strips.ScaleLanes(_turnedDq, _width, head.Dim, scale, scale);
                Strips.StoreRows<V>(_turnedDq, to.DQ[first], to.DQ.Step, head.Dim, count);
            }

            for (int j = 0; j < head.Keys; j++)
            {
                Multiply.Scale(new(_sumK + (nint)j * _wideDim, head.Dim), head.Scale, to.DK.Row(j, head.Dim));
                new ReadOnlySpan<float>(_sumV + (nint)j * _wideValue, head.ValueDim).CopyTo(to.DV.Row(j, head.ValueDim));
            }
        }

        /// <summary>A strip of queries; a lane without a query, or whose query sees nothing, gets weights of 0.</summary>
        private void Load(in HeadView head, in HeadGradients to, int first, int count)
        {
            int valueDim = head.ValueDim;
            LoadQueries<V>(head, first, count, _turnedQ);
            MatMul.PackStrip<V>(to.DOutput[first], 1, to.DOutput.Step, _turnedDo, valueDim, count);
            MatMul.Pack<V>(head.Q[first], head.Q.Step, 1, _rowsQ, count, head.Dim);
            MatMul.Pack<V>(to.DOutput[first], to.DOutput.Step, 1, _rowsDo, count, valueDim);
            for (int r = 0; r < _width; r++)
            {
                float* statistics = head.Statistics + 2 * (nint)(first + r);
                bool sees = r < count && statistics[1] != 0;
                _maxima[r] = sees ? statistics[0] / head.Units.Power : float.MaxValue;
                _logSums[r] = sees ? MathF.Log2(statistics[1]) : 0;
                _deltas[r] = sees ? Dot.Forward(to.DOutput.Row(first + r, valueDim), head.Output.Row(first + r, valueDim)) : 0;
            }
        }

        /// <summary>A strip of queries meets some keys: weights and ∂s, and their shares of the gradients.</summary>
        private void Meet(in HeadView head, in HeadGradients to, int first, int count, KeyRun run)
        {
            int width = _width, dim = head.Dim, valueDim = head.ValueDim, start = run.Start, keys = run.Count;
            float* k = head.K[start];
            Strips.Product<V>(k, head.K.Step, 1, _turnedQ, width, _weights, width, keys, dim, write: true);
            Hide<V>(head, _weights, width, first, count, run);
            Strips.Product<V>(head.V[start], head.V.Step, 1, _turnedDo, width, _dScores, width, keys, valueDim, write: true);
            SoftmaxBackward(keys, head.Units.Base2);
            if (to.DBias != null)
            {
                AddBiasGradient(head, to.DBias, first, count, start, keys);
            }

            Strips.Product<V>(k, 1, head.K.Step, _dScores, width, _turnedDq, width, dim, keys, write: false);
            for (int c = 0; c < valueDim; c += width)
            {
                float* sum = _sumV + (nint)start * _wideValue + c;
                Strips.Product<V>(_weights, width, 1, _rowsDo + (nint)c * count, width, sum, _wideValue, keys, count, write: false);
            }

            for (int c = 0; c < dim; c += width)
            {
                float* sum = _sumK + (nint)start * _wideDim + c;
                Strips.Product<V>(_dScores, width, 1, _rowsQ + (nint)c * count, width, sum, _wideDim, keys, count, write: false);
            }
        }

        /// <summary>In place: scores become weights p = 2^(base2·(score − maximum) − log-sum), ∂p becomes ∂s = p·(∂p − delta).</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void SoftmaxBackward(int keys, float base2)
        {
            int width = 2 * V.Count;
            float* scores = _weights, dScores = _dScores;
            V maximumX = V.Load(_maxima), maximumY = V.Load(_maxima + V.Count), zero = V.All(0), factor = V.All(base2);
            V logX = zero - V.Load(_logSums), logY = zero - V.Load(_logSums + V.Count);
            V deltaX = V.Load(_deltas), deltaY = V.Load(_deltas + V.Count);
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
        private void AddBiasGradient(in HeadView head, float* dBias, int first, int count, int start, int keys)
        {
            for (int r = 0; r < count; r++)
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
