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
    /// <summary>Words drawn at a time: a kilobyte on the stack.</summary>
    private const int Piece = 256;

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

    /// <summary>Many words at a time: the time goes into the generator, and <see cref="CounterRandom.Fill"/> is its SIMD path.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static void Forward(ReadOnlySpan<float> x, Span<float> y, double rate, CounterRandom random)
    {
        uint limit = Check(x.Length, y.Length, rate, random);
        float factor = (float)(1 / (1 - rate));
        Span<uint> words = stackalloc uint[Piece];
        for (int start = 0; start < x.Length; start += Piece)
        {
            int count = Math.Min(Piece, x.Length - start);
            random.Fill(words[..count]);
            ReadOnlySpan<float> from = x.Slice(start, count);
            Span<float> to = y.Slice(start, count);
            for (int i = 0; i < count; i++)
            {
                to[i] = words[i] >= limit ? from[i] * factor : 0;
            }
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
