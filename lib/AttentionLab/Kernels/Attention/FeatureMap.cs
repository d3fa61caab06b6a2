using System.Numerics;
using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>What linear attention puts in place of the exponential: φ with φ(q)·φ(k) ≥ 0.</summary>
public enum FeatureMap
{
    /// <summary>φ(x) = x + 1 for x &gt; 0, else eˣ (Katharopoulos et al. 2020, equation 7).</summary>
    EluPlusOne,

    /// <summary>φ(x) = max(x, 0).</summary>
    Relu,

    /// <summary>φ(x) = eˣ.</summary>
    Exp,
}

/// <summary>The feature maps, element by element, and their slopes as functions of φ itself.</summary>
internal static class Features
{
    public static void Reference<T>(ReadOnlySpan<T> x, Span<T> y, FeatureMap map)
        where T : IFloatingPointIeee754<T>
    {
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = map switch
            {
                FeatureMap.EluPlusOne => x[i] > T.Zero ? x[i] + T.One : T.Exp(x[i]),
                FeatureMap.Relu => x[i] < T.Zero ? T.Zero : x[i],
                _ => T.Exp(x[i]),
            };
        }
    }

    /// <summary>dx = dy·φ′, with φ′ = min(φ, 1), [φ &gt; 0] or φ.</summary>
    public static void BackwardReference<T>(ReadOnlySpan<T> y, ReadOnlySpan<T> dy, Span<T> dx, FeatureMap map)
        where T : IFloatingPointIeee754<T>
    {
        for (int i = 0; i < y.Length; i++)
        {
            dx[i] = dy[i] * map switch
            {
                FeatureMap.EluPlusOne => T.Min(y[i], T.One),
                FeatureMap.Relu => y[i] > T.Zero ? T.One : T.Zero,
                _ => y[i],
            };
        }
    }

    /// <summary>ln φ(x), and φ′(x)/φ(x).</summary>
    public static (double Log, double Slope) Logarithm(double x, FeatureMap map) => map switch
    {
        FeatureMap.EluPlusOne => x > 0 ? (Math.Log(1 + x), 1 / (1 + x)) : (x, 1),
        FeatureMap.Relu => x > 0 ? (Math.Log(x), 1 / x) : double.IsNaN(x) ? (x, x) : (double.NegativeInfinity, 0),
        _ => (x, 1),
    };

    public static unsafe void Forward(ReadOnlySpan<float> x, Span<float> y, FeatureMap map)
    {
        if (map == FeatureMap.Relu)
        {
            Relu.Forward(x, y);
        }
        else if (map == FeatureMap.Exp)
        {
            Exp.Forward(x, y);
        }
        else
        {
            fixed (float* from = x, to = y)
            {
                Elementwise.Run(new EluPlusOne(from, to), x.Length, effort: 3);
            }
        }
    }

    public static void Backward(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, FeatureMap map)
    {
        if (map == FeatureMap.Relu)
        {
            Relu.Backward(y, dy, dx);
        }
        else if (map == FeatureMap.Exp)
        {
            Exp.Backward(y, dy, dx);
        }
        else
        {
            BackwardReference(y, dy, dx, map);
        }
    }

    private readonly unsafe struct EluPlusOne(float* x, float* y) : IElements
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(int i)
            where V : struct, ILanes<V>
        {
            V value = V.Load(x + i);
            V.Store(V.WhereLess(V.All(0), value, value + V.All(1), Exp.Of(value)), y + i);
        }
    }
}
