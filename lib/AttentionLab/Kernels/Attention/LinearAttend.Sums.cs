using System.Buffers;

namespace AttentionLab.Kernels;

/// <content>What both passes of the fast path form first.</content>
public static partial class LinearAttend
{
    /// <summary>φ(Q), φ(K), [V, 1], S = φ(K)ᵀ·[V, 1] and the sums [n, z] of every query, in one borrowed array.</summary>
    private readonly ref struct Sums
    {
        /// <summary>What was lost below 2⁻¹²⁵ is at most 2⁻⁶⁵ of a denominator that is this large beside the largest φ.</summary>
        private const float Beside = 8.7e-19f;

        /// <summary>2⁻¹⁰⁰: a sum of products of at least this size has lost nothing to denormal numbers.</summary>
        private const float Least = 7.9e-31f;

        private readonly float[] _rented;
        private readonly float _largest;
        private readonly int _dim, _width;
        private readonly bool _overflows;

        public Sums(in HeadRows<float> head, FeatureMap map)
        {
            (int queries, int keys, int dim, int valueDim, int width) = (head.Queries, head.Keys, head.Dim, head.ValueDim, head.ValueDim + 1);
            ReadOnlySpan<float> q = head.Q, k = head.K;
            int at = 0, inner = Sizes.Product("LinearAttend", ("queries + keys + dim", checked(queries + keys + dim)), ("valueDim + 1", width));
            float[] rented = _rented = ArrayPool<float>.Shared.Rent(checked(q.Length + k.Length + inner));
            PhiQ = rented.AsSpan(at, q.Length);
            PhiK = rented.AsSpan(at += q.Length, k.Length);
            Values = rented.AsSpan(at += k.Length, keys * width);
            All = rented.AsSpan(at += keys * width, queries * width);
            State = rented.AsSpan(at + queries * width, dim * width);
            Features.Forward(q, PhiQ, map);
            Features.Forward(k, PhiK, map);
            _overflows = Bound(q, PhiQ) | Bound(k, PhiK);
            (_largest, _dim, _width) = (Reduce.Largest(PhiK), dim, width);
            for (int j = 0; j < keys; j++)
            {
                head.V.Slice(j * valueDim, valueDim).CopyTo(Values[(j * width)..]);
                Values[j * width + valueDim] = 1;
            }

            if (head.Causal)
            {
                Lightning(PhiQ, PhiK, Values, All, (dim, width), backwardInTime: false);
            }
            else
            {
                MatMul.ForwardTN(PhiK, Values, State, dim, keys, width);
                MatMul.Forward(PhiQ, State, All, queries, dim, width);
            }
        }

        /// <summary>φ(Q) (T_q, D).</summary>
        public Span<float> PhiQ { get; }

        /// <summary>φ(K) (T_k, D).</summary>
        public Span<float> PhiK { get; }

        /// <summary>[V, 1] (T_k, D_v + 1).</summary>
        public Span<float> Values { get; }

        /// <summary>[n, z] (T_q, D_v + 1).</summary>
        public Span<float> All { get; }

        /// <summary>S (D, D_v + 1); formed unless causal.</summary>
        public Span<float> State { get; }

        /// <summary>Whether the sums of a query are finite and its denominator is large enough for a float.</summary>
        public bool Hold(int query)
        {
            ReadOnlySpan<float> sums = All.Slice(query * _width, _width);
            float largest = Math.Max(_largest, Reduce.Largest(PhiQ.Slice(query * _dim, _dim)));
            return !_overflows && sums[^1] >= Math.Max(Least, Beside * largest) && Finite.All(sums);
        }

        /// <summary>A φ of a finite x that is more than a float holds becomes 0, so that it spoils no gradient; returns whether there was one.</summary>
        private static bool Bound(ReadOnlySpan<float> x, Span<float> phi)
        {
            bool found = false;
            for (int i = 0; i < x.Length && !(i == 0 && Finite.All(phi)); i++)
            {
                if (float.IsInfinity(phi[i]) && float.IsFinite(x[i]))
                {
                    (phi[i], found) = (0, true);
                }
            }

            return found;
        }

        public void Dispose() => ArrayPool<float>.Shared.Return(_rented);
    }
}
