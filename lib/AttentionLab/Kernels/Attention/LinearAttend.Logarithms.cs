namespace AttentionLab.Kernels;

/// <content>
/// One query in logarithms, as a softmax over keys and channels: with ℓ_jc = ln φ(q_c) + ln φ(k_jc) the share π_jc = e^(ℓ_jc − max ℓ) / Σ e^(ℓ − max ℓ)
/// lies in [0, 1] whatever the size of φ. o = Σ_jc π_jc·v_j. Backward, with g_j = ∂o·(v_j − o): ∂q_c = Σ_j g_j·π_jc·φ′(q_c)/φ(q_c),
/// ∂k_jc = g_j·π_jc·φ′(k_jc)/φ(k_jc), ∂v_j = Σ_c π_jc·∂o. Only Σ_c π_jc, the weight of a key, meets its value.
/// </content>
public static partial class LinearAttend
{
    private readonly ref struct Query
    {
        private readonly ReadOnlySpan<float> _q, _k, _v;
        private readonly FeatureMap _map;

        /// <summary>π (T_k, D).</summary>
        private readonly double[] _shares;

        /// <summary>Σ_c π_jc (T_k): the weight of a key.</summary>
        private readonly double[] _weights;

        /// <summary>Forms the shares of the keys that a query sees in its output.</summary>
        public Query(in HeadRows<float> head, FeatureMap map, int query)
        {
            (int dim, int seen) = (head.Dim, head.Seen(query));
            _q = head.Q.Slice(query * dim, dim);
            _k = head.K[..(seen * dim)];
            _v = head.V[..(seen * head.ValueDim)];
            _map = map;
            double[] shares = _shares = new double[seen * dim], ofQuery = new double[dim];
            _weights = new double[seen];
            for (int c = 0; c < dim; c++)
            {
                ofQuery[c] = Features.Logarithm(_q[c], map).Log;
            }

            double top = double.NegativeInfinity, sum = 0;
            for (int j = 0, at = 0; j < seen; j++)
            {
                for (int c = 0; c < dim; c++, at++)
                {
                    shares[at] = ofQuery[c] + Features.Logarithm(_k[at], map).Log;
                    top = Math.Max(top, shares[at]);
                }
            }

            for (int at = 0; at < shares.Length; at++)
            {
                sum += shares[at] = double.IsNegativeInfinity(top) ? 0 : Math.Exp(shares[at] - top);
            }

            for (int j = 0, at = 0; j < seen; j++)
            {
                for (int c = 0; c < dim; c++, at++)
                {
                    _weights[j] += shares[at] /= sum == 0 ? 1 : sum;
                }
            }
        }

        public void Forward(Span<float> output)
        {
            double[] sums = new double[output.Length];
            for (int j = 0; j < _weights.Length; j++)
            {
                ReadOnlySpan<float> value = _v.Slice(j * output.Length, output.Length);
                for (int i = 0; i < value.Length; i++)
                {
                    sums[i] += _weights[j] * value[i];
                }
            }

            for (int i = 0; i < output.Length; i++)
            {
                output[i] = (float)sums[i];
            }
        }

        /// <summary>Writes ∂q, adds to ∂k and ∂v.</summary>
        public void Backward(ReadOnlySpan<float> dOutput, Span<float> dq, Span<float> dk, Span<float> dv)
        {
            float[] output = new float[dOutput.Length];
            Forward(output);
            dq.Clear();
            for (int j = 0, at = 0; j < _weights.Length; j++)
            {
                ReadOnlySpan<float> value = _v.Slice(j * output.Length, output.Length);
                Multiply.AddScaled(dOutput, (float)_weights[j], dv.Slice(j * output.Length, output.Length));
                double upstream = 0;
                for (int i = 0; i < output.Length; i++)
                {
                    upstream += dOutput[i] * ((double)value[i] - output[i]);
                }

                for (int c = 0; c < _q.Length; c++, at++)
                {
                    dq[c] += (float)(upstream * _shares[at] * Features.Logarithm(_q[c], _map).Slope);
                    dk[at] += (float)(upstream * _shares[at] * Features.Logarithm(_k[at], _map).Slope);
                }
            }
        }
    }
}
