namespace AttentionLab.Studio.Book;

/// <summary>Writes the static book: pages that open from disk and from any server, with no request to another host.</summary>
public static class BookWriter
{
    /// <summary>Writes all pages and the files they need.</summary>
    /// <param name="folder">Where to; made if it is not there. Existing files of the same names are replaced: write to a fresh folder and swap.</param>
    /// <param name="content">What the book shows.</param>
    /// <param name="formulas">Sets formulas; its problems tell which could not be set.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written.</exception>
    public static void Write(string folder, CourseContent content, Formulas formulas)
    {
        BookPages pages = new(content, formulas);
        Directory.CreateDirectory(folder);
        foreach (string path in pages.Paths)
        {
            WriteFile(folder, path, System.Text.Encoding.UTF8.GetBytes(pages.Render(path)!));
        }

        WriteFile(folder, "assets/search-index.js", System.Text.Encoding.UTF8.GetBytes(pages.SearchIndex()));
        foreach (string name in BookAssets.PageFiles.Where(name => !name.StartsWith("live/", StringComparison.Ordinal)))
        {
            WriteFile(folder, "assets/" + name, BookAssets.Read(name)!);
        }
    }

    private static void WriteFile(string folder, string name, byte[] bytes)
    {
        string path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }
}
