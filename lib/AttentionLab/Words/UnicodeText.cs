using System.Globalization;
using System.Text;

namespace AttentionLab.Words;

/// <summary>
/// Canonical and compatibility decomposition (NFD, NFKD) and lower case by tables of our own, so that a text gives the same tokens in every host:
/// under InvariantGlobalization, which this repository sets, <see cref="string.Normalize()"/> returns non-ASCII text unchanged.
/// Source: The Unicode Standard, chapter 3.11 (normalisation), 3.12 (Hangul), 3.13 (final sigma).
/// </summary>
internal static class UnicodeText
{
    /// <summary>Hangul syllables are made of L, V and T by a formula (3.12): the first code of each and how many there are.</summary>
    public const int HangulFirst = 0xAC00, HangulLast = 0xD7A3, LFirst = 0x1100, VFirst = 0x1161, TFirst = 0x11A7, VCount = 21, TCount = 28;

    private static readonly Lazy<Dictionary<int, int[]>> Canonical = new(() => UnicodeTables.Parts("decompositions.txt", "d"));
    private static readonly Lazy<Dictionary<int, int[]>> Compatible = new(() => UnicodeTables.Parts("compatibility.txt", "k"));
    private static readonly Lazy<Dictionary<int, byte>> Classes = new(UnicodeTables.Classes);

    /// <summary>NFD: every character as its base and marks, marks in canonical order. A lone surrogate becomes U+FFFD.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="compatible">NFKD: also ligatures, widths, circles and the like as what they stand for.</param>
    public static string Decompose(string text, bool compatible = false)
    {
        if (System.Text.Ascii.IsValid(text))
        {
            return text;
        }

        Dictionary<int, int[]> canonical = Canonical.Value;
        List<int> codes = new(text.Length + 8);
        foreach (Rune rune in text.EnumerateRunes())
        {
            int code = rune.Value;
            if (code is >= HangulFirst and <= HangulLast)
            {
                int index = code - HangulFirst;
                codes.Add(LFirst + index / (VCount * TCount));
                codes.Add(VFirst + index % (VCount * TCount) / TCount);
                if (index % TCount != 0)
                {
                    codes.Add(TFirst + index % TCount);
                }
            }
            else if ((compatible && Compatible.Value.TryGetValue(code, out int[]? pieces)) || canonical.TryGetValue(code, out pieces))
            {
                codes.AddRange(pieces);
            }
            else
            {
                codes.Add(code);
            }
        }

        Order(codes);
        return UnicodeComposition.Text(codes);
    }

    /// <summary>Canonical combining class; 0 of a base.</summary>
    public static byte ClassOf(int code) => Classes.Value.GetValueOrDefault(code);

    /// <summary>Lower case as Python's str.lower: simple mappings, İ to i with dot, and Σ to ς at the end of a word.</summary>
    public static string Lower(string text) => Lower(text, finalSigma: true);

    /// <summary>Lower case of each character by itself: as <see cref="Lower(string)"/>, but Σ is σ everywhere.</summary>
    public static string LowerEach(string text) => Lower(text, finalSigma: false);

    private static string Lower(string text, bool finalSigma)
    {
        if (System.Text.Ascii.IsValid(text))
        {
            return text.ToLowerInvariant();
        }

        Rune[] runes = [.. text.EnumerateRunes()];
        StringBuilder result = new(text.Length + 4);
        for (int i = 0; i < runes.Length; i++)
        {
            result.Append(runes[i].Value switch
            {
                0x130 => "i\u0307",
                0x3A3 => finalSigma && IsFinal(runes, i) ? "ς" : "σ",
                _ => Rune.ToLowerInvariant(runes[i]).ToString(),
            });
        }

        return result.ToString();
    }

    /// <summary>Stable sort of each run of marks (class above 0) by class. A run without end is sorted in n·log n.</summary>
    private static void Order(List<int> codes)
    {
        Dictionary<int, byte> classes = Classes.Value;
        for (int start = 0; start < codes.Count; start++)
        {
            int end = start;
            while (end < codes.Count && classes.ContainsKey(codes[end]))
            {
                end++;
            }

            if (end - start > 1)
            {
                int[] run = [.. codes.GetRange(start, end - start).OrderBy(code => classes[code])];
                for (int i = 0; i < run.Length; i++)
                {
                    codes[start + i] = run[i];
                }
            }

            start = end;
        }
    }

    /// <summary>A cased letter comes before, none after; marks, formats and apostrophes in between do not count.</summary>
    private static bool IsFinal(Rune[] runes, int at)
    {
        int before = at - 1, after = at + 1;
        while (before >= 0 && IsIgnorable(runes[before]))
        {
            before--;
        }

        while (after < runes.Length && IsIgnorable(runes[after]))
        {
            after++;
        }

        return before >= 0 && IsCased(runes[before]) && !(after < runes.Length && IsCased(runes[after]));
    }

    private static bool IsCased(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter
        || rune.Value is 0xAA or 0xBA or (>= 0x2160 and <= 0x217F) or (>= 0x24B6 and <= 0x24E9)
            or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189);

    private static bool IsIgnorable(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
            or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol
        || rune.Value is '\'' or '.' or ':' or 0xB7 or 0x387 or 0x55F or 0x5F4 or 0x2018 or 0x2019
            or 0x2024 or 0x2027 or 0xFE13 or 0xFE52 or 0xFE55 or 0xFF07 or 0xFF0E or 0xFF1A;
}
