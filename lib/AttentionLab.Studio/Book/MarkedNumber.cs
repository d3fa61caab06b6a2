using System.Text.RegularExpressions;

namespace AttentionLab.Studio.Book;

/// <summary>
/// A measured number of a chapter's text. The comment behind it has words that the stating line of the output must hold, since any line states some
/// number, and a tolerance: <c>0.427&lt;!-- orange ±0.001 --&gt;</c>, or as a range <c>4 to 9&lt;!-- steps 3..11 --&gt;</c>. A section may stand before them,
/// if another one states the number: <c>1.3&lt;!-- 3.4: no scale ±0.1 --&gt;</c>.
/// </summary>
/// <param name="Mark">The comment.</param>
/// <param name="Said">What stands before it: <c>14 %</c>, <c>4 to 9</c>; empty if there is no number.</param>
/// <param name="Section">The section whose output states it; null for the one that the text stands in.</param>
/// <param name="Words">Words of the stating line.</param>
/// <param name="Low">Smallest number that the output may state.</param>
/// <param name="High">Largest number that it may state.</param>
/// <param name="Tolerance">As written behind ±; null for a range.</param>
internal sealed partial record MarkedNumber(string Mark, string Said, string? Section, IReadOnlyList<string> Words, double Low, double High, string? Tolerance)
{
    /// <summary>What a mark speaks of: one number or two ("4 to 9"), with % or emphasis behind it.</summary>
    public const string Pattern =
        @"(?:" + Number + @"(?: ?%)? (?:to|and) )?" + Number + @"(?: ?%)?[*$)]{0,3}";

    private const string Number = @"[-−]?\d+(?:\.\d+)?" + StatedText.Power;

    /// <summary>Part of the tolerance by which decimal numbers miss it as binary ones.</summary>
    private const double Rounding = 1e-9;

    /// <summary>The numbers before the mark.</summary>
    public IReadOnlyList<double> Written => [.. StatedText.Numbers(Said)];

    /// <summary>The marked numbers of a text, in order.</summary>
    public static IEnumerable<MarkedNumber> Of(string text) => Comment().Matches(text).Select(mark =>
    {
        string said = Before().Match(text[..mark.Index]).Value;
        string? section = mark.Groups["section"] is { Success: true } named ? named.Value : null;
        string[] words = mark.Groups["words"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (mark.Groups["low"].Success)
        {
            return new MarkedNumber(mark.Value, said, section, words, StatedText.Value(mark.Groups["low"].Value),
                StatedText.Value(mark.Groups["high"].Value), null);
        }

        string tolerance = mark.Groups["tolerance"].Value;
        double middle = StatedText.Numbers(said).LastOrDefault(double.NaN), width = StatedText.Value(tolerance) * (1 + Rounding);
        return new MarkedNumber(mark.Value, said, section, words, middle - width, middle + width, tolerance);
    });

    /// <summary>A number lies within the tolerance.</summary>
    public bool Allows(double number) => number >= Low && number <= High;

    /// <summary>The number that comes nearest among those that lines of output state; null if no line has the words and a number.</summary>
    /// <param name="lines">See <see cref="StatedText.Lines"/>.</param>
    public string? Nearest(IEnumerable<string> lines) => lines.Where(line => Words.All(word => line.Contains(word, StringComparison.Ordinal)))
        .SelectMany(line => StatedText.Number().Matches(line).Select(match => match.Value))
        .MinBy(number => StatedText.Value(number) is var value && Allows(value) ? 0 : Math.Min(Math.Abs(value - Low), Math.Abs(value - High)));

    [GeneratedRegex(Pattern + @"\z")]
    private static partial Regex Before();

    [GeneratedRegex(@"<!-- (?:(?<section>\d+\.\d+): )?(?<words>[^\s>][^\n>]*?) (?:±(?<tolerance>[0-9.e-]+)|(?<low>" + Number + @")\.\.(?<high>" + Number
        + @")) -->")]
    private static partial Regex Comment();
}
