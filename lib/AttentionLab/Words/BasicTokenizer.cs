using System.Globalization;
using System.Text;

namespace AttentionLab.Words;

/// <summary>
/// Cuts a text into words and punctuation marks as BERT does before WordPiece: control characters go, every kind of space
/// separates, each Chinese character stands alone, each punctuation mark stands alone; uncased also lower-cases and drops accents.
/// Source: Devlin et al. 2018, BERT, the released tokenization.py (BasicTokenizer); where Hugging Face's fast tokenizer differs from it,
/// <see cref="TokenizerRules"/> chooses.
/// <code>
/// new BasicTokenizer().Split("Ο ΔΡΌΜΟΣ!")                                  // ο, δρομοσ, !
/// new BasicTokenizer(rules: TokenizerRules.Original).Split("Ο ΔΡΌΜΟΣ!")    // ο, δρομος, !
/// </code>
/// </summary>
/// <remarks>
/// Lower-casing and decomposition come from tables of the library, so the result does not depend on the host's globalization.
/// The categories are .NET's. Safe for several threads at once.
/// </remarks>
public sealed class BasicTokenizer
{
    /// <summary>What stands before the cutting, and where is cut.</summary>
    /// <param name="lowerCase">Lower-case the text (an "uncased" model).</param>
    /// <param name="stripAccents">Drop accents; null does so exactly when lower-casing, as BERT does.</param>
    /// <param name="isolateChinese">Let each Chinese character stand alone.</param>
    /// <param name="rules">Whose tokenizer is followed where two differ.</param>
    public BasicTokenizer(bool lowerCase = true, bool? stripAccents = null, bool isolateChinese = true, TokenizerRules rules = TokenizerRules.Fast)
        : this(Steps(true, lowerCase, stripAccents ?? lowerCase, isolateChinese, rules), BreakAt.Punctuation, lowerCase, rules) =>
        (StripAccents, IsolateChinese, IsBert) = (stripAccents ?? lowerCase, isolateChinese, true);

    /// <summary>Other steps and cuts, as a tokenizer.json names them.</summary>
    internal BasicTokenizer(IReadOnlyList<TextStep> steps, BreakAt breaks, bool lowerCase, TokenizerRules rules) =>
        (Normalizer, Breaks, LowerCase, Rules) = (new TextNormalizer(steps), new WordBreaks(breaks), lowerCase, rules);

    /// <summary>Is the text lower-cased?</summary>
    public bool LowerCase { get; }

    /// <summary>Are accents dropped?</summary>
    public bool StripAccents { get; internal init; }

    /// <summary>Does each Chinese character stand alone?</summary>
    public bool IsolateChinese { get; internal init; }

    /// <summary>Whose tokenizer is followed where two differ.</summary>
    public TokenizerRules Rules { get; }

    /// <summary>Whether BERT's steps and cuts are all that it does.</summary>
    internal bool IsBert { get; }

    /// <summary>What a text becomes before it is cut.</summary>
    internal TextNormalizer Normalizer { get; }

    /// <summary>Where it is cut.</summary>
    internal WordBreaks Breaks { get; }

    /// <summary>The words and punctuation marks of a text, in order.</summary>
    /// <param name="text">Any text; lone surrogates are dropped.</param>
    public IReadOnlyList<string> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<string> words = [];
        PooledBuffer<char> normal = new(text.Length);
        Normalizer.Append(text, ref normal);
        for (int start = 0; Breaks.TryNext(normal.Items, ref start, out int end); start = end)
        {
            words.Add(normal.Items[start..end].ToString());
        }

        normal.Dispose();
        return words;
    }

    /// <summary>The steps of BERT's normalisation in the order in which each of the two takes them.</summary>
    internal static IReadOnlyList<TextStep> Steps(bool clean, bool lowerCase, bool stripAccents, bool isolateChinese, TokenizerRules rules)
    {
        List<TextStep> steps = [];
        if (clean)
        {
            steps.Add(TextStep.Clean(rules));
        }

        if (isolateChinese)
        {
            steps.Add(TextStep.IsolateChinese(rules));
        }

        if (lowerCase && rules == TokenizerRules.Original)
        {
            steps.Add(TextStep.LowerWords);
        }

        if (stripAccents)
        {
            steps.AddRange([TextStep.Nfd, TextStep.DropNonspacing]);
        }

        if (lowerCase && rules == TokenizerRules.Fast)
        {
            steps.Add(TextStep.LowerEach);
        }

        return steps;
    }

    /// <summary>
    /// The blocks of Chinese characters that BERT names; not Hangul, Hiragana, Katakana. Of extension E the fast tokenizer takes U+2B920 for its
    /// first, which is a slip of U+2B820, and models were trained so.
    /// </summary>
    internal static bool IsChinese(int code, TokenizerRules rules) =>
        code is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
            or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F)
        || (code is >= 0x2B820 and < 0x2B920 && rules == TokenizerRules.Original);

    /// <summary>Category P, and all of ASCII that is neither letter nor digit (also ^ $ ` and the like).</summary>
    internal static bool IsPunctuation(Rune rune) =>
        rune.Value is (>= 33 and <= 47) or (>= 58 and <= 64) or (>= 91 and <= 96) or (>= 123 and <= 126)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation
            or UnicodeCategory.ClosePunctuation or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation
            or UnicodeCategory.OtherPunctuation;
}
