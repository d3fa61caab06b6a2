using AttentionLab.Kernels;

namespace AttentionLab.Words;

/// <summary>
/// Draws numbers 0 … n−1 with given frequencies, one look-up a draw: cell i gives i with its own share and another number
/// with the rest (Walker 1977; built as by Vose 1991). It is small: 8 bytes a number instead of word2vec's table of 10⁸ entries.
/// </summary>
public sealed class AliasTable
{
    private readonly uint[] _own;
    private readonly int[] _other;

    /// <summary>A table for weights.</summary>
    /// <param name="weights">n numbers, not negative, not all 0.</param>
    /// <exception cref="ArgumentException">A weight is negative or not finite, or all are 0.</exception>
    public AliasTable(ReadOnlySpan<double> weights)
    {
        double total = 0;
        foreach (double weight in weights)
        {
            total += weight >= 0 ? weight
                : throw new ArgumentException(
                    FormattableString.Invariant($"a weight is {weight} but weights are 0 or more: pass counts."), nameof(weights));
        }

        if (!(total > 0 && double.IsFinite(total)))
        {
            throw new ArgumentException(
                FormattableString.Invariant($"the {weights.Length} weights add up to {total} but something must be drawable: pass a positive weight."),
                nameof(weights));
        }

        int n = weights.Length;
        _own = new uint[n];
        _other = new int[n];
        double[] share = new double[n];
        Stack<int> small = new(), large = new();
        for (int i = 0; i < n; i++)
        {
            share[i] = weights[i] / total * n;
            (share[i] < 1 ? small : large).Push(i);
        }

        while (small.Count > 0 && large.Count > 0)
        {
            int i = small.Pop(), j = large.Peek();
            _own[i] = (uint)Math.Min(share[i] * 4294967296.0, uint.MaxValue);
            _other[i] = j;
            share[j] -= 1 - share[i];
            if (share[j] < 1)
            {
                small.Push(large.Pop());
            }
        }

        // What is left over is whole up to rounding: whichever way the bits fall, it is itself.
        foreach (int i in small.Concat(large))
        {
            (_own[i], _other[i]) = (uint.MaxValue, i);
        }
    }

    /// <summary>Numbers that can be drawn, n.</summary>
    public int Count => _own.Length;

    /// <summary>
    /// The number that 32 random bits stand for: bits times n, the whole part chooses the cell, the rest the number in it. One of weight 0 is never drawn.
    /// </summary>
    /// <param name="bits">Uniform, as from <see cref="CounterRandom.NextUInt32"/>.</param>
    public int Draw(uint bits)
    {
        ulong product = (ulong)bits * (uint)_own.Length;
        int cell = (int)(product >> 32);
        return (uint)product < _own[cell] ? cell : _other[cell];
    }
}
