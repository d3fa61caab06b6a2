using System.Text.Json.Serialization;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Web;

/// <summary>What a page asks for.</summary>
/// <param name="Do">
/// <c>edit</c>, <c>run</c>, <c>stop</c>, <c>restart</c>, <c>clear</c>, <c>add</c>, <c>remove</c>,
/// <c>keep</c>, <c>accept</c>, <c>reset</c>, <c>attempts</c>, <c>take</c>.
/// </param>
/// <param name="Tab">The tab that asks.</param>
internal sealed record WorkCommand(string Do, string Tab)
{
    /// <summary>The cell that it is about.</summary>
    public string? Cell { get; init; }

    /// <summary>For <c>edit</c>: the new text.</summary>
    public string? Source { get; init; }

    /// <summary>For <c>edit</c>: the revision that the new text started from.</summary>
    public int Revision { get; init; }

    /// <summary>For <c>keep</c> and <c>accept</c>: the other text as the page showed it; no other is given up or taken.</summary>
    public OtherText? Other { get; init; }

    /// <summary>For <c>run</c>: <c>cell</c>, <c>here</c>, <c>all</c>, <c>stale</c>.</summary>
    public string? Which { get; init; }
}

/// <summary>What a page must know at once.</summary>
/// <param name="Ok">It was done.</param>
internal sealed record WorkAnswer(bool Ok)
{
    /// <summary>Why not.</summary>
    public string? Word { get; init; }

    /// <summary>What the reader tried at an exercise.</summary>
    public IReadOnlyList<Attempt>? Attempts { get; init; }

    /// <summary>The cell that was made.</summary>
    public string? Cell { get; init; }

    /// <summary>The revision of the cell's text now.</summary>
    public int Revision { get; init; }

    /// <summary>The cell's text where it is another than the page thought.</summary>
    public string? Source { get; init; }

    /// <summary>For <c>edit</c>: when it was taken, in the workbook's time. News from before know an older text.</summary>
    public long At { get; init; }
}

/// <summary>A question of the editor.</summary>
/// <param name="Kind"><c>complete</c>, <c>describe</c>, <c>hover</c>, <c>signature</c>, <c>diagnose</c> or <c>variables</c>.</param>
/// <param name="Source">The cell's text as it stands.</param>
/// <param name="Position">Characters before the place.</param>
internal sealed record CodeQuestion(string Kind, string? Source, int Position)
{
    /// <summary>For <c>describe</c>: one of those that <c>complete</c> found at this place.</summary>
    public Completion? Completion { get; init; }
}

/// <summary>The kernel's answer; busy means: ask again later.</summary>
internal sealed record CodeReply(bool Busy)
{
    public CompletionList? Completions { get; init; }

    public string? Description { get; init; }

    public Hover? Hover { get; init; }

    public SignatureHelp? Signature { get; init; }

    public IReadOnlyList<CellDiagnostic>? Diagnostics { get; init; }

    public IReadOnlyList<VariableRow>? Variables { get; init; }
}

/// <summary>What changed in a chapter.</summary>
/// <param name="At">The page has everything up to here.</param>
/// <param name="Kernel">How the kernel is.</param>
/// <param name="MayEdit">False while another tab edits.</param>
/// <param name="Progress">How many exercises are passed, in words; empty in a chapter without any.</param>
/// <param name="Order">All cells in order.</param>
/// <param name="Cells">Those that changed.</param>
internal sealed record WorkNews(long At, KernelView Kernel, bool MayEdit, string Progress, IReadOnlyList<string> Order, IReadOnlyList<WorkCellView> Cells)
{
    /// <summary>Pieces of text that another program changed or added in the reader's notebook; the page shows the chapter's.</summary>
    public IReadOnlyList<OwnText> Texts { get; init; } = [];

    /// <summary>Pieces of the chapter's text whose numbers are not those of this machine.</summary>
    public IReadOnlyList<TextDifference> Differences { get; init; } = [];
}

/// <summary>A cell for the page's script.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Number">By which messages name it; of a chapter's cell also its place on the page.</param>
/// <param name="Source">Its text.</param>
/// <param name="Revision">Counts the changes of the text.</param>
/// <param name="Run"><c>idle</c>, <c>queued</c> or <c>running</c>.</param>
/// <param name="Seconds">How long it has been running.</param>
/// <param name="Note">In words, when it ran.</param>
/// <param name="Mark">In words, whether text and outputs belong together; empty if they do.</param>
internal sealed record WorkCellView(string Id, int Number, string Source, int Revision, string Run, double Seconds, string Note, string Mark)
{
    /// <summary>Seconds that it took when it ended well last; 0 if nobody knows.</summary>
    public double Expected { get; init; }

    /// <summary>The chapter's text, if the reader changed it; null for cells that the reader added.</summary>
    public string? Original { get; init; }

    /// <summary>The last line of an exercise's text, which nobody changes; null for a cell without one.</summary>
    public string? Check { get; init; }

    public bool IsScratch { get; init; }

    /// <summary>Tries at the exercise that can be brought back.</summary>
    public int Attempts { get; init; }

    /// <summary>When the last of them was made: a list of tries that is older is out of date. Null without any.</summary>
    public DateTimeOffset? Tried { get; init; }

    /// <summary>Other texts of the cell, which wait for the reader's word.</summary>
    public IReadOnlyList<OtherText> Others { get; init; } = [];

    /// <summary>It failed.</summary>
    public bool Failed { get; init; }

    /// <summary>Line of the text where it failed; 0 for none.</summary>
    public int Line { get; init; }

    /// <summary>Cells above it have not run in this kernel: what they declare is unknown to it.</summary>
    public bool MissesAbove { get; init; }

    /// <summary>The first output that the page does not have; from there on all are replaced by <see cref="Html"/>.</summary>
    public int From { get; init; }

    public string Html { get; init; } = "";
}

/// <summary>Exercises passed, as the course's first page shows them.</summary>
/// <param name="Passed">For example <c>3 of 41</c>.</param>
/// <param name="Chapters">The same for each page of a chapter that has exercises.</param>
internal sealed record ProgressView(string Passed, IReadOnlyDictionary<string, string> Chapters);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LiveStatus))]
[JsonSerializable(typeof(WorkNews))]
[JsonSerializable(typeof(WorkCommand))]
[JsonSerializable(typeof(WorkAnswer))]
[JsonSerializable(typeof(ProgressView))]
[JsonSerializable(typeof(CodeQuestion))]
[JsonSerializable(typeof(CodeReply))]
[JsonSerializable(typeof(VoteCommand))]
[JsonSerializable(typeof(VoteView))]
internal sealed partial class LiveJson : JsonSerializerContext;
