using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// One learned row a word: y_t = Table[id_t], (T) → (T,C) or (B,T) → (B,T,C). Backward adds dy_t to row id_t of the
/// table's gradient; numbers have no gradient.
/// </summary>
/// <param name="rows">V, size of the vocabulary.</param>
/// <param name="channels">C.</param>
/// <param name="random">Source of the initial table; it moves on.</param>
/// <param name="deviation">Standard deviation of the initial table; null for 1/√C, so that logits of a tied head start near unit variance.</param>
/// <param name="name">Prefix of the parameter's name.</param>
public sealed class Embedding(int rows, int channels, CounterRandom random, double? deviation = null, string name = "embedding")
{
    /// <summary>(V,C).</summary>
    public Parameter Table { get; } = new($"{name}.weight", Tensor.Gaussian(
        random, deviation ?? 1 / Math.Sqrt(channels), ShapeCheck.Positive(rows, nameof(Embedding), nameof(rows)),
        ShapeCheck.Positive(channels, nameof(Embedding), nameof(channels))));

    /// <summary>V.</summary>
    public int Rows => Table.Shape[0];

    /// <summary>C.</summary>
    public int Channels => Table.Shape[1];

    /// <summary>The table.</summary>
    public IReadOnlyList<Parameter> Parameters => [Table];

    /// <summary>Rows of one sequence.</summary>
    /// <param name="ids">T numbers from 0 to V−1.</param>
    /// <returns>y (T,C).</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number names no row.</exception>
    public (Tensor Y, Saved Saved) Forward(ReadOnlySpan<int> ids)
    {
        Tensor y = Workspace.Rent(ids.Length, Channels);
        Gather.Forward(Table.Value.Span, ids, y.Span, Channels);
        return (y, new Saved(ids.ToArray()));
    }

    /// <summary>Rows of a batch of sequences.</summary>
    /// <param name="ids">(B,T) numbers from 0 to V−1.</param>
    /// <returns>y (B,T,C).</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number names no row.</exception>
    public (Tensor Y, Saved Saved) Forward(int[,] ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        (Tensor y, Saved saved) = Forward(Tensor.Flat(ids));
        return (y.Reshape(ids.GetLength(0), ids.GetLength(1), Channels), saved);
    }

    /// <summary>Adds dy to the rows it came from.</summary>
    /// <param name="dy">(T,C) or (B,T,C).</param>
    /// <param name="saved">From <see cref="Forward(ReadOnlySpan{int})"/>.</param>
    /// <exception cref="ArgumentException">dy has not as many rows as there were numbers, or not C columns.</exception>
    public void Backward(Tensor dy, Saved saved)
    {
        ArgumentNullException.ThrowIfNull(dy);
        if (dy.Columns != Channels || dy.Rows != saved.Ids.Length)
        {
            throw new ArgumentException(
                $"dy is {Tensor.Describe(dy.Shape)} but Embedding gave {saved.Ids.Length} rows of {Channels}: pass the gradient of that output.", nameof(dy));
        }

        Gather.Backward(dy.Span, saved.Ids, Table.Gradient.Span, Channels);
    }

    /// <summary>The numbers.</summary>
    /// <param name="Ids">B·T or T of them.</param>
    public readonly record struct Saved(int[] Ids);
}
