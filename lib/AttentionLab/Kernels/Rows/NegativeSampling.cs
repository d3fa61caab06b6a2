using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AttentionLab.Kernels;

/// <summary>
/// One step of skip-gram with negative sampling in place: for a word's vector v, the row u_0 of a neighbour and the rows
/// u_1 … u_K of random words, L = −log σ(u_0·v) − Σ_k log σ(−u_k·v) (Mikolov et al. 2013, "Distributed representations", eq. 4).
/// </summary>
/// <remarks>
/// With g_k = σ(u_k·v) − [k = 0]: v ← v − η·Σ_k g_k·u_k and u_k ← u_k − η·g_k·v, where every u_k in the sum is the one before its
/// own step, and v in all of them the one before the whole step. A row that is named twice is moved twice, one after the other.
/// </remarks>
public static class NegativeSampling
{
    private const int Cells = 1024;
    private const float Limit = 8;

    /// <summary>σ at Cells + 1 points from −8 to 8; between two of them a straight line, error below 3·10⁻⁶.</summary>
    private static readonly float[] Sigmoids = [.. Enumerable.Range(0, Cells + 2).Select(i => (float)(1 / (1 + Math.Exp(Limit - 2 * Limit * i / Cells))))];

    /// <summary>The step by loops.</summary>
    /// <param name="v">(C): the word's vector, moved.</param>
    /// <param name="table">(V, C): a row for each word as a neighbour; the sampled rows are moved.</param>
    /// <param name="samples">(1 + K): the neighbour, then K random words.</param>
    /// <param name="rate">η.</param>
    /// <param name="step">(C): working memory.</param>
    /// <returns>L before the step.</returns>
    /// <exception cref="ArgumentException">Sizes differ, or the vector, the table and the working memory are not three.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A sample is no row of the table.</exception>
    public static T Reference<T>(Span<T> v, Span<T> table, ReadOnlySpan<int> samples, T rate, Span<T> step)
        where T : IFloatingPointIeee754<T>
    {
        Check(v.Length, table.Length, samples, step.Length);
        CheckApart<T>(v, table, step);
        step.Clear();
        T loss = T.Zero;
        for (int k = 0; k < samples.Length; k++)
        {
            Span<T> u = table.Slice(samples[k] * v.Length, v.Length);
            T score = Dot.Reference<T>(u, v), slope = T.One / (T.One + T.Exp(-score)) - (k == 0 ? T.One : T.Zero);
            loss += T.Log(T.One + T.Exp(k == 0 ? -score : score));
            for (int i = 0; i < v.Length; i++)
            {
                step[i] -= rate * slope * u[i];
                u[i] -= rate * slope * v[i];
            }
        }

        for (int i = 0; i < v.Length; i++)
        {
            v[i] += step[i];
        }

        return loss;
    }

    /// <summary>The step, fast: σ from a table, beyond ±8 taken as 0 or 1. The loss is <see cref="Loss"/>'s business.</summary>
    /// <inheritdoc cref="Reference{T}" path="//param|//exception"/>
    public static void Forward(Span<float> v, Span<float> table, ReadOnlySpan<int> samples, float rate, Span<float> step)
    {
        Check(v.Length, table.Length, samples, step.Length);
        CheckApart<float>(v, table, step);
        Step work = new(v, table, samples, rate, step);
        Simd.Run(ref work);
    }

