namespace AttentionLab.Kernels;

/// <summary>
/// Random numbers that are a pure function of (seed, stream, position): the same on every operating system,
/// CPU and register width. Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", §3.3).
/// </summary>
/// <remarks>
/// The generator is a sequence of 32-bit words. Gaussians use Box and Muller's transform with a logarithm, sine and
/// cosine of our own, because those of the operating systems differ in the last bit.
/// </remarks>
/// <param name="seed">Two generators with different seeds have nothing in common.</param>
/// <param name="stream">Independent sequences of one seed: one a layer, one a worker.</param>
public sealed partial class CounterRandom(ulong seed, ulong stream = 0)
{
    private const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9, Weyl1 = 0xBB67AE85;
    private readonly uint[] _block = new uint[4];
    private ulong _blockIndex = ulong.MaxValue;

    /// <summary>The seed that was given.</summary>
    public ulong Seed { get; } = seed;

    /// <summary>The stream that was given.</summary>
    public ulong Stream { get; } = stream;

    /// <summary>Gaussian fills give their mean at once: for a model whose weights are read from a file next (a large one would draw for seconds).</summary>
    internal bool Blank { get; init; }

    /// <summary>How many 32-bit words have been used; set it to continue a saved run.</summary>
    public ulong Position { get; set; }

    /// <summary>An independent generator of the same seed; this one does not move.</summary>
    /// <param name="stream">Number of the child, different for each use.</param>
    public CounterRandom Split(ulong stream) => new(Seed, unchecked((Stream + 1) * 0x9E3779B97F4A7C15UL ^ (stream + 1) * 0xD1B54A32D192ED03UL));

    /// <summary>The next 32 random bits.</summary>
    public uint NextUInt32()
    {
        ulong block = Position >> 2;
        if (block != _blockIndex)
        {
            Block(Seed, Stream, block, _block);
            _blockIndex = block;
        }

        return _block[Position++ & 3];
    }

    /// <summary>Uniform in [0, 1), 53 bits, two words.</summary>
    public double NextDouble()
    {
        ulong high = NextUInt32();
        return ((high << 32 | NextUInt32()) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>Uniform in [0, 1), 24 bits, one word.</summary>
    public float NextSingle() => (NextUInt32() >> 8) * (1f / (1 << 24));

    /// <summary>Uniform integer in [0, <paramref name="limit"/>), without bias (Lemire 2019).</summary>
    /// <param name="limit">Number of outcomes, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is below 1.</exception>
    public int NextInt(int limit)
    {
        if (limit < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(limit), $"limit is {limit} but a draw needs at least one outcome: pass 1 or more.");
        }

        ulong product = (ulong)NextUInt32() * (uint)limit;
        if ((uint)product < (uint)limit)
        {
            uint threshold = unchecked((uint)-limit) % (uint)limit;
            while ((uint)product < threshold)
            {
                product = (ulong)NextUInt32() * (uint)limit;
            }
        }

        return (int)(product >> 32);
    }

    /// <summary>Standard normal N(0, 1), one word; neighbours at an even and the next odd position share a Box-Muller pair.</summary>
    public double NextGaussian()
    {
        ulong position = Position;
        Position = position & ~1UL;
        (double first, double second) = GaussianPair(NextUInt32(), NextUInt32());
        Position = position + 1;
        return (position & 1) == 0 ? first : second;
    }

    /// <summary>Fills with N(<paramref name="mean"/>, <paramref name="deviation"/>²); equal to as many calls of <see cref="NextGaussian"/>.</summary>
    /// <param name="values">Where the numbers go.</param>
    /// <param name="mean">Mean.</param>
    /// <param name="deviation">Standard deviation.</param>
    public void FillGaussian(Span<float> values, double mean = 0, double deviation = 1)
    {
        if (Blank)
        {
            values.Fill((float)mean);
            return;
        }

        int i = 0;
        if ((Position & 1) == 1 && values.Length > 0)
        {
            values[i++] = (float)(mean + deviation * NextGaussian());
        }

        i += FillPairs(values[i..], mean, deviation);
        if (i < values.Length)
        {
            values[i] = (float)(mean + deviation * NextGaussian());
        }
    }

    /// <summary>Fills with uniform numbers in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    /// <param name="values">Where the numbers go.</param>
    /// <param name="low">Smallest value.</param>
    /// <param name="high">Upper limit, not reached up to rounding.</param>
    public void FillUniform(Span<float> values, float low = 0, float high = 1)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = low + (high - low) * NextSingle();
        }
    }

    /// <summary>The numbers 0 … count−1 in random order (Fisher and Yates).</summary>
    /// <param name="count">How many.</param>
    public int[] Permutation(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        int[] order = new int[count];
        for (int i = 0; i < count; i++)
        {
            int j = NextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }

        return order;
    }

    /// <summary>One Philox4x32-10 block: four words for a 128-bit counter (block, stream) and a 64-bit key (seed).</summary>
    internal static void Block(ulong seed, ulong stream, ulong block, Span<uint> words)
    {
        uint x0 = (uint)block, x1 = (uint)(block >> 32), x2 = (uint)stream, x3 = (uint)(stream >> 32);
        uint k0 = (uint)seed, k1 = (uint)(seed >> 32);
        for (int round = 0; round < 10; round++)
        {
            ulong p0 = (ulong)Multiplier0 * x0, p1 = (ulong)Multiplier1 * x2;
            (x0, x1, x2, x3) = ((uint)(p1 >> 32) ^ x1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ x3 ^ k1, (uint)p0);
            k0 = unchecked(k0 + Weyl0);
            k1 = unchecked(k1 + Weyl1);
        }

        (words[0], words[1], words[2], words[3]) = (x0, x1, x2, x3);
    }
}
