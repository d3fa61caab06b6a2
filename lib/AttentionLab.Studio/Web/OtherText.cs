namespace AttentionLab.Studio.Web;

/// <summary>Another text of a cell.</summary>
/// <param name="Source">The text.</param>
/// <param name="From">Where it comes from, in words.</param>
/// <param name="IsOnDisk">It stands in the notebook on disk, which is left alone until the reader decides.</param>
internal sealed record OtherText(string Source, string From, bool IsOnDisk = false)
{
    /// <summary>There the cell is not at all.</summary>
    public bool IsGone { get; init; }

    /// <summary>The reader's own, from before; what is in the editor now came from elsewhere.</summary>
    public bool IsMine { get; init; }
}
