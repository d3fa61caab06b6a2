namespace AttentionLab.Tests;

/// <summary>A line of source fits beside another file on one screen.</summary>
public class LineLengthTests
{
    private const int Most = 160;

    private static readonly string[] Kinds = [".cs", ".css", ".csproj", ".js", ".mjs", ".proj", ".props", ".sh"];

    [Fact]
    public void Sources_AreAtMost160Columns()
    {
        IEnumerable<string> files = ((string[])["lib", "tests", ".ci", ".config", ".devcontainer"])
            .SelectMany(Repository.HandWritten)
            .Append(Path.Combine(Repository.Root, "Directory.Build.props"))
            .Where(file => Kinds.Contains(Path.GetExtension(file)) || Path.GetFileName(file) == "run");
        List<string> tooLong = [];
        HashSet<string> seen = [];
        foreach (string file in files)
        {
            seen.Add(Path.GetExtension(file));
            tooLong.AddRange(File.ReadLines(file)
                .Select((line, i) => (Number: i + 1, line.Length))
                .Where(line => line.Length > Most)
                .Select(line => $"{Repository.Name(file)}:{line.Number} has {line.Length} columns"));
        }

        Assert.All(Kinds, kind => Assert.True(seen.Contains(kind), $"no file ends with {kind}: take it off the list."));
        Assert.True(tooLong.Count == 0, $"break these lines, at most {Most} columns:\n{string.Join('\n', tooLong)}");
    }

    /// <summary>The code cells of the notebooks, too: a cell is read in a page that is no wider.</summary>
    [Fact]
    public void CodeCells_AreAtMost160Columns()
    {
        // setup.dib and plotly-net.dib are written by the build, with paths as long as the machine's.
        string[] files = [.. Directory.GetFiles(Repository.Notebooks, "*.dib", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) is not ("setup.dib" or "plotly-net.dib"))];
        Assert.NotEmpty(files);
        string[] tooLong = [.. files.SelectMany(file => TooLong(Path.GetRelativePath(Repository.Root, file), File.ReadLines(file)))];
        Assert.True(tooLong.Length == 0, $"break these lines, at most {Most} columns:\n{string.Join('\n', tooLong)}");
    }

    [Fact]
    public void Sample_OnlyCodeIsMeasured()
    {
        string wide = new('x', Most + 1);
        Assert.Equal(["a.dib:2 has 161 columns", "a.dib:7 has 161 columns"], TooLong("a.dib", ["#!csharp", wide, "", "#!markdown", wide, "#!csharp", wide]));
    }

    private static IEnumerable<string> TooLong(string name, IEnumerable<string> lines)
    {
        (bool code, int number) = (false, 0);
        foreach (string line in lines)
        {
            number++;
            code = line.StartsWith("#!", StringComparison.Ordinal) && !line.Contains(' ') ? line == "#!csharp" : code;
            if (code && line.Length > Most)
            {
                yield return $"{name.Replace(Path.DirectorySeparatorChar, '/')}:{number} has {line.Length} columns";
            }
        }
    }
}
