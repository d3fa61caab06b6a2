using System.Text;

namespace AttentionLab.Weights;

/// <summary>Names and values out of files that others wrote, and into files that others read.</summary>
internal static class ForeignText
{
    private const int Longest = 80;

    /// <summary>Has it a form in UTF-8? Half of a surrogate pair has none: an encoder writes U+FFFD in its place and says nothing.</summary>
    public static bool HasUtf8(string text)
    {
        for (int at = 0; at < text.Length;)
        {
            if (!Rune.TryGetRuneAt(text, at, out Rune rune))
            {
                return false;
            }

            at += rune.Utf16SequenceLength;
        }

        return true;
    }

    /// <summary>As a message may show it: a hostile text may be megabytes long or steer a terminal; a message does not.</summary>
    public static string Shorten(string text)
    {
        string shown = text.Length <= Longest ? text : $"{text.AsSpan(0, Longest - 3)}...";
        return shown.Any(char.IsControl) ? string.Concat(shown.Select(c => char.IsControl(c) ? '?' : c)) : shown;
    }
}
