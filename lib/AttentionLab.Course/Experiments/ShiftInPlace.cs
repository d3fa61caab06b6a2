using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// The shift of S²-MLPv2 as the circulating code does it, x[1:] = x[:-1] in the memory that is read, by ascending loops. Groups 0 and 2 read
/// what they have just written, so that the first row smears over the image; groups 1 and 3 run ahead of their writing and come out right.
/// <see cref="SpatialShift"/> is the right one.
/// </summary>
public static class ShiftInPlace
{
    /// <summary>Shift 1, on a copy of x.</summary>
    /// <param name="x">(B, W, H, C); not changed.</param>
    public static Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        Tensor y = x.Copy();
        (int first, int second, int channels) = (x.Shape[1], x.Shape[2], x.Shape[3]);
        for (int row = 0; row < y.Rows; row++)
        {
            (int i, int j) = (row / second % first, row % second);
            Copy(0, i > 0, row - second);
            Copy(1, i < first - 1, row + second);
            Copy(2, j > 0, row - 1);
            Copy(3, j < second - 1, row + 1);

            void Copy(int group, bool inside, int from)
            {
                int start = channels * group / 4, end = channels * (group + 1) / 4;
                if (inside)
                {
                    y.Row(from)[start..end].CopyTo(y.Row(row)[start..end]);
                }
            }
        }

        return y;
    }
}
