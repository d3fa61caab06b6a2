using System.Globalization;
using System.Text;

namespace AttentionLab.Words;

/// <summary>
/// Cuts a text into words and punctuation marks as BERT does before WordPiece: control characters go, every kind of space
/// separates, each Chinese character stands alone, each punctuation mark stands alone; uncased also lower-cases and drops accents.
/// Source: Devlin et al. 2018, BERT, the released tokenization.py (BasicTokenizer).
/// </summary>
/// <param name="lowerCase">Lower-case the text (an "uncased" model).</param>
/// <param name="stripAccents">Drop accents; null does so exactly when lower-casing, as BERT does.</param>
/// <param name="isolateChinese">Let each Chinese character stand alone.</param>
/// <remarks>
/// Lower-casing and decomposition come from tables of the library, so the result does not depend on the host's globalization.
/// The categories are .NET's; control means Cc and Cf (later ports drop unassigned and private characters too).
/// </remarks>
public sealed class BasicTokenizer(bool lowerCase = true, bool? stripAccents = null, bool isolateChinese = true)
{
    /// <summary>Is the text lower-cased?</summary>
    public bool LowerCase { get; } = lowerCase;

    /// <summary>Are accents dropped?</summary>
    public bool StripAccents { get; } = stripAccents ?? lowerCase;

    /// <summary>Does each Chinese character stand alone?</summary>
    public bool IsolateChinese { get; } = isolateChinese;

    /// <summary>The words and punctuation marks of a text, in order.</summary>
    /// <param name="text">Any text; lone surrogates are dropped.</param>
    public IReadOnlyList<string> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<string> tokens = [];
        foreach (string word in Clean(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            string normal = LowerCase ? UnicodeText.Lower(word) : word;
            SplitPunctuation(StripAccents ? WithoutMarks(normal) : normal, tokens);
        }

        return tokens;
    }

    /// <summary>Control characters out, spaces to blanks, blanks around Chinese characters.</summary>
    private string Clean(string text)
    {
        StringBuilder result = new(text.Length + 16);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value is '\t' or '\n' or '\r')
            {
                result.Append(' ');
                continue;
            }

            UnicodeCategory category = Rune.GetUnicodeCategory(rune);
            if (rune.Value is 0 or 0xFFFD || category is UnicodeCategory.Control or UnicodeCategory.Format)
            {
                continue;
            }

            if (category == UnicodeCategory.SpaceSeparator)
            {
                result.Append(' ');
            }
            else if (IsolateChinese && IsChinese(rune.Value))
            {
                result.Append(' ').Append(rune.ToString()).Append(' ');
            }
            else
            {
                result.Append(rune.ToString());
            }
        }

        return result.ToString();
    }

    private static string WithoutMarks(string word)
    {
        if (System.Text.Ascii.IsValid(word))
        {
            return word;
        }

        StringBuilder result = new(word.Length);
        foreach (Rune rune in UnicodeText.Decompose(word).EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark)
            {
                result.Append(rune.ToString());
            }
        }

        return result.ToString();
    }

    private static void SplitPunctuation(string word, List<string> tokens)
    {
        int start = 0, at = 0;
        foreach (Rune rune in word.EnumerateRunes())
        {
            if (IsPunctuation(rune))
            {
                if (at > start)
                {
                    tokens.Add(word[start..at]);
                }

                tokens.Add(rune.ToString());
                start = at + rune.Utf16SequenceLength;
            }

            at += rune.Utf16SequenceLength;
        }

        if (at > start)
        {
            tokens.Add(word[start..at]);
        }
    }

    /// <summary>The blocks of Chinese characters that BERT names; not Hangul, Hiragana, Katakana.</summary>
    internal static bool IsChinese(int code) =>
        code is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
            or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B820 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);

    /// <summary>Category P, and all of ASCII that is neither letter nor digit (also ^ $ ` and the like).</summary>
    internal static bool IsPunctuation(Rune rune) =>
        rune.Value is (>= 33 and <= 47) or (>= 58 and <= 64) or (>= 91 and <= 96) or (>= 123 and <= 126)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation
            or UnicodeCategory.ClosePunctuation or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation
            or UnicodeCategory.OtherPunctuation;
}
