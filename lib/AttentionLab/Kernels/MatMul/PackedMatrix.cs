
namespace AttentionLab.Kernels;

/// <summary>
/// The right-hand side B (inner, columns) of a matrix product, copied once into the strips that the fast path reads:
/// for weights that serve many products. A product with a plain B makes this copy each time.
/// </summary>
/// <remarks>It is a copy: after a change of the weights, <see cref="Refill"/>. The order inside depends on <see cref="Simd.Width"/>.</remarks>
public sealed class PackedMatrix
{
    private readonly float[] _strips;
    private readonly int _first;
    private readonly bool _transposed;

    /// <summary>Copies B.</summary>
    /// <param name="b">(inner, columns), or (columns, inner) if <paramref name="transposed"/>.</param>
    /// <param name="inner">Length of the products' sums: inputs of a linear layer.</param>
    /// <param name="columns">Columns of the products: outputs of a linear layer.</param>
    /// <param name="transposed">Whether <paramref name="b"/> holds Bᵀ, as PyTorch keeps its weights.</param>
    /// <exception cref="ArgumentException">b's length is not inner × columns.</exception>
    public PackedMatrix(ReadOnlySpan<float> b, int inner, int columns, bool transposed = false)
    {
        Check(b, inner, columns, transposed);
        (Inner, Columns, _transposed) = (inner, columns, transposed);
        int width = MatMul.StripRegisters(columns) * Simd.Lanes;
        (_strips, _first) = WeightMemory.Take(
            Sizes.Product("a PackedMatrix", ("inner", inner), ("columns, rounded up", (columns + width - 1) / width * width)));
        Refill(b);
    }

    /// <summary>Rows of B.</summary>
    public int Inner { get; }

    /// <summary>Columns of B.</summary>
    public int Columns { get; }

    /// <summary>The strips, from the start of a cache line.</summary>
    internal unsafe float* Strips =>
        (float*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(_strips)) + _first;

    /// <summary>Copies changed weights, laid out as at the construction, over the old ones.</summary>
    /// <param name="b">As long as the first time.</param>
    /// <exception cref="ArgumentException">b's length is not inner × columns.</exception>
    public void Refill(ReadOnlySpan<float> b) => Fill(b, _transposed);

    /// <summary>The same, laid out as told.</summary>
    internal unsafe void Fill(ReadOnlySpan<float> b, bool transposed)
    {
        Check(b, Inner, Columns, transposed);
        fixed (float* from = b)
        {
            (int innerStep, int columnStep) = transposed ? (1, Inner) : (Columns, 1);
            Copy work = new(from, innerStep, columnStep, Strips, Inner, Columns);
            Simd.Run(ref work);
        }
    }

    /// <summary>Some columns of B in their usual order: what was packed, bit by bit.</summary>
    /// <param name="b">(inner, its own number of columns), overwritten.</param>
    /// <param name="first">The first of them.</param>
    /// <exception cref="ArgumentException">b is not whole rows of columns that there are.</exception>
    public unsafe void CopyTo(Span<float> b, int first = 0)
    {
        int count = b.Length / Math.Max(1, Inner), width = MatMul.StripRegisters(Columns) * Simd.Lanes;
        Sizes.Require(b.Length, Inner, count, "b", "inner", "columns");
        if (first < 0 || first + count > Columns)
        {
            throw new ArgumentException($"columns {first} to {first + count - 1} are asked for but there are {Columns}: ask for some of these.", nameof(first));
        }

        for (int row = 0; row < Inner; row++)
        {
            for (int column = first, left; column < first + count; column += left)
            {
                int inStrip = column % width;
                left = Math.Min(width - inStrip, first + count - column);
                float* strip = Strips + (nint)(column - inStrip) * Inner + (nint)row * width + inStrip;
                new ReadOnlySpan<float>(strip, left).CopyTo(b.Slice(row * count + column - first, left));
            }
        }
    }

    private static void Check(ReadOnlySpan<float> b, int inner, int columns, bool transposed)
    {
        if (transposed)
        {
            Sizes.Require(b.Length, columns, inner, "b", "columns", "inner");
        }
        else
        {
            Sizes.Require(b.Length, inner, columns, "b", "inner", "columns");
        }
    }

    private readonly unsafe struct Copy(float* from, int innerStep, int columnStep, float* strips, int inner, int columns) : IWide
    {
        public void Run<V>()
            where V : struct, ILanes<V> => MatMul.Pack<V>(from, innerStep, columnStep, strips, inner, columns, MatMul.StripRegisters(columns));
    }
}
