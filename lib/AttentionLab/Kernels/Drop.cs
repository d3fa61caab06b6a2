using System.Numerics;

namespace AttentionLab.Kernels;

/// <summary>
/// Dropout: y_i = x_i/(1−rate) where the i-th random word is at least rate·2³², else 0 (Srivastava et al. 2014; the division
/// keeps the expectation, so that inference needs nothing). Its backward is the same with the same words:
/// ∂L/∂x_i = ∂L/∂y_i/(1−rate) or 0.
/// </summary>
/// <remarks>Element i uses word Position + i of the generator, whatever the register width: a mask is not stored but drawn again.</remarks>
public static class Drop
{
    /// <summary>One word after the other.</summary>
    /// <param name="x">(n); for the backward ∂L/∂y.</param>
    /// <param name="y">(n), may be the memory of <paramref name="x"/>; for the backward ∂L/∂x.</param>
    /// <param name="rate">Share that becomes 0, from 0 to below 1.</param>
    /// <param name="random">Moves on by n words; for the backward a generator at the forward's position.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not in [0, 1).</exception>
    public static void Reference<T>(ReadOnlySpan<T> x, Span<T> y, double rate, CounterRandom random)
        where T : IFloatingPointIeee754<T>
    {
        uint limit = Check(x.Length, y.Length, rate, random);
        T factor = T.CreateChecked(1 / (1 - rate));
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = random.NextUInt32() >= limit ? x[i] * factor : T.Zero;
        }
    }

    /// <summary>Four words at a time.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static void Forward(ReadOnlySpan<float> x, Span<float> y, double rate, CounterRandom random)
    {
        uint limit = Check(x.Length, y.Length, rate, random);
        float factor = (float)(1 / (1 - rate));
        int i = 0;
        for (; i < x.Length && (random.Position & 3) != 0; i++)
        {
            y[i] = random.NextUInt32() >= limit ? x[i] * factor : 0;
        }

        Span<uint> words = stackalloc uint[4];
        for (; i <= x.Length - 4; i += 4)
        {
            CounterRandom.Block(random.Seed, random.Stream, random.Position >> 2, words);
            y[i] = words[0] >= limit ? x[i] * factor : 0;
            y[i + 1] = words[1] >= limit ? x[i + 1] * factor : 0;
            y[i + 2] = words[2] >= limit ? x[i + 2] * factor : 0;
            y[i + 3] = words[3] >= limit ? x[i + 3] * factor : 0;
            random.Position += 4;
        }

        for (; i < x.Length; i++)
        {
            y[i] = random.NextUInt32() >= limit ? x[i] * factor : 0;
        }
    }

    private static uint Check(int x, int y, double rate, CounterRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Sizes.RequireSame(y, x, "y", "x");
        return rate is >= 0 and < 1
            ? (uint)(rate * 4294967296.0)
            : throw new ArgumentOutOfRangeException(nameof(rate), $"rate is {rate} but a share from 0 to below 1 can be dropped: pass 0.1, or 0 for none.");
    }
}
