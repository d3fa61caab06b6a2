using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AttentionLab.Kernels;

/// <summary>16 lanes: one 512-bit register.</summary>
internal struct Lanes16(Vector512<float> register) : ILanes<Lanes16>
{
    private Vector512<float> _register = register;

    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 All(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Load(ref readonly float start, int offset) => new(Vector512.LoadUnsafe(in start, (nuint)offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes16 value, ref float start, int offset) => value._register.StoreUnsafe(ref start, (nuint)offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Lanes16 Load(float* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Lanes16 value, float* target) => value._register.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Transpose4(float* source, nint step, float* target, nint targetStep)
    {
        if (!Avx512F.IsSupported)
        {
            Lanes8.Transpose4(source, step, target, targetStep);
            Lanes8.Transpose4(source + 8 * step, step, target + 8, targetStep);
            return;
        }

        // Each quarter of a register holds 4 numbers of one row; the unpack instructions work within the quarters.
        Vector512<float> a = Rows(source, step), b = Rows(source + step, step), c = Rows(source + 2 * step, step), d = Rows(source + 3 * step, step);
        (Vector512<float> ac, Vector512<float> bd) = (Avx512F.UnpackLow(a, c), Avx512F.UnpackLow(b, d));
        Avx512F.UnpackLow(ac, bd).Store(target);
        Avx512F.UnpackHigh(ac, bd).Store(target + targetStep);
        (ac, bd) = (Avx512F.UnpackHigh(a, c), Avx512F.UnpackHigh(b, d));
        Avx512F.UnpackLow(ac, bd).Store(target + 2 * targetStep);
        Avx512F.UnpackHigh(ac, bd).Store(target + 3 * targetStep);
    }

    /// <summary>4 numbers of this row and of the fourth, eighth and twelfth after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector512<float> Rows(float* source, nint step) =>
        Vector512.Create(
            Vector256.Create(Vector128.Load(source), Vector128.Load(source + 4 * step)),
            Vector256.Create(Vector128.Load(source + 8 * step), Vector128.Load(source + 12 * step)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 MultiplyAdd(Lanes16 a, Lanes16 b, Lanes16 c) => new(Vector512.MultiplyAddEstimate(a._register, b._register, c._register));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddProduct(Lanes16 a, Lanes16 b) => _register = Vector512.MultiplyAddEstimate(a._register, b._register, _register);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Max(Lanes16 a, Lanes16 b) => new(Vector512.MaxNative(a._register, b._register));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Min(Lanes16 a, Lanes16 b) => new(Vector512.MinNative(a._register, b._register));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Sqrt(Lanes16 x) => new(Vector512.Sqrt(x._register));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Abs(Lanes16 x) => new(Vector512.Abs(x._register));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Round(Lanes16 x) => new(Vector512.Round(x._register));

    /// <summary>In every lane one of 32 numbers: the one that the five lowest bits of the lane of <paramref name="index"/> say.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Choose(Lanes16 low, Lanes16 high, Lanes16 index) =>
        new(Avx512F.PermuteVar16x32x2(low._register, index._register.AsInt32(), high._register));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Scale(Lanes16 p, Lanes16 n) => new(Avx512F.Scale(p._register, n._register));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 WhereLess(Lanes16 a, Lanes16 b, Lanes16 yes, Lanes16 no) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(a._register, b._register), yes._register, no._register));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 ZeroWhereLess(Lanes16 a, Lanes16 b, Lanes16 no) =>
        new(Vector512.ConditionalSelect(Avx512F.CompareNotLessThan(a._register, b._register), no._register, Vector512<float>.Zero));

    /// <remarks>One masked instruction: lanes that are not asked for are not computed.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 ScaleOrZeroWhereLess(Lanes16 a, Lanes16 b, Lanes16 p, Lanes16 n) =>
        new(Vector512.ConditionalSelect(Avx512F.CompareNotLessThan(a._register, b._register), Avx512F.Scale(p._register, n._register), Vector512<float>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Lanes16 ZeroWhereBelow(uint* words, uint limit, Lanes16 no) =>
        new(
            Vector512.ConditionalSelect(
                Vector512.GreaterThanOrEqual(Vector512.Load(words), Vector512.Create(limit)).AsSingle(), no._register, Vector512<float>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Hide(Lanes16 x, uint hidden)
    {
        Vector512<uint> bits = Vector512.Create(1u, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
        Vector512<uint> isSeen = Vector512.Equals(Vector512.Create(hidden) & bits, Vector512<uint>.Zero);
        return new(Vector512.ConditionalSelect(isSeen.AsSingle(), x._register, Vector512.Create(float.NegativeInfinity)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes16 x) => Lanes8.Sum(new(x._register.GetLower() + x._register.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StoreSums(Lanes16 a, Lanes16 b, Lanes16 c, Lanes16 d, float* target)
    {
        if (!Avx512F.IsSupported)
        {
            Lanes8.StoreSums(Halves(a), Halves(b), Halves(c), Halves(d), target);
            return;
        }

        // The unpack instructions work within the quarters of a register: afterwards each quarter holds a, b, c, d.
        Vector512<float> ac = Avx512F.UnpackLow(a._register, c._register) + Avx512F.UnpackHigh(a._register, c._register);
        Vector512<float> bd = Avx512F.UnpackLow(b._register, d._register) + Avx512F.UnpackHigh(b._register, d._register);
        Vector512<float> abcd = Avx512F.UnpackLow(ac, bd) + Avx512F.UnpackHigh(ac, bd);
        Vector256<float> half = abcd.GetLower() + abcd.GetUpper();
        (half.GetLower() + half.GetUpper()).Store(target);
    }

    private static Lanes8 Halves(Lanes16 x) => new(x._register.GetLower() + x._register.GetUpper());

    public static unsafe double SumInDouble(float* x, int n)
    {
        if (!Avx512F.IsSupported)
        {
            return Lanes8.SumInDouble(x, n);
        }

        Vector512<double> s0 = default, s1 = s0, s2 = s0, s3 = s0;
        int i = 0;
        for (; i <= n - 32; i += 32)
        {
            s0 += Avx512F.ConvertToVector512Double(Vector256.Load(x + i));
            s1 += Avx512F.ConvertToVector512Double(Vector256.Load(x + i + 8));
            s2 += Avx512F.ConvertToVector512Double(Vector256.Load(x + i + 16));
            s3 += Avx512F.ConvertToVector512Double(Vector256.Load(x + i + 24));
        }

        double sum = Vector512.Sum(s0 + s1 + (s2 + s3));
        for (; i < n; i++)
        {
            sum += x[i];
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxAcross(Lanes16 x) => Lanes8.MaxAcross(new(Vector256.MaxNative(x._register.GetLower(), x._register.GetUpper())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator +(Lanes16 a, Lanes16 b) => new(a._register + b._register);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator -(Lanes16 a, Lanes16 b) => new(a._register - b._register);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator *(Lanes16 a, Lanes16 b) => new(a._register * b._register);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator /(Lanes16 a, Lanes16 b) => new(a._register / b._register);
}
