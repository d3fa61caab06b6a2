namespace AttentionLab.Studio.Web;

/// <summary>How far a chapter and the course are.</summary>
/// <param name="State">Of the chapter, in small letters.</param>
/// <param name="Current">The cell that runs; 0 if none does.</param>
/// <param name="Done">Cells of code that are finished.</param>
/// <param name="Total">Cells of code.</param>
/// <param name="Problem">Why the chapter could not be run at all.</param>
/// <param name="Chapters">State of each page.</param>
/// <param name="Finished">True when nothing more will come.</param>
public sealed record LiveStatus(string State, int Current, int Done, int Total, string? Problem, IReadOnlyDictionary<string, string> Chapters, bool Finished)
{
    /// <summary>Says the same.</summary>
    internal bool SameAs(LiveStatus other) => this with { Chapters = other.Chapters } == other && Chapters.SequenceEqual(other.Chapters);
}
