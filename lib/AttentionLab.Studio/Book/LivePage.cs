namespace AttentionLab.Studio.Book;

/// <summary>What a live page says of itself to its script, which then asks for what came since.</summary>
/// <param name="Name">The chapter on the page; empty for a page without cells.</param>
/// <param name="Run">Stands for the chapter's text: a page that shows another one has to be loaded again.</param>
/// <param name="Done">The moment up to which the page has everything.</param>
/// <param name="State"><c>waiting</c>, <c>running</c>, <c>ready</c> or <c>failed</c>.</param>
/// <param name="Problem">Why the notebook cannot be read or run at all; null if it can.</param>
public sealed record LivePage(string Name, int Run, long Done, string State, string? Problem = null)
{
    /// <summary>Address of all that a cell wrote to the console, by the cell's number.</summary>
    public Func<int, string?> Whole { get; init; } = _ => null;
}
