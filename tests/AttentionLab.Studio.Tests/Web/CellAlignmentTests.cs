using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Web;

public sealed class CellAlignmentTests
{
    [Theory]
    [InlineData("a b c", "a b c", "0 1 2")]
    [InlineData("a b c", "a c", "0 2")]
    [InlineData("a c", "a b c", "0 -1 1")]
    [InlineData("a b c", "a x c", "0 1 2")]
    [InlineData("a b c", "a x y c", "0 1 -1 2")]
    [InlineData("a b", "b a", "1 -1")]
    [InlineData("", "a", "-1")]
    [InlineData("a a a", "a a", "0 1")]
    [InlineData("a b c d", "x b c y", "0 1 2 3")]
    public void Match_TwoVersions_PairsEqualTextsFirstThenWhatIsLeftBetween(string old, string fresh, string expected) =>
        Assert.Equal(expected, string.Join(' ', CellAlignment.Match(Words(old), Words(fresh))));

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
