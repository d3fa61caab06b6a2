using System.Buffers;
using System.Text;

namespace AttentionLab.Words;

/// <summary>A piece that is found in the text itself, before words are cut: [MASK], or one that a user added.</summary>
/// <param name="Content">What is looked for.</param>
/// <param name="Id">Its id.</param>
/// <param name="SingleWord">Only between characters that belong to no word.</param>
/// <param name="Left">White space before it goes with it.</param>
/// <param name="Right">White space behind it goes with it.</param>
/// <param name="Normalized">Looked for in the normalised text.</param>
internal sealed record AddedToken(string Content, int Id, bool SingleWord = false, bool Left = false, bool Right = false, bool Normalized = false);

/// <summary>Finds added tokens in a text: the leftmost, of several there the longest.</summary>
internal sealed class AddedTokens
{
    private readonly (string Pattern, AddedToken Token)[] _tokens;
    private readonly SearchValues<char> _first;

    /// <summary>A finder.</summary>
    /// <param name="tokens">What to look for, and whose it is; an empty pattern is left out, of equals the last counts.</param>
    public AddedTokens(IEnumerable<(string Pattern, AddedToken Token)> tokens)
    {
        _tokens = [.. tokens.Where(t => t.Pattern.Length > 0).Reverse().DistinctBy(t => t.Pattern).OrderByDescending(t => t.Pattern.Length)];
        _first = SearchValues.Create([.. _tokens.Select(t => t.Pattern[0]).Distinct()]);
    }

    /// <summary>How many there are.</summary>
    public int Count => _tokens.Length;

    /// <summary>The next token of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where to begin; what lies before belongs to an earlier token.</param>
    /// <param name="start">Where the token begins, the white space that it takes included.</param>
    /// <param name="end">Where it ends.</param>
    /// <returns>Its id; −1 if there is none.</returns>
    public int Next(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        for (start = from; start < text.Length; start++)
        {
            int next = text[start..].IndexOfAny(_first);
            if (next < 0)
            {
                break;
            }

            start += next;
            if (LongestAt(text[start..]) is not { } found)
            {
                continue;
            }

            end = start + found.Pattern.Length;
            if (found.Token.SingleWord && (EndsWithWord(text[..start]) || StartsWithWord(text[end..])))
            {
                start = end - 1;
                continue;
            }

            if (found.Token.Left)
            {
                start = from + text[from..start].TrimEnd().Length;
            }

            if (found.Token.Right)
            {
                end = text.Length - text[end..].TrimStart().Length;
            }

            return found.Token.Id;
        }

        start = end = text.Length;
        return -1;
    }

    private (string Pattern, AddedToken Token)? LongestAt(ReadOnlySpan<char> text)
    {
        foreach ((string Pattern, AddedToken Token) candidate in _tokens)
        {
            if (text.StartsWith(candidate.Pattern, StringComparison.Ordinal))
            {
                return candidate;
            }
        }

        return null;
    }

    private static bool EndsWithWord(ReadOnlySpan<char> text) =>
        Rune.DecodeLastFromUtf16(text, out Rune rune, out _) == OperationStatus.Done && WordBreaks.IsWord(rune);

    private static bool StartsWithWord(ReadOnlySpan<char> text) =>
        Rune.DecodeFromUtf16(text, out Rune rune, out _) == OperationStatus.Done && WordBreaks.IsWord(rune);
}
