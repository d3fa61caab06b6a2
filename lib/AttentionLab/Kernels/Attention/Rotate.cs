using System.Numerics;
using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>
/// Rotary positions: the pair (x_i, x_{i+D/2}) of the vector at position p turns by the angle p·base^(−2i/D):
/// y_i = x_i·cos − x_{i+D/2}·sin, y_{i+D/2} = x_i·sin + x_{i+D/2}·cos. The product of a turned query and a turned key
/// then depends on the difference of their positions only (Su et al. 2021, "RoFormer", eq. 34; the paper pairs
/// neighbours, we pair halves as Llama and GPT-NeoX do, which is the same up to an order of the columns).
/// </summary>
/// <remarks>A rotation keeps lengths, and its backward is the rotation by the opposite angle.</remarks>
public static class Rotate
{
    /// <summary>The tables of cosines and sines of positions 0 … positions−1, computed in double.</summary>
    /// <param name="cos">(positions, D/2), overwritten.</param>
    /// <param name="sin">(positions, D/2), overwritten.</param>
    /// <param name="positions">Number of positions.</param>
    /// <param name="size">D, even.</param>
    /// <param name="angleBase">Base of the angles; 10000 in the paper.</param>
    /// <exception cref="ArgumentException">D is odd, a span's length is not positions × D/2, or the base is not positive and finite.</exception>
    public static void Angles(Span<float> cos, Span<float> sin, int positions, int size, double angleBase = 10000)
    {
        RequireBase(angleBase);
        int half = Half(size);
        Sizes.Require(cos.Length, positions, half, "cos", "positions", "D/2");
        Sizes.Require(sin.Length, positions, half, "sin", "positions", "D/2");
        for (int p = 0; p < positions; p++)
        {
            for (int i = 0; i < half; i++)
            {
                (double s, double c) = Math.SinCos(p * Math.Pow(angleBase, -2.0 * i / size));
                (cos[p * half + i], sin[p * half + i]) = ((float)c, (float)s);
            }
        }
    }

