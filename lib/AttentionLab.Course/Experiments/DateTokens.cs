using AttentionLab.Kernels;

namespace AttentionLab.Course.Experiments;

/// <summary>Spoken dates and dates in digits as the ids that a <see cref="DateReader"/> reads and writes.</summary>
internal static class DateTokens
{
    /// <summary>Most words of a text.</summary>
    public const int Longest = 24;

    /// <summary>Opens a date.</summary>
    public static readonly int Start = SpokenDates.Characters["[START]"];

    /// <summary>Closes it.</summary>
    public static readonly int End = SpokenDates.Characters["[END]"];

    /// <summary>What ids stand for, as one text.</summary>
    public static string Text(IEnumerable<int> ids) => string.Concat(ids.Select(id => SpokenDates.Characters[id]));

    /// <summary>Words as ids, filled up to the longest text, and which are there.</summary>
    /// <exception cref="ArgumentException">A text is empty or too long.</exception>
    public static (int[,] Source, bool[,] Visible) Encode(IReadOnlyList<string>[] texts)
    {
        int longest = texts.Max(words => words.Count);
        if (longest > Longest || Array.Exists(texts, words => words.Count == 0))
        {
            throw new ArgumentException(
                $"a text has {(longest > Longest ? longest : 0)} words but a spoken date has 1 to {Longest}: say it like one of SpokenDates.Phrasings.",
                nameof(texts));
        }

        int[,] source = new int[texts.Length, longest];
        bool[,] visible = new bool[texts.Length, longest];
        for (int b = 0; b < texts.Length; b++)
        {
            for (int t = 0; t < texts[b].Count; t++)
            {
                (source[b, t], visible[b, t]) = (SpokenDates.Words[texts[b][t]], true);
            }
        }

        return (source, visible);
    }

    /// <summary>[START] and the characters; the characters and [END]. What follows the end is not asked for.</summary>
    public static (int[,] Target, int[] Next) Targets(IReadOnlyList<SpokenDate> dates)
    {
        const int tokens = SpokenDates.Longest + 1;
        int[,] target = new int[dates.Count, tokens];
        int[] next = new int[dates.Count * tokens];
        Array.Fill(next, CrossEntropy.Ignored);
        for (int b = 0; b < dates.Count; b++)
        {
            string digits = dates[b].Digits;
            target[b, 0] = Start;
            for (int t = 0; t < digits.Length; t++)
            {
                target[b, t + 1] = next[b * tokens + t] = SpokenDates.Characters[digits[t..(t + 1)]];
            }

            next[b * tokens + digits.Length] = End;
        }

        return (target, next);
    }
}
