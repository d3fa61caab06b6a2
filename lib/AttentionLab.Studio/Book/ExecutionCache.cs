using System.Text.Json;
using AttentionLab.Studio.Kernel;
using AttentionLab.Weights;

namespace AttentionLab.Studio.Book;

/// <summary>Executed notebooks on disk, one file for each, named by its key. Writes are atomic; a damaged file counts as none.</summary>
/// <param name="folder">Folder of the files; it is made when first needed.</param>
public sealed class ExecutionCache(string folder)
{
    /// <summary>Digits of a key that name its file.</summary>
    private const int KeyLength = 32;

    /// <summary>Why outputs could not be kept, for example because the disk is full; null when all is well. The course goes on without.</summary>
    public string? Problem { get; private set; }

    /// <summary>The cache of a course: <c>artifacts/book</c>.</summary>
    public static ExecutionCache Of(CourseFolder course)
    {
        ArgumentNullException.ThrowIfNull(course);
        return new ExecutionCache(Path.Combine(course.Root, "artifacts", "book"));
    }

    /// <summary>The outputs of a notebook, or null if it has not run with this key.</summary>
    public ExecutedNotebook? Read(string name, string key)
    {
        try
        {
            using FileStream file = File.OpenRead(PathOf(name, key));
            return JsonSerializer.Deserialize(file, ExecutedNotebookJson.Default.ExecutedNotebook);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Keeps the outputs of a notebook, and how long it took; drops its older ones.</summary>
    public void Write(ExecutedNotebook notebook, string key)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        try
        {
            Directory.CreateDirectory(folder);
            string path = PathOf(notebook.Name, key);
            AtomicFile.Write(path, file => JsonSerializer.Serialize(file, notebook, ExecutedNotebookJson.Default.ExecutedNotebook));
            File.WriteAllText(TimePathOf(notebook.Name), FormattableString.Invariant($"{notebook.Seconds:0.00}\n"));
            foreach (string older in Directory.EnumerateFiles(folder, "*.json").Where(file => file != path && IsOf(file, notebook.Name)))
            {
                File.Delete(older);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Problem = "outputs are not kept: " + e.Message.ReplaceLineEndings(" ");
        }
    }

    /// <summary>How long a notebook took when it last ran, so that the longest can start first; null if it never did.</summary>
    public double? LastSeconds(string name)
    {
        try
        {
            return double.Parse(File.ReadAllText(TimePathOf(name)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    private string PathOf(string name, string key) => Path.Combine(folder, $"{name}.{key[..KeyLength]}.json");

    /// <summary>"03-scaling.more" is another notebook than "03-scaling".</summary>
    private static bool IsOf(string file, string name) =>
        Path.GetFileName(file) is var found && found.StartsWith(name + ".", StringComparison.Ordinal)
            && found.Length == name.Length + ".".Length + KeyLength + ".json".Length;

    private string TimePathOf(string name) => Path.Combine(folder, name + ".seconds");
}
