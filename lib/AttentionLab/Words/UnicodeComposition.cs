using System.Text;

namespace AttentionLab.Words;

/// <summary>Canonical composition (NFC, NFKC): after decomposition, a base takes each mark after it that the two have one character for.</summary>
/// <remarks>Source: The Unicode Standard, chapter 3.11, D117 (a mark is blocked by one of its own class or higher between it and the base).</remarks>
internal static class UnicodeComposition
{
    private static readonly Lazy<Dictionary<(int Base, int Mark), int>> Pairs = new(ReadPairs);

    /// <summary>NFC: every base with its marks as one character, as far as there is one. A lone surrogate becomes U+FFFD.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="compatible">NFKC: compatibility decomposition first.</param>
    public static string Compose(string text, bool compatible = false)
    {
        if (System.Text.Ascii.IsValid(text))
        {
            return text;
        }

        List<int> result = new(text.Length);
        int starter = -1, before = 0;
        foreach (Rune rune in UnicodeText.Decompose(text, compatible).EnumerateRunes())
        {
            int code = rune.Value, own = UnicodeText.ClassOf(code);
            bool near = starter == result.Count - 1, open = near || before < own;
            if (starter >= 0 && open && Join(result[starter], code) is int joined)
            {
                result[starter] = joined;
                continue;
            }

            (starter, before) = own == 0 ? (result.Count, 0) : (starter, own);
            result.Add(code);
        }

        return Text(result);
    }

    /// <summary>The text of code points.</summary>
    public static string Text(List<int> codes)
    {
        StringBuilder result = new(codes.Count);
        foreach (int code in codes)
        {
            result.Append(new Rune(code).ToString());
        }

        return result.ToString();
    }

    private static int? Join(int first, int second)
    {
        int l = first - UnicodeText.LFirst, v = second - UnicodeText.VFirst, syllable = first - UnicodeText.HangulFirst, t = second - UnicodeText.TFirst;
        if (l is >= 0 and < 19 && v is >= 0 and < UnicodeText.VCount)
        {
            return UnicodeText.HangulFirst + (l * UnicodeText.VCount + v) * UnicodeText.TCount;
        }

        if (first is >= UnicodeText.HangulFirst and <= UnicodeText.HangulLast && syllable % UnicodeText.TCount == 0 && t is > 0 and < UnicodeText.TCount)
        {
            return first + t;
        }

        return Pairs.Value.TryGetValue((first, second), out int joined) ? joined : null;
    }

    /// <summary>
    /// The tables hold full decompositions: a character of more than two parts is the one of all but the last, and the last.
    /// Shorter ones come first, so that these are known by then.
    /// </summary>
    private static Dictionary<(int Base, int Mark), int> ReadPairs()
    {
        HashSet<int> excluded = UnicodeTables.Excluded();
        Dictionary<(int Base, int Mark), int> pairs = [];
        foreach ((int code, int[] parts) in UnicodeTables.Parts("decompositions.txt", "d").OrderBy(pair => pair.Value.Length))
        {
            if (!excluded.Contains(code))
            {
                int first = parts[0];
                foreach (int part in parts[1..^1])
                {
                    first = pairs[(first, part)];
                }

                pairs[(first, parts[^1])] = code;
            }
        }

        return pairs;
    }
}
