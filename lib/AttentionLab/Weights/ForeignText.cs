namespace AttentionLab.Weights;

/// <summary>Names and values out of files that others wrote.</summary>
internal static class ForeignText
{
    private const int Longest = 80;

    /// <summary>As a message may show it: a hostile text may be megabytes long or steer a terminal; a message does not.</summary>
    public static string Shorten(string text)
    {
        string shown = text.Length <= Longest ? text : $"{text.AsSpan(0, Longest - 3)}...";
        return shown.Any(char.IsControl) ? string.Concat(shown.Select(c => char.IsControl(c) ? '?' : c)) : shown;
    }
}
