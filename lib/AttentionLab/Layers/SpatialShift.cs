using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// Moves a quarter of the channels by one place in each direction, without weights: the tokens' way to meet in
/// S²-MLP (Yu et al. 2021, "S²-MLP", §3.2). Channels are cut into four groups at C/4, C/2 and 3C/4.
/// </summary>
/// <remarks>
/// With the first axis first, group 0 moves by +1 along the first spatial axis, group 1 by −1 along it, group 2 by +1
/// along the second and group 3 by −1 along the second; otherwise the axes are exchanged. A row at the border that
/// nobody moves into keeps its value. The result goes to memory of its own: the same loop in place reads what it has
/// just written, and one ascending pass smears the first row over the whole image.
/// </remarks>
public static class SpatialShift
{
    /// <summary>The shifted image.</summary>
    /// <param name="x">(B, W, H, C).</param>
    /// <param name="firstAxisFirst">True for shift 1, false for shift 2.</param>
    /// <returns>y, shaped like x.</returns>
    /// <exception cref="ArgumentException">The rank is not 4.</exception>
    public static Tensor Forward(Tensor x, bool firstAxisFirst = true)
    {
        ShapeCheck.Rank(x, 4, 4, nameof(SpatialShift), "(B, W, H, C)");
        Tensor y = Workspace.Rent(x.Shape);
        Move(x.Shape, firstAxisFirst, (to, from, start, count) => x.Row(from).Slice(start, count).CopyTo(y.Row(to)[start..]));
        return y;
    }

    /// <summary>Every gradient goes back to the place its value came from; at a border two may meet there and add up.</summary>
    /// <param name="dy">(B, W, H, C).</param>
    /// <param name="firstAxisFirst">As in the forward.</param>
    /// <returns>dx, shaped like dy.</returns>
    /// <exception cref="ArgumentException">The rank is not 4.</exception>
    public static Tensor Backward(Tensor dy, bool firstAxisFirst = true)
    {
        ShapeCheck.Rank(dy, 4, 4, nameof(SpatialShift), "(B, W, H, C)", nameof(dy));
        Tensor dx = new(dy.Shape);
        Move(
            dy.Shape, firstAxisFirst,
            (to, from, start, count) => Kernels.Multiply.AddScaled(dy.Row(to).Slice(start, count), 1, dx.Row(from).Slice(start, count)));
        return dx;
    }

    /// <summary>Calls <paramref name="copy"/>(row of y, row of x, first channel, channels) for every place and group.</summary>
    private static void Move(ReadOnlySpan<int> shape, bool firstAxisFirst, Action<int, int, int, int> copy)
    {
        (int batch, int first, int second, int channels) = (shape[0], shape[1], shape[2], shape[3]);
        for (int b = 0; b < batch; b++)
        {
            for (int i = 0; i < first; i++)
            {
                for (int j = 0; j < second; j++)
                {
                    for (int group = 0; group < 4; group++)
                    {
                        int step = group % 2 == 0 ? -1 : 1;
                        bool alongFirst = group < 2 == firstAxisFirst;
                        (int fromI, int fromJ) = alongFirst ? (i + step, j) : (i, j + step);
                        (fromI, fromJ) = fromI < 0 || fromI >= first || fromJ < 0 || fromJ >= second ? (i, j) : (fromI, fromJ);
                        int start = channels * group / 4, count = channels * (group + 1) / 4 - start;
                        copy((b * first + i) * second + j, (b * first + fromI) * second + fromJ, start, count);
                    }
                }
            }
        }
    }
}
