using System.Globalization;
using System.Text;

namespace AttentionLab.Words;

/// <summary>How far a step of normalisation looks.</summary>
internal enum Reach
{
    /// <summary>Each character by itself.</summary>
    Character,

    /// <summary>Each character by itself, and it sorts marks by their combining class.</summary>
    Marks,

    /// <summary>Each ASCII character by itself, others with their neighbours.</summary>
    Neighbours,

    /// <summary>Everything at once.</summary>
    Text,
}

/// <summary>One step of normalisation.</summary>
/// <param name="Apply">Text in, text out.</param>
/// <param name="Reach">How far it looks.</param>
internal sealed record TextStep(Func<string, string> Apply, Reach Reach = Reach.Character)
{
    /// <summary>NFD.</summary>
    public static TextStep Nfd { get; } = new(text => UnicodeText.Decompose(text), Reach.Marks);

    /// <summary>NFKD.</summary>
    public static TextStep Nfkd { get; } = new(text => UnicodeText.Decompose(text, compatible: true), Reach.Marks);

    /// <summary>NFC.</summary>
    public static TextStep Nfc { get; } = new(text => UnicodeComposition.Compose(text), Reach.Neighbours);

    /// <summary>NFKC.</summary>
    public static TextStep Nfkc { get; } = new(text => UnicodeComposition.Compose(text, compatible: true), Reach.Neighbours);

    /// <summary>Lower case, Σ to σ everywhere.</summary>
    public static TextStep LowerEach { get; } = new(UnicodeText.LowerEach);

    /// <summary>Lower case, Σ to ς at the end of a word.</summary>
    public static TextStep LowerWords { get; } = new(UnicodeText.Lower, Reach.Neighbours);

    /// <summary>Category Mn goes (BERT's accents).</summary>
    public static TextStep DropNonspacing { get; } = Each(rune => Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark ? "" : null);

    /// <summary>Categories Mn, Mc and Me go (StripAccents of tokenizer.json).</summary>
    public static TextStep DropMarks { get; } = Each(rune => IsMark(rune) ? "" : null);

    /// <summary>Blanks around each Chinese character.</summary>
    public static TextStep IsolateChinese(TokenizerRules rules) => Each(rune => BasicTokenizer.IsChinese(rune.Value, rules) ? $" {rune} " : null);

    /// <summary>Control characters go, every kind of space is a blank.</summary>
    public static TextStep Clean(TokenizerRules rules) => rules == TokenizerRules.Original ? Each(CleanOriginal) : Each(CleanFast);

    /// <summary>One text for another.</summary>
    public static TextStep Replace(string from, string to) => new(text => text.Replace(from, to, StringComparison.Ordinal), Reach.Text);

    /// <summary>Categories Mn, Mc and Me.</summary>
    public static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    /// <summary>Cc, Cf go; Zs and tab, LF, CR are blanks. Other separators (U+2028) stay and separate later.</summary>
    private static string? CleanOriginal(Rune rune) => rune.Value is '\t' or '\n' or '\r' ? " "
        : rune.Value is 0 or 0xFFFD ? ""
        : Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.Control or UnicodeCategory.Format => "",
            UnicodeCategory.SpaceSeparator => " ",
            _ => null,
        };

    /// <summary>As the original, but private-use characters go too.</summary>
    private static string? CleanFast(Rune rune) =>
        Rune.GetUnicodeCategory(rune) == UnicodeCategory.PrivateUse ? "" : CleanOriginal(rune) ?? (Rune.IsWhiteSpace(rune) ? " " : null);

    /// <summary>What each character becomes; null for itself.</summary>
    private static TextStep Each(Func<Rune, string?> image) => new(text =>
    {
        StringBuilder result = new(text.Length + 16);
        foreach (Rune rune in text.EnumerateRunes())
        {
            result.Append(image(rune) ?? rune.ToString());
        }

        return result.ToString();
    });
}
