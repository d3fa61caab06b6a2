using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AttentionLab.Kernels;

namespace AttentionLab.Tensors;

/// <summary>What a notebook writes: products, sums, softmax. Every result is new, no operand changes.</summary>
public sealed partial class Tensor
{
    /// <summary>A·B of two matrices, or of each pair of matrices in two tensors whose leading sizes agree.</summary>
    /// <param name="other">(…, inner, columns); this is (…, rows, inner).</param>
    /// <returns>(…, rows, columns).</returns>
    /// <exception cref="ArgumentException">The inner or leading sizes differ, or a rank is 1.</exception>
    public Tensor MatMul(Tensor other) =>
        Products(other, nameof(MatMul), Rank - 2, Rank - 1, 0, 1, "A·B", Kernels.MatMul.Forward);

    /// <summary>A·Bᵀ of two matrices, or of each pair of matrices: the dot product of every row with every row.</summary>
    /// <param name="other">(…, columns, inner); this is (…, rows, inner).</param>
    /// <returns>(…, rows, columns).</returns>
    /// <exception cref="ArgumentException">The inner or leading sizes differ, or a rank is 1.</exception>
    public Tensor MatMulTransposed(Tensor other) =>
        Products(other, nameof(MatMulTransposed), Rank - 2, Rank - 1, 1, 0, "A·Bᵀ", Kernels.MatMul.ForwardNT);

    /// <summary>Aᵀ·B of two matrices, or of each pair of matrices.</summary>
    /// <param name="other">(…, inner, columns); this is (…, inner, rows).</param>
    /// <returns>(…, rows, columns).</returns>
    /// <exception cref="ArgumentException">The inner or leading sizes differ, or a rank is 1.</exception>
    public Tensor TransposedMatMul(Tensor other) =>
        Products(other, nameof(TransposedMatMul), Rank - 1, Rank - 2, 0, 1, "Aᵀ·B", Kernels.MatMul.ForwardTN);

    /// <summary>The last two dimensions exchanged.</summary>
    /// <exception cref="ArgumentException">The rank is 1.</exception>
    public Tensor Transpose()
    {
        RequireMatrix(this, nameof(Transpose));
        int[] shape = [.. _shape];
        (shape[^2], shape[^1]) = (shape[^1], shape[^2]);
        Tensor result = new(shape);
        int rows = _shape[^2], columns = _shape[^1];
        for (int start = 0; start < Length; start += rows * columns)
        {
            for (int i = 0; i < rows; i++)
            {
                for (int j = 0; j < columns; j++)
                {
                    result._values[start + j * rows + i] = _values[start + i * columns + j];
                }
            }
        }

        return result;
    }

    /// <summary>Softmax of each row; see <see cref="Kernels.Softmax"/>.</summary>
    public Tensor Softmax()
    {
        Tensor result = new(_shape);
        Kernels.Softmax.Forward(_values, result._values, Rows, Columns);
        return result;
    }

    /// <summary>A matrix as charts take it.</summary>
    /// <exception cref="ArgumentException">The rank is not 2.</exception>
    public float[,] ToMatrix()
    {
        if (Rank != 2)
        {
            throw new ArgumentException($"this tensor is {Describe(_shape)} but ToMatrix expects (rows, columns): choose one matrix with At(…), or Reshape.");
        }

        float[,] result = new float[_shape[0], _shape[1]];
        _values.AsSpan().CopyTo(Flat(result));
        return result;
    }

