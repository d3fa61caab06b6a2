using System.Buffers;
using System.Numerics;

namespace AttentionLab.Kernels;

/// <summary>
/// Linear attention (Katharopoulos et al. 2020): with φ(q_i)·φ(k_j) in place of exp(q_i·k_j/√D),
/// o_i = Σ_j (φ(q_i)·φ(k_j))·v_j / Σ_j φ(q_i)·φ(k_j), the sums can be formed once for all queries: S = Σ_j φ(k_j)ᵀ·v_j. Work linear in the
/// tokens; causal sums run to j ≤ i.
/// </summary>
/// <remarks>
/// Inside, every value gets one more column that is 1: the numerator and the denominator then come out of one product.
/// A denominator of 0 (possible with <see cref="FeatureMap.Relu"/>) gives zeros. Where φ(q)·φ(k) is smaller or larger than a float holds, the
/// quotient is not: such queries are computed again in logarithms (<c>LinearAttend.Logarithms.cs</c>).
/// </remarks>
public static partial class LinearAttend
{
    /// <summary>The quadratic definition by loops.</summary>
    /// <param name="q">Q (queries, dim).</param>
    /// <param name="k">K (keys, dim).</param>
    /// <param name="v">V (keys, valueDim).</param>
    /// <param name="output">O (queries, valueDim), overwritten.</param>
    /// <param name="queries">Rows of Q.</param>
    /// <param name="keys">Rows of K and V.</param>
    /// <param name="dim">Width of Q and K.</param>
    /// <param name="valueDim">Width of V.</param>
    /// <param name="map">φ.</param>
    /// <param name="causal">Query i sees keys j ≤ i; then queries = keys.</param>
    /// <exception cref="ArgumentException">A span's length does not fit the sizes, or it is causal with queries ≠ keys.</exception>
    public static void Reference<T>(ReadOnlySpan<T> q, ReadOnlySpan<T> k, ReadOnlySpan<T> v, Span<T> output, int queries, int keys, int dim, int valueDim, FeatureMap map = FeatureMap.EluPlusOne, bool causal = false)
        where T : IFloatingPointIeee754<T>
    {
        Check(q.Length, k.Length, v.Length, output.Length, queries, keys, dim, valueDim, causal);
        T[] phiQ = new T[q.Length], phiK = new T[k.Length];
        Features.Reference<T>(q, phiQ, map);
        Features.Reference<T>(k, phiK, map);
        output.Clear();
        for (int i = 0; i < queries; i++)
        {
            T sum = T.Zero;
            Span<T> row = output.Slice(i * valueDim, valueDim);
            for (int j = 0; j < (causal ? i + 1 : keys); j++)
            {
                T weight = Dot.Reference<T>(phiQ.AsSpan(i * dim, dim), phiK.AsSpan(j * dim, dim));
                sum += weight;
                for (int c = 0; c < valueDim; c++)
                {
                    row[c] += weight * v[j * valueDim + c];
                }
            }

            for (int c = 0; c < valueDim; c++)
            {
                row[c] = sum == T.Zero ? T.Zero : row[c] / sum;
            }
        }
    }

    /// <summary>The same in linear time, fast.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static void Forward(ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, Span<float> output, int queries, int keys, int dim, int valueDim, FeatureMap map = FeatureMap.EluPlusOne, bool causal = false)
    {
        Check(q.Length, k.Length, v.Length, output.Length, queries, keys, dim, valueDim, causal);
        using Workspace w = new(q, k, v, queries, keys, dim, valueDim, map, causal);
        for (int i = 0; i < queries; i++)
        {
            ReadOnlySpan<float> row = w.Sums.Slice(i * (valueDim + 1), valueDim + 1);
            Span<float> to = output.Slice(i * valueDim, valueDim);
            if (w.Holds(i))
            {
                Multiply.Scale(row[..valueDim], 1 / row[valueDim], to);
            }
            else
            {
                new Query(q, k, v, i, causal ? i + 1 : keys, dim, map).Forward(to);
            }
        }
    }

