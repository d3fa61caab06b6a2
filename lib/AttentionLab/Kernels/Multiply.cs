using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AttentionLab.Kernels;

/// <summary>
/// The three element-wise steps that other kernels are made of: y = a ⊙ b, y = s·x and y += s·x.
/// Their reference is the loop over the formula; their backward is themselves.
/// </summary>
public static class Multiply
{
    /// <summary>y_i = a_i·b_i.</summary>
    /// <param name="a">(n).</param>
    /// <param name="b">(n).</param>
    /// <param name="y">(n), may be the memory of <paramref name="a"/> or <paramref name="b"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Forward(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
    {
        Sizes.RequireSame(b.Length, a.Length, "b", "a");
        Sizes.RequireSame(y.Length, a.Length, "y", "a");
        if (Vector512.IsHardwareAccelerated)
        {
            Products<Lanes16>(a, b, y);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Products<Lanes8>(a, b, y);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            Products<Lanes4>(a, b, y);
        }
        else
        {
            Products<Lanes1>(a, b, y);
        }
    }

    /// <summary>y_i = s·x_i.</summary>
    /// <param name="x">(n).</param>
    /// <param name="s">Factor.</param>
    /// <param name="y">(n), may be the memory of <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Scale(ReadOnlySpan<float> x, float s, Span<float> y)
    {
        Sizes.RequireSame(y.Length, x.Length, "y", "x");
        if (Vector512.IsHardwareAccelerated)
        {
            Scaled<Lanes16>(x, s, y);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Scaled<Lanes8>(x, s, y);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            Scaled<Lanes4>(x, s, y);
        }
        else
        {
            Scaled<Lanes1>(x, s, y);
        }
    }

    /// <summary>y_i += s·x_i.</summary>
    /// <param name="x">(n).</param>
    /// <param name="s">Factor.</param>
    /// <param name="y">(n), added to.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void AddScaled(ReadOnlySpan<float> x, float s, Span<float> y)
    {
        Sizes.RequireSame(y.Length, x.Length, "y", "x");
        if (Vector512.IsHardwareAccelerated)
        {
            Added<Lanes16>(x, s, y);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Added<Lanes8>(x, s, y);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            Added<Lanes4>(x, s, y);
        }
        else
        {
            Added<Lanes1>(x, s, y);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Products<V>(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
        where V : struct, ILanes<V>
    {
        ref float a0 = ref MemoryMarshal.GetReference(a), b0 = ref MemoryMarshal.GetReference(b), y0 = ref MemoryMarshal.GetReference(y);
        int i = 0;
        for (; i <= a.Length - V.Count; i += V.Count)
        {
            V.Store(V.Load(ref a0, i) * V.Load(ref b0, i), ref y0, i);
        }

        for (; i < a.Length; i++)
        {
            y[i] = a[i] * b[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scaled<V>(ReadOnlySpan<float> x, float s, Span<float> y)
        where V : struct, ILanes<V>
    {
        ref float x0 = ref MemoryMarshal.GetReference(x), y0 = ref MemoryMarshal.GetReference(y);
        V factor = V.All(s);
        int i = 0;
        for (; i <= x.Length - V.Count; i += V.Count)
        {
            V.Store(V.Load(ref x0, i) * factor, ref y0, i);
        }

        for (; i < x.Length; i++)
        {
            y[i] = x[i] * s;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Added<V>(ReadOnlySpan<float> x, float s, Span<float> y)
        where V : struct, ILanes<V>
    {
        ref float x0 = ref MemoryMarshal.GetReference(x), y0 = ref MemoryMarshal.GetReference(y);
        V factor = V.All(s);
        int i = 0;
        for (; i <= x.Length - V.Count; i += V.Count)
        {
            V.Store(V.MultiplyAdd(V.Load(ref x0, i), factor, V.Load(ref y0, i)), ref y0, i);
        }

        for (; i < x.Length; i++)
        {
            y[i] += x[i] * s;
        }
    }
}
