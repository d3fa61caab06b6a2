using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AttentionLab.Kernels;

/// <summary>
/// Normals of random words, by the transform of Box and Muller (1958): r = √(−2·ln u), then r·cos φ and r·sin φ. One pair after the other, and
/// four at once, a pair a lane of 64 bits: step for step the same operations, so that both give the same bits.
/// </summary>
public sealed partial class CounterRandom
{
    /// <summary>Words that are made at once, and then their normals: they stay near.</summary>
    private const int Batch = 256;

    /// <summary>Words of the four pairs that a register takes.</summary>
    private const int PairWords = 8;

    /// <summary>2⁵²: a whole number below 2³² under this exponent is 2⁵² and itself.</summary>
    private const double Shift = 4503599627370496;

    /// <summary>Fills with whole pairs from an even position on; how many numbers that were.</summary>
    private unsafe int FillPairs(Span<float> values, double mean, double deviation)
    {
        uint* words = stackalloc uint[Batch];
        int whole = values.Length & ~1;
        fixed (float* to = values)
        {
            for (int at = 0; at < whole; at += Batch)
            {
                int count = Math.Min(Batch, whole - at);
                Words(Seed, Stream, Position, words, count);
                Position += (ulong)count;
                Gaussians(words, to + at, count, mean, deviation);
            }
        }

        return whole;
    }

    /// <summary>mean + deviation·z for the normals z of <paramref name="count"/> words, an even number.</summary>
    internal static unsafe void Gaussians(uint* words, float* values, int count, double mean, double deviation)
    {
        int done = Vector128.IsHardwareAccelerated && BitConverter.IsLittleEndian ? count & -PairWords : 0;
        WideGaussians(words, values, done, mean, deviation);
        for (int i = done; i < count; i += 2)
        {
            (double first, double second) = GaussianPair(words[i], words[i + 1]);
            values[i] = (float)(mean + deviation * first);
            values[i + 1] = (float)(mean + deviation * second);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void WideGaussians(uint* words, float* values, int count, double mean, double deviation)
    {
        Vector256<double> half = Vector256.Create(0.5), unit = Vector256.Create(1.0 / 4294967296.0), factor = Vector256.Create(-2.0);
        Vector256<double> means = Vector256.Create(mean), deviations = Vector256.Create(deviation);
        for (int at = 0; at < count; at += PairWords)
        {
            Vector256<ulong> pairs = Vector256.Load((ulong*)(words + at));
            Vector256<double> r = Vector256.Sqrt(factor * Log((Number(pairs & Vector256.Create((ulong)uint.MaxValue)) + half) * unit));
            (Vector256<double> sin, Vector256<double> cos) = SinCosTurn(pairs >>> 32);
            Vector256<double> first = means + deviations * (r * cos), second = means + deviations * (r * sin);
            (Vector256<ulong> front, Vector256<ulong> back) = Interleave(first.AsUInt64(), second.AsUInt64());
            Vector256.Narrow(front.AsDouble(), back.AsDouble()).Store(values + at);
        }
    }

    /// <summary>Two independent normals of two random words.</summary>
    internal static (double First, double Second) GaussianPair(uint radius, uint angle)
    {
        double r = Math.Sqrt(-2 * Log((radius + 0.5) * (1.0 / 4294967296.0)));
        (double sin, double cos) = SinCosTurn(angle);
        return (r * cos, r * sin);
    }

    /// <summary>ln x for normal positive x: exponent apart, then 2·artanh((m−1)/(m+1)) with m in [√½, √2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double Log(double x)
    {
        int exponent = Math.ILogB(x);
        double m = x * BitConverter.UInt64BitsToDouble((ulong)(1023 - exponent) << 52);
        if (m > 1.4142135623730951)
        {
            m *= 0.5;
            exponent++;
        }

        double s = (m - 1) / (m + 1), t = s * s, sum = 0;
        for (int k = 23; k >= 1; k -= 2)
        {
            sum = sum * t + 1.0 / k;
        }

        return 2 * s * sum + exponent * 0.6931471805599453;
    }

    /// <summary><see cref="Log(double)"/> in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Log(Vector256<double> x)
    {
        Vector256<double> one = Vector256.Create(1.0);
        Vector256<double> m = ((x.AsUInt64() & Vector256.Create((1UL << 52) - 1)) | one.AsUInt64()).AsDouble();
        Vector256<double> exponent = Number(x.AsUInt64() >>> 52) - Vector256.Create(1023.0);
        Vector256<double> high = Vector256.GreaterThan(m, Vector256.Create(1.4142135623730951));
        m = Vector256.ConditionalSelect(high, m * Vector256.Create(0.5), m);
        exponent += high & one;
        Vector256<double> s = (m - one) / (m + one), t = s * s, sum = Vector256<double>.Zero;
        for (int k = 23; k >= 1; k -= 2)
        {
            sum = sum * t + Vector256.Create(1.0 / k);
        }

        return Vector256.Create(2.0) * s * sum + exponent * Vector256.Create(0.6931471805599453);
    }

    /// <summary>Sine and cosine of a fraction word / 2³² of a full turn, by their Taylor series within a quarter turn.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double Sin, double Cos) SinCosTurn(uint word)
    {
        double x = (word & 0x3FFFFFFF) * (Math.PI / 2 / (1 << 30)), t = x * x;
        double sin = 0, cos = 0;
        for (int k = 22; k >= 2; k -= 2)
        {
            cos = (1 + cos) * (-t / ((k - 1) * k));
            sin = (1 + sin) * (-t / (k * (k + 1)));
        }

        (sin, cos) = (x * (1 + sin), 1 + cos);
        return (word >> 30) switch
        {
            0 => (sin, cos),
            1 => (cos, -sin),
            2 => (-sin, -cos),
            _ => (-cos, sin),
        };
    }

    /// <summary><see cref="SinCosTurn(uint)"/> in every lane: a word in its lower half, zeros above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<double> Sin, Vector256<double> Cos) SinCosTurn(Vector256<ulong> words)
    {
        Vector256<double> one = Vector256.Create(1.0), unit = Vector256.Create(Math.PI / 2 / (1 << 30));
        Vector256<double> x = Number(words & Vector256.Create(0x3FFFFFFFUL)) * unit, t = -(x * x);
        Vector256<double> sin = Vector256<double>.Zero, cos = sin;
        for (int k = 22; k >= 2; k -= 2)
        {
            cos = (one + cos) * (t / Vector256.Create((double)((k - 1) * k)));
            sin = (one + sin) * (t / Vector256.Create((double)(k * (k + 1))));
        }

        (sin, cos) = (x * (one + sin), one + cos);

        // The upper two bits of a word are the quarter turn: an odd one swaps, the second half is below zero, the middle ones left.
        Vector256<ulong> odd = Vector256<ulong>.Zero - ((words >>> 30) & Vector256<ulong>.One), sign = Vector256.Create(1UL << 63);
        Vector256<ulong> below = (words << 32) & sign, left = below ^ ((words << 33) & sign);
        Vector256<double> y = Vector256.ConditionalSelect(odd.AsDouble(), cos, sin), z = Vector256.ConditionalSelect(odd.AsDouble(), sin, cos);
        return ((y.AsUInt64() ^ below).AsDouble(), (z.AsUInt64() ^ left).AsDouble());
    }

    /// <summary>Whole numbers below 2³².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Number(Vector256<ulong> whole)
    {
        Vector256<double> shift = Vector256.Create(Shift);
        return (whole | shift.AsUInt64()).AsDouble() - shift;
    }
}
