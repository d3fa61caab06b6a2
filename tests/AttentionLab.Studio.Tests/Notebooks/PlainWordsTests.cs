using System.Text.RegularExpressions;

namespace AttentionLab.Studio.Tests.Notebooks;

/// <summary>Words of a native speaker, for which plain ones exist: readers of many mother tongues use this course.</summary>
public sealed partial class PlainWordsTests
{
    public static TheoryData<string> Texts =>
    [
        .. ExecutedCourse.Folder.Chapters.Select(path => Path.GetFileNameWithoutExtension(path)!)
            .SelectMany(name => new[] { $"{name}.dib", $"leader/{name}.md", $"solutions/{name}.dib" }),
        "README.md", "front.md", "book/votes.md", "book/glossary.md",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Text_HasPlainWords(string path) =>
        Assert.Empty(Faults(await File.ReadAllTextAsync(Path.Combine([Repository.Notebooks, .. path.Split('/')]), TestContext.Current.CancellationToken)));

    [Theory]
    [InlineData("the dearest head", "dearest")]
    [InlineData("Cheapest first", "Cheapest")]
    [InlineData("an order by lot", "by lot")]
    [InlineData("You wiggle an input", "wiggle")]
    [InlineData("a number that is nudged", "nudged")]
    [InlineData("Who looks at you, you must look at.", "Who looks at you, you")]
    [InlineData("All weights else stay", "else stay")]
    public void Sample_OfANativeSpeaker_IsNamed(string text, string word) => Assert.Equal(word, Assert.Single(Faults(text)));

    [Theory]
    [InlineData("if (a) x(); else stays = 1;")]
    [InlineData("a lot of words, more expensive")]
    public void Sample_OfPlainWords_HasNoFault(string text) => Assert.Empty(Faults(text));

    private static IEnumerable<string> Faults(string text) => Unplain().Matches(text).Select(match => match.Value);

    [GeneratedRegex(@"\b(?:dear(?:er|est)|cheap(?:er|est)|by lot\b|wiggl\w*|nudg\w*|else stay\b|who (?:looks|guesses)\b[^.,]*, you)", RegexOptions.IgnoreCase)]
    private static partial Regex Unplain();
}
