namespace AttentionLab.Tests;

/// <summary>A folder for what a test writes; it disappears with the test.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("attentionlab-");

    /// <summary>Path of a file in the folder.</summary>
    public string this[string name] => System.IO.Path.Combine(_folder.FullName, name);

    public string Path => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
