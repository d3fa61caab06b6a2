namespace AttentionLab.Tests;

/// <summary>Files under tests/golden that are no <see cref="Golden"/> cases: whole files that a reader must accept.</summary>
internal static class GoldenFiles
{
    /// <summary>Absolute path of a file or folder under tests/golden.</summary>
    public static string Path(string name) => System.IO.Path.Combine(Repository.Root, "tests", "golden", name);

    /// <summary>A copy of a model's folder that a test may change, without what the model is expected to give.</summary>
    public static TemporaryFolder Copy(string name)
    {
        TemporaryFolder folder = new();
        string source = Path(name);
        foreach (string file in Directory.GetFiles(source, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith("expected.json", StringComparison.Ordinal)))
        {
            string target = folder[System.IO.Path.GetRelativePath(source, file)];
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return folder;
    }
}
