namespace AttentionLab.Studio.Tests;

/// <summary>A small course in a temporary folder: notebooks, and the folders that a build makes beside them.</summary>
public sealed class TemporaryCourse : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Root => _folder.Path;

    public string Notebooks => Path.Combine(Root, "notebooks");

    public string Site => Path.Combine(Root, "site");

    public string Write(string name, params string[] cells) => _folder.WriteNotebook(Path.Combine("notebooks", name), cells);

    public string WriteFile(string name, string text) => _folder.Write(name, text);

    public string Read(string name) => File.ReadAllText(Path.Combine(Root, name));

    /// <summary>All files of the book with their content.</summary>
    public IReadOnlyDictionary<string, string> Book() => Directory.EnumerateFiles(Site, "*", SearchOption.AllDirectories)
        .ToDictionary(file => Path.GetRelativePath(Site, file), File.ReadAllText);

    public void Dispose() => _folder.Dispose();
}
