using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

/// <summary>Bits against the masks that they were made of, around the sizes of a grain (12), a register (16) and a strip (32).</summary>
public class MaskBitsTests
{
    private const int Batch = 2;
    private static readonly int[] Around = [0, 1, 11, 12, 13, 15, 16, 17, 31, 32, 33];

    public static TheoryData<int> Counts => [.. Around];

    [Theory, MemberData(nameof(Counts))]
    public void HidesAndNext_AnyMask_SayWhatItSays(int queries)
    {
        foreach (int keys in Around.Append(MaskBits.KeyBlock + 1))
        {
            for (int kind = 0; kind < 8; kind++)
            {
                Check(queries, keys, kind);
            }
        }
    }

    [Fact]
    public unsafe void Next_NoMask_GivesBlocksOfAllKeys()
    {
        MaskBits bits = new(Input(3, 300, default), null, null);
        Assert.False(bits.Any);
        Assert.False(bits.Hides(0, 299));
        Assert.Equal(new KeyRun(0, MaskBits.KeyBlock, false), bits.Next(0, 0, 300));
        Assert.Equal(new KeyRun(MaskBits.KeyBlock, 5, false), bits.Next(0, MaskBits.KeyBlock, MaskBits.KeyBlock + 5));
        Assert.True(bits.Next(0, 300, 300).Count <= 0);
    }

    /// <summary>Kind: bit 0 keys, bit 1 pairs; bit 2 a mask for each sequence.</summary>
    private static unsafe void Check(int queries, int keys, int kind)
    {
        CounterRandom random = new((ulong)(1000 * queries + 10 * keys + kind));
        int sequences = (kind & 4) == 0 ? 1 : Batch;
        bool[] visible = (kind & 1) == 0 ? [] : [.. Enumerable.Range(0, sequences * keys).Select(_ => random.NextInt(3) > 0)];

        // Whole grains are hidden, whole grains are visible, and some are mixed.
        bool[] pairs = (kind & 2) == 0 ? [] : [.. Enumerable.Range(0, sequences * queries * keys).Select(at => (at % Math.Max(1, keys) / 12 % 3) switch
        {
            0 => random.NextInt(2) > 0,
            1 => false,
            _ => true,
        })];
        bool Sees(int b, int i, int j) => (visible.Length == 0 || visible[(sequences == 1 ? 0 : b * keys) + j])
            && (pairs.Length == 0 || pairs[(sequences == 1 ? 0 : b * queries * keys) + i * keys + j]);
        fixed (bool* v = visible, p = pairs)
        {
            MaskBits all = new(Input(queries, keys, new() { Keys = visible, Pairs = pairs }), v, p);
            for (int b = 0; b < Batch; b++)
            {
                MaskBits bits = all.Of(b);
                for (int at = 0; at < queries * keys; at++)
                {
                    Assert.Equal(!Sees(b, at / keys, at % keys), bits.Hides(at / keys, at % keys));
                }

                for (int first = 0; first < queries; first += MaskBits.Strip)
                {
                    CheckRuns(bits, first, Math.Min(MaskBits.Strip, queries - first), keys, (i, j) => Sees(b, i, j), all: true);
                    CheckRuns(bits, first, Math.Min(MaskBits.Strip, queries - first), keys, (i, j) => Sees(b, i, j), all: false);
                }
            }
        }
    }

    /// <summary>The runs of a strip, each met as a whole or but for half of it: then the next begins within a grain.</summary>
    private static void CheckRuns(MaskBits bits, int first, int count, int keys, Func<int, int, bool> sees, bool all)
    {
        int[] strip = [.. Enumerable.Range(first, count)];
        int met = 0;
        for (KeyRun run = bits.Next(first, 0, keys); run.Count > 0; run = bits.Next(first, met, keys))
        {
            // What is passed over, nobody in the strip sees; in a run that hides nothing, everybody sees all.
            Assert.InRange(run.Count, 1, MaskBits.KeyBlock);
            Assert.True(run.Start >= met && run.End <= keys, $"{run} after {met} of {keys}");
            Assert.DoesNotContain(strip, i => Enumerable.Range(met, run.Start - met).Any(j => sees(i, j)));
            Assert.True(run.Hides || strip.All(i => Enumerable.Range(run.Start, run.Count).All(j => sees(i, j))));
            met = all ? run.End : run.Start + (run.Count + 1) / 2;
        }

        Assert.DoesNotContain(strip, i => Enumerable.Range(met, keys - met).Any(j => sees(i, j)));
    }

    private static AttendInput<float> Input(int queries, int keys, AttendMask mask) =>
        AttendInput.Split<float>([], [], [], new(Batch, 1, queries, keys, 1, 1), 1, mask);
}