    /// <summary>
    /// Backward by loops over pairs. With w_ij = φ(q_i)·φ(k_j) and z_i = Σ_j w_ij: ∂w_ij = ∂o_i·(v_j − o_i)/z_i and ∂v_j = Σ_i w_ij/z_i·∂o_i.
    /// </summary>
    /// <param name="q">Q of the forward.</param>
    /// <param name="k">K of the forward.</param>
    /// <param name="v">V of the forward.</param>
    /// <param name="dOutput">∂L/∂O (queries, valueDim).</param>
    /// <param name="dq">∂L/∂Q, overwritten.</param>
    /// <param name="dk">∂L/∂K, overwritten.</param>
    /// <param name="dv">∂L/∂V, overwritten.</param>
    /// <param name="queries">Rows of Q.</param>
    /// <param name="keys">Rows of K and V.</param>
    /// <param name="dim">Width of Q and K.</param>
    /// <param name="valueDim">Width of V.</param>
    /// <param name="map">φ of the forward.</param>
    /// <param name="causal">Of the forward.</param>
    /// <exception cref="ArgumentException">A span's length does not fit the sizes.</exception>
    public static void BackwardReference<T>(ReadOnlySpan<T> q, ReadOnlySpan<T> k, ReadOnlySpan<T> v, ReadOnlySpan<T> dOutput, Span<T> dq, Span<T> dk, Span<T> dv, int queries, int keys, int dim, int valueDim, FeatureMap map = FeatureMap.EluPlusOne, bool causal = false)
        where T : IFloatingPointIeee754<T>
    {
        CheckBackward(q.Length, k.Length, v.Length, dOutput.Length, dq.Length, dk.Length, dv.Length, queries, keys, dim, valueDim, causal);
        T[] phiQ = new T[q.Length], phiK = new T[k.Length], output = new T[queries * valueDim];
        Features.Reference<T>(q, phiQ, map);
        Features.Reference<T>(k, phiK, map);
        Reference(q, k, v, output, queries, keys, dim, valueDim, map, causal);
        dq.Clear();
        dk.Clear();
        dv.Clear();
        for (int i = 0; i < queries; i++)
        {
            int seen = causal ? i + 1 : keys;
            ReadOnlySpan<T> query = phiQ.AsSpan(i * dim, dim), upstream = dOutput.Slice(i * valueDim, valueDim);
            T sum = T.Zero, delta = Dot.Reference(upstream, output.AsSpan(i * valueDim, valueDim));
            for (int j = 0; j < seen; j++)
            {
                sum += Dot.Reference(query, phiK.AsSpan(j * dim, dim));
            }

            for (int j = 0; j < seen && sum != T.Zero; j++)
            {
                ReadOnlySpan<T> key = phiK.AsSpan(j * dim, dim);
                T weight = Dot.Reference(query, key) / sum;
                T dWeight = (Dot.Reference(upstream, v.Slice(j * valueDim, valueDim)) - delta) / sum;
                for (int c = 0; c < dim; c++)
                {
                    dq[i * dim + c] += dWeight * key[c];
                    dk[j * dim + c] += dWeight * query[c];
                }

                for (int c = 0; c < valueDim; c++)
                {
                    dv[j * valueDim + c] += weight * upstream[c];
                }
            }
        }

        Features.BackwardReference(phiQ, dq, dq, map);
        Features.BackwardReference(phiK, dk, dk, map);
    }

    /// <summary>Backward in linear time, fast; the sums of the forward are formed again.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    public static void Backward(ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, ReadOnlySpan<float> dOutput, Span<float> dq, Span<float> dk, Span<float> dv, int queries, int keys, int dim, int valueDim, FeatureMap map = FeatureMap.EluPlusOne, bool causal = false)
    {
        CheckBackward(q.Length, k.Length, v.Length, dOutput.Length, dq.Length, dk.Length, dv.Length, queries, keys, dim, valueDim, causal);
        using Workspace w = new(q, k, v, queries, keys, dim, valueDim, map, causal);
        int width = valueDim + 1;
        List<int>? again = null;

        // o = n/z: ∂n = ∂o/z and ∂z = −∂o·n/z². They replace the sums [n, z].
        for (int i = 0; i < queries; i++)
        {
            Span<float> row = w.Sums.Slice(i * width, width);
            if (!w.Holds(i))
            {
                (again ??= []).Add(i);
                row.Clear();
                w.PhiQ.Slice(i * dim, dim).Clear();
                continue;
            }

            ReadOnlySpan<float> upstream = dOutput.Slice(i * valueDim, valueDim);
            float inverse = 1 / row[valueDim];
            row[valueDim] = -Dot.Forward(upstream, row[..valueDim]) * inverse * inverse;
            Multiply.Scale(upstream, inverse, row[..valueDim]);
        }

        float[] rented = ArrayPool<float>.Shared.Rent(Sizes.Product("the backward of LinearAttend", ("keys + dim", checked(keys + dim)), ("valueDim + 1", width)));
        Span<float> dValues = rented.AsSpan(0, keys * width), dState = rented.AsSpan(keys * width, dim * width);
        if (causal)
        {
            LightningAttend.Blocks(w.Sums, w.Values, w.PhiK, dq, queries, width, dim, [1], backwardInTime: false);
            LightningAttend.Blocks(w.Values, w.Sums, w.PhiQ, dk, queries, width, dim, [1], backwardInTime: true);
            LightningAttend.Blocks(w.PhiK, w.PhiQ, w.Sums, dValues, queries, dim, width, [1], backwardInTime: true);
        }
        else
        {
            MatMul.ForwardNT(w.Sums, w.State, dq, queries, width, dim);
            MatMul.ForwardTN(w.PhiQ, w.Sums, dState, dim, queries, width);
            MatMul.ForwardNT(w.Values, dState, dk, keys, width, dim);
            MatMul.Forward(w.PhiK, dState, dValues, keys, dim, width);
        }

        for (int j = 0; j < keys; j++)
        {
            dValues.Slice(j * width, valueDim).CopyTo(dv[(j * valueDim)..]);
        }

        Features.Backward(w.PhiQ, dq, dq, map);
        Features.Backward(w.PhiK, dk, dk, map);
        ArrayPool<float>.Shared.Return(rented);
        foreach (int i in again ?? [])
        {
            int seen = causal ? i + 1 : keys;
            new Query(q, k, v, i, seen, dim, map).Backward(dOutput.Slice(i * valueDim, valueDim), dq.Slice(i * dim, dim), dk[..(seen * dim)], dv[..(seen * valueDim)]);
        }
    }

