namespace AttentionLab.Studio.Web;

/// <summary>A page that listens.</summary>
/// <param name="Chapter">The chapter that it shows; empty for a page without cells.</param>
/// <param name="Run">Stands for the text that it shows.</param>
/// <param name="Have">The moment up to which it has everything.</param>
internal sealed record ListeningPage(string Chapter, int Run, long Have)
{
    /// <summary>The tab that works on the chapter; null for a listener that does not.</summary>
    public string? Tab { get; init; }

    /// <summary>It does not know the cells' texts yet.</summary>
    public bool IsFirst { get; init; }
}
