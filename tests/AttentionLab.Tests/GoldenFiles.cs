namespace AttentionLab.Tests;

/// <summary>Files under tests/golden that are no <see cref="Golden"/> cases: whole files that a reader must accept.</summary>
internal static class GoldenFiles
{
    /// <summary>Absolute path of a file or folder under tests/golden.</summary>
    public static string Path(string name) => System.IO.Path.Combine(Repository.Root, "tests", "golden", name);
}
