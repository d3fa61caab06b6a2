using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>Checks at the door of layers: each message names both sides and the fix.</summary>
internal static class ShapeCheck
{
    /// <summary>x must be (…, columns).</summary>
    internal static void Columns(Tensor x, int columns, string layer, string setting, string name = "x")
    {
        ArgumentNullException.ThrowIfNull(x, name);
        if (x.Columns != columns)
        {
            throw new ArgumentException(
                $"{name} is {Tensor.Describe(x.Shape)} but {layer} expects (…, {columns}): build it with {setting}: {x.Columns}, or check the embedding size.",
                name);
        }
    }

    /// <summary>The gradient must have the shape of the output it belongs to.</summary>
    internal static void Gradient(Tensor dy, Tensor y, int columns, string layer)
    {
        ArgumentNullException.ThrowIfNull(dy);
        if (dy.Rank != y.Rank || dy.Columns != columns || !dy.Shape[..^1].SequenceEqual(y.Shape[..^1]))
        {
            throw new ArgumentException(
                $"dy is {Tensor.Describe(dy.Shape)} but the output of {layer} was {Tensor.Describe([.. y.Shape[..^1], columns])}: pass the gradient of that "
                + "output, with the Saved of the same Forward.",
                nameof(dy));
        }
    }

    /// <summary>A size must be at least 1.</summary>
    internal static int Positive(int size, string layer, string setting) => size >= 1
        ? size
        : throw new ArgumentOutOfRangeException(setting, $"{setting} is {size} but {layer} needs at least 1: pass a positive size.");

    /// <summary>The factor of the scores: the one given, which must be finite, or 1/√D.</summary>
    internal static float Scale(float? scale, int size)
    {
        float factor = scale ?? (size == 0 ? 1 : 1 / MathF.Sqrt(size));
        return float.IsFinite(factor)
            ? factor
            : throw new ArgumentOutOfRangeException(
                nameof(scale), FormattableString.Invariant($"scale is {factor} but scores are multiplied by a finite number: pass null for 1/√D."));
    }

    /// <summary>Truths about tokens must be as many as the tokens.</summary>
    internal static void Visible(bool[,]? visible, int[,] ids, string name)
    {
        ArgumentNullException.ThrowIfNull(ids, name);
        (int batch, int tokens) = (ids.GetLength(0), ids.GetLength(1));
        if (visible is not null && (visible.GetLength(0) != batch || visible.GetLength(1) != tokens))
        {
            throw new ArgumentException(
                $"visible is ({visible.GetLength(0)}, {visible.GetLength(1)}) but {name} ({batch}, {tokens}): give one truth for each token.", nameof(visible));
        }
    }

    /// <summary>x must have one of the ranks from <paramref name="lowest"/> to <paramref name="highest"/>.</summary>
    internal static void Rank(Tensor x, int lowest, int highest, string layer, string shapes, string name = "x")
    {
        ArgumentNullException.ThrowIfNull(x, name);
        if (x.Rank < lowest || x.Rank > highest)
        {
            throw new ArgumentException($"{name} is {Tensor.Describe(x.Shape)} but {layer} expects {shapes}: reshape it.", name);
        }
    }

    /// <summary>Spans of the same number of whole rows; returns it.</summary>
    internal static int PackedRows(int x, int y, int inputs, int outputs, string layer)
    {
        int rows = x / inputs;
        return x == rows * inputs && y == rows * outputs
            ? rows
            : throw new ArgumentException(
                $"x holds {x} numbers and y {y}, but {layer} maps rows of {inputs} to rows of {outputs}: pass whole rows, as many in y as in x.");
    }

    /// <summary>Two tensors must have the same shape.</summary>
    internal static void Same(Tensor y, Tensor x, string name, string other)
    {
        ArgumentNullException.ThrowIfNull(y, name);
        if (!y.Shape.SequenceEqual(x.Shape))
        {
            throw new ArgumentException($"{name} is {Tensor.Describe(y.Shape)} but {other} is {Tensor.Describe(x.Shape)}: pass a tensor of that shape.", name);
        }
    }

    /// <summary>A tensor shaped like <paramref name="x"/> except for the last dimension, to be overwritten as a whole.</summary>
    internal static Tensor WithColumns(Tensor x, int columns)
    {
        Span<int> shape = [0, 0, 0, 0];
        x.Shape.CopyTo(shape);
        shape[x.Rank - 1] = columns;
        return Workspace.Rent(shape[..x.Rank]);
    }
}
