using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AttentionLab.Kernels;

/// <summary>Many words at once: one block a lane of 64 bits, because Philox is built from 32 × 32 → 64 bit products.</summary>
public sealed partial class CounterRandom
{
    /// <summary>Words of the four blocks that one register makes.</summary>
    private const int RegisterWords = 16;

    /// <summary>Fills with random words; equal to as many calls of <see cref="NextUInt32"/>.</summary>
    /// <param name="words">Where they go.</param>
    public unsafe void Fill(Span<uint> words)
    {
        fixed (uint* to = words)
        {
            Words(Seed, Stream, Position, to, words.Length);
        }

        Position += (ulong)words.Length;
    }

    /// <summary>Words <paramref name="position"/>, <paramref name="position"/> + 1, … of a sequence; no generator is needed, so that threads can share one.</summary>
    internal static unsafe void Words(ulong seed, ulong stream, ulong position, uint* words, int count)
    {
        Span<uint> block = stackalloc uint[4];
        while (count > 0)
        {
            int skip = (int)(position & 3), done;
            if (skip == 0 && count >= RegisterWords && Vector128.IsHardwareAccelerated && BitConverter.IsLittleEndian)
            {
                done = count & -RegisterWords;
                Blocks(seed, stream, position >> 2, words, done);
            }
            else
            {
                Block(seed, stream, position >> 2, block);
                done = Math.Min(4 - skip, count);
                block.Slice(skip, done).CopyTo(new Span<uint>(words, done));
            }

            position += (ulong)done;
            words += done;
            count -= done;
        }
    }

    /// <summary>
    /// The same rounds as <see cref="Block"/> on four blocks at a time. The product of two lanes reads only their lower halves, and nothing else
    /// needs the upper ones to be clean, so that a round is two products, two shifts and four xors.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Blocks(ulong seed, ulong stream, ulong block, uint* words, int count)
    {
        Vector256<ulong> low = Vector256.Create((ulong)uint.MaxValue), steps = Vector256.Create(0UL, 1, 2, 3);
        Vector256<ulong> multiplier0 = Vector256.Create((ulong)Multiplier0), multiplier1 = Vector256.Create((ulong)Multiplier1);
        for (int at = 0; at < count; at += RegisterWords, block += 4)
        {
            Vector256<ulong> x0 = Vector256.Create(block) + steps, x1 = x0 >>> 32, x2 = Vector256.Create(stream), x3 = x2 >>> 32;
            uint k0 = (uint)seed, k1 = (uint)(seed >> 32);
            for (int round = 0; round < 10; round++)
            {
                Vector256<ulong> p0 = Product(x0, multiplier0), p1 = Product(x2, multiplier1);
                (x0, x1, x2, x3) = ((p1 >>> 32) ^ x1 ^ Vector256.Create((ulong)k0), p1, (p0 >>> 32) ^ x3 ^ Vector256.Create((ulong)k1), p0);
                k0 = unchecked(k0 + Weyl0);
                k1 = unchecked(k1 + Weyl1);
            }

            // Lane i of first and second are the halves of block i.
            Vector256<ulong> first = (x0 & low) | (x1 << 32), second = (x2 & low) | (x3 << 32);
            (Vector256<ulong> front, Vector256<ulong> back) = Interleave(first, second);
            front.AsUInt32().Store(words + at);
            back.AsUInt32().Store(words + at + 8);
        }
    }

    /// <summary>a₀ b₀ a₁ b₁ and a₂ b₂ a₃ b₃.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<ulong> First, Vector256<ulong> Second) Interleave(Vector256<ulong> a, Vector256<ulong> b)
    {
        if (Avx2.IsSupported)
        {
            Vector256<ulong> even = Avx2.UnpackLow(a, b), odd = Avx2.UnpackHigh(a, b);
            return (Avx2.Permute2x128(even, odd, 0x20), Avx2.Permute2x128(even, odd, 0x31));
        }

        return (Vector256.Create(a[0], b[0], a[1], b[1]), Vector256.Create(a[2], b[2], a[3], b[3]));
    }

    /// <summary>The lower halves' product.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Product(Vector256<ulong> a, Vector256<ulong> b) => Avx2.IsSupported
        ? Avx2.Multiply(a.AsUInt32(), b.AsUInt32())
        : (a & Vector256.Create((ulong)uint.MaxValue)) * b;
}
