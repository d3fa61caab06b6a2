using System.Globalization;
using System.Text;

namespace AttentionLab.Words;

/// <summary>Where a normalised text is cut into words besides at white space, which always goes.</summary>
[Flags]
internal enum BreakAt
{
    /// <summary>Only white space.</summary>
    WhiteSpace = 0,

    /// <summary>Each punctuation mark stands alone.</summary>
    Punctuation = 1,

    /// <summary>Between letters (also digits, marks, _) and everything else.</summary>
    NonWord = 2,

    /// <summary>Between digits and everything else.</summary>
    Digits = 4,

    /// <summary>Each digit stands alone.</summary>
    EachDigit = 8,
}

/// <summary>Cuts a normalised text into words: runs of characters of one class.</summary>
/// <param name="at">Where to cut.</param>
internal sealed class WordBreaks(BreakAt at)
{
    private const byte Space = 0, Alone = 1, Run = 2;
    private readonly byte[] _ascii = [.. Enumerable.Range(0, 128).Select(code => Class(new Rune(code), at))];

    /// <summary>Finds the next word.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where to look from; the word's start.</param>
    /// <param name="end">The word's end.</param>
    /// <returns>false if there is none.</returns>
    public bool TryNext(ReadOnlySpan<char> text, ref int start, out int end)
    {
        byte kind = Space;
        int length = 0;
        while (start < text.Length && (kind = At(text, start, out length)) == Space)
        {
            start += length;
        }

        end = start + length;
        if (start >= text.Length)
        {
            end = start;
            return false;
        }

        while (kind != Alone && end < text.Length && At(text, end, out length) == kind)
        {
            end += length;
        }

        return true;
    }

    private byte At(ReadOnlySpan<char> text, int index, out int length)
    {
        char c = text[index];
        if (c < _ascii.Length)
        {
            length = 1;
            return _ascii[c];
        }

        Rune.DecodeFromUtf16(text[index..], out Rune rune, out length);
        return Class(rune, at);
    }

    private static byte Class(Rune rune, BreakAt at)
    {
        if (Rune.IsWhiteSpace(rune))
        {
            return Space;
        }

        bool digit = (at & (BreakAt.Digits | BreakAt.EachDigit)) != 0 && IsNumber(rune);
        return (at.HasFlag(BreakAt.Punctuation) && BasicTokenizer.IsPunctuation(rune)) || (digit && at.HasFlag(BreakAt.EachDigit)) ? Alone
            : (byte)(Run + (at.HasFlag(BreakAt.NonWord) && IsWord(rune) ? 1 : 0) + (digit ? 2 : 0));
    }

    /// <summary>Letters, marks, decimal digits, letter numbers, connectors and joiners: \w of regular expressions.</summary>
    internal static bool IsWord(Rune rune) =>
        Rune.IsLetter(rune) || TextStep.IsMark(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation
        || rune.Value is 0x200C or 0x200D or (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169)
            or (>= 0x1F170 and <= 0x1F189);

    /// <summary>Categories Nd, Nl and No.</summary>
    private static bool IsNumber(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;
}
