using System.Globalization;
using AttentionLab.Kernels;

namespace AttentionLab.Tensors;

/// <summary>
/// A block of float32 numbers with a shape: contiguous, row-major, rank 1 to 4. No strides, no broadcasting.
/// The last dimension runs fastest; a "row" is one run of it.
/// </summary>
public sealed partial class Tensor
{
    private readonly float[] _values;
    private readonly int[] _shape;

    /// <summary>A tensor of zeros.</summary>
    /// <param name="shape">1 to 4 sizes, each 0 or more, for example (T, C).</param>
    /// <exception cref="ArgumentException">The rank is not 1 to 4, a size is negative, or the product exceeds an array.</exception>
    public Tensor(params ReadOnlySpan<int> shape)
        : this(LargePages.Cleared(CountOf(shape)), shape)
    {
    }

    /// <summary>A tensor over an existing array, which is used, not copied.</summary>
    /// <param name="values">Row-major values; as many as the shape holds.</param>
    /// <param name="shape">1 to 4 sizes.</param>
    /// <exception cref="ArgumentException">The number of values is not the product of the sizes.</exception>
    public Tensor(float[] values, params ReadOnlySpan<int> shape)
    {
        ArgumentNullException.ThrowIfNull(values);
        int count = CountOf(shape);
        if (values.Length != count)
        {
            throw new ArgumentException(
                $"values holds {values.Length} numbers but shape {Describe(shape)} needs {count}: pass a shape whose product is {values.Length}.");
        }

        if (shape.Length is < 1 or > 4)
        {
            throw new ArgumentException($"shape {Describe(shape)} has rank {shape.Length} but a tensor has rank 1 to 4: reshape or split it.");
        }

        _values = values;
        _shape = shape.ToArray();
    }

    /// <summary>A tensor whose values are whatever the memory holds: for results that are overwritten as a whole.</summary>
    internal static Tensor Uncleared(params ReadOnlySpan<int> shape) => new(LargePages.Uncleared(CountOf(shape)), shape);

    /// <summary>The sizes, outermost first.</summary>
    public ReadOnlySpan<int> Shape => _shape;

    /// <summary>Number of dimensions, 1 to 4.</summary>
    public int Rank => _shape.Length;

    /// <summary>Number of values: the product of the sizes.</summary>
    public int Length => _values.Length;

    /// <summary>Size of the last dimension.</summary>
    public int Columns => _shape[^1];

    /// <summary>Number of rows: the product of all sizes but the last.</summary>
    public int Rows => Columns == 0 ? CountOf(_shape.AsSpan(0, Rank - 1)) : Length / Columns;

    /// <summary>All values, row-major; writing here writes to the tensor.</summary>
    public Span<float> Span => _values;

    /// <summary>The array under the tensor, for callers that need one.</summary>
    public float[] Values => _values;

    /// <summary>Row <paramref name="row"/> of the (rows, columns) view; writing here writes to the tensor.</summary>
    /// <param name="row">0 … <see cref="Rows"/>−1.</param>
    public Span<float> Row(int row)
    {
        if ((uint)row >= (uint)Rows)
        {
            throw new ArgumentOutOfRangeException(nameof(row), $"row is {row} but shape {Describe(_shape)} has rows 0 to {Rows - 1}.");
        }

        return _values.AsSpan(row * Columns, Columns);
    }

    /// <summary>One value of a vector.</summary>
    /// <param name="i">Index.</param>
    public float this[int i]
    {
        get => _values[Offset(i)];
        set => _values[Offset(i)] = value;
    }

    /// <summary>One value of a matrix.</summary>
    /// <param name="i">First index.</param>
    /// <param name="j">Second index.</param>
    public float this[int i, int j]
    {
        get => _values[Offset(i, j)];
        set => _values[Offset(i, j)] = value;
    }

    /// <summary>One value of a rank-3 tensor.</summary>
    /// <param name="i">First index.</param>
    /// <param name="j">Second index.</param>
    /// <param name="k">Third index.</param>
    public float this[int i, int j, int k]
    {
        get => _values[Offset(i, j, k)];
        set => _values[Offset(i, j, k)] = value;
    }

    /// <summary>One value of a rank-4 tensor.</summary>
    /// <param name="i">First index.</param>
    /// <param name="j">Second index.</param>
    /// <param name="k">Third index.</param>
    /// <param name="l">Fourth index.</param>
    public float this[int i, int j, int k, int l]
    {
        get => _values[Offset(i, j, k, l)];
        set => _values[Offset(i, j, k, l)] = value;
    }

