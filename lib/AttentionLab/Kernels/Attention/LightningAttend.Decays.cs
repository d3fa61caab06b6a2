using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <content>Powers of λ, and rows times them.</content>
public static partial class LightningAttend
{
    /// <summary>Decays smaller than this are 0, so that no product becomes denormal.</summary>
    private const float Least = 1e-30f;

    /// <summary>A row of weights times its factors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Decay<V>(float* weights, float* factors, int keys)
        where V : struct, ILanes<V>
    {
        for (int j = 0; j < keys; j += V.Count)
        {
            V.Store(V.Load(weights + j) * V.Load(factors + j), weights + j);
        }
    }

    /// <summary>Rows times a factor each, to rows elsewhere; the factors are <paramref name="factorStep"/> apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void ScaleRows<V>(float* from, nint fromRow, float* to, nint toRow, int rows, int columns, float* factor, nint factorStep)
        where V : struct, ILanes<V>
    {
        for (; rows > 0; rows--, from += fromRow, to += toRow, factor += factorStep)
        {
            V all = V.All(*factor);
            int c = 0;
            for (; c <= columns - V.Count; c += V.Count)
            {
                V.Store(V.Load(from + c) * all, to + c);
            }

            for (; c < columns; c++)
            {
                to[c] = from[c] * *factor;
            }
        }
    }

    private static unsafe void FillPowers(float* past, float* future, int reach, float decay)
    {
        float power = 1;
        (past[0], future[0]) = (1, 1);
        for (int t = 1; t <= reach; t++)
        {
            power *= decay;
            power = power < Least ? 0 : power;
            (past[t], past[-t], future[-t], future[t]) = (power, 0, power, 0);
        }
    }
}
