using System.Text.RegularExpressions;

namespace AttentionLab.Tests;

/// <summary>What the documents name is there: files, folders, types and their members.</summary>
public partial class DocumentTests
{
    /// <summary>Folders of the repository that begin a path; what comes of a build or belongs to the reader may be missing.</summary>
    private static readonly string[] Roots = ["lib", "tests", "notebooks", "data", ".ci", ".config", ".devcontainer", ".github"];

    /// <summary>Where a short path may begin: a page speaks of one project at a time.</summary>
    private static readonly string[] Starts = ["", "lib", "lib/AttentionLab", "lib/AttentionLab.Course", "lib/AttentionLab.Studio"];

    private static readonly string[] Library =
        [.. Repository.HandWritten("lib").Where(file => Path.GetExtension(file) == ".cs").Select(File.ReadAllText)];

    public static TheoryData<string> Pages => ["README.md", "CONTRIBUTING.md", "lib/README.md", "lib/AttentionLab/README.md"];

    [Theory, MemberData(nameof(Pages))]
    public void Paths_OfPage_AreThere(string page)
    {
        string[] missing = [.. Paths(Text(page)).Where(path => !IsThere(path))];
        Assert.True(missing.Length == 0, $"{page} names what is not there: {string.Join(", ", missing)}");
    }

    [Theory, MemberData(nameof(Pages))]
    public void Members_OfPage_AreThere(string page)
    {
        string[] missing = [.. Members(Text(page)).Where(name => Sources(name.Type) is { Length: > 0 } sources
            && !sources.Any(source => Regex.IsMatch(source, $@"\b{name.Member}\b"))).Select(name => $"{name.Type}.{name.Member}")];
        Assert.True(missing.Length == 0, $"{page} names what is not there: {string.Join(", ", missing)}");
    }

    [Fact]
    public void Trip_OfLibReadme_NamesWhatIsThere()
    {
        string text = Text("lib/README.md");
        string trip = Block().Match(text, text.IndexOf("## The trip of a token", StringComparison.Ordinal)).Groups[1].Value;
        (string Type, string Member)[] names = [.. Members(trip)];
        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.True(
            Sources(name.Type).Any(source => Regex.IsMatch(source, $@"\b{name.Member}\b")), $"there is no {name.Type}.{name.Member}"));
    }

    [Fact]
    public void Sample_WhatIsNotThere_IsFound()
    {
        Assert.Equal(
            ["lib/none.cs", "Gone.cs", "tests/AttentionLab.Tests/"],
            Paths("`lib/none.cs` and `Gone.cs`, in `tests/AttentionLab.Tests/`; `lib/YourKernel.cs` and `work/mine/` are the reader's; a/b is no code"));
        Assert.False(IsThere("lib/none.cs"));
        Assert.False(IsThere("Gone.cs"));
        Assert.True(IsThere("tests/AttentionLab.Tests/"));
        Assert.True(IsThere("Kernels/Rows/Dot.cs"));
        Assert.True(IsThere("Dot.cs"));
        Assert.Equal([("Dot", "Forward")], Members("Dot.Forward, an `e.g.`, Dot.Parts.cs and 1.Two"));
    }

    /// <summary>Names in backticks that begin in a folder of ours or end as a file does, without those that stand for a reader's own choice.</summary>
    private static IEnumerable<string> Paths(string text) => Quoted().Matches(text).Select(match => match.Groups[1].Value)
        .Where(path => !ForAnother().IsMatch(path))
        .Where(path => Roots.Contains(path.Split('/')[0]) && path.Contains('/') || path.EndsWith(".cs", StringComparison.Ordinal)
            || path.EndsWith(".js", StringComparison.Ordinal))
        .Distinct();

    private static bool IsThere(string path) => path.Contains('/')
        ? Starts.Select(start => Path.Combine(Repository.Root, start, path)).Any(full => File.Exists(full) || Directory.Exists(full))
        : ((string[])["lib", "tests"]).SelectMany(Repository.HandWritten).Any(file => Path.GetFileName(file) == path);

    private static IEnumerable<(string Type, string Member)> Members(string text) =>
        Member().Matches(text).Select(match => (match.Groups[1].Value, match.Groups[2].Value))
            .Where(name => !ForAnother().IsMatch(name.Item2)).Distinct();

    /// <summary>The texts of the library's files that declare a type of this name.</summary>
    private static string[] Sources(string type) => [.. Library.Where(text => Regex.IsMatch(text, $@"\b(?:class|struct|record|interface|enum) {type}\b"))];

    private static string Text(string page) => File.ReadAllText(Path.Combine(Repository.Root, page)).ReplaceLineEndings("\n");

    [GeneratedRegex(@"`([\w.-]+(?:/[\w.-]*)*)`")]
    private static partial Regex Quoted();

    /// <summary>A name that the reader replaces.</summary>
    [GeneratedRegex("Your|SHELF|NN-|OUT|DIR")]
    private static partial Regex ForAnother();

    [GeneratedRegex(@"(?<![\w.])([A-Z]\w+)\.([A-Z]\w+)\b(?!\.cs)")]
    private static partial Regex Member();

    [GeneratedRegex("^```\\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