    private static void Check(int q, int k, int v, int output, int queries, int keys, int dim, int valueDim, bool causal)
    {
        Sizes.Require(q, queries, dim, "q", "queries", "dim");
        Sizes.Require(k, keys, dim, "k", "keys", "dim");
        Sizes.Require(v, keys, valueDim, "v", "keys", "valueDim");
        Sizes.Require(output, queries, valueDim, "output", "queries", "valueDim");
        if (causal && queries != keys)
        {
            throw new ArgumentException($"queries is {queries} and keys is {keys}, but causal linear attention walks through one sequence: pass as many queries as keys.");
        }
    }

    private static void CheckBackward(int q, int k, int v, int dOutput, int dq, int dk, int dv, int queries, int keys, int dim, int valueDim, bool causal)
    {
        Check(q, k, v, dOutput, queries, keys, dim, valueDim, causal);
        Sizes.Require(dq, queries, dim, "dq", "queries", "dim");
        Sizes.Require(dk, keys, dim, "dk", "keys", "dim");
        Sizes.Require(dv, keys, valueDim, "dv", "keys", "valueDim");
    }

    /// <summary>φ(Q), φ(K), [V, 1], S = φ(K)ᵀ·[V, 1] and the sums [n, z] of every query, in one borrowed array.</summary>
    private readonly ref struct Workspace
    {
        /// <summary>What was lost below 2⁻¹²⁵ is at most 2⁻⁶⁵ of a denominator that is this large beside the largest φ.</summary>
        private const float Beside = 8.7e-19f;

        /// <summary>2⁻¹⁰⁰: a sum of products of at least this size has lost nothing to denormal numbers.</summary>
        private const float Least = 7.9e-31f;

        private readonly float[] _rented;
        private readonly float _largest;
        private readonly int _dim, _width;
        private readonly bool _overflows;

        public Workspace(ReadOnlySpan<float> q, ReadOnlySpan<float> k, ReadOnlySpan<float> v, int queries, int keys, int dim, int valueDim, FeatureMap map, bool causal)
        {
            int width = valueDim + 1, at = 0;
            float[] rented = _rented = ArrayPool<float>.Shared.Rent(checked(q.Length + k.Length + Sizes.Product("LinearAttend", ("queries + keys + dim", checked(queries + keys + dim)), ("valueDim + 1", width))));
            PhiQ = rented.AsSpan(at, q.Length);
            PhiK = rented.AsSpan(at += q.Length, k.Length);
            Values = rented.AsSpan(at += k.Length, keys * width);
            Sums = rented.AsSpan(at += keys * width, queries * width);
            State = rented.AsSpan(at + queries * width, dim * width);
            Features.Forward(q, PhiQ, map);
            Features.Forward(k, PhiK, map);
            _overflows = Bound(q, PhiQ) | Bound(k, PhiK);
            (_largest, _dim, _width) = (Largest(PhiK), dim, width);
            for (int j = 0; j < keys; j++)
            {
                v.Slice(j * valueDim, valueDim).CopyTo(Values[(j * width)..]);
                Values[j * width + valueDim] = 1;
            }

            if (causal)
            {
                LightningAttend.Blocks(PhiQ, PhiK, Values, Sums, queries, dim, width, [1], backwardInTime: false);
            }
            else
            {
                MatMul.ForwardTN(PhiK, Values, State, dim, keys, width);
                MatMul.Forward(PhiQ, State, Sums, queries, dim, width);
            }
        }

        /// <summary>Whether the sums of a query are finite and its denominator is large enough for a float.</summary>
        public bool Holds(int query)
        {
            ReadOnlySpan<float> sums = Sums.Slice(query * _width, _width);
            float largest = Math.Max(_largest, Largest(PhiQ.Slice(query * _dim, _dim)));
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

        private static float Largest(ReadOnlySpan<float> phi)
        {
            float largest = 0;
            foreach (float value in phi)
            {
                largest = Math.Max(largest, value);
            }

            return largest;
        }

        public Span<float> PhiQ { get; }

        public Span<float> PhiK { get; }

        public Span<float> Values { get; }

        public Span<float> Sums { get; }

        public Span<float> State { get; }

        public void Dispose() => ArrayPool<float>.Shared.Return(_rented);
    }
}
