using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>Sums over a span or over the rows of a matrix, which is the gradient of a bias.</summary>
public static class Reduce
{
    /// <summary>Σ_i x_i.</summary>
    /// <param name="x">(n); nothing gives 0.</param>
    public static unsafe float Sum(ReadOnlySpan<float> x)
    {
        fixed (float* from = x)
        {
            SpanSum work = new(from, x.Length);
            Simd.Run(ref work);
            return work.Result;
        }
    }

    /// <summary>y_j += Σ_i x_ij: all rows added to one, the gradient of a bias.</summary>
    /// <param name="x">(rows, columns).</param>
    /// <param name="y">(columns), added to.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Length of a row.</param>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    public static unsafe void AddRows(ReadOnlySpan<float> x, Span<float> y, int rows, int columns)
    {
        Sizes.Require(x.Length, rows, columns, "x");
        Sizes.Require(y.Length, 1, columns, "y", "one row");
        Sizes.RequireApart<float>(y, x, "y", "x");
        fixed (float* from = x, to = y)
        {
            int parts = RowParts.Count(rows, columns, effort: 1);
            float* sums = parts == 1 ? to : Scratch.Of(Scratch.Columns, parts * columns);
            RowParts.Run(new SumRows(from, sums, columns, parts > 1), rows, parts);
            AddParts(sums, parts, columns, columns, y);
        }
    }

    /// <summary>Σ_i x_i² in double, which no float can overflow.</summary>
    /// <param name="x">(n); nothing gives 0.</param>
    internal static unsafe double SquareSum(ReadOnlySpan<float> x)
    {
        int blocks = RowParts.Blocks(x.Length), parts = RowParts.Count(blocks, RowParts.Block, effort: 1);
        double* sums = stackalloc double[parts];
        fixed (float* from = x)
        {
            RowParts.Run(new SquareBlocks(from, sums, x.Length), blocks, parts);
        }

        double sum = 0;
        for (int part = 0; part < parts; part++)
        {
            sum += sums[part];
        }

        return sum;
    }

    /// <summary>Adds the parts' sums to <paramref name="y"/>, first part first; with a single part they are already there.</summary>
    internal static unsafe void AddParts(float* sums, int parts, int stride, int columns, Span<float> y)
    {
        for (int part = 0; parts > 1 && part < parts; part++)
        {
            Multiply.AddScaled(new ReadOnlySpan<float>(sums + part * stride, columns), 1, y);
        }
    }

    /// <summary>The largest number, −∞ if there is none; NaN may be passed over.</summary>
    internal static unsafe float Largest(ReadOnlySpan<float> x)
    {
        fixed (float* from = x)
        {
            SpanLargest work = new(from, x.Length);
            Simd.Run(ref work);
            return work.Result;
        }
    }

    /// <summary>The same for other kernels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe float Largest<V>(float* x, int n)
        where V : struct, ILanes<V>
    {
        // Two chains: one would wait three cycles for each maximum.
        V top = V.All(float.NegativeInfinity), other = top;
        int i = 0;
        for (; i <= n - 2 * V.Count; i += 2 * V.Count)
        {
            top = V.Max(top, V.Load(x + i));
            other = V.Max(other, V.Load(x + i + V.Count));
        }

        if (i <= n - V.Count)
        {
            top = V.Max(top, V.Load(x + i));
            i += V.Count;
        }

        float largest = V.MaxAcross(V.Max(top, other));
        for (; i < n; i++)
        {
            largest = x[i] > largest ? x[i] : largest;
        }

        return largest;
    }

    /// <summary>Σ_i x_i for other kernels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe float Sum<V>(float* x, int n)
        where V : struct, ILanes<V> => Over<V, Plain>(new(x), n);

    /// <summary>The one loop of sums: four registers of them, so that no addition waits for the one before, then what is left, one at a time.</summary>
    /// <param name="summand">What is added for each number.</param>
    /// <param name="n">How many numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Over<V, TSummand>(TSummand summand, int n)
        where V : struct, ILanes<V>
        where TSummand : unmanaged, ISummand
    {
        V s0 = V.All(0), s1 = s0, s2 = s0, s3 = s0;
        int i = 0;
        for (; i <= n - 4 * V.Count; i += 4 * V.Count)
        {
            s0 = summand.Add(i, s0);
            s1 = summand.Add(i + V.Count, s1);
            s2 = summand.Add(i + 2 * V.Count, s2);
            s3 = summand.Add(i + 3 * V.Count, s3);
        }

        for (; i <= n - V.Count; i += V.Count)
        {
            s0 = summand.Add(i, s0);
        }

        Lanes1 sum = Lanes1.All(V.Sum(s0 + s1 + (s2 + s3)));
        for (; i < n; i++)
        {
            sum = summand.Add(i, sum);
        }

        return Lanes1.Sum(sum);
    }

    /// <summary>Four rows at a time: the sums are read and written a quarter as often.</summary>
    private readonly unsafe struct SumRows(float* x, float* sums, int columns, bool own) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>(int part, int first, int end)
            where V : struct, ILanes<V>
        {
            int n = columns, row = first;
            float* to = own ? sums + (nint)part * n : sums;
            if (own)
            {
                new Span<float>(to, n).Clear();
            }

            for (; row <= end - 4; row += 4)
            {
                float* a = x + (nint)row * n, b = a + n, c = b + n, d = c + n;
                int i = 0;
                for (; i <= n - V.Count; i += V.Count)
                {
                    V.Store(V.Load(to + i) + V.Load(a + i) + V.Load(b + i) + V.Load(c + i) + V.Load(d + i), to + i);
                }

                for (; i < n; i++)
                {
                    to[i] = to[i] + a[i] + b[i] + c[i] + d[i];
                }
            }

            for (; row < end; row++)
            {
                Elementwise.Over<V, Add>(new(x + (nint)row * n, to), 0, n);
            }
        }
    }

    /// <summary>y_i += x_i.</summary>
    internal readonly unsafe struct Add(float* x, float* y) : IElements
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(int i)
            where V : struct, ILanes<V> => V.Store(V.Load(y + i) + V.Load(x + i), y + i);
    }

    private readonly unsafe struct Plain(float* x) : ISummand
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Add<V>(int i, V sum)
            where V : struct, ILanes<V> => sum + V.Load(x + i);
    }

    private unsafe struct SpanSum(float* x, int n) : IWide
    {
        public float Result { get; private set; }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>()
            where V : struct, ILanes<V> => Result = Sum<V>(x, n);
    }

    private unsafe struct SpanLargest(float* x, int n) : IWide
    {
        public float Result { get; private set; }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>()
            where V : struct, ILanes<V> => Result = Largest<V>(x, n);
    }

    private readonly unsafe struct SquareBlocks(float* x, double* sums, int length) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>(int part, int first, int end)
            where V : struct, ILanes<V>
        {
            int start = first * RowParts.Block, count = RowParts.End(end, length) - start;
            ReadOnlySpan<float> block = new(x + start, count);
            sums[part] = Dot.InDouble(block, block);
        }
    }
}
