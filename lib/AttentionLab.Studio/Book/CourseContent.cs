using System.Text.RegularExpressions;
using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Book;

/// <summary>A page of prose: the index text or a leader's sheet.</summary>
/// <param name="Name">File name without extension, for example <c>02-context</c>.</param>
/// <param name="Markdown">Its text.</param>
public sealed record CourseText(string Name, string Markdown);

/// <summary>A chapter that the course is to have, written or not.</summary>
/// <param name="Label">For example <c>09</c>.</param>
/// <param name="Question">What it asks.</param>
public sealed record PlannedChapter(string Label, string Question);

/// <summary>All that the book shows.</summary>
/// <param name="Chapters">The notebooks, in order; a notebook that did not run yet has cells without outputs.</param>
/// <param name="Solutions">Notebooks of solutions, under the names of their chapters.</param>
/// <param name="LeaderSheets">Sheets for whoever leads a session, under the names of their chapters.</param>
/// <param name="Introduction">Text of the first page; null if the course has none.</param>
public sealed partial record CourseContent(
    IReadOnlyList<ExecutedNotebook> Chapters,
    IReadOnlyList<ExecutedNotebook> Solutions,
    IReadOnlyList<CourseText> LeaderSheets,
    CourseText? Introduction)
{
    /// <summary>Texts that are pages of their own: glossary, formula sheet, …</summary>
    public IReadOnlyList<CourseText> Pages { get; init; } = [];

    /// <summary>What the first page says before its list of chapters, <c>front.md</c>; null if the course has none.</summary>
    public CourseText? Front { get; init; }

    /// <summary>The chapters that the course is to have: the table of the README in the folder above; empty if there is none.</summary>
    public IReadOnlyList<PlannedChapter> Planned { get; init; } = [];

    /// <summary>Folder of the notebooks: pictures of the text lie in it, the library beside it; null if there is none.</summary>
    public string? Folder { get; init; }

    /// <summary>Reads solutions, leader's sheets, the introduction and the pages that lie beside the notebooks.</summary>
    /// <param name="folder">The course's folder <c>notebooks</c>.</param>
    /// <param name="chapters">The notebooks, executed or not.</param>
    /// <param name="unusable">Told about solutions that cannot be read, which are left out then; null makes them an error.</param>
    /// <exception cref="DibException">A file of solutions is no notebook.</exception>
    public static CourseContent Load(string folder, IReadOnlyList<ExecutedNotebook> chapters, Action<string>? unusable = null)
    {
        string readme = Path.Combine(folder, "README.md"), front = Path.Combine(folder, "front.md"), plan = Path.Combine(folder, "..", "README.md");
        return new CourseContent(
            chapters,
            [.. Files(Path.Combine(folder, "solutions"), "*.dib").Select(file => SolutionsIn(file, unusable)).OfType<ExecutedNotebook>()],
            [.. Files(Path.Combine(folder, "leader"), "*.md").Where(file => char.IsAsciiDigit(Path.GetFileName(file)[0])).Select(Prose)],
            File.Exists(readme) ? Prose(readme) : null)
        {
            Folder = folder,
            Front = File.Exists(front) ? Prose(front) : null,
            Planned = File.Exists(plan)
                ? [.. PlanRows().Matches(File.ReadAllText(plan)).Select(row => new PlannedChapter(row.Groups[1].Value, row.Groups[2].Value))]
                : [],
            Pages = [.. Files(Path.Combine(folder, "book"), "*.md").Select(Prose)],
        };
    }

    private static ExecutedNotebook? SolutionsIn(string path, Action<string>? unusable)
    {
        try
        {
            return NotebookRunner.NotRun(path, DibDocument.Read(path));
        }
        catch (DibException e) when (unusable is not null)
        {
            unusable(e.Message);
            return null;
        }
    }

    private static CourseText Prose(string path) => new(Path.GetFileNameWithoutExtension(path), File.ReadAllText(path));

    private static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal) : [];

    [GeneratedRegex(@"^\| ([0-9]{2}) [a-z0-9-]+ \| ([^|]+?) \|", RegexOptions.Multiline)]
    private static partial Regex PlanRows();
}
