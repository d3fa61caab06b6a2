namespace AttentionLab.Studio.Book;

/// <summary>What a page knows while its Markdown becomes HTML.</summary>
/// <param name="formulas">Sets formulas.</param>
/// <param name="link">Where a relative link of the source leads in the book; null where the book has no such page.</param>
/// <param name="imageFolder">Folder that relative images lie in.</param>
public sealed class MarkdownContext(Formulas formulas, Func<string, string?> link, string? imageFolder = null)
{
    /// <summary>What is done to a piece of text when it has become HTML; nothing, if not set.</summary>
    public Func<string, string> Finish { get; init; } = html => html;

    /// <summary>Address of the page that shows what a piece of code in the text names; null where there is none.</summary>
    public Func<string, string?> CodeLink { get; init; } = _ => null;

    private const int LargestImage = 512 * 1024;

    /// <summary>Sets formulas.</summary>
    public Formulas Formulas { get; } = formulas;

    /// <summary>Where a relative link of the source leads in the book; null where the book has no such page.</summary>
    /// <param name="url">Address in the source.</param>
    public string? Link(string url) => link(url);

    /// <summary>A small picture of the course travels inside the page; another one is not shown.</summary>
    /// <param name="url">Address in the source.</param>
    public string? Image(string url)
    {
        if (imageFolder is null || url.Contains(':', StringComparison.Ordinal) || url.StartsWith('/'))
        {
            return null;
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
            : null;
    }
}
