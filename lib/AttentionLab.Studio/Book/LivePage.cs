namespace AttentionLab.Studio.Book;

/// <summary>What a live page says of itself to its script, which then asks for what came since.</summary>
/// <param name="Name">The chapter on the page; empty for a page without cells.</param>
/// <param name="Run">Which run its outputs are from.</param>
/// <param name="Done">Number of the last finished cell on it.</param>
/// <param name="State"><c>waiting</c>, <c>running</c>, <c>ready</c> or <c>failed</c>.</param>
/// <param name="Problem">Why the notebook cannot be read or run at all; null if it can.</param>
public sealed record LivePage(string Name, int Run, int Done, string State, string? Problem = null);
