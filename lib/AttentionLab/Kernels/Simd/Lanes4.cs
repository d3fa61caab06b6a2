using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace AttentionLab.Kernels;

/// <summary>4 lanes: one 128-bit register.</summary>
internal struct Lanes4(Vector128<float> register) : ILanes<Lanes4>
{
    private Vector128<float> _register = register;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 All(float value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Load(ref readonly float start, int offset) => new(Vector128.LoadUnsafe(in start, (nuint)offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes4 value, ref float start, int offset) => value._register.StoreUnsafe(ref start, (nuint)offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Lanes4 Load(float* source) => new(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Lanes4 value, float* target) => value._register.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Transpose4(float* source, nint step, float* target, nint targetStep)
    {
        Vector128<float> a = Vector128.Load(source), b = Vector128.Load(source + step), c = Vector128.Load(source + 2 * step);
        Vector128<float> d = Vector128.Load(source + 3 * step);
        (Vector128<float> ac, Vector128<float> bd) = (Low(a, c), Low(b, d));
        Low(ac, bd).Store(target);
        High(ac, bd).Store(target + targetStep);
        (ac, bd) = (High(a, c), High(b, d));
        Low(ac, bd).Store(target + 2 * targetStep);
        High(ac, bd).Store(target + 3 * targetStep);
    }

    /// <summary>x0 y0 x1 y1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Low(Vector128<float> x, Vector128<float> y) =>
        Sse.IsSupported ? Sse.UnpackLow(x, y) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(x, y) : Vector128.Create(x[0], y[0], x[1], y[1]);

    /// <summary>x2 y2 x3 y3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> High(Vector128<float> x, Vector128<float> y) =>
        Sse.IsSupported ? Sse.UnpackHigh(x, y) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(x, y) : Vector128.Create(x[2], y[2], x[3], y[3]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 MultiplyAdd(Lanes4 a, Lanes4 b, Lanes4 c) => new(Vector128.MultiplyAddEstimate(a._register, b._register, c._register));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddProduct(Lanes4 a, Lanes4 b) => _register = Vector128.MultiplyAddEstimate(a._register, b._register, _register);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Max(Lanes4 a, Lanes4 b) => new(Vector128.MaxNative(a._register, b._register));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Min(Lanes4 a, Lanes4 b) => new(Vector128.MinNative(a._register, b._register));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Sqrt(Lanes4 x) => new(Vector128.Sqrt(x._register));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Abs(Lanes4 x) => new(Vector128.Abs(x._register));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Round(Lanes4 x) => new(Vector128.Round(x._register));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Scale(Lanes4 p, Lanes4 n) => new((p._register.AsInt32() + (Vector128.ConvertToInt32Native(n._register) << 23)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 WhereLess(Lanes4 a, Lanes4 b, Lanes4 yes, Lanes4 no) =>
        new(Vector128.ConditionalSelect(Vector128.LessThan(a._register, b._register), yes._register, no._register));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 ZeroWhereLess(Lanes4 a, Lanes4 b, Lanes4 no) =>
        new(Vector128.AndNot(no._register, Vector128.LessThan(a._register, b._register)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 ScaleOrZeroWhereLess(Lanes4 a, Lanes4 b, Lanes4 p, Lanes4 n) => ZeroWhereLess(a, b, Scale(p, n));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Lanes4 ZeroWhereBelow(uint* words, uint limit, Lanes4 no) =>
        new(
            Vector128.ConditionalSelect(
                Vector128.GreaterThanOrEqual(Vector128.Load(words), Vector128.Create(limit)).AsSingle(), no._register, Vector128<float>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Hide(Lanes4 x, uint hidden)
    {
        Vector128<uint> bits = Vector128.Create(1u, 2, 4, 8);
        Vector128<uint> isSeen = Vector128.Equals(Vector128.Create(hidden) & bits, Vector128<uint>.Zero);
        return new(Vector128.ConditionalSelect(isSeen.AsSingle(), x._register, Vector128.Create(float.NegativeInfinity)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes4 x) => Vector128.Sum(x._register);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StoreSums(Lanes4 a, Lanes4 b, Lanes4 c, Lanes4 d, float* target)
    {
        target[0] = Sum(a);
        target[1] = Sum(b);
        target[2] = Sum(c);
        target[3] = Sum(d);
    }

    public static unsafe double SumInDouble(float* x, int n)
    {
        Vector128<double> s0 = default, s1 = s0, s2 = s0, s3 = s0;
        int i = 0;
        for (; i <= n - 8; i += 8)
        {
            (Vector128<double> a, Vector128<double> b) = Vector128.Widen(Vector128.Load(x + i));
            (Vector128<double> c, Vector128<double> d) = Vector128.Widen(Vector128.Load(x + i + 4));
            (s0, s1, s2, s3) = (s0 + a, s1 + b, s2 + c, s3 + d);
        }

        double sum = Vector128.Sum(s0 + s1 + (s2 + s3));
        for (; i < n; i++)
        {
            sum += x[i];
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxAcross(Lanes4 x)
    {
        Vector128<float> pairs = Vector128.MaxNative(x._register, Vector128.Shuffle(x._register, Vector128.Create(2, 3, 0, 1)));
        return Vector128.MaxNative(pairs, Vector128.Shuffle(pairs, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator +(Lanes4 a, Lanes4 b) => new(a._register + b._register);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator -(Lanes4 a, Lanes4 b) => new(a._register - b._register);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator *(Lanes4 a, Lanes4 b) => new(a._register * b._register);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator /(Lanes4 a, Lanes4 b) => new(a._register / b._register);
}
