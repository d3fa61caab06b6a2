namespace AttentionLab.Studio.Book;

/// <summary>Paths of pages and the addresses that lead there: a file name may hold what an address may not (space, <c>#</c>, <c>?</c>, <c>%</c>).</summary>
internal static class PageAddress
{
    /// <summary>Page of a chapter, from the book's root.</summary>
    public static string Chapter(string name) => $"{name}.html";

    /// <summary>Page of a chapter's solutions.</summary>
    public static string Solution(string name) => $"solutions/{name}.html";

    /// <summary>Page of a chapter's sheet for whoever leads the session.</summary>
    public static string Sheet(string name) => $"leader/{name}.html";

    /// <summary>Page of a text of its own: the glossary, the formula sheet, …</summary>
    public static string Prose(string name) => $"{name}.html";

    /// <summary>Page of a file of the library.</summary>
    /// <param name="file">From the repository's root, for example <c>lib/AttentionLab/Kernels/Rows/Softmax.cs</c>.</param>
    public static string Library(string file) => Path.ChangeExtension(file, ".html");

    /// <summary>The address of a path, as it may stand in an attribute.</summary>
    public static string Of(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    /// <summary>Where a link of the course's text leads: a path of the book, with what stands behind it; null for what is no page.</summary>
    /// <param name="url">As the text has it, relative to its own file.</param>
    /// <param name="inSubfolder">True for the text of solutions and leader's sheets.</param>
    public static (string Path, string Anchor)? OfLink(string url, bool inSubfolder)
    {
        int end = url.IndexOfAny(['#', '?']), hash = url.IndexOf('#', StringComparison.Ordinal);
        string file = Uri.UnescapeDataString(end < 0 ? url : url[..end]), anchor = hash < 0 ? "" : url[hash..];
        string name = Path.GetFileNameWithoutExtension(file);
        string? path = Path.GetExtension(file) switch
        {
            ".dib" when file.Contains("solutions/", StringComparison.Ordinal) || (inSubfolder && !file.Contains('/', StringComparison.Ordinal)) =>
                Solution(name),
            ".dib" => Chapter(name),
            ".md" when file.Contains("../lib/", StringComparison.Ordinal) || file.Contains("../data/", StringComparison.Ordinal) => null,
            ".md" when name == "README" => "index.html",
            ".md" when file.Contains("leader/", StringComparison.Ordinal) || (inSubfolder && !file.Contains('/', StringComparison.Ordinal)) => Sheet(name),
            ".md" => Prose(name),
            _ => null,
        };
        return path is null ? null : (path, anchor);
    }
}
