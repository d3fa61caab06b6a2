using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AttentionLab.Kernels;

/// <summary>Many words at once: one block a lane of 64 bits, because Philox is built from 32 × 32 → 64 bit products.</summary>
public sealed partial class CounterRandom
{
    /// <summary>Words of the sixteen blocks that four registers make.</summary>
    private const int RegisterWords = 64;

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

    /// <summary>
    /// Words <paramref name="position"/>, <paramref name="position"/> + 1, … of a sequence; no generator is needed, so that threads can share one.
    /// </summary>
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
    /// The same rounds as <see cref="Block"/> on sixteen blocks at a time. The product of two lanes reads only their lower halves, and nothing else
    /// needs the upper ones to be clean, so that a round is two products, two shifts and four xors. Four registers of blocks, because each round
    /// waits six cycles for the one before.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Blocks(ulong seed, ulong stream, ulong block, uint* words, int count)
    {
        const int rounds = 10;
        Vector256<ulong>* keys = stackalloc Vector256<ulong>[2 * rounds];
        for (int round = 0; round < rounds; round++)
        {
            keys[2 * round] = Vector256.Create((ulong)unchecked((uint)seed + (uint)round * Weyl0));
            keys[2 * round + 1] = Vector256.Create((ulong)unchecked((uint)(seed >> 32) + (uint)round * Weyl1));
        }

        Vector256<ulong> steps = Vector256.Create(0UL, 1, 2, 3);
        Vector256<ulong> multiplier0 = Vector256.Create((ulong)Multiplier0), multiplier1 = Vector256.Create((ulong)Multiplier1);
        Vector256<ulong> c2 = Vector256.Create((ulong)(uint)stream), c3 = Vector256.Create(stream >> 32);
        for (int at = 0; at < count; at += RegisterWords, block += 16)
        {
            Vector256<ulong> x0 = Vector256.Create(block) + steps, x1 = x0 >>> 32, x2 = c2, x3 = c3;
            Vector256<ulong> y0 = Vector256.Create(block + 4) + steps, y1 = y0 >>> 32, y2 = c2, y3 = c3;
            Vector256<ulong> z0 = Vector256.Create(block + 8) + steps, z1 = z0 >>> 32, z2 = c2, z3 = c3;
            Vector256<ulong> w0 = Vector256.Create(block + 12) + steps, w1 = w0 >>> 32, w2 = c2, w3 = c3;
            for (Vector256<ulong>* key = keys; key < keys + 2 * rounds; key += 4)
            {
                TwoRounds(ref x0, ref x1, ref x2, ref x3, key, multiplier0, multiplier1);
                TwoRounds(ref y0, ref y1, ref y2, ref y3, key, multiplier0, multiplier1);
                TwoRounds(ref z0, ref z1, ref z2, ref z3, key, multiplier0, multiplier1);
                TwoRounds(ref w0, ref w1, ref w2, ref w3, key, multiplier0, multiplier1);
            }

            Store(x0, x1, x2, x3, words + at);
            Store(y0, y1, y2, y3, words + at + 16);
            Store(z0, z1, z2, z3, words + at + 32);
            Store(w0, w1, w2, w3, words + at + 48);
        }
    }

    /// <summary>Two, because after two rounds every variable is in its old place again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void TwoRounds(
        ref Vector256<ulong> x0, ref Vector256<ulong> x1, ref Vector256<ulong> x2, ref Vector256<ulong> x3, Vector256<ulong>* keys,
        Vector256<ulong> multiplier0, Vector256<ulong> multiplier1)
    {
        Vector256<ulong> p0 = Product(x0, multiplier0), p1 = Product(x2, multiplier1);
        x0 = (p1 >>> 32) ^ x1 ^ keys[0];
        x2 = (p0 >>> 32) ^ x3 ^ keys[1];
        x3 = Product(x0, multiplier0);
        x1 = Product(x2, multiplier1);
        x0 = (x1 >>> 32) ^ p1 ^ keys[2];
        x2 = (x3 >>> 32) ^ p0 ^ keys[3];
    }

    /// <summary>Writes four blocks one after the other: lane i of the two registers made here are the halves of block i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Store(Vector256<ulong> x0, Vector256<ulong> x1, Vector256<ulong> x2, Vector256<ulong> x3, uint* words)
    {
        Vector256<ulong> low = Vector256.Create((ulong)uint.MaxValue);
        (Vector256<ulong> front, Vector256<ulong> back) = Interleave((x0 & low) | (x1 << 32), (x2 & low) | (x3 << 32));
        front.AsUInt32().Store(words);
        back.AsUInt32().Store(words + 8);
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