    /// <summary>Turns each row by loops; row r has position r.</summary>
    /// <param name="x">(rows, D).</param>
    /// <param name="cos">(rows, D/2).</param>
    /// <param name="sin">(rows, D/2); negated it turns back.</param>
    /// <param name="y">(rows, D), may be the memory of <paramref name="x"/>.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="size">D, even.</param>
    /// <exception cref="ArgumentException">D is odd, or a span's length does not fit.</exception>
    public static void Reference<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> cos, ReadOnlySpan<T> sin, Span<T> y, int rows, int size)
        where T : IFloatingPointIeee754<T>
    {
        int half = Check(cos.Length, sin.Length, rows, size);
        Sizes.Require(x.Length, rows, size, "x", "rows", "D");
        Sizes.Require(y.Length, rows, size, "y", "rows", "D");
        for (int r = 0; r < rows; r++)
        {
            for (int i = 0; i < half; i++)
            {
                (T first, T second) = (x[r * size + i], x[r * size + half + i]);
                (T c, T s) = (cos[r * half + i], sin[r * half + i]);
                y[r * size + i] = first * c - second * s;
                y[r * size + half + i] = first * s + second * c;
            }
        }
    }

    /// <summary>Turns each row, fast.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static unsafe void Forward(ReadOnlySpan<float> x, ReadOnlySpan<float> cos, ReadOnlySpan<float> sin, Span<float> y, int rows, int size)
    {
        int half = Check(cos.Length, sin.Length, rows, size);
        Sizes.Require(x.Length, rows, size, "x", "rows", "D");
        Sizes.Require(y.Length, rows, size, "y", "rows", "D");
        fixed (float* from = x, cosines = cos, sines = sin, to = y)
        {
            RowParts.Run(new TurnRows(from, cosines, sines, to, half, 1), rows, RowParts.Count(rows, size, effort: 1));
        }
    }

    /// <summary>∂L/∂x from ∂L/∂y by loops: the rotation by −angle.</summary>
    /// <param name="dy">∂L/∂y, (rows, D).</param>
    /// <param name="cos">Of the forward.</param>
    /// <param name="sin">Of the forward.</param>
    /// <param name="dx">∂L/∂x, (rows, D), overwritten; may be the memory of <paramref name="dy"/>.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="size">D, even.</param>
    /// <exception cref="ArgumentException">D is odd, or a span's length does not fit.</exception>
    public static void BackwardReference<T>(ReadOnlySpan<T> dy, ReadOnlySpan<T> cos, ReadOnlySpan<T> sin, Span<T> dx, int rows, int size)
        where T : IFloatingPointIeee754<T>
    {
        int half = Check(cos.Length, sin.Length, rows, size);
        Sizes.Require(dy.Length, rows, size, "dy", "rows", "D");
        Sizes.Require(dx.Length, rows, size, "dx", "rows", "D");
        for (int r = 0; r < rows; r++)
        {
            for (int i = 0; i < half; i++)
            {
                (T first, T second) = (dy[r * size + i], dy[r * size + half + i]);
                (T c, T s) = (cos[r * half + i], sin[r * half + i]);
                dx[r * size + i] = first * c + second * s;
                dx[r * size + half + i] = second * c - first * s;
            }
        }
    }

    /// <summary>∂L/∂x from ∂L/∂y, fast.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    public static unsafe void Backward(ReadOnlySpan<float> dy, ReadOnlySpan<float> cos, ReadOnlySpan<float> sin, Span<float> dx, int rows, int size)
    {
        int half = Check(cos.Length, sin.Length, rows, size);
        Sizes.Require(dy.Length, rows, size, "dy", "rows", "D");
        Sizes.Require(dx.Length, rows, size, "dx", "rows", "D");
        fixed (float* from = dy, cosines = cos, sines = sin, to = dx)
        {
            RowParts.Run(new TurnRows(from, cosines, sines, to, half, -1), rows, RowParts.Count(rows, size, effort: 1));
        }
    }

    /// <summary>Throws unless the tables fit; returns D/2.</summary>
    private static int Check(int cos, int sin, int rows, int size)
    {
        int half = Half(size);
        Sizes.Require(cos, rows, half, "cos", "rows", "D/2");
        Sizes.Require(sin, rows, half, "sin", "rows", "D/2");
        return half;
    }

    /// <summary>Throws unless wavelengths can be powers of the base.</summary>
    internal static void RequireBase(double angleBase)
    {
        if (!(angleBase > 0 && double.IsFinite(angleBase)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(angleBase), FormattableString.Invariant($"angleBase is {angleBase} but wavelengths are powers of a positive, finite base: pass 10000."));
        }
    }

    private static int Half(int size) => size % 2 == 0
        ? size / 2
        : throw new ArgumentException($"D is {size} but rotation works on pairs: choose an even head size.", nameof(size));

    private readonly unsafe struct TurnRows(float* x, float* cos, float* sin, float* y, int half, float direction) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>(int part, int first, int end)
            where V : struct, ILanes<V>
        {
            int n = half;
            V directions = V.All(direction);
            for (int row = first; row < end; row++)
            {
                float* x0 = x + (nint)row * 2 * n, x1 = x0 + n, y0 = y + (nint)row * 2 * n, y1 = y0 + n, cosines = cos + (nint)row * n,
                sines = sin + (nint)row * n;
                int i = 0;
                for (; i <= n - V.Count; i += V.Count)
                {
                    V a = V.Load(x0 + i), b = V.Load(x1 + i), c = V.Load(cosines + i), s = V.Load(sines + i) * directions;
                    V.Store(a * c - b * s, y0 + i);
                    V.Store(V.MultiplyAdd(a, s, b * c), y1 + i);
                }

                for (; i < n; i++)
                {
                    (float a, float b, float c, float s) = (x0[i], x1[i], cosines[i], sines[i] * direction);
                    y0[i] = a * c - b * s;
                    y1[i] = a * s + b * c;
                }
            }
        }
    }
}
