using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// RoPE: queries and keys turn by an angle that grows with their position, so that their product depends on the
/// distance only (<see cref="Kernels.Rotate"/>; Su et al. 2021, "RoFormer"). No parameters.
/// </summary>
/// <param name="headSize">D, even.</param>
/// <param name="capacity">Number of positions the tables hold.</param>
/// <param name="angleBase">Base of the angles, positive and finite.</param>
public sealed class RotaryPositions(int headSize, int capacity = 512, double angleBase = 10000)
{
    private readonly (float[] Cos, float[] Sin) _tables = Tables(headSize, capacity, angleBase);

    /// <summary>D.</summary>
    public int HeadSize => headSize;

    /// <summary>Positions 0 … Capacity−1 are known.</summary>
    public int Capacity => capacity;

    /// <summary>Turns every row of x in place; token t of a head has position <paramref name="start"/> + t.</summary>
    /// <param name="x">(…, T, D), for example (B,H,T,D).</param>
    /// <param name="start">Position of the first token: how many tokens a cache already holds.</param>
    /// <exception cref="ArgumentException">The last dimension is not D, or a position lies beyond the capacity.</exception>
    public void Rotate(Tensor x, int start = 0) => TurnTensor(x, start, back: false);

    /// <summary>The backward of <see cref="Rotate"/>, in place, for a layer of one's own: the same angle, the other way.</summary>
    /// <param name="dx">(…, T, D).</param>
    /// <param name="start">As in the forward.</param>
    /// <exception cref="ArgumentException">The last dimension is not D, or a position lies beyond the capacity.</exception>
    public void RotateBack(Tensor dx, int start = 0) => TurnTensor(dx, start, back: true);

    private void TurnTensor(Tensor x, int start, bool back)
    {
        ShapeCheck.Rank(x, 2, 4, nameof(RotaryPositions), "(…, T, D)");
        ShapeCheck.Columns(x, headSize, nameof(RotaryPositions), nameof(headSize));
        int tokens = x.Shape[^2], half = headSize / 2, block = tokens * headSize;
        CheckPositions(tokens, start);
        ReadOnlySpan<float> cos = _tables.Cos.AsSpan(start * half, tokens * half), sin = _tables.Sin.AsSpan(start * half, tokens * half);
        for (int at = 0; at < x.Length; at += block)
        {
            TurnRows(x.Span.Slice(at, block), cos, sin, tokens, back);
        }
    }

    /// <summary>Turns every head by the position of its token, where it stands: in columns.</summary>
    internal void TurnHeads(HeadTensor x, bool back)
    {
        if (x.Size != headSize)
        {
            throw new ArgumentException($"heads are {x.Size} wide but RotaryPositions expects {headSize}: build it with headSize: {x.Size}.", nameof(x));
        }

        CheckPositions(x.Tokens, 0);
        Span<float> values = x.Span;
        for (int row = 0; row < x.Values.Rows; row++)
        {
            TurnToken(values.Slice(row * x.Values.Columns, x.Heads * headSize), row % x.Tokens, back);
        }
    }

    /// <summary>Turns the heads of one token, which stand side by side.</summary>
    internal void TurnToken(Span<float> heads, int position, bool back)
    {
        int half = headSize / 2;
        ReadOnlySpan<float> cos = _tables.Cos.AsSpan(position * half, half), sin = _tables.Sin.AsSpan(position * half, half);
        for (int at = 0; at < heads.Length; at += headSize)
        {
            TurnRows(heads.Slice(at, headSize), cos, sin, 1, back);
        }
    }

    /// <summary>Turns rows of neighbouring positions, whose cosines and sines are given.</summary>
    private void TurnRows(Span<float> rows, ReadOnlySpan<float> cos, ReadOnlySpan<float> sin, int count, bool back)
    {
        if (back)
        {
            Kernels.Rotate.Backward(rows, cos, sin, rows, count, headSize);
        }
        else
        {
            Kernels.Rotate.Forward(rows, cos, sin, rows, count, headSize);
        }
    }

    internal void CheckPositions(int tokens, int start)
    {
        if (start < 0 || (long)start + tokens > capacity)
        {
            throw new ArgumentException(
                $"positions {start} to {(long)start + tokens - 1} are asked for but RotaryPositions holds 0 to {capacity - 1}: build it with capacity: "
                + $"{(long)start + tokens}.",
                nameof(start));
        }
    }

    private static (float[] Cos, float[] Sin) Tables(int headSize, int capacity, double angleBase)
    {
        ShapeCheck.Positive(capacity, nameof(RotaryPositions), nameof(capacity));
        ShapeCheck.Positive(headSize, nameof(RotaryPositions), nameof(headSize));
        int count = Kernels.Sizes.Product(nameof(RotaryPositions), (nameof(capacity), capacity), ("headSize/2", headSize / 2));
        (float[] cos, float[] sin) = (new float[count], new float[count]);
        Kernels.Rotate.Angles(cos, sin, capacity, headSize, angleBase);
        return (cos, sin);
    }
}
