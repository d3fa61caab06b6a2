using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Web;

/// <summary>How the reader's cells run.</summary>
public sealed record WorkOptions
{
    /// <summary>Limits of each kernel. A cell that does not obey a stop is ended when the reader says so, not by a clock.</summary>
    public KernelOptions Kernel { get; init; } = new();

    /// <summary>The folder <c>work</c>, where the reader's versions are kept; null keeps nothing.</summary>
    public string? Folder { get; init; }

    /// <summary>
    /// Kernels at the same time: a chapter's kernel holds about 500 MB when all its cells ran, so that the server and four of these stay below 3 GB.
    /// Each run behind the page takes the place of one, down to two.
    /// </summary>
    public int MostKernels { get; init; } = 4;

    /// <summary>A kernel is started before a page asks for one, and before the book runs.</summary>
    public bool StartsAhead { get; init; }

    /// <summary>A kernel that nobody used for so long is ended.</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromMinutes(30);
}
