using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>One lane, no SIMD: the plain fallback, and the tail of every loop over wider registers.</summary>
internal struct Lanes1(float value) : ILanes<Lanes1>
{
    private float _value = value;

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 All(float value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Load(ref readonly float start, int offset) => new(Unsafe.Add(ref Unsafe.AsRef(in start), offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes1 value, ref float start, int offset) => Unsafe.Add(ref start, offset) = value._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Lanes1 Load(float* source) => new(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Lanes1 value, float* target) => *target = value._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Transpose4(float* source, nint step, float* target, nint targetStep)
    {
        for (int i = 0; i < 4; i++)
        {
            target[i * targetStep] = source[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddProduct(Lanes1 a, Lanes1 b) => _value = a._value * b._value + _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 MultiplyAdd(Lanes1 a, Lanes1 b, Lanes1 c) => new(a._value * b._value + c._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Max(Lanes1 a, Lanes1 b) => new(a._value > b._value ? a._value : b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Min(Lanes1 a, Lanes1 b) => new(a._value < b._value ? a._value : b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Sqrt(Lanes1 x) => new(MathF.Sqrt(x._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Abs(Lanes1 x) => new(MathF.Abs(x._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Round(Lanes1 x) => new(MathF.Round(x._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Scale(Lanes1 p, Lanes1 n) => new(BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(p._value) + ((int)n._value << 23)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 WhereLess(Lanes1 a, Lanes1 b, Lanes1 yes, Lanes1 no) => a._value < b._value ? yes : no;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 ZeroWhereLess(Lanes1 a, Lanes1 b, Lanes1 no) => a._value < b._value ? new(0) : no;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 ScaleOrZeroWhereLess(Lanes1 a, Lanes1 b, Lanes1 p, Lanes1 n) => ZeroWhereLess(a, b, Scale(p, n));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Lanes1 ZeroWhereBelow(uint* words, uint limit, Lanes1 no) => *words < limit ? new(0) : no;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Hide(Lanes1 x, uint hidden) => (hidden & 1) != 0 ? new(float.NegativeInfinity) : x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes1 x) => x._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StoreSums(Lanes1 a, Lanes1 b, Lanes1 c, Lanes1 d, float* target)
    {
        target[0] = Sum(a);
        target[1] = Sum(b);
        target[2] = Sum(c);
        target[3] = Sum(d);
    }

    public static unsafe double SumInDouble(float* x, int n)
    {
        double sum = 0;
        for (int i = 0; i < n; i++)
        {
            sum += x[i];
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxAcross(Lanes1 x) => x._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 operator +(Lanes1 a, Lanes1 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 operator -(Lanes1 a, Lanes1 b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 operator *(Lanes1 a, Lanes1 b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 operator /(Lanes1 a, Lanes1 b) => new(a._value / b._value);
}
