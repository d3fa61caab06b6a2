using AttentionLab.Course.Data;

namespace AttentionLab.Studio.Book;

/// <summary>Where the notebooks lie, and which of them are chapters.</summary>
public sealed class CourseFolder
{
    private CourseFolder(string notebooks)
    {
        Notebooks = notebooks;
        Root = Path.GetDirectoryName(notebooks) ?? notebooks;
        string[] files = [.. Directory.EnumerateFiles(notebooks, "*.dib").Order(StringComparer.Ordinal)];
        Chapters = [.. files.Where(IsChapter)];
        Appendices = [.. files.Where(file => !IsChapter(file) && Path.GetFileName(file) != "setup.dib")];
    }

    /// <summary>The folder of the notebooks.</summary>
    public string Notebooks { get; }

    /// <summary>The folder above it: <c>data/</c> and <c>artifacts/</c> lie there.</summary>
    public string Root { get; }

    /// <summary>Paths of the chapters, <c>NN-name.dib</c>, in order: they are run.</summary>
    public IReadOnlyList<string> Chapters { get; }

    /// <summary>Paths of the other notebooks: they are shown, neither run nor counted.</summary>
    public IReadOnlyList<string> Appendices { get; }

    /// <summary>Opens a folder of notebooks.</summary>
    /// <param name="notebooks">The folder; null to look for <c>notebooks</c> beside <c>AttentionLab.slnx</c>, above this program and above the current directory.</param>
    /// <exception cref="CourseException">There is no such folder, or no chapter in it.</exception>
    public static CourseFolder Open(string? notebooks = null)
    {
        string folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(notebooks ?? Find(AppContext.BaseDirectory) ?? Find(Environment.CurrentDirectory)
            ?? throw new CourseException("The course's folder notebooks was not found: run this inside the repository, or name it with --notebooks DIR.")));
        if (!Directory.Exists(folder))
        {
            throw new CourseException($"{folder}: no such folder.");
        }

        var course = new CourseFolder(folder);
        if (course.Chapters.Concat(course.Appendices).Select(Path.GetFileName).FirstOrDefault(name => PageText.Clean(name!) != name) is string unusable)
        {
            throw new CourseException($"{folder}: the file name {PageText.Clean(unusable)} holds control characters: rename the file.");
        }

        return course.Chapters.Count > 0 ? course : throw new CourseException($"{folder}: holds no chapter (NN-name.dib).");
    }

    /// <summary>Chosen chapters, by number or by name.</summary>
    /// <param name="only">For example <c>03</c> or <c>03-scaling</c>; empty for all.</param>
    /// <exception cref="CourseException">A number that no chapter has.</exception>
    public IReadOnlyList<string> Select(IReadOnlyList<string> only)
    {
        ArgumentNullException.ThrowIfNull(only);
        foreach (string wanted in only)
        {
            if (!Chapters.Any(chapter => Is(chapter, wanted)))
            {
                string have = string.Join(", ", Chapters.Select(chapter => Path.GetFileName(chapter)[..2]));
                throw new CourseException($"--only {wanted}: there is no such notebook; there are {have}.");
            }
        }

        return only.Count == 0 ? Chapters : [.. Chapters.Where(chapter => only.Any(wanted => Is(chapter, wanted)))];
    }

    private static bool Is(string chapter, string wanted)
    {
        string name = Path.GetFileNameWithoutExtension(chapter);
        return name == wanted || name[..2] == wanted.PadLeft(2, '0');
    }

    private static bool IsChapter(string path) => Path.GetFileName(path) is [>= '0' and <= '9', >= '0' and <= '9', '-', ..];

    private static string? Find(string start)
    {
        for (string? at = start; at is not null; at = Path.GetDirectoryName(at))
        {
            if (File.Exists(Path.Combine(at, "AttentionLab.slnx")) && Directory.Exists(Path.Combine(at, "notebooks")))
            {
                return Path.Combine(at, "notebooks");
            }
        }

        return null;
    }
}
