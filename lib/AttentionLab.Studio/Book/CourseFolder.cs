using AttentionLab.Course.Data;

namespace AttentionLab.Studio.Book;

/// <summary>Where the notebooks lie, and which of them are run.</summary>
public sealed class CourseFolder
{
    private CourseFolder(string notebooks)
    {
        Notebooks = notebooks;
        Root = Path.GetDirectoryName(notebooks) ?? notebooks;
        string[] files = [.. Directory.EnumerateFiles(notebooks, "*.dib").Order(StringComparer.Ordinal)];
        Chapters = [.. files.Where(IsChapter)];
        Executed = [.. Chapters, .. files.Where(IsAppendix)];
        Others = [.. files.Except(Executed).Where(file => Path.GetFileName(file) is not ("setup.dib" or "plotly-net.dib"))];
    }

    /// <summary>The folder of the notebooks.</summary>
    public string Notebooks { get; }

    /// <summary>The folder above it: <c>data/</c> and <c>artifacts/</c> lie there.</summary>
    public string Root { get; }

    /// <summary>Paths of the chapters, <c>NN-name.dib</c>, in order: they have exercises, solutions and a leader's sheet.</summary>
    public IReadOnlyList<string> Chapters { get; }

    /// <summary>Paths of all notebooks that are run: the chapters, then the appendices, <c>appendix-name.dib</c>.</summary>
    public IReadOnlyList<string> Executed { get; }

    /// <summary>Paths of the other notebooks: they are shown, neither run nor counted. What the build writes for imports is none of them.</summary>
    public IReadOnlyList<string> Others { get; }

    /// <summary>Opens a folder of notebooks.</summary>
    /// <param name="notebooks">The folder; null to look for <c>notebooks</c> beside <c>AttentionLab.slnx</c>, above this program and above the current
    /// directory.</param>
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
        if (course.Executed.Concat(course.Others).Select(Path.GetFileName).FirstOrDefault(name => PageText.Clean(name!) != name) is string unusable)
        {
            throw new CourseException($"{folder}: the file name {PageText.Clean(unusable)} holds control characters: rename the file.");
        }

        return course.Chapters.Count > 0 ? course : throw new CourseException($"{folder}: holds no chapter (NN-name.dib).");
    }

    /// <summary>Chosen notebooks, by number or by name.</summary>
    /// <param name="only">For example <c>03</c>, <c>03-scaling</c> or <c>appendix-plotly-net</c>; empty for all.</param>
    /// <exception cref="CourseException">A number or a name that no notebook has.</exception>
    public IReadOnlyList<string> Select(IReadOnlyList<string> only)
    {
        ArgumentNullException.ThrowIfNull(only);
        foreach (string wanted in only)
        {
            if (!Executed.Any(notebook => Is(notebook, wanted)))
            {
                string have =
                    string.Join(", ",
                        Executed.Select(notebook => IsChapter(notebook) ? Path.GetFileName(notebook)[..2] : Path.GetFileNameWithoutExtension(notebook)));
                throw new CourseException($"--only {wanted}: there is no such notebook; there are {have}.");
            }
        }

        return only.Count == 0 ? Executed : [.. Executed.Where(notebook => only.Any(wanted => Is(notebook, wanted)))];
    }

    private static bool Is(string notebook, string wanted)
    {
        string name = Path.GetFileNameWithoutExtension(notebook);
        return name == wanted || (IsChapter(notebook) && name[..2] == wanted.PadLeft(2, '0'));
    }

    private static bool IsAppendix(string path) => Path.GetFileName(path).StartsWith("appendix-", StringComparison.Ordinal);

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