    /// <summary>L without a step.</summary>
    /// <param name="v">(C).</param>
    /// <param name="table">(V, C).</param>
    /// <param name="samples">(1 + K).</param>
    /// <exception cref="ArgumentOutOfRangeException">A sample is no row of the table.</exception>
    public static float Loss(ReadOnlySpan<float> v, ReadOnlySpan<float> table, ReadOnlySpan<int> samples)
    {
        Check(v.Length, table.Length, samples, v.Length);
        double loss = 0;
        for (int k = 0; k < samples.Length; k++)
        {
            double score = Dot.Forward(table.Slice(samples[k] * v.Length, v.Length), v), x = k == 0 ? -score : score;
            loss += Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));
        }

        return (float)loss;
    }

    private static void CheckApart<T>(ReadOnlySpan<T> v, ReadOnlySpan<T> table, ReadOnlySpan<T> step)
    {
        Sizes.RequireApart(v, table, "v", "table");
        Sizes.RequireApart(step, table, "step", "table");
        Sizes.RequireApart(step, v, "step", "v");
    }

    private static void Check(int width, int table, ReadOnlySpan<int> samples, int step)
    {
        Sizes.RequireSame(step, width, "step", "v");
        if (width == 0 || table % width != 0)
        {
            throw new ArgumentException($"table has {table} numbers but must be rows of {width}, the length of v: pass whole rows.", nameof(table));
        }

        int rows = table / width;
        foreach (int sample in samples)
        {
            if ((uint)sample >= (uint)rows)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(samples), $"sample {sample} was asked for but the table has rows 0 to {rows - 1}: draw from those.");
            }
        }
    }

    private readonly ref struct Step(Span<float> v, Span<float> table, ReadOnlySpan<int> samples, float rate, Span<float> step) : IWide
    {
        private readonly Span<float> _v = v, _table = table, _step = step;
        private readonly ReadOnlySpan<int> _samples = samples;
        private readonly float _rate = rate;

        public void Run<V>()
            where V : struct, ILanes<V> => Fast<V>(_v, _table, _samples, _rate, _step);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fast<V>(Span<float> v, Span<float> table, ReadOnlySpan<int> samples, float rate, Span<float> step)
        where V : struct, ILanes<V>
    {
        ref float v0 = ref MemoryMarshal.GetReference(v), step0 = ref MemoryMarshal.GetReference(step), table0 = ref MemoryMarshal.GetReference(table);
        ref float sigmoids = ref MemoryMarshal.GetArrayDataReference(Sigmoids);
        int width = v.Length;
        step.Clear();
        for (int k = 0; k < samples.Length; k++)
        {
            ref float u0 = ref Unsafe.Add(ref table0, (nint)samples[k] * width);
            V s0 = V.All(0), s1 = s0;
            int i = 0;
            for (; i <= width - 2 * V.Count; i += 2 * V.Count)
            {
                s0 = V.MultiplyAdd(V.Load(ref u0, i), V.Load(ref v0, i), s0);
                s1 = V.MultiplyAdd(V.Load(ref u0, i + V.Count), V.Load(ref v0, i + V.Count), s1);
            }

            for (; i <= width - V.Count; i += V.Count)
            {
                s0 = V.MultiplyAdd(V.Load(ref u0, i), V.Load(ref v0, i), s0);
            }

            float score = V.Sum(s0 + s1);
            for (; i < width; i++)
            {
                score += Unsafe.Add(ref u0, i) * Unsafe.Add(ref v0, i);
            }

            float g = rate * ((k == 0 ? 1 : 0) - Sigmoid(score, ref sigmoids));
            V factor = V.All(g);
            for (i = 0; i <= width - V.Count; i += V.Count)
            {
                V u = V.Load(ref u0, i);
                V.Store(V.MultiplyAdd(factor, u, V.Load(ref step0, i)), ref step0, i);
                V.Store(V.MultiplyAdd(factor, V.Load(ref v0, i), u), ref u0, i);
            }

            for (; i < width; i++)
            {
                float u = Unsafe.Add(ref u0, i);
                Unsafe.Add(ref step0, i) += g * u;
                Unsafe.Add(ref u0, i) = u + g * Unsafe.Add(ref v0, i);
            }
        }

        for (int i = 0; i < width; i++)
        {
            v[i] += step[i];
        }
    }

    /// <summary>σ(x); NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Sigmoid(float x, ref readonly float sigmoids)
    {
        if (!(MathF.Abs(x) < Limit))
        {
            return float.IsNaN(x) ? x : x > 0 ? 1 : 0;
        }

        float at = (x + Limit) * (Cells / (2 * Limit));
        int cell = (int)at;
        float left = Unsafe.Add(ref Unsafe.AsRef(in sigmoids), cell), right = Unsafe.Add(ref Unsafe.AsRef(in sigmoids), cell + 1);
        return left + (right - left) * (at - cell);
    }
}
