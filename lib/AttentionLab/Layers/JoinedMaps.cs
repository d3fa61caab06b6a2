using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// Several maps of the same x as one product: [y₁ … yₙ] = x·[W₁ … Wₙ] + [b₁ … bₙ]. One large product reads x once and
/// is faster than n small ones; copying the weights side by side costs a hundredth of it. With fewer rows than inputs the results are copied instead.
/// </summary>
internal static class JoinedMaps
{
    /// <summary>(…, inputs) → (…, outputs₁ + … + outputsₙ).</summary>
    internal static Tensor Forward(Tensor x, params ReadOnlySpan<Linear> maps)
    {
        int width = Width(maps);
        Tensor y = ShapeCheck.WithColumns(x, width);
        if (x.Rows < maps[0].Inputs)
        {
            ForwardApart(x, y, maps);
            return y;
        }

        Tensor weights = Weights(maps), biases = Workspace.Rent(HaveBias(maps) ? width : 0);
        Biases(maps, biases.Span);
        MatMul.Forward(x.Span, weights.Span, y.Span, x.Rows, maps[0].Inputs, width, new Epilogue { Bias = biases.Span });
        Workspace.Return(weights);
        Workspace.Return(biases);
        return y;
    }

    /// <summary>One map after the other, each result copied to its columns.</summary>
    private static void ForwardApart(Tensor x, Tensor y, ReadOnlySpan<Linear> maps)
    {
        int column = 0;
        foreach (Linear map in maps)
        {
            Tensor part = Workspace.Rent(x.Rows, map.Outputs);
            map.Infer(x.Span, part.Span);
            for (int row = 0; row < part.Rows; row++)
            {
                part.Row(row).CopyTo(y.Span[(row * y.Columns + column)..]);
            }

            Workspace.Return(part);
            column += map.Outputs;
        }
    }

    /// <summary>
    /// Adds to the gradients of all maps and returns dx, as <see cref="Linear.Backward"/> of each would, by joined products. A map that occurs twice
    /// gets both shares.
    /// </summary>
    internal static Tensor Backward(Tensor dy, Tensor x, params ReadOnlySpan<Linear> maps)
    {
        int width = dy.Columns, inputs = maps[0].Inputs, rows = dy.Rows, column = 0;
        Tensor dx = Workspace.Rent(x.Shape), weights = Weights(maps), dBias = Workspace.Rent(width);
        MatMul.ForwardNT(dy.Span, weights.Span, dx.Span, rows, width, inputs);

        // dx was the last to read the joined weights: their memory takes their gradients, which then go to each map's own columns.
        Span<float> dWeights = weights.Span;
        MatMul.ForwardTN(x.Span, dy.Span, dWeights, inputs, rows, width);
        dBias.Span.Clear();
        Reduce.AddRows(dy.Span, dBias.Span, rows, width);
        foreach (Linear map in maps)
        {
            int outputs = map.Outputs;
            Span<float> gradient = map.Weight.Gradient.Span;
            for (int row = 0; row < inputs; row++)
            {
                Multiply.AddScaled(dWeights.Slice(row * width + column, outputs), 1, gradient.Slice(row * outputs, outputs));
            }

            if (map.Bias is not null)
            {
                Multiply.AddScaled(dBias.Span.Slice(column, outputs), 1, map.Bias.Gradient.Span);
            }

            column += outputs;
        }

        Workspace.Return(weights);
        Workspace.Return(dBias);
        return dx;
    }

    /// <summary>[W₁ … Wₙ] (inputs, width), rented.</summary>
    internal static Tensor Weights(ReadOnlySpan<Linear> maps)
    {
        int inputs = maps[0].Inputs, width = Width(maps), column = 0;
        Tensor weights = Workspace.Rent(inputs, width);
        Span<float> to = weights.Span;
        foreach (Linear map in maps)
        {
            int outputs = map.Outputs;
            ReadOnlySpan<float> from = map.Weight.Current.Span;
            for (int row = 0; row < inputs; row++)
            {
                from.Slice(row * outputs, outputs).CopyTo(to[(row * width + column)..]);
            }

            column += outputs;
        }

        return weights;
    }

    /// <summary>[b₁ … bₙ] (width), with zeros for a map without one; nothing if no map has one.</summary>
    internal static void Biases(ReadOnlySpan<Linear> maps, Span<float> biases)
    {
        int column = 0;
        for (int i = 0; i < maps.Length && !biases.IsEmpty; i++)
        {
            Span<float> part = biases.Slice(column, maps[i].Outputs);
            if (maps[i].Bias is { } bias)
            {
                // Not cleared first: whoever reads an unchanged bias meanwhile must not see zeros.
                bias.Value.Span.CopyTo(part);
            }
            else
            {
                part.Clear();
            }

            column += part.Length;
        }
    }

    /// <summary>Whether one of them has a bias.</summary>
    internal static bool HaveBias(ReadOnlySpan<Linear> maps)
    {
        foreach (Linear map in maps)
        {
            if (map.Bias is not null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Outputs of all maps.</summary>
    internal static int Width(ReadOnlySpan<Linear> maps)
    {
        int width = 0;
        foreach (Linear map in maps)
        {
            width += map.Outputs;
        }

        return width;
    }
}
