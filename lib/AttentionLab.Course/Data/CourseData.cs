using AttentionLab.Words;

namespace AttentionLab.Course.Data;

/// <summary>Finds the files of the repository's <c>data</c> folder, wherever the notebook was started.</summary>
public static class CourseData
{
    /// <summary>Absolute path of a file or folder in <c>data</c>, resolved from where the library lies, never from the current directory.</summary>
    /// <param name="name">Path inside <c>data</c>, for example "README.md" or "encoder".</param>
    /// <exception cref="FileNotFoundException">No folder above the library has that in <c>data</c>.</exception>
    public static string Path(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        string start = System.IO.Path.GetDirectoryName(typeof(CourseData).Assembly.Location) is { Length: > 0 } folder ? folder : AppContext.BaseDirectory;
        for (string? at = start; at is not null; at = System.IO.Path.GetDirectoryName(at))
        {
            string candidate = System.IO.Path.Combine(at, "data", name);
            if (System.IO.File.Exists(candidate) || System.IO.Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new FileNotFoundException($"data/{name} is in no folder above {start}: keep the library inside the repository, or build it there once.");
    }

    /// <summary>The repository's folder: <c>data</c>, <c>notebooks</c> and <c>work</c> lie in it.</summary>
    /// <exception cref="FileNotFoundException">The library does not lie inside the repository.</exception>
    public static string Root => System.IO.Path.GetFullPath(System.IO.Path.Combine(Path("README.md"), "..", ".."));

    /// <summary>
    /// The course's word vectors: the 20 000 most frequent words of three dictionaries, learned by <see cref="SkipGramTraining"/> (data/README.md).
    /// </summary>
    public static WordVectors WordVectors() => WordVectorFiles.ReadFolder(Path("words"));
}
