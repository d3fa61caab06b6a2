namespace AttentionLab.Words;

/// <summary>The three tokens on either side of a gap; −1 where there is none or it is hidden.</summary>
/// <param name="L3">Third to the left.</param>
/// <param name="L2">Second to the left.</param>
/// <param name="L1">The left neighbour.</param>
/// <param name="R1">The right neighbour.</param>
/// <param name="R2">Second to the right.</param>
/// <param name="R3">Third to the right.</param>
public readonly record struct Gap(int L3, int L2, int L1, int R1, int R2, int R3)
{
    /// <summary>The gap at a place of a sequence.</summary>
    /// <param name="ids">The sequence.</param>
    /// <param name="at">The place; the token there is not looked at.</param>
    /// <param name="hidden">A token that tells nothing, such as [MASK]; −1 for none.</param>
    public static Gap At(ReadOnlySpan<int> ids, int at, int hidden = -1)
    {
        return new(Near(ids, at - 3), Near(ids, at - 2), Near(ids, at - 1), Near(ids, at + 1), Near(ids, at + 2), Near(ids, at + 3));

        int Near(ReadOnlySpan<int> all, int place) => (uint)place < (uint)all.Length && all[place] != hidden ? all[place] : -1;
    }
}