    /// <summary>A vector from its values.</summary>
    /// <param name="values">The numbers.</param>
    public static Tensor Vector(params ReadOnlySpan<float> values) => new(values.ToArray(), values.Length);

    /// <summary>A matrix as it looks on paper: <c>Tensor.Matrix(new float[,] { { 0, 3 }, { 4, 0 } })</c>.</summary>
    /// <param name="values">Rows and columns.</param>
    public static Tensor Matrix(float[,] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        Tensor result = new(values.GetLength(0), values.GetLength(1));
        Flat(values).CopyTo(result._values);
        return result;
    }

    /// <summary>A matrix from rows of equal length.</summary>
    /// <param name="rows">At least one row.</param>
    /// <exception cref="ArgumentException">There is no row, one is null, or two differ in length.</exception>
    public static Tensor FromRows(params ReadOnlySpan<float[]> rows)
    {
        if (rows.Length == 0)
        {
            throw new ArgumentException("rows is empty but a matrix needs at least one row: pass one, or use new Tensor(0, columns).");
        }

        Tensor result = new(rows.Length, rows[0]?.Length ?? 0);
        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i] is null)
            {
                throw new ArgumentException($"row {i} is null but a matrix needs the numbers of every row: pass them, or leave the row out.");
            }

            if (rows[i].Length != result.Columns)
            {
                throw new ArgumentException($"row {i} has {rows[i].Length} numbers but row 0 has {result.Columns}: make all rows the same length.");
            }

            rows[i].CopyTo(result.Row(i));
        }

        return result;
    }

    /// <summary>Independent draws from N(0, <paramref name="deviation"/>²).</summary>
    /// <param name="random">Source of the numbers; it moves on.</param>
    /// <param name="deviation">Standard deviation.</param>
    /// <param name="shape">1 to 4 sizes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The deviation is negative, or not finite as a float.</exception>
    public static Tensor Gaussian(Kernels.CounterRandom random, double deviation, params ReadOnlySpan<int> shape)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (!(deviation >= 0 && float.IsFinite((float)deviation)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(deviation), FormattableString.Invariant($"deviation is {deviation} but must be a finite number, 0 or above: pass 0.02."));
        }

        Tensor result = new(shape);
        if (!random.Blank)
        {
            // Blank numbers are the zeros that are there: untouched, they take no memory until a file's numbers come in their place.
            random.FillGaussian(result.Span, 0, deviation);
        }

        return result;
    }

    /// <summary>The same values under another shape. The values are shared, not copied.</summary>
    /// <param name="shape">1 to 4 sizes with the same product.</param>
    public Tensor Reshape(params ReadOnlySpan<int> shape) => new(_values, shape);

    /// <summary>A copy with values of its own.</summary>
    public Tensor Copy() => new(_values.AsSpan().ToArray(), _shape);

    /// <summary>Shape and, for small tensors, the values.</summary>
    public override string ToString() => Length > 16
        ? $"Tensor {Describe(_shape)}"
        : $"Tensor {Describe(_shape)} [{string.Join(", ", _values.Select(v => v.ToString(CultureInfo.InvariantCulture)))}]";

    /// <summary>"(2, 3)": how every message of the library writes a shape.</summary>
    internal static string Describe(ReadOnlySpan<int> shape) =>
        $"({string.Join(", ", shape.ToArray().Select(size => size.ToString(CultureInfo.InvariantCulture)))})";

    private static int CountOf(ReadOnlySpan<int> shape)
    {
        foreach (int size in shape)
        {
            if (size < 0)
            {
                throw new ArgumentException($"shape {Describe(shape)} has a negative size: every size must be 0 or more.");
            }
        }

        return Kernels.Sizes.Count(shape)
            ?? throw new ArgumentException($"shape {Describe(shape)} holds more than {Array.MaxLength} numbers: split it into smaller tensors.");
    }

    private int Offset(params ReadOnlySpan<int> index)
    {
        if (index.Length != Rank)
        {
            throw new ArgumentException($"{index.Length} indices were given but shape {Describe(_shape)} has rank {Rank}: pass one index a dimension.");
        }

        int offset = 0;
        for (int d = 0; d < index.Length; d++)
        {
            if ((uint)index[d] >= (uint)_shape[d])
            {
                throw new ArgumentOutOfRangeException(nameof(index), $"index {Describe(index)} lies outside shape {Describe(_shape)}.");
            }

            offset = offset * _shape[d] + index[d];
        }

        return offset;
    }
}
