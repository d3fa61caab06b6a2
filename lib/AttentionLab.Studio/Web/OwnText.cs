namespace AttentionLab.Studio.Web;

/// <summary>A piece of text that another program wrote into the reader's notebook.</summary>
/// <param name="Original">The chapter's text in its place, or above it; empty for the top.</param>
/// <param name="Source">What stands there; empty where the chapter's text was taken away.</param>
/// <param name="Below">For a new piece: how many cells of code stand between <paramref name="Original"/> and it; null for a changed one.</param>
internal sealed record OwnText(string Original, string Source, int? Below = null);
