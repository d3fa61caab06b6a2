using AttentionLab.Course.Data;
using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>Images of two different digits side by side, a digit's name for each, and where that digit stands.</summary>
/// <param name="Images">(B, 8, 16, 1): ink, shifted and scaled to a deviation near 1.</param>
/// <param name="Words">(B, 1): the digit that is asked for, 0 to 9.</param>
/// <param name="Sides">(B): 0 if it stands on the left, 1 on the right.</param>
public sealed record DigitPairs(Tensor Images, int[,] Words, int[] Sides)
{
    /// <summary>Random pairs.</summary>
    /// <param name="digits">Where the digits come from: at least two different ones.</param>
    /// <param name="count">B.</param>
    /// <param name="random">Moves on.</param>
    public static DigitPairs Draw(Digits digits, int count, CounterRandom random)
    {
        ArgumentNullException.ThrowIfNull(digits);
        ArgumentNullException.ThrowIfNull(random);
        DigitPairs pairs = new(new Tensor(count, Digits.Side, 2 * Digits.Side, 1), new int[count, 1], new int[count]);
        for (int b = 0; b < count; b++)
        {
            int left = random.NextInt(digits.Count), right = random.NextInt(digits.Count);
            while (digits.Labels[left] == digits.Labels[right])
            {
                right = random.NextInt(digits.Count);
            }

            pairs.Sides[b] = random.NextInt(2);
            pairs.Words[b, 0] = digits.Labels[pairs.Sides[b] == 0 ? left : right];
            for (int at = 0; at < Digits.Side * 2 * Digits.Side; at++)
            {
                (int row, int column) = (at / (2 * Digits.Side), at % (2 * Digits.Side));
                float ink = digits.Images[column < Digits.Side ? left : right, row, column % Digits.Side];
                pairs.Images[b, row, column, 0] = (ink - 0.3f) * 2.5f;
            }
        }

        return pairs;
    }
}
