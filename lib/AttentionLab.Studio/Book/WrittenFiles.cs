namespace AttentionLab.Studio.Book;

/// <summary>
/// The list of the files that a build wrote into a folder. It is what makes the folder a book, and it says what another build may delete:
/// what is not on it is the reader's.
/// </summary>
internal sealed class WrittenFiles
{
    private const string Heading = "# Files of this book. A build replaces them and leaves all others as they are.";

    private readonly string _folder;
    private readonly string _list;
    private readonly HashSet<string> _files;
    private readonly HashSet<string> _folders;

    private WrittenFiles(string folder, string list, IEnumerable<string> files)
    {
        _folder = folder;
        _list = list;
        _files = files.ToHashSet(StringComparer.Ordinal);
        _folders = new HashSet<string>(StringComparer.Ordinal) { "" };
        foreach (string file in _files)
        {
            for (int slash = file.LastIndexOf('/'); slash > 0; slash = file.LastIndexOf('/', slash - 1))
            {
                _folders.Add(file[..slash]);
            }
        }
    }

    /// <summary>Writes the list of all that is in a folder now.</summary>
    public static void WriteList(string folder, string list)
    {
        string[] files =
            [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Relative(folder, file)).Append(list)
                .Order(StringComparer.Ordinal)];
        File.WriteAllLines(Path.Combine(folder, list), [Heading, .. files]);
    }

    /// <summary>Reads a folder's list; without one, nothing in it was written by a build.</summary>
    public static WrittenFiles Of(string folder, string list)
    {
        string path = Path.Combine(folder, list);
        return new WrittenFiles(folder, list, File.Exists(path) ? File.ReadLines(path).Skip(1) : []);
    }

    /// <summary>What no build wrote, as paths from the folder; of a whole folder of the reader's, the folder only.</summary>
    public IEnumerable<string> Foreign() => Walk("").Where(entry => !entry.Written).Select(entry => entry.Path);

    /// <summary>
    /// Deletes what a build wrote, the list last, and the folders that are empty then. Only what is found in the folder is looked up in the
    /// list: a path in the list leads nowhere else.
    /// </summary>
    public void Delete()
    {
        foreach ((string path, _) in Walk("").Where(entry => entry.Written).OrderBy(entry => entry.Path == _list).ToArray())
        {
            File.Delete(Path.Combine(_folder, path));
        }

        foreach (string folder in _folders.OrderByDescending(folder => folder.Length).Select(folder => Path.Combine(_folder, folder)))
        {
            if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Directory.Delete(folder);
            }
        }
    }

    private IEnumerable<(string Path, bool Written)> Walk(string below)
    {
        foreach (FileSystemInfo entry in new DirectoryInfo(Path.Combine(_folder, below)).EnumerateFileSystemInfos())
        {
            string path = below.Length == 0 ? entry.Name : $"{below}/{entry.Name}";
            bool goesOn = entry is DirectoryInfo && entry.LinkTarget is null && _folders.Contains(path);
            foreach ((string Path, bool Written) found in goesOn ? Walk(path) : [(path, entry is FileInfo && _files.Contains(path))])
            {
                yield return found;
            }
        }
    }

    private static string Relative(string folder, string file) => Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/');
}
