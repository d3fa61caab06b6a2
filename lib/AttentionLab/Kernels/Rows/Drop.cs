using System.Numerics;
using System.Runtime.CompilerServices;

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

    /// <summary>Many words at a time: the time goes into the generator, which has a SIMD path.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static unsafe void Forward(ReadOnlySpan<float> x, Span<float> y, double rate, CounterRandom random)
    {
        uint limit = Check(x.Length, y.Length, rate, random);
        fixed (float* from = x, to = y)
        {
            int blocks = RowParts.Blocks(x.Length);
            RowParts.Run(
                new Blocks(from, to, x.Length, limit, (float)(1 / (1 - rate)), random.Seed, random.Stream, random.Position), blocks,
                RowParts.Count(blocks, RowParts.Block, effort: 4));
        }

        random.Position += (ulong)x.Length;
    }

    private static uint Check(int x, int y, double rate, CounterRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Sizes.RequireSame(y, x, "y", "x");
        return (uint)(CheckRate(rate) * 4294967296.0);
    }

    /// <summary>Throws unless such a share can be dropped; returns it.</summary>
    internal static double CheckRate(double rate) => rate is >= 0 and < 1
        ? rate
        : throw new ArgumentOutOfRangeException(
            nameof(rate), FormattableString.Invariant($"rate is {rate} but a share from 0 to below 1 can be dropped: pass 0.1, or 0 for none."));

    private readonly unsafe struct Blocks(float* x, float* y, int length, uint limit, float factor, ulong seed, ulong stream, ulong position) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>(int part, int first, int end)
            where V : struct, ILanes<V>
        {
            uint* words = stackalloc uint[Piece];
            V factors = V.All(factor);
            int start = first * RowParts.Block, n = RowParts.End(end, length);
            for (; start < n; start += Piece)
            {
                int count = Math.Min(Piece, n - start), i = 0;
                float* from = x + start, to = y + start;
                CounterRandom.Words(seed, stream, position + (ulong)start, words, count);
                for (; i <= count - V.Count; i += V.Count)
                {
                    V.Store(V.ZeroWhereBelow(words + i, limit, V.Load(from + i) * factors), to + i);
                }

                for (; i < count; i++)
                {
                    to[i] = words[i] >= limit ? from[i] * factor : 0;
                }
            }
        }
    }
}
