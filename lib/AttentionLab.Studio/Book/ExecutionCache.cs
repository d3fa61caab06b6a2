using System.Text.Json;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Book;

/// <summary>Executed notebooks on disk, one file for each, named by its key. Writes are atomic; a damaged file counts as none.</summary>
/// <param name="folder">Folder of the files; it is made when first needed.</param>
public sealed class ExecutionCache(string folder)
{
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
        Directory.CreateDirectory(folder);
        string path = PathOf(notebook.Name, key);
        string draft = $"{path}.{Guid.NewGuid():N}.new";
        try
        {
            using (FileStream file = File.Create(draft))
            {
                JsonSerializer.Serialize(file, notebook, ExecutedNotebookJson.Default.ExecutedNotebook);
            }

            File.Move(draft, path, overwrite: true);
        }
        finally
        {
            File.Delete(draft);
        }

        File.WriteAllText(TimePathOf(notebook.Name), FormattableString.Invariant($"{notebook.Seconds:0.00}\n"));
        foreach (string older in Directory.EnumerateFiles(folder, notebook.Name + ".*.json").Where(file => file != path))
        {
            File.Delete(older);
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

    private string PathOf(string name, string key) => Path.Combine(folder, $"{name}.{key[..32]}.json");

    private string TimePathOf(string name) => Path.Combine(folder, name + ".seconds");
}
