namespace AttentionLab.Studio.Web;

/// <summary>Something for a page: one of these.</summary>
internal sealed record LiveEvent
{
    /// <summary>How far everything is.</summary>
    public LiveStatus? Status { get; init; }

    /// <summary>What changed in the chapter's cells.</summary>
    public WorkNews? News { get; init; }

    /// <summary>Nothing is new. The page may take the line for dead when it hears nothing more for this long.</summary>
    public TimeSpan? Patience { get; init; }

    /// <summary>The page shows another text than the chapter has now.</summary>
    public bool IsReload { get; init; }
}