    /// <summary>A matrix, row after row: it may hold more than the 2³¹ bytes that <see cref="Buffer.BlockCopy"/> can count.</summary>
    internal static Span<T> Flat<T>(T[,] matrix) =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(matrix)), matrix.Length);

    /// <summary>A copy of the part at one place of the leading dimensions: <c>weights.At(batch, head)</c> is a matrix.</summary>
    /// <param name="index">Fewer indices than the rank.</param>
    /// <exception cref="ArgumentException">As many indices as dimensions, or more, or one lies outside.</exception>
    public Tensor At(params ReadOnlySpan<int> index)
    {
        if (index.Length >= Rank)
        {
            throw new ArgumentException(
                $"{index.Length} indices were given but At keeps at least one dimension of shape {Describe(_shape)}: pass at most {Rank - 1}, or read a value "
                + "with [ ].");
        }

        int offset = 0;
        for (int d = 0; d < index.Length; d++)
        {
            if ((uint)index[d] >= (uint)_shape[d])
            {
                throw new ArgumentException($"index {Describe(index)} lies outside shape {Describe(_shape)}: index {d} runs from 0 to {_shape[d] - 1}.");
            }

            offset = offset * _shape[d] + index[d];
        }

        ReadOnlySpan<int> rest = _shape.AsSpan(index.Length);
        int count = CountOf(rest);
        return new Tensor(_values.AsSpan(offset * count, count).ToArray(), rest);
    }

    /// <summary>Sum, element by element.</summary>
    /// <param name="left">Any shape.</param>
    /// <param name="right">The same shape.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor operator +(Tensor left, Tensor right)
    {
        Tensor result = CopyOf(left, right, "+");
        Multiply.AddScaled(right._values, 1, result._values);
        return result;
    }

    /// <summary>Difference, element by element.</summary>
    /// <param name="left">Any shape.</param>
    /// <param name="right">The same shape.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor operator -(Tensor left, Tensor right)
    {
        Tensor result = CopyOf(left, right, "-");
        Multiply.AddScaled(right._values, -1, result._values);
        return result;
    }

    /// <summary>Product, element by element (⊙); for the matrix product see <see cref="MatMul"/>.</summary>
    /// <param name="left">Any shape.</param>
    /// <param name="right">The same shape.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor operator *(Tensor left, Tensor right)
    {
        Tensor result = CopyOf(left, right, "*");
        Multiply.Forward(right._values, result._values, result._values);
        return result;
    }

    /// <summary>Every value times a number.</summary>
    /// <param name="tensor">Any shape.</param>
    /// <param name="factor">The number.</param>
    public static Tensor operator *(Tensor tensor, float factor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        Tensor result = new(tensor._shape);
        Multiply.Scale(tensor._values, factor, result._values);
        return result;
    }

    /// <summary>Every value times a number.</summary>
    /// <param name="factor">The number.</param>
    /// <param name="tensor">Any shape.</param>
    public static Tensor operator *(float factor, Tensor tensor) => tensor * factor;

    private delegate void Product(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int rows, int inner, int columns, bool add);

    private Tensor Products(Tensor other, string operation, int rowsAt, int innerAt, int otherInnerAt, int otherColumnsAt, string formula, Product product)
    {
        ArgumentNullException.ThrowIfNull(other);
        RequireMatrix(this, operation);
        RequireMatrix(other, operation);
        int lead = Rank - 2;
        if (other.Rank != Rank || !Shape[..lead].SequenceEqual(other.Shape[..lead]))
        {
            throw new ArgumentException(
                $"{Describe(_shape)} and {Describe(other._shape)} differ before the last two dimensions, but {formula} pairs the matrices one by one: Reshape "
                + "one of them.");
        }

        int rows = _shape[rowsAt], inner = _shape[innerAt], otherInner = other._shape[lead + otherInnerAt], columns = other._shape[lead + otherColumnsAt];
        if (inner != otherInner)
        {
            throw new ArgumentException($"{Describe(_shape)} and {Describe(other._shape)} do not fit {formula}: {inner} is not {otherInner}. {Hint(other)}");
        }

        int[] shape = [.. _shape];
        (shape[^2], shape[^1]) = (rows, columns);
        Tensor result = new(shape);
        int matrices = CountOf(Shape[..lead]);
        for (int m = 0; m < matrices; m++)
        {
            product(
                _values.AsSpan(m * rows * inner, rows * inner),
                other._values.AsSpan(m * inner * columns, inner * columns),
                result._values.AsSpan(m * rows * columns, rows * columns),
                rows,
                inner,
                columns,
                false);
        }

        return result;
    }

    /// <summary>Which of the three products would fit.</summary>
    private string Hint(Tensor other)
    {
        int a0 = _shape[^2], a1 = _shape[^1], b0 = other._shape[^2], b1 = other._shape[^1];
        return a1 == b0 ? "MatMul (A·B) would fit."
            : a1 == b1 ? "MatMulTransposed (A·Bᵀ) would fit."
            : a0 == b0 ? "TransposedMatMul (Aᵀ·B) would fit."
            : "No transpose fits either: check both shapes.";
    }

    private static void RequireMatrix(Tensor tensor, string operation)
    {
        if (tensor.Rank < 2)
        {
            throw new ArgumentException(
                $"{operation} expects matrices but got a vector {Describe(tensor._shape)}: Reshape(1, {tensor.Length}) for a row, Reshape({tensor.Length}, 1) "
                + "for a column.");
        }
    }

    private static Tensor CopyOf(Tensor left, Tensor right, string symbol)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (!left.Shape.SequenceEqual(right.Shape))
        {
            throw new ArgumentException(
                $"{Describe(left._shape)} {symbol} {Describe(right._shape)}: the shapes differ and nothing is repeated silently; Reshape or build both alike.");
        }

        return left.Copy();
    }
}
