using System.Text.RegularExpressions;

namespace AttentionLab.Studio.Book;

/// <summary>
/// The library's source beside the notebooks, <c>../lib</c>: what the course's text links to, or names in code letters, becomes a page of the book,
/// so that a reader without the repository can read the very lines that ran.
/// </summary>
internal sealed partial class LibraryFiles
{
    /// <summary>The part that a bare name may mean: what chapters are about. Checks of exercises are not in it, they would give answers away.</summary>
    private static readonly string[] Named = ["lib/AttentionLab/", "lib/AttentionLab.Course/Experiments/", "lib/AttentionLab.Course/Charts/"];

    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _byName;
    private readonly string _root;

    /// <summary>Looks what is there.</summary>
    /// <param name="notebooks">Folder of the notebooks; null for none.</param>
    public LibraryFiles(string? notebooks)
    {
        _root = Path.GetFullPath(Path.Combine(notebooks ?? ".", ".."));
        string folder = Path.Combine(_root, "lib");
        if (notebooks is not null && Directory.Exists(folder))
        {
            string[] files =
                [.. Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_root, file).Replace('\\', '/'))];
            _paths = [.. files.Where(file => !file.Split('/').Any(part => part is "obj" or "bin" or "node_modules"))];
        }

        _byName = _paths.Where(path => Named.Any(start => path.StartsWith(start, StringComparison.Ordinal)))
            .GroupBy(path => Path.GetFileNameWithoutExtension(path), StringComparer.Ordinal)
            .Where(files => files.Count() == 1).ToDictionary(files => files.Key, files => files.Single(), StringComparer.Ordinal);
    }

    /// <summary>The file that a link leads to, from the repository's root; null if it leads to none.</summary>
    /// <param name="url">As the text has it, relative to its own file.</param>
    public string? OfLink(string url) => Link().Match(url) is { Success: true } link && _paths.Contains(link.Groups[1].Value) ? link.Groups[1].Value : null;

    /// <summary>The file that a piece of code begins with the name of, as in <c>Softmax.Forward(s, w, 1, n)</c>; null if that is none.</summary>
    /// <param name="code">Code between backquotes.</param>
    public string? OfCode(string code) => Name().Match(code) is { Success: true } name ? _byName.GetValueOrDefault(name.Groups[1].Value) : null;

    /// <summary>The text of a file.</summary>
    /// <param name="path">From the repository's root.</param>
    public string Text(string path) => File.ReadAllText(Path.Combine(_root, path));

    [GeneratedRegex(@"^(?:\.\./)+(lib/[^#?]+\.cs)(?:[#?].*)?$")]
    private static partial Regex Link();

    [GeneratedRegex(@"^([A-Z][A-Za-z0-9]*)(?:$|[.(<])")]
    private static partial Regex Name();
}
