namespace AttentionLab.Testing;

/// <summary>A folder that goes away with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("attentionlab-").FullName;

    /// <summary>Path of something in the folder.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    public string Write(string name, string text)
    {
        string path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>A notebook whose cells are C#.</summary>
    public string WriteNotebook(string name, params string[] cells) =>
        Write(name, string.Concat(cells.Select(cell => $"#!csharp\n\n{cell}\n\n")));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
