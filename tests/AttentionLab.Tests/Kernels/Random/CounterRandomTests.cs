using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

public class CounterRandomTests
{
    /// <summary>Known answers of Philox4x32-10, from kat_vectors of Random123: counter, key, result.</summary>
    [Theory]
    [InlineData(0UL, 0UL, 0UL, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(0xffffffffffffffffUL, 0xffffffffffffffffUL, 0xffffffffffffffffUL, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x85a308d3243f6a88UL, 0x0370734413198a2eUL, 0x299f31d0a4093822UL, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Block_KnownAnswers_Agree(ulong block, ulong stream, ulong seed, uint w0, uint w1, uint w2, uint w3)
    {
        uint[] words = new uint[4];
        CounterRandom.Block(seed, stream, block, words);
        Assert.Equal([w0, w1, w2, w3], words);
    }

    [Fact]
    public void FillGaussian_CommittedValues_AreBitEqualEverywhere()
    {
        float[] values = new float[8];
        new CounterRandom(42).FillGaussian(values);
        Assert.Equal(Committed, values.Select(BitConverter.SingleToInt32Bits));
        double[] uniform = [new CounterRandom(42).NextDouble(), new CounterRandom(42, 7).NextDouble()];
        Assert.Equal(CommittedUniform, uniform.Select(BitConverter.DoubleToInt64Bits));
        Assert.Equal(CommittedOrder, new CounterRandom(42).Permutation(10));
    }

    [Fact]
    public void NextGaussian_MillionDraws_HasTheMomentsOfANormal()
    {
        const int n = 1_000_000;
        float[] x = new float[n];
        new CounterRandom(1).FillGaussian(x);
        double mean = x.Average(v => (double)v), variance = x.Average(v => (v - mean) * (v - mean));
        Assert.InRange(mean, -0.004, 0.004);
        Assert.InRange(variance, 0.994, 1.006);
        Assert.InRange(x.Average(v => Math.Pow((v - mean) / Math.Sqrt(variance), 3)), -0.01, 0.01);
        Assert.InRange(x.Average(v => Math.Pow((v - mean) / Math.Sqrt(variance), 4)), 2.97, 3.03);
        Assert.InRange(x.Count(v => Math.Abs(v) > 1.959964) / (double)n, 0.0489, 0.0511);
        Assert.InRange(Correlation(x), -0.004, 0.004);
    }

    [Fact]
    public void NextDouble_MillionDraws_IsUniform()
    {
        CounterRandom random = new(2);
        int[] bins = new int[20];
        double sum = 0;
        for (int i = 0; i < 1_000_000; i++)
        {
            double u = random.NextDouble();
            Assert.True(u is >= 0 and < 1);
            sum += u;
            bins[(int)(u * 20)]++;
        }

        Assert.InRange(sum / 1_000_000, 0.499, 0.501);
        Assert.InRange(ChiSquare(bins, 1_000_000), 0, 43.8); // 0.1 % of chi-square with 19 degrees of freedom
    }

    [Fact]
    public void NextGaussian_OneByOneOrFilled_IsTheSame()
    {
        CounterRandom one = new(3), filled = new(3);
        one.NextUInt32();
        filled.NextUInt32();
        float[] values = new float[9];
        filled.FillGaussian(values, 2, 0.5);
        Assert.Equal(values, Enumerable.Range(0, 9).Select(_ => (float)(2 + 0.5 * one.NextGaussian())));
        Assert.Equal(one.Position, filled.Position);
    }

    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void FillGaussian_AnyLengthAndStart_IsBitEqualToOneByOne(int n)
    {
        foreach (ulong start in new ulong[] { 0, 1, 2, 7, (1UL << 34) - 8 })
        {
            CounterRandom filled = new(17, 5) { Position = start }, one = new(17, 5) { Position = start };
            float[] values = new float[n];
            filled.FillGaussian(values, -0.3, 1.7);
            Assert.Equal(Enumerable.Range(0, n).Select(_ => Bits(-0.3 + 1.7 * one.NextGaussian())), values.Select(v => Bits(v)));
            Assert.Equal(one.Position, filled.Position);
        }
    }

    /// <summary>Where the logarithm changes its exponent and the angle its quarter turn, and at both ends.</summary>
    [Fact]
    public unsafe void Gaussians_OfWordsAtEveryBorder_AreBitEqualToPairs()
    {
        uint[] borders =
        [
            .. Enumerable.Range(0, 32).SelectMany(bit => new[] { (1u << bit) - 1, 1u << bit, (1u << bit) + 1, 3037000499u >> bit, (3037000499u >> bit) + 1 }),
            uint.MaxValue, uint.MaxValue - 1, 0xBFFFFFFF, 0xC0000000, 0xC0000001,
        ];
        uint[] words = [.. borders.SelectMany(radius => borders.SelectMany(angle => new[] { radius, angle }))];
        float[] values = new float[words.Length];
        fixed (uint* from = words)
        {
            fixed (float* to = values)
            {
                CounterRandom.Gaussians(from, to, words.Length, 0, 1);
            }
        }

        for (int i = 0; i < words.Length; i += 2)
        {
            (double first, double second) = CounterRandom.GaussianPair(words[i], words[i + 1]);
            Assert.Equal((Bits(0 + first), Bits(0 + second)), (Bits(values[i]), Bits(values[i + 1])));
        }
    }

    private static int Bits(double x) => BitConverter.SingleToInt32Bits((float)x);

    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void Fill_AnyLengthAndStart_EqualsOneByOne(int n)
    {
        foreach (ulong start in new ulong[] { 0, 1, 3, 4, (1UL << 34) - 8 })
        {
            CounterRandom filled = new(0x123456789ABCDEF0, 0xFEDCBA9876543210) { Position = start };
            CounterRandom one = new(0x123456789ABCDEF0, 0xFEDCBA9876543210) { Position = start };
            uint[] words = new uint[n];
            filled.Fill(words);
            Assert.Equal(Enumerable.Range(0, n).Select(_ => one.NextUInt32()), words);
            Assert.Equal(one.Position, filled.Position);
        }
    }

    [Fact]
    public void Position_SetBack_RepeatsTheSequence()
    {
        CounterRandom random = new(4);
        uint[] first = [.. Enumerable.Range(0, 11).Select(_ => random.NextUInt32())];
        random.Position = 3;
        Assert.Equal(first[3..], Enumerable.Range(0, 8).Select(_ => random.NextUInt32()));
    }

    [Fact]
    public void Split_Children_AreIndependentAndParentStays()
    {
        CounterRandom parent = new(5);
        float[] a = new float[100_000], b = new float[100_000], c = new float[100_000];
        parent.Split(0).FillGaussian(a);
        parent.Split(1).FillGaussian(b);
        parent.Split(0).Split(1).FillGaussian(c);
        Assert.Equal(0UL, parent.Position);
        Assert.InRange(Correlation(a, b), -0.012, 0.012);
        Assert.InRange(Correlation(a, c), -0.012, 0.012);
        Assert.InRange(Correlation(b, c), -0.012, 0.012);
        float[] again = new float[100_000];
        parent.Split(1).FillGaussian(again);
        Assert.Equal(b, again);
        Assert.Equal(4096, Enumerable.Range(0, 4096).Select(i => parent.Split((ulong)i).Stream).Distinct().Count());
    }

    [Theory, InlineData(1), InlineData(3), InlineData(7), InlineData(100)]
    public void NextInt_ManyDraws_IsUnbiased(int limit)
    {
        CounterRandom random = new(6);
        int[] bins = new int[limit];
        const int n = 200_000;
        for (int i = 0; i < n; i++)
        {
            bins[random.NextInt(limit)]++;
        }

        // Mean of chi-square is limit − 1, its variance twice that; 5 standard deviations.
        Assert.InRange(ChiSquare(bins, n), 0, limit - 1 + 5 * Math.Sqrt(2 * limit));
    }

    [Fact]
    public void NextInt_LargeLimit_FavoursNoThird()
    {
        // 2³² words for 1.5·2³⁰ outcomes are 8/3 a piece: without rejection outcomes 0 and 1 modulo 3 get 3 words and 2 modulo 3 gets 2.
        const int limit = 3 << 29;
        CounterRandom random = new(7);
        int[] thirds = new int[3];
        for (int i = 0; i < 300_000; i++)
        {
            thirds[random.NextInt(limit) % 3]++;
        }

        Assert.InRange(ChiSquare(thirds, 300_000), 0, 13.8);
        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextInt(0));
    }

    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void Permutation_AnyLength_HoldsEachOnce(int n) =>
        Assert.Equal(Enumerable.Range(0, n), new CounterRandom(8).Permutation(n).Order());

    [Fact]
    public void Permutation_OfThree_AllSixAreEquallyLikely()
    {
        CounterRandom random = new(9);
        int[] bins = new int[6];
        for (int i = 0; i < 60_000; i++)
        {
            int[] p = random.Permutation(3);
            bins[p[0] * 2 + (p[1] > p[2] ? 1 : 0)]++;
        }

        Assert.InRange(ChiSquare(bins, 60_000), 0, 20.5);
    }

    [Fact]
    public void Log_AgainstMath_StaysWithinRounding()
    {
        CounterRandom random = new(10);
        for (int i = 0; i < 100_000; i++)
        {
            double x = random.NextDouble() + 1e-12;
            Check.That(Math.Abs(CounterRandom.Log(x) - Math.Log(x)) <= 4e-16 * Math.Max(1, Math.Abs(Math.Log(x))), $"ln {x:R}");
        }
    }

    /// <summary>Also computed by a separate implementation in Python: −0.970189789877852, 0.194019…, −1.2356…, 1.9239…, −0.0731815…</summary>
    private static int[] Committed => [-1082630564, 1044819176, -1080153902, 1073103675, -1114251216, 1041136143, -1081235661, 1051149053];

    private static long[] CommittedUniform => [4603696271330311849, 4600985140883707140];

    private static int[] CommittedOrder => [2, 5, 1, 7, 4, 3, 9, 8, 6, 0];

    private static double ChiSquare(int[] bins, int n) => bins.Sum(b => Math.Pow(b - n / (double)bins.Length, 2)) / (n / (double)bins.Length);

    private static double Correlation(float[] x) => Correlation(x[..^1], x[1..]);

    private static double Correlation(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum() / a.Length;
}
