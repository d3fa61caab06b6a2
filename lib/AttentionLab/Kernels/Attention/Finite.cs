using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AttentionLab.Kernels;

/// <summary>Whether numbers are finite. 0·NaN is NaN, so a result that is finite has met no NaN or infinity, not even with a weight of 0.</summary>
internal static class Finite
{
    /// <summary>Neither NaN nor infinity among them: then every x − x is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool All(ReadOnlySpan<float> x)
    {
        Vector<float> sums = Vector<float>.Zero;
        ReadOnlySpan<Vector<float>> registers = MemoryMarshal.Cast<float, Vector<float>>(x);
        foreach (Vector<float> register in registers)
        {
            sums += register - register;
        }

        float sum = Vector.Sum(sums);
        foreach (float value in x[(registers.Length * Vector<float>.Count)..])
        {
            sum += value - value;
        }

        return sum == 0;
    }

    /// <summary>For a strip of rows two registers wide: writes 0 for each lane that is finite throughout, NaN for the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Lanes<V>(float* strip, int width, int rows, float* flags)
        where V : struct, ILanes<V>
    {
        V sumX = V.All(0), sumY = sumX;
        for (; rows > 0; rows--, strip += width)
        {
            V x = V.Load(strip), y = V.Load(strip + V.Count);
            sumX += x - x;
            sumY += y - y;
        }

        V.Store(sumX, flags);
        V.Store(sumY, flags + V.Count);
    }

    /// <summary>The same for some rows, <paramref name="step"/> numbers apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe bool All<V>(float* x, nint step, int rows, int columns)
        where V : struct, ILanes<V>
    {
        V sums = V.All(0);
        float sum = 0;
        for (; rows > 0; rows--, x += step)
        {
            int c = 0;
            for (; c <= columns - V.Count; c += V.Count)
            {
                V numbers = V.Load(x + c);
                sums += numbers - numbers;
            }

            for (; c < columns; c++)
            {
                sum += x[c] - x[c];
            }
        }

        return V.Sum(sums) + sum == 0;
    }
}
