namespace AttentionLab.Tests;

/// <summary>A line of source fits beside another file on one screen.</summary>
public class LineLengthTests
{
    private const int Most = 160;

    [Fact]
    public void Sources_AreAtMost160Columns()
    {
        IEnumerable<string> files = ((string[])["lib", "tests", ".ci", ".config", ".devcontainer"])
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*", SearchOption.AllDirectories))
            .Append(Path.Combine(Repository.Root, "Directory.Build.props"))
            .Where(file => Path.GetExtension(file) is ".cs" or ".sh" or ".csproj" or ".props" or ".targets" || Path.GetFileName(file) == "run")
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}node_modules{Path.DirectorySeparatorChar}", StringComparison.Ordinal));
        List<string> tooLong = [];
        int seen = 0;
        foreach (string file in files)
        {
            string name = Path.GetRelativePath(Repository.Root, file).Replace(Path.DirectorySeparatorChar, '/');
            seen++;
            tooLong.AddRange(File.ReadLines(file)
                .Select((line, i) => (Number: i + 1, line.Length))
                .Where(line => line.Length > Most)
                .Select(line => $"{name}:{line.Number} has {line.Length} columns"));
        }

        Assert.NotEqual(0, seen);
        Assert.True(tooLong.Count == 0, $"break these lines, at most {Most} columns:\n{string.Join('\n', tooLong)}");
    }
}
