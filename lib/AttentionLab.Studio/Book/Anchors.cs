using System.Text;

namespace AttentionLab.Studio.Book;

/// <summary>Gives the headings of one page anchors of their own.</summary>
public sealed class Anchors
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal) { "content", "menu", "search" };

    /// <summary>An anchor that no other heading of the page has.</summary>
    /// <param name="text">The heading's text.</param>
    public string Next(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        StringBuilder slug = new();
        foreach (char letter in text.ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(letter))
            {
                slug.Append(letter);
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        string wanted = slug.ToString().Trim('-') is { Length: > 0 } name ? name : "section";
        wanted = IsCell(wanted) ? "section-" + wanted : wanted;
        string anchor = wanted;
        for (int i = 2; !_taken.Add(anchor); i++)
        {
            anchor = $"{wanted}-{i}";
        }

        return anchor;
    }

    /// <summary>Cells and exercises have anchors of these forms.</summary>
    private static bool IsCell(string anchor) => anchor.StartsWith("cell-", StringComparison.Ordinal) && anchor[5..].All(char.IsAsciiDigit)
        || anchor.StartsWith("exercise-", StringComparison.Ordinal);
}
