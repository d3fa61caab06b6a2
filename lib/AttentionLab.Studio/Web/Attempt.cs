namespace AttentionLab.Studio.Web;

/// <summary>A try at an exercise.</summary>
/// <param name="Source">The reader's text.</param>
/// <param name="When">When it was run.</param>
/// <param name="Passed">The check passed.</param>
internal sealed record Attempt(string Source, DateTimeOffset When, bool Passed);
