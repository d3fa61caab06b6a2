using System.Numerics;
using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>The numbers of one step of <see cref="AdamStep"/>.</summary>
/// <param name="LearningRate">η.</param>
/// <param name="Beta1">β₁, memory of the mean.</param>
/// <param name="Beta2">β₂, memory of the square.</param>
/// <param name="Epsilon">ε, outside the root; above 0 as a float, since where no gradient ever was a step is 0/(0 + ε).</param>
/// <param name="Decay">λ.</param>
/// <param name="Step">t, from 1.</param>
public readonly record struct AdamRates(double LearningRate, double Beta1, double Beta2, double Epsilon, double Decay, long Step)
{
    /// <summary>η/(1−β₁ᵗ).</summary>
    internal double Rate => LearningRate / (1 - Math.Pow(Beta1, Step));

    /// <summary>1/√(1−β₂ᵗ).</summary>
    internal double Root => 1 / Math.Sqrt(1 - Math.Pow(Beta2, Step));

    /// <summary>1 − η·λ.</summary>
    internal double Keep => 1 - LearningRate * Decay;
}

/// <summary>
/// m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², θ ← (1 − η·λ)·θ − η·m̂/(√v̂ + ε) with m̂ = m/(1−β₁ᵗ), v̂ = v/(1−β₂ᵗ): Adam (Kingma and Ba 2015, algorithm 1),
/// with λ &gt; 0 AdamW (Loshchilov and Hutter 2019, algorithm 2).
/// </summary>
public static class AdamStep
{
    /// <summary>The step by a loop.</summary>
    /// <param name="value">θ (n), moved.</param>
    /// <param name="gradient">g (n).</param>
    /// <param name="mean">m (n), moved.</param>
    /// <param name="square">v (n), moved.</param>
    /// <param name="rates">η, β₁, β₂, ε, λ and t.</param>
    /// <exception cref="ArgumentException">The lengths differ, or two of the four share memory.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The step is below 1, or ε, rounded to T, is not above 0 and finite.</exception>
    public static void Reference<T>(Span<T> value, ReadOnlySpan<T> gradient, Span<T> mean, Span<T> square, AdamRates rates)
        where T : IFloatingPointIeee754<T>
    {
        Check<T>(value, gradient, mean, square, rates);
        T one = T.One, beta1 = T.CreateChecked(rates.Beta1), beta2 = T.CreateChecked(rates.Beta2);
        T fresh1 = one - T.Pow(beta1, T.CreateChecked(rates.Step)), fresh2 = one - T.Pow(beta2, T.CreateChecked(rates.Step));
        for (int i = 0; i < value.Length; i++)
        {
            mean[i] = beta1 * mean[i] + (one - beta1) * gradient[i];
            square[i] = beta2 * square[i] + (one - beta2) * gradient[i] * gradient[i];
            T move = mean[i] / fresh1 / (T.Sqrt(square[i] / fresh2) + T.CreateChecked(rates.Epsilon));
            value[i] = T.CreateChecked(rates.Keep) * value[i] - T.CreateChecked(rates.LearningRate) * move;
        }
    }

    /// <summary>The step in one pass: 4 numbers read and 3 written for each parameter, so that memory is the limit.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static unsafe void Forward(Span<float> value, ReadOnlySpan<float> gradient, Span<float> mean, Span<float> square, AdamRates rates)
    {
        Check<float>(value, gradient, mean, square, rates);
        fixed (float* values = value, gradients = gradient, means = mean, squares = square)
        {
            Elementwise.Run(new Move(values, gradients, means, squares, rates), value.Length, effort: 4);
        }
    }

    private static void Check<T>(ReadOnlySpan<T> value, ReadOnlySpan<T> gradient, ReadOnlySpan<T> mean, ReadOnlySpan<T> square, AdamRates rates)
        where T : IFloatingPointIeee754<T>
    {
        Sizes.RequireSame(gradient.Length, value.Length, "gradient", "value");
        Sizes.RequireSame(mean.Length, value.Length, "mean", "value");
        Sizes.RequireSame(square.Length, value.Length, "square", "value");
        Sizes.RequireApart(value, gradient, "value", "gradient");
        Sizes.RequireApart(mean, gradient, "mean", "gradient");
        Sizes.RequireApart(square, gradient, "square", "gradient");
        Sizes.RequireApart(mean, value, "mean", "value");
        Sizes.RequireApart(square, value, "square", "value");
        Sizes.RequireApart(mean, square, "mean", "square");
        if (rates.Step < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(rates), $"Step is {rates.Step} but steps are counted from 1, since 1 − β⁰ is 0 and divides: pass 1 for the first step.");
        }

        T epsilon = T.CreateChecked(rates.Epsilon);
        if (!(epsilon > T.Zero && T.IsFinite(epsilon)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(rates),
                FormattableString.Invariant($"Epsilon is {rates.Epsilon} but must be above 0 and finite as {typeof(T).Name}, ")
                + "since where no gradient ever was a step is 0/(0 + ε): pass 1e-8.");
        }
    }

    private readonly unsafe struct Move(float* value, float* gradient, float* mean, float* square, AdamRates rates) : IElements
    {
        private readonly float* _value = value, _gradient = gradient, _mean = mean, _square = square;
        private readonly float _rate = (float)rates.Rate, _root = (float)rates.Root, _keep = (float)rates.Keep, _epsilon = (float)rates.Epsilon;
        private readonly float _beta1 = (float)rates.Beta1, _rest1 = (float)(1 - rates.Beta1), _beta2 = (float)rates.Beta2, _rest2 = (float)(1 - rates.Beta2);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(int i)
            where V : struct, ILanes<V>
        {
            V g = V.Load(_gradient + i);
            V m = V.MultiplyAdd(V.Load(_mean + i), V.All(_beta1), g * V.All(_rest1));
            V v = V.MultiplyAdd(V.Load(_square + i), V.All(_beta2), g * g * V.All(_rest2));
            V.Store(m, _mean + i);
            V.Store(v, _square + i);
            V move = m * V.All(_rate) / V.MultiplyAdd(V.Sqrt(v), V.All(_root), V.All(_epsilon));
            V.Store(V.Load(_value + i) * V.All(_keep) - move, _value + i);
        }
    }
}
