using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>The same picture with more places.</summary>
public static class EnlargedImage
{
    /// <summary>Each place becomes times × times equal places.</summary>
    /// <param name="x">(B, W, H, C).</param>
    /// <param name="times">1 or more.</param>
    /// <returns>(B, times·W, times·H, C).</returns>
    public static Tensor Of(Tensor x, int times)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        (int first, int second) = (x.Shape[1], x.Shape[2]);
        Tensor y = new(x.Shape[0], times * first, times * second, x.Shape[3]);
        for (int row = 0; row < y.Rows; row++)
        {
            (int image, int i, int j) = (row / (times * times * first * second), row / (times * second) % (times * first), row % (times * second));
            x.Row((image * first + i / times) * second + j / times).CopyTo(y.Row(row));
        }

        return y;
    }
}
