using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// Several maps of the same x as one product: [y₁ … yₙ] = x·[W₁ … Wₙ] + [b₁ … bₙ]. One large product reads x once and
/// is faster than n small ones; copying the weights side by side costs a hundredth of it.
/// </summary>
internal static class JoinedMaps
{
    /// <summary>(…, inputs) → (…, outputs₁ + … + outputsₙ).</summary>
    internal static Tensor Forward(Tensor x, params ReadOnlySpan<Linear> maps)
    {
        int width = Width(maps), inputs = maps[0].Inputs;
        Tensor y = ShapeCheck.WithColumns(x, width), weight = SideBySide(maps, width);
        bool bias = false;
        foreach (Linear map in maps)
        {
            bias |= map.Bias is not null;
        }

        if (bias)
        {
            Tensor biases = Workspace.Rent(width);
            int column = 0;
            foreach (Linear map in maps)
            {
                Span<float> part = biases.Span.Slice(column, map.Outputs);
                part.Clear();
                map.Bias?.Value.Span.CopyTo(part);
                column += map.Outputs;
            }

            for (int row = 0; row < y.Rows; row++)
            {
                biases.Span.CopyTo(y.Span.Slice(row * width, width));
            }

            Workspace.Return(biases);
        }

        MatMul.Forward(x.Span, weight.Span, y.Span, x.Rows, inputs, width, add: bias);
        Workspace.Return(weight);
        return y;
    }

    /// <summary>Adds to the gradients of all maps and returns dx. A map that occurs twice gets both shares.</summary>
    internal static Tensor Backward(Tensor dy, Tensor x, params ReadOnlySpan<Linear> maps)
    {
        int width = dy.Columns, inputs = maps[0].Inputs, rows = dy.Rows, column = 0;
        Tensor dx = Workspace.Rent(x.Shape), weight = SideBySide(maps, width), dBias = Workspace.Rent(width);
        MatMul.ForwardNT(dy.Span, weight.Span, dx.Span, rows, width, inputs);
        MatMul.ForwardTN(x.Span, dy.Span, weight.Span, inputs, rows, width);
        dBias.Span.Clear();
        Reduce.AddRows(dy.Span, dBias.Span, rows, width);
        foreach (Linear map in maps)
        {
            for (int row = 0; row < inputs; row++)
            {
                Multiply.AddScaled(weight.Span.Slice(row * width + column, map.Outputs), 1, map.Weight.Gradient.Span.Slice(row * map.Outputs, map.Outputs));
            }

            if (map.Bias is not null)
            {
                Multiply.AddScaled(dBias.Span.Slice(column, map.Outputs), 1, map.Bias.Gradient.Span);
            }

            column += map.Outputs;
        }

        Workspace.Return(weight);
        Workspace.Return(dBias);
        return dx;
    }

    /// <summary>[W₁ … Wₙ] (inputs, width); to be returned.</summary>
    private static Tensor SideBySide(ReadOnlySpan<Linear> maps, int width)
    {
        int inputs = maps[0].Inputs, column = 0;
        Tensor weight = Workspace.Rent(inputs, width);
        foreach (Linear map in maps)
        {
            int outputs = map.Outputs;
            for (int row = 0; row < inputs; row++)
            {
                map.Weight.Value.Span.Slice(row * outputs, outputs).CopyTo(weight.Span[(row * width + column)..]);
            }

            column += outputs;
        }

        return weight;
    }

    private static int Width(ReadOnlySpan<Linear> maps)
    {
        int width = 0;
        foreach (Linear map in maps)
        {
            width += map.Outputs;
        }

        return width;
    }
}
