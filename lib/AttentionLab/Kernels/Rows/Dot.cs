using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AttentionLab.Kernels;

/// <summary>Dot product a·b = Σ_i a_i·b_i. Two empty vectors give 0.</summary>
public static class Dot
{
    /// <summary>a·b by a loop.</summary>
    /// <param name="a">(n).</param>
    /// <param name="b">(n).</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static T Reference<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b)
        where T : IFloatingPointIeee754<T>
    {
        Sizes.RequireSame(b.Length, a.Length, "b", "a");
        T sum = T.Zero;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    /// <summary>a·b, fast: four partial sums, because a sum must wait for the one before it.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static float Forward(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Sizes.RequireSame(b.Length, a.Length, "b", "a");
        Products work = new(a, b);
        Simd.Run(ref work);
        return work.Sum;
    }

    /// <summary>a·b summed in double, which no product of floats can overflow or underflow.</summary>
    /// <param name="a">(n).</param>
    /// <param name="b">(n).</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double InDouble(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Sizes.RequireSame(b.Length, a.Length, "b", "a");
        ref float a0 = ref MemoryMarshal.GetReference(a), b0 = ref MemoryMarshal.GetReference(b);
        int i = 0, width = Vector<float>.Count;
        Vector<double> s0 = Vector<double>.Zero, s1 = s0, s2 = s0, s3 = s0;
        for (; i <= a.Length - 2 * width; i += 2 * width)
        {
            Vector.Widen(Vector.LoadUnsafe(in a0, (nuint)i), out Vector<double> left0, out Vector<double> left1);
            Vector.Widen(Vector.LoadUnsafe(in b0, (nuint)i), out Vector<double> right0, out Vector<double> right1);
            Vector.Widen(Vector.LoadUnsafe(in a0, (nuint)(i + width)), out Vector<double> left2, out Vector<double> left3);
            Vector.Widen(Vector.LoadUnsafe(in b0, (nuint)(i + width)), out Vector<double> right2, out Vector<double> right3);
            s0 = Vector.MultiplyAddEstimate(left0, right0, s0);
            s1 = Vector.MultiplyAddEstimate(left1, right1, s1);
            s2 = Vector.MultiplyAddEstimate(left2, right2, s2);
            s3 = Vector.MultiplyAddEstimate(left3, right3, s3);
        }

        double sum = Vector.Sum(s0 + s1 + (s2 + s3));
        for (; i < a.Length; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return sum;
    }

    /// <summary>Backward of s = a·b: ∂L/∂a = ∂L/∂s·b and ∂L/∂b = ∂L/∂s·a.</summary>
    /// <param name="a">(n).</param>
    /// <param name="b">(n).</param>
    /// <param name="ds">∂L/∂s.</param>
    /// <param name="da">∂L/∂a (n), overwritten.</param>
    /// <param name="db">∂L/∂b (n), overwritten.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a gradient shares memory with its vector or with the other gradient.</exception>
    public static void BackwardReference<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, T ds, Span<T> da, Span<T> db)
        where T : IFloatingPointIeee754<T>
    {
        Check(a, b, da, db);
        for (int i = 0; i < a.Length; i++)
        {
            da[i] = ds * b[i];
            db[i] = ds * a[i];
        }
    }

    /// <summary>Backward of s = a·b, fast.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    public static void Backward(ReadOnlySpan<float> a, ReadOnlySpan<float> b, float ds, Span<float> da, Span<float> db)
    {
        Check<float>(a, b, da, db);
        Multiply.Scale(b, ds, da);
        Multiply.Scale(a, ds, db);
    }

    private static void Check<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, ReadOnlySpan<T> da, ReadOnlySpan<T> db)
    {
        Sizes.RequireSame(b.Length, a.Length, "b", "a");
        Sizes.RequireSame(da.Length, a.Length, "da", "a");
        Sizes.RequireSame(db.Length, a.Length, "db", "a");
        Sizes.RequireApart(da, a, "da", "a");
        Sizes.RequireApart(db, b, "db", "b");
        Sizes.RequireApart(da, db, "da", "db");
    }

    private ref struct Products(ReadOnlySpan<float> a, ReadOnlySpan<float> b) : IWide
    {
        private readonly ReadOnlySpan<float> _a = a, _b = b;

        public float Sum { get; private set; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>()
            where V : struct, ILanes<V> => Sum = Fast<V>(_a, _b);
    }

    /// <summary>a·b for other kernels, which know that both are equally long.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float Fast<V>(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
        where V : struct, ILanes<V>
    {
        ref float a0 = ref MemoryMarshal.GetReference(a), b0 = ref MemoryMarshal.GetReference(b);
        V s0 = V.All(0), s1 = s0, s2 = s0, s3 = s0;
        int i = 0;
        for (; i <= a.Length - 4 * V.Count; i += 4 * V.Count)
        {
            s0 = V.MultiplyAdd(V.Load(ref a0, i), V.Load(ref b0, i), s0);
            s1 = V.MultiplyAdd(V.Load(ref a0, i + V.Count), V.Load(ref b0, i + V.Count), s1);
            s2 = V.MultiplyAdd(V.Load(ref a0, i + 2 * V.Count), V.Load(ref b0, i + 2 * V.Count), s2);
            s3 = V.MultiplyAdd(V.Load(ref a0, i + 3 * V.Count), V.Load(ref b0, i + 3 * V.Count), s3);
        }

        for (; i <= a.Length - V.Count; i += V.Count)
        {
            s0 = V.MultiplyAdd(V.Load(ref a0, i), V.Load(ref b0, i), s0);
        }

        float sum = V.Sum(s0 + s1 + (s2 + s3));
        for (; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
