namespace AttentionLab.Testing;

/// <summary>The folder that these tests were built in.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Notebooks => Path.Combine(Root, "notebooks");

    /// <summary>All files of a folder of the repository, without what npm fetched or made.</summary>
    public static IEnumerable<string> HandWritten(string folder) => Directory.EnumerateFiles(Path.Combine(Root, folder), "*", SearchOption.AllDirectories)
        .Where(file => !Name(file).Split('/').Any(part => part is "node_modules" or "dist"));

    /// <summary>A file's path inside the repository, with slashes, as documents write it.</summary>
    public static string Name(string file) => Path.GetRelativePath(Root, file).Replace(Path.DirectorySeparatorChar, '/');

    private static string Find()
    {
        string? at = AppContext.BaseDirectory;
        while (at is not null && !File.Exists(Path.Combine(at, "AttentionLab.slnx")))
        {
            at = Path.GetDirectoryName(at);
        }

        return at ?? throw new InvalidOperationException("The tests do not lie inside the repository.");
    }
}
