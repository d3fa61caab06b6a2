using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AttentionLab.Kernels;

/// <summary>8 lanes: one 256-bit register.</summary>
internal struct Lanes8(Vector256<float> register) : ILanes<Lanes8>
{
    private Vector256<float> _register = register;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 All(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Load(ref readonly float start, int offset) => new(Vector256.LoadUnsafe(in start, (nuint)offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes8 value, ref float start, int offset) => value._register.StoreUnsafe(ref start, (nuint)offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Lanes8 Load(float* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Lanes8 value, float* target) => value._register.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Transpose4(float* source, nint step, float* target, nint targetStep)
    {
        if (!Avx.IsSupported)
        {
            Lanes4.Transpose4(source, step, target, targetStep);
            Lanes4.Transpose4(source + 4 * step, step, target + 4, targetStep);
            return;
        }

        // Each half of a register holds 4 numbers of one row; the unpack instructions work within the halves.
        Vector256<float> a = Rows(source, step), b = Rows(source + step, step), c = Rows(source + 2 * step, step), d = Rows(source + 3 * step, step);
        (Vector256<float> ac, Vector256<float> bd) = (Avx.UnpackLow(a, c), Avx.UnpackLow(b, d));
        Avx.UnpackLow(ac, bd).Store(target);
        Avx.UnpackHigh(ac, bd).Store(target + targetStep);
        (ac, bd) = (Avx.UnpackHigh(a, c), Avx.UnpackHigh(b, d));
        Avx.UnpackLow(ac, bd).Store(target + 2 * targetStep);
        Avx.UnpackHigh(ac, bd).Store(target + 3 * targetStep);
    }

    /// <summary>4 numbers of this row and of the fourth after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<float> Rows(float* source, nint step) => Vector256.Create(Vector128.Load(source), Vector128.Load(source + 4 * step));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 MultiplyAdd(Lanes8 a, Lanes8 b, Lanes8 c) => new(Vector256.MultiplyAddEstimate(a._register, b._register, c._register));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddProduct(Lanes8 a, Lanes8 b) => _register = Vector256.MultiplyAddEstimate(a._register, b._register, _register);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Max(Lanes8 a, Lanes8 b) => new(Vector256.MaxNative(a._register, b._register));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Min(Lanes8 a, Lanes8 b) => new(Vector256.MinNative(a._register, b._register));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Sqrt(Lanes8 x) => new(Vector256.Sqrt(x._register));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Abs(Lanes8 x) => new(Vector256.Abs(x._register));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Round(Lanes8 x) => new(Vector256.Round(x._register));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Scale(Lanes8 p, Lanes8 n) => new((p._register.AsInt32() + (Vector256.ConvertToInt32Native(n._register) << 23)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 WhereLess(Lanes8 a, Lanes8 b, Lanes8 yes, Lanes8 no) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(a._register, b._register), yes._register, no._register));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 ZeroWhereLess(Lanes8 a, Lanes8 b, Lanes8 no) =>
        new(Vector256.AndNot(no._register, Vector256.LessThan(a._register, b._register)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 ScaleOrZeroWhereLess(Lanes8 a, Lanes8 b, Lanes8 p, Lanes8 n) => ZeroWhereLess(a, b, Scale(p, n));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Lanes8 ZeroWhereBelow(uint* words, uint limit, Lanes8 no) =>
        new(
            Vector256.ConditionalSelect(
                Vector256.GreaterThanOrEqual(Vector256.Load(words), Vector256.Create(limit)).AsSingle(), no._register, Vector256<float>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Hide(Lanes8 x, uint hidden)
    {
        Vector256<uint> bits = Vector256.Create(1u, 2, 4, 8, 16, 32, 64, 128);
        Vector256<uint> isSeen = Vector256.Equals(Vector256.Create(hidden) & bits, Vector256<uint>.Zero);
        return new(Vector256.ConditionalSelect(isSeen.AsSingle(), x._register, Vector256.Create(float.NegativeInfinity)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes8 x) => Lanes4.Sum(new(x._register.GetLower() + x._register.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StoreSums(Lanes8 a, Lanes8 b, Lanes8 c, Lanes8 d, float* target)
    {
        if (!Avx.IsSupported)
        {
            Lanes4.StoreSums(Halves(a), Halves(b), Halves(c), Halves(d), target);
            return;
        }

        // The unpack instructions work within the halves of a register: afterwards each half holds a, b, c, d.
        Vector256<float> ac = Avx.UnpackLow(a._register, c._register) + Avx.UnpackHigh(a._register, c._register);
        Vector256<float> bd = Avx.UnpackLow(b._register, d._register) + Avx.UnpackHigh(b._register, d._register);
        Vector256<float> abcd = Avx.UnpackLow(ac, bd) + Avx.UnpackHigh(ac, bd);
        (abcd.GetLower() + abcd.GetUpper()).Store(target);
    }

    private static Lanes4 Halves(Lanes8 x) => new(x._register.GetLower() + x._register.GetUpper());

    public static unsafe double SumInDouble(float* x, int n)
    {
        if (!Avx.IsSupported)
        {
            return Lanes4.SumInDouble(x, n);
        }

        Vector256<double> s0 = default, s1 = s0, s2 = s0, s3 = s0;
        int i = 0;
        for (; i <= n - 16; i += 16)
        {
            s0 += Avx.ConvertToVector256Double(Vector128.Load(x + i));
            s1 += Avx.ConvertToVector256Double(Vector128.Load(x + i + 4));
            s2 += Avx.ConvertToVector256Double(Vector128.Load(x + i + 8));
            s3 += Avx.ConvertToVector256Double(Vector128.Load(x + i + 12));
        }

        double sum = Vector256.Sum(s0 + s1 + (s2 + s3));
        for (; i < n; i++)
        {
            sum += x[i];
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxAcross(Lanes8 x) => Lanes4.MaxAcross(new(Vector128.MaxNative(x._register.GetLower(), x._register.GetUpper())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator +(Lanes8 a, Lanes8 b) => new(a._register + b._register);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator -(Lanes8 a, Lanes8 b) => new(a._register - b._register);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator *(Lanes8 a, Lanes8 b) => new(a._register * b._register);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator /(Lanes8 a, Lanes8 b) => new(a._register / b._register);
}
