using System.Globalization;
using System.Text;
using AttentionLab.Studio.Book;

namespace AttentionLab.Studio.Web;

/// <summary>One exercise of the course, and how far the reader is with it.</summary>
/// <param name="Chapter">The chapter that it stands in.</param>
/// <param name="Name">Its number, for example <c>03.1</c>.</param>
/// <param name="Solved">When it was passed; null if it was not.</param>
/// <param name="Tries">Tries that are kept.</param>
internal sealed record ExerciseProgress(Chapter Chapter, string Name, DateTimeOffset? Solved, int Tries);

/// <summary>Which exercises the reader has passed.</summary>
internal static class WorkProgress
{
    /// <summary>All exercises, in the course's order.</summary>
    /// <param name="chapters">The chapters that have exercises.</param>
    /// <param name="record">What is kept of a chapter; null for nothing.</param>
    public static IReadOnlyList<ExerciseProgress> Of(IEnumerable<Chapter> chapters, Func<string, WorkRecord?> record)
    {
        List<ExerciseProgress> all = [];
        foreach (Chapter chapter in chapters)
        {
            WorkRecordCell[] cells = [.. record(chapter.Name)?.Cells ?? []];
            foreach (string exercise in chapter.Cells.Select(cell => cell.Exercise).OfType<string>())
            {
                WorkRecordCell? cell = cells.FirstOrDefault(cell => cell.Original is { } original && Report.ExerciseOf(original) == exercise);
                all.Add(new ExerciseProgress(chapter, exercise, cell?.Solved, cell?.Attempts.Count ?? 0));
            }
        }

        return all;
    }

    /// <summary>A table for the study group.</summary>
    public static string ToMarkdown(IReadOnlyList<ExerciseProgress> exercises)
    {
        StringBuilder text = new();
        foreach (ExerciseProgress exercise in exercises)
        {
            string state = exercise.Solved is { } solved ? "passed on " + solved.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
                : exercise.Tries > 0 ? "tried" : "";
            string question = exercise.Chapter.Question.Replace("|", "\\|", StringComparison.Ordinal);
            text.Append(CultureInfo.InvariantCulture, $"| {exercise.Chapter.Label} | {question} | {exercise.Name} | {state} | {exercise.Tries} |\n");
        }

        return $"# {PageFrame.CourseTitle}: my progress\n\n{Passed(exercises)} exercises passed.\n\n"
            + $"| Chapter | Question | Exercise | State | Tries kept |\n|---|---|---|---|---|\n{text}";
    }

    /// <summary>For the course's first page.</summary>
    public static ProgressView ToView(IReadOnlyList<ExerciseProgress> exercises) => new(
        Passed(exercises), exercises.GroupBy(exercise => exercise.Chapter.Path).ToDictionary(chapter => chapter.Key, chapter => Passed([.. chapter])));

    private static string Passed(IReadOnlyList<ExerciseProgress> exercises) =>
        string.Create(CultureInfo.InvariantCulture, $"{exercises.Count(exercise => exercise.Solved is not null)} of {exercises.Count}");
}
