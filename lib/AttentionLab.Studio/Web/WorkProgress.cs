using System.Globalization;
using System.Text;
using AttentionLab.Studio.Book;

namespace AttentionLab.Studio.Web;

/// <summary>Which exercises the reader has passed.</summary>
internal static class WorkProgress
{
    /// <summary>A table for the study group.</summary>
    /// <param name="chapters">The chapters that have exercises.</param>
    /// <param name="record">What is kept of a chapter; null for nothing.</param>
    public static string ToMarkdown(IReadOnlyList<Chapter> chapters, Func<string, WorkRecord?> record)
    {
        StringBuilder text = new();
        int all = 0, passed = 0;
        foreach (Chapter chapter in chapters)
        {
            WorkRecordCell[] cells = [.. record(chapter.Name)?.Cells ?? []];
            foreach (string exercise in chapter.Cells.Select(cell => cell.Exercise).OfType<string>())
            {
                WorkRecordCell? cell = cells.FirstOrDefault(cell => cell.Original is { } original && Report.ExerciseOf(original) == exercise);
                string state = cell?.Solved is { } solved ? "passed on " + solved.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
                    : cell?.Attempts.Count > 0 ? "tried" : "";
                string question = chapter.Question.Replace("|", "\\|", StringComparison.Ordinal);
                text.Append(CultureInfo.InvariantCulture, $"| {chapter.Label} | {question} | {exercise} | {state} | {cell?.Attempts.Count ?? 0} |\n");
                all++;
                passed += cell?.Solved is null ? 0 : 1;
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"# {PageFrame.CourseTitle}: my progress\n\n{passed} of {all} exercises passed.\n\n")
            + $"| Chapter | Question | Exercise | State | Tries kept |\n|---|---|---|---|---|\n{text}";
    }
}
