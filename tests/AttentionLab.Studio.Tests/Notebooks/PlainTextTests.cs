namespace AttentionLab.Studio.Tests.Notebooks;

/// <summary>
/// Course texts hold no control characters. A tab is what is left of <c>\text</c> where a program wrote a formula as an escaped string: the page then shows
/// “ext”.
/// </summary>
public sealed class PlainTextTests
{
    public static TheoryData<string> Texts() =>
        [.. Directory.GetFiles(Repository.Notebooks, "*", SearchOption.AllDirectories).Where(path => Path.GetExtension(path) is ".dib" or ".md").Order()];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_HasNoControlCharacters(string path) => Assert.Equal([], Faults(File.ReadAllText(path)));

    [Fact]
    public void Sample_WithATab_IsFound() => Assert.Equal(["line 2: U+0009 before “ext{head}”"], Faults("a\nd_\text{head}"));

    private static string[] Faults(string text) =>
        [.. text.Split('\n').SelectMany((line, i) => line.Index().Where(c => char.IsControl(c.Item) && c.Item != '\r')
            .Select(c => $"line {i + 1}: U+{(int)c.Item:X4} before “{line[(c.Index + 1)..Math.Min(line.Length, c.Index + 10)]}”"))];
}
