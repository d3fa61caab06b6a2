using System.Diagnostics;
using System.Globalization;
using AttentionLab.Course.Data;

namespace AttentionLab.Studio.Book;

/// <summary>
/// The folder that a book is written to: a hidden one beside the goal, which takes the goal's place in one step when the book is whole.
/// A build that fails or is interrupted leaves the old book as it was.
/// </summary>
public sealed class BookFolder : IDisposable
{
    private readonly string goal;
    private readonly string old;

    private BookFolder(string goal, string draft, string old)
    {
        this.goal = goal;
        this.old = old;
        Draft = draft;
    }

    /// <summary>The folder to write into.</summary>
    public string Draft { get; }

    /// <summary>Makes the hidden folder.</summary>
    /// <param name="goal">Where the book shall be: a book, an empty folder, or nothing yet.</param>
    /// <exception cref="CourseException">The goal is something else, or cannot be written.</exception>
    public static BookFolder Create(string goal)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(goal));
        if (Path.GetDirectoryName(full) is not string parent || File.Exists(full))
        {
            throw new CourseException($"--out {goal}: is {(File.Exists(full) ? "a file" : "the root of a disk")}: name a folder for the book.");
        }

        string hidden = "." + Path.GetFileName(full) + ".";
        try
        {
            Directory.CreateDirectory(parent);
            SweepUp(parent, hidden, full);
            if (Directory.Exists(full))
            {
                CheckReplaceable(goal, full);
            }

            string id = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
            string draft = Path.Combine(parent, hidden + id + ".new");
            Directory.CreateDirectory(draft);
            return new BookFolder(full, draft, Path.Combine(parent, hidden + id + ".old"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CourseException($"--out {goal}: cannot be written: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>Puts the finished book in its place.</summary>
    /// <exception cref="CourseException">The old book cannot be replaced; it is still there.</exception>
    public void Publish()
    {
        try
        {
            bool replaces = Directory.Exists(goal);
            if (replaces)
            {
                Directory.Move(goal, old);
            }

            try
            {
                Directory.Move(Draft, goal);
            }
            catch when (replaces)
            {
                Directory.Move(old, goal);
                throw;
            }

            if (replaces)
            {
                Directory.Delete(old, recursive: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CourseException($"{goal}: cannot be replaced: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>Removes what was not published.</summary>
    public void Dispose()
    {
        if (Directory.Exists(Draft))
        {
            Directory.Delete(Draft, recursive: true);
        }
    }

    private static void CheckReplaceable(string goal, string full)
    {
        if (Directory.EnumerateFileSystemEntries(full).Any() && !File.Exists(Path.Combine(full, Report.FileName)))
        {
            throw new CourseException($"--out {goal}: is not empty and is no book (no {Report.FileName} in it): name another folder, or empty this one.");
        }

        // To move a folder away needs no right to write into it: a protected book would be replaced without a word.
        string probe = Path.Combine(full, ".write-probe");
        File.WriteAllText(probe, "");
        File.Delete(probe);
    }

    /// <summary>A build that was killed outright could not tidy up: its hidden folders go now, and a book that it had moved aside comes back.</summary>
    private static void SweepUp(string parent, string hidden, string goal)
    {
        foreach (string left in Directory.EnumerateDirectories(parent, hidden + "*"))
        {
            string[] parts = Path.GetFileName(left)[hidden.Length..].Split('.');
            if (parts is not [string id, "new" or "old"] || !int.TryParse(id, CultureInfo.InvariantCulture, out int process) || IsRunning(process))
            {
                continue;
            }

            if (parts[1] == "old" && !Directory.Exists(goal))
            {
                Directory.Move(left, goal);
            }
            else
            {
                Directory.Delete(left, recursive: true);
            }
        }
    }

    private static bool IsRunning(int process)
    {
        try
        {
            using Process running = Process.GetProcessById(process);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
