using System.Runtime.CompilerServices;

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
    public static unsafe void Forward(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
    {
        Sizes.RequireSame(b.Length, a.Length, "b", "a");
        Sizes.RequireSame(y.Length, a.Length, "y", "a");
        fixed (float* left = a, right = b, to = y)
        {
            int blocks = RowParts.Blocks(a.Length);
            RowParts.Run(new ProductBlocks(left, right, to, a.Length), blocks, RowParts.Count(blocks, RowParts.Block, effort: 1));
        }
    }

    /// <summary>y_i = s·x_i.</summary>
    /// <param name="x">(n).</param>
    /// <param name="s">Factor.</param>
    /// <param name="y">(n), may be the memory of <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static unsafe void Scale(ReadOnlySpan<float> x, float s, Span<float> y)
    {
        Sizes.RequireSame(y.Length, x.Length, "y", "x");
        fixed (float* from = x, to = y)
        {
            int blocks = RowParts.Blocks(x.Length);
            RowParts.Run(new ScaleBlocks(from, s, to, x.Length), blocks, RowParts.Count(blocks, RowParts.Block, effort: 1));
        }
    }

    /// <summary>y_i += s·x_i.</summary>
    /// <param name="x">(n).</param>
    /// <param name="s">Factor.</param>
    /// <param name="y">(n), added to.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static unsafe void AddScaled(ReadOnlySpan<float> x, float s, Span<float> y)
    {
        Sizes.RequireSame(y.Length, x.Length, "y", "x");
        fixed (float* from = x, to = y)
        {
            int blocks = RowParts.Blocks(x.Length);
            RowParts.Run(new AddBlocks(from, s, to, x.Length), blocks, RowParts.Count(blocks, RowParts.Block, effort: 1));
        }
    }

    /// <summary>y_i = s·x_i for other kernels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe void Scale<V>(float* x, float s, float* y, int n)
        where V : struct, ILanes<V>
    {
        V factor = V.All(s);
        int i = 0;
        for (; i <= n - V.Count; i += V.Count)
        {
            V.Store(V.Load(x + i) * factor, y + i);
        }

        for (; i < n; i++)
        {
            y[i] = x[i] * s;
        }
    }

    private readonly unsafe struct ProductBlocks(float* a, float* b, float* y, int length) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>(int part, int first, int end)
            where V : struct, ILanes<V>
        {
            float* left = a, right = b, to = y;
            int i = first * RowParts.Block, n = RowParts.End(end, length);
            for (; i <= n - V.Count; i += V.Count)
            {
                V.Store(V.Load(left + i) * V.Load(right + i), to + i);
            }

            for (; i < n; i++)
            {
                to[i] = left[i] * right[i];
            }
        }
    }

    private readonly unsafe struct ScaleBlocks(float* x, float s, float* y, int length) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>(int part, int first, int end)
            where V : struct, ILanes<V>
        {
            int start = first * RowParts.Block;
            Scale<V>(x + start, s, y + start, RowParts.End(end, length) - start);
        }
    }

    private readonly unsafe struct AddBlocks(float* x, float s, float* y, int length) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>(int part, int first, int end)
            where V : struct, ILanes<V>
        {
            float* from = x, to = y;
            V factor = V.All(s);
            int i = first * RowParts.Block, n = RowParts.End(end, length);
            for (; i <= n - V.Count; i += V.Count)
            {
                V.Store(V.MultiplyAdd(V.Load(from + i), factor, V.Load(to + i)), to + i);
            }

            for (; i < n; i++)
            {
                to[i] += from[i] * s;
            }
        }
    }
}
