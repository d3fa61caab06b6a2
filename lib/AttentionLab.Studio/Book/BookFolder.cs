using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using AttentionLab.Course.Data;

namespace AttentionLab.Studio.Book;

/// <summary>
/// The folder that a book is written to: a hidden one beside the goal, which takes the goal's place in one step when the book is whole.
/// A build that fails or is interrupted leaves the old book as it was. Nothing is deleted that no build wrote: the files that a reader
/// put into a book move into the next one.
/// </summary>
public sealed class BookFolder : IDisposable
{
    /// <summary>File inside a book that lists what the build wrote; a folder that has it is a book.</summary>
    public const string MarkName = ".attention-book";

    /// <summary>File inside a hidden folder while its book is not whole: all that is in there is the build's.</summary>
    private const string DraftName = ".draft";

    /// <summary>A process says when it started in a clock of its own, and files in the file system's.</summary>
    private static readonly TimeSpan ClocksDiffer = TimeSpan.FromSeconds(10);

    private readonly string _goal;
    private readonly string _old;
    private bool _published;

    private BookFolder(string goal, string draft, string old)
    {
        _goal = goal;
        _old = old;
        Draft = draft;
    }

    /// <summary>The folder to write into.</summary>
    public string Draft { get; }

    /// <summary>Makes the hidden folder.</summary>
    /// <param name="goal">Where the book shall be: a book, an empty folder, nothing yet, or a link to one of these.</param>
    /// <exception cref="CourseException">The goal is something else, or cannot be written.</exception>
    public static BookFolder Create(string goal)
    {
        try
        {
            string full = WhereLinksLead(goal);
            CheckPlace(goal, full);
            string parent = Path.GetDirectoryName(full)!, hidden = "." + Path.GetFileName(full) + ".";
            Directory.CreateDirectory(parent);
            SweepUp(parent, hidden, full);
            if (Directory.Exists(full))
            {
                CheckReplaceable(goal, full);
            }

            string id = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
            string draft = FreePlace(Path.Combine(parent, hidden + id), ".new");
            Directory.CreateDirectory(draft);
            File.WriteAllText(Path.Combine(draft, DraftName), "");
            return new BookFolder(full, draft, Path.ChangeExtension(draft, ".old"));
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
            if (Directory.Exists(_goal) && WrittenFiles.Of(_goal, MarkName).Foreign()
                .FirstOrDefault(name => Exists(Path.Combine(Draft, name))) is string inTheWay)
            {
                throw new CourseException($"{Path.Combine(_goal, inTheWay)}: no build wrote it, and the new book has a file of that name: move yours away.");
            }

            File.Delete(Path.Combine(Draft, DraftName));
            WrittenFiles.WriteList(Draft, MarkName);
            string? old = TakeItsPlace();
            _published = true;
            if (old is not null)
            {
                Retire(old, _goal);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CourseException($"{_goal}: cannot be replaced: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>Removes what was not published.</summary>
    public void Dispose()
    {
        if (!_published && Directory.Exists(Draft))
        {
            Directory.Delete(Draft, recursive: true);
        }
    }

    /// <returns>Where the old book is now; null if there was none.</returns>
    private string? TakeItsPlace()
    {
        if (!Directory.Exists(_goal))
        {
            Directory.Move(Draft, _goal);
            return null;
        }

        if (DirectoryExchange.TryExchange(Draft, _goal))
        {
            return Draft;
        }

        Directory.Move(_goal, _old);
        try
        {
            Directory.Move(Draft, _goal);
        }
        catch
        {
            Directory.Move(_old, _goal);
            throw;
        }

        return _old;
    }

    /// <summary>Takes an old book away: the reader's files move into the new one, what the build wrote is deleted, and anything else keeps the folder
    /// alive.</summary>
    private static void Retire(string old, string goal)
    {
        WrittenFiles written = WrittenFiles.Of(old, MarkName);
        foreach (string name in written.Foreign().ToArray())
        {
            string from = Path.Combine(old, name), to = Path.Combine(goal, name);
            if (Exists(to))
            {
                throw new IOException($"the new book is there, but {from} of the old one could not follow: {to} is there too");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            Directory.Move(from, to);
        }

        written.Delete();
    }

    private static string WhereLinksLead(string goal)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(goal));
        return new DirectoryInfo(full) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : full;
    }

    private static void CheckPlace(string goal, string full)
    {
        string? reason = File.Exists(full) ? "a file"
            : Path.GetDirectoryName(full) is null ? "the root of a disk"
            : (Environment.CurrentDirectory + Path.DirectorySeparatorChar).StartsWith(full + Path.DirectorySeparatorChar, StringComparison.Ordinal)
                ? "the folder you are in, or above it"
            : null;
        if (reason is not null)
        {
            throw new CourseException($"--out {goal}: is {reason}: name a folder for the book.");
        }
    }

    private static void CheckReplaceable(string goal, string full)
    {
        if (Directory.EnumerateFileSystemEntries(full).Any() && !File.Exists(Path.Combine(full, MarkName)))
        {
            throw new CourseException($"--out {goal}: is not empty and is no book (no {MarkName} in it): name another folder, or empty this one.");
        }

        // To move a folder away needs no right to write into it: a protected book would be replaced without a word.
        string probe = Path.Combine(full, ".write-probe");
        File.WriteAllText(probe, "");
        File.Delete(probe);
    }

    /// <summary>A build that was killed outright could not tidy up: its draft goes now, a book that it had moved aside comes back, and so do a reader's
    /// files.</summary>
    private static void SweepUp(string parent, string hidden, string goal)
    {
        foreach (string left in Directory.GetDirectories(parent, ".*").Where(folder => Path.GetFileName(folder).StartsWith(hidden, StringComparison.Ordinal)))
        {
            string[] parts = Path.GetFileName(left)[hidden.Length..].Split('.');
            if (parts is not [string id, .., "new" or "old"] || !int.TryParse(id, CultureInfo.InvariantCulture, out int process) || IsInUse(left, process))
            {
                continue;
            }

            if (File.Exists(Path.Combine(left, DraftName)))
            {
                Directory.Delete(left, recursive: true);
            }
            else if (File.Exists(Path.Combine(left, MarkName)))
            {
                if (!Directory.Exists(goal))
                {
                    Directory.Move(left, goal);
                }
                else
                {
                    Retire(left, goal);
                }
            }
        }
    }

    /// <summary>Two builds of one process, or a reader's folder, may have the first name already.</summary>
    private static string FreePlace(string path, string extension)
    {
        string free = path + extension;
        for (int i = 2; Exists(free) || Exists(Path.ChangeExtension(free, ".old")); i++)
        {
            free = FormattableString.Invariant($"{path}.{i}{extension}");
        }

        return free;
    }

    private static bool Exists(string path) => Path.Exists(path) || new FileInfo(path).LinkTarget is not null;

    /// <summary>True while the process that made it runs. Another one may have its number by now, as in a container, where numbers begin anew: a draft is
    /// older than that one.</summary>
    private static bool IsInUse(string left, int process)
    {
        try
        {
            using Process running = Process.GetProcessById(process);
            var draft = new FileInfo(Path.Combine(left, DraftName));
            return !draft.Exists || draft.LastWriteTimeUtc + ClocksDiffer > running.StartTime.ToUniversalTime();
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It ended just now, or is another user's, whose times are not told.
            return true;
        }
    }
}
