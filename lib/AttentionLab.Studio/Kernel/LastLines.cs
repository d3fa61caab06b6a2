using System.Text;

namespace AttentionLab.Studio.Kernel;

/// <summary>Text behind the limit of what is kept: it is counted, and its last lines stay, since the end of a long run is what its reader wants.</summary>
internal sealed class LastLines
{
    /// <summary>Lines that stay.</summary>
    public const int MaximumLines = 20;

    /// <summary>Characters that stay, if the lines are long.</summary>
    public const int MaximumCharacters = 10_000;

    private readonly StringBuilder _end = new();

    /// <summary>Lines that were added.</summary>
    public long Lines { get; private set; }

    /// <summary>Characters that were added.</summary>
    public long Characters { get; private set; }

    public void Add(ReadOnlySpan<char> text)
    {
        Lines += text.Count('\n');
        Characters += text.Length;
        _end.Append(text.Length > MaximumCharacters ? text[^MaximumCharacters..] : text);
        if (_end.Length > 2 * MaximumCharacters)
        {
            _end.Remove(0, _end.Length - MaximumCharacters);
        }
    }

    /// <summary>How much is not kept, then the last lines; empty if nothing was added. Begins anew.</summary>
    public string Take()
    {
        string end = _end.ToString();
        int from = Math.Max(0, end.Length - MaximumCharacters);

        // The end of the last line does not begin another.
        for (int at = end.Length - 2, lines = 0; at >= from; at--)
        {
            if (end[at] == '\n' && ++lines == MaximumLines)
            {
                from = at + 1;
            }
        }

        end = end[from..];
        (long moreLines, long moreCharacters) = (Lines - end.AsSpan().Count('\n'), Characters - end.Length);
        _end.Clear();
        Lines = Characters = 0;
        return moreCharacters == 0 ? end : FormattableString.Invariant(
            $"\n… output cut here: {moreLines:N0} more lines ({moreCharacters:N0} characters) are not kept; the last ones:\n{end}");
    }
}
