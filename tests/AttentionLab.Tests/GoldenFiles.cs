namespace AttentionLab.Tests;

/// <summary>Finds the files under tests/golden, wherever the tests were started, and folders for what a test writes.</summary>
internal static class GoldenFiles
{
    /// <summary>Absolute path of a file or folder under tests/golden.</summary>
    public static string Path(string name)
    {
        for (string? at = AppContext.BaseDirectory; at is not null; at = System.IO.Path.GetDirectoryName(at))
        {
            string candidate = System.IO.Path.Combine(at, "tests", "golden", name);
            if (System.IO.Path.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new FileNotFoundException($"tests/golden/{name} is in no folder above {AppContext.BaseDirectory}: run the tests inside the repository.");
    }
}

/// <summary>A folder that disappears with the test.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("attentionlab-");

    /// <summary>Path of a file in the folder.</summary>
    public string this[string name] => System.IO.Path.Combine(_folder.FullName, name);

    public string Path => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
