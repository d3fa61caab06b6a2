using System.Text.Json.Serialization;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Web;

/// <summary>A cell on disk.</summary>
/// <param name="Id">Stays the same however the chapter changes.</param>
/// <param name="Original">The chapter's text when this was written; null for a cell that the reader added.</param>
/// <param name="Source">The reader's text.</param>
/// <param name="Revision">Counts its changes.</param>
internal sealed record WorkRecordCell(string Id, string? Original, string Source, int Revision) : IJsonOnDeserialized
{
    /// <summary>The tab that changed it last, and the revision that it started from: it may not have heard that the change was taken.</summary>
    public string? Tab { get; init; }

    public int Base { get; init; }

    /// <summary>Other texts of this cell, which wait for the reader's word.</summary>
    public IReadOnlyList<OtherText> Others { get; init => field = value ?? []; } = [];

    /// <summary>Something above it was run again, or taken away, since it ran.</summary>
    public bool IsBehind { get; init; }

    /// <summary>For an exercise: when its check passed for the first time; null if it has not.</summary>
    public DateTimeOffset? Solved { get; init; }

    /// <summary>For an exercise: what the reader tried, the last at the end.</summary>
    public IReadOnlyList<Attempt> Attempts { get; init => field = value ?? []; } = [];

    void IJsonOnDeserialized.OnDeserialized()
    {
        JsonList.RequireItems(Others);
        JsonList.RequireItems(Attempts);
    }
}
