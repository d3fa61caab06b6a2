using System.Text;

namespace AttentionLab.Studio.Book;

/// <summary>What a page knows while its Markdown becomes HTML.</summary>
/// <param name="formulas">Sets formulas.</param>
/// <param name="link">Where a relative link of the source leads in the book; null where the book has no such page.</param>
/// <param name="imageFolder">Folder that relative images lie in.</param>
public sealed class MarkdownContext(Formulas formulas, Func<string, string?> link, string? imageFolder = null)
{
    private const int LargestImage = 512 * 1024;
    private readonly HashSet<string> _anchors = new(StringComparer.Ordinal) { "content", "menu", "search" };

    /// <summary>Sets formulas.</summary>
    public Formulas Formulas { get; } = formulas;

    /// <summary>Headings so far, in order.</summary>
    public List<Heading> Headings { get; } = [];

    /// <summary>An anchor for a heading that no other of the page has.</summary>
    /// <param name="text">The heading's text.</param>
    public string Anchor(string text)
    {
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
        string anchor = wanted;
        for (int i = 2; !_anchors.Add(anchor); i++)
        {
            anchor = $"{wanted}-{i}";
        }

        return anchor;
    }

    /// <summary>Where a link leads: another site and an anchor stay as they are; null where the book has no such page.</summary>
    /// <param name="url">Address in the source.</param>
    public string? Link(string url) => url.StartsWith('#') || Scheme(url) ? url : link(url);

    private static bool Scheme(string url) => url.StartsWith("https://", StringComparison.Ordinal) || url.StartsWith("http://", StringComparison.Ordinal) || url.StartsWith("mailto:", StringComparison.Ordinal);

    /// <summary>A small picture of the course travels inside the page.</summary>
    /// <param name="url">Address in the source.</param>
    public string Image(string url)
    {
        if (imageFolder is null || url.Contains(':', StringComparison.Ordinal) || url.StartsWith('/'))
        {
            return url;
        }

        string path = Path.Combine(imageFolder, Uri.UnescapeDataString(url));
        string? type = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".png" => "image/png",
            ".jpg" or ".jpeg" => "image/jpeg",
            ".svg" => "image/svg+xml",
            ".webp" => "image/webp",
            _ => null,
        };
        return type is not null && File.Exists(path) && new FileInfo(path).Length <= LargestImage
            ? $"data:{type};base64,{Convert.ToBase64String(File.ReadAllBytes(path))}"
            : url;
    }
}
