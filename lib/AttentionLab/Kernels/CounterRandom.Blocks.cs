using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AttentionLab.Kernels;

/// <summary>Many words at once: one block a lane of 64 bits, because Philox is built from 32 × 32 → 64 bit products.</summary>
public sealed partial class CounterRandom
{
    /// <summary>Fills with random words; equal to as many calls of <see cref="NextUInt32"/>.</summary>
    /// <param name="words">Where they go.</param>
    public void Fill(Span<uint> words)
    {
        int i = 0;
        for (; i < words.Length && (Position & 3) != 0; i++)
        {
            words[i] = NextUInt32();
        }

        int lanes = Vector<ulong>.Count, whole = (words.Length - i) / (4 * lanes) * (4 * lanes);
        if (Vector.IsHardwareAccelerated && whole > 0)
        {
            Blocks(Seed, Stream, Position >> 2, MemoryMarshal.Cast<uint, ulong>(words.Slice(i, whole)));
            Position += (ulong)whole;
            i += whole;
        }

        for (; i < words.Length; i++)
        {
            words[i] = NextUInt32();
        }
    }

    /// <summary>The same rounds as <see cref="Block"/>, lane by lane, for blocks <paramref name="block"/>, <paramref name="block"/> + 1, …</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Blocks(ulong seed, ulong stream, ulong block, Span<ulong> pairs)
    {
        int lanes = Vector<ulong>.Count;
        Vector<ulong> low = new(uint.MaxValue), multiplier0 = new(Multiplier0), multiplier1 = new(Multiplier1), steps = Vector<ulong>.Indices;
        for (int at = 0; at < pairs.Length; at += 2 * lanes, block += (ulong)lanes)
        {
            Vector<ulong> index = new Vector<ulong>(block) + steps;
            Vector<ulong> x0 = index & low, x1 = index >>> 32, x2 = new((uint)stream), x3 = new(stream >> 32);
            uint k0 = (uint)seed, k1 = (uint)(seed >> 32);
            for (int round = 0; round < 10; round++)
            {
                Vector<ulong> p0 = multiplier0 * x0, p1 = multiplier1 * x2;
                (x0, x1, x2, x3) = ((p1 >>> 32) ^ x1 ^ new Vector<ulong>(k0), p1 & low, (p0 >>> 32) ^ x3 ^ new Vector<ulong>(k1), p0 & low);
                k0 = unchecked(k0 + Weyl0);
                k1 = unchecked(k1 + Weyl1);
            }

            Vector<ulong> first = x0 | (x1 << 32), second = x2 | (x3 << 32);
            for (int lane = 0; lane < lanes; lane++)
            {
                pairs[at + 2 * lane] = BitConverter.IsLittleEndian ? first[lane] : BitOperations.RotateLeft(first[lane], 32);
                pairs[at + 2 * lane + 1] = BitConverter.IsLittleEndian ? second[lane] : BitOperations.RotateLeft(second[lane], 32);
            }
        }
    }
}
