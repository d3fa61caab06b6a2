using System.Text;
using System.Text.RegularExpressions;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Web;

/// <summary>Where a cell of the reader's version is in the kernel's queue.</summary>
internal enum CellRun
{
    Idle,
    Queued,
    Running,
}

/// <summary>A cell of code as the reader works on it: its text, what it shows, and whether the two belong together. Its workbook guards it.</summary>
/// <param name="id">Stays the same however the chapter changes.</param>
/// <param name="number">Place in the chapter, by which messages name it.</param>
/// <param name="original">The chapter's text; null for a cell that the reader added.</param>
internal sealed partial class WorkCell(string id, int number, string? original)
{
    public string Id { get; } = id;

    public int Number { get; set; } = number;

    /// <summary>The chapter's text. With another check comes another last line of <see cref="Source"/>.</summary>
    public string? Original
    {
        get;
        set
        {
            string mine = value is null || CheckOf(value) == Check ? Source : WithoutCheck(Source);
            field = value;
            Source = mine;
        }
    }

    = original;

    /// <summary>The reader's text. That of an exercise ends with the chapter's <see cref="Check"/>, whatever comes in.</summary>
    public string Source { get; set => field = WithCheck(value); } = original ?? "";

    /// <summary>Counts the changes of <see cref="Source"/>: a change that starts from another text than this one is not taken in silence.</summary>
    public int Revision { get; set; }

    /// <summary>The tab that changed the text last, and the revision that it started from: it may not have heard that the change was taken.</summary>
    public (string Tab, int Base)? LastEdit { get; set; }

    /// <summary>Other texts of this cell, which wait for the reader's word.</summary>
    public List<OtherText> Others { get; } = [];

    /// <summary>For an exercise: when its check passed for the first time.</summary>
    public DateTimeOffset? Solved { get; set; }

    /// <summary>For an exercise: what the reader tried, the last at the end.</summary>
    public List<Attempt> Attempts { get; } = [];

    /// <summary>What it showed, each with the moment from which pages must have it.</summary>
    public List<(CellOutput Output, long At)> Outputs { get; } = [];

    /// <summary>Why it stopped; null if it ended well, or shows nothing.</summary>
    public CellFailure? Failure { get; set; }

    /// <summary>Time that it took.</summary>
    public double Seconds { get; private set; }

    /// <summary>Time that it took when it ended well last: as long may it take again; 0 if nobody knows.</summary>
    public double Expected { get; private set; }

    /// <summary>The text that the outputs belong to; null if there are none.</summary>
    public string? RanSource { get; set; }

    /// <summary><see cref="RanIn"/> of a cell that ran before this course was started.</summary>
    public const int EarlierCourse = -1;

    /// <summary>The kernel that ran it last, counted from 1; 0 if the outputs are the book's; <see cref="EarlierCourse"/>.</summary>
    public int RanIn { get; set; }

    public CellRun Run { get; set; }

    public long Started { get; set; }

    /// <summary>Something above it was run again, or taken away, since it ran.</summary>
    public bool IsBehind { get; set; }

    /// <summary>When anything of it changed last.</summary>
    public long Changed { get; set; }

    /// <summary>When its outputs were taken away last.</summary>
    public long Cleared { get; set; }

    /// <summary>Number of the exercise that it is, for example <c>03.1</c>; null if it is none.</summary>
    public string? Exercise => Original is { } original ? Report.ExerciseOf(original) : null;

    /// <summary>The last line of an exercise, which looks at the answer: the chapter's, not the reader's. Null for a cell without one.</summary>
    public string? Check => CheckOf(Original);

    public bool IsScratch => Original is null;

    public bool IsChanged => Original is { } original && original != Source;

    /// <summary>The text is another than the one that made the outputs.</summary>
    public bool IsEditedSinceItRan => RanSource is { } ran && ran != Source;

    /// <summary>Brings in the library: every fresh kernel starts with it.</summary>
    public bool IsSetup => Source.TrimStart().StartsWith("#!import", StringComparison.Ordinal);

    /// <summary>A text of this cell with the chapter's check as its last line: a changed one is replaced, a missing one comes back.</summary>
    public string WithCheck(string source) =>
        Check is not { } check || source.EndsWith("\n" + check, StringComparison.Ordinal) ? source : WithoutCheck(source) + "\n\n" + check;

    /// <summary>How it ended, and after what time.</summary>
    public void Ended(CellFailure? failure, double seconds)
    {
        (Failure, Seconds) = (failure, seconds);
        Expected = failure is null ? seconds : Expected;
    }

    /// <summary>The cell with what this one shows.</summary>
    public ExecutedCell Showing(ExecutedCell cell) =>
        cell with { Outputs = [.. Outputs.Select(output => output.Output)], Failure = Failure, Seconds = Seconds, NotRun = false };

    /// <summary>All the text that it showed: what it wrote to the console, and values that are text, each on lines of its own.</summary>
    public string Text()
    {
        StringBuilder all = new();
        CellOutput? last = null;
        foreach ((CellOutput output, _) in Outputs.Where(shown => shown.Output.MimeType is CellOutput.Stream or CellOutput.Plain))
        {
            if (all is [.., not '\n'] && !(last!.MimeType == CellOutput.Stream && output.MimeType == CellOutput.Stream))
            {
                all.Append('\n');
            }

            all.Append(output.Content);
            last = output;
        }

        return all.ToString();
    }

    private static string? CheckOf(string? original) =>
        original is not null && Report.ExerciseOf(original) is not null && CheckLine().Match(original) is { Success: true } line ? line.Value : null;

    /// <summary>Without the lines that are such a check and nothing else: its name says which they are, whatever they were made to check.</summary>
    private string WithoutCheck(string source)
    {
        if (Check is not { } check)
        {
            return source;
        }

        Regex call = new("^" + Regex.Escape(check[..(check.IndexOf('(') + 1)]) + @"[^;]*\) *;? *(//.*)?$");
        return string.Join('\n', source.Split('\n').Where(line => !call.IsMatch(line))).TrimEnd();
    }

    [GeneratedRegex(@"(?<=\n)\w+\.Check\([^\n]*\)\z")]
    private static partial Regex CheckLine();
}
