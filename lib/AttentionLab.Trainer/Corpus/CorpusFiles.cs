using AttentionLab.Course.Data;

namespace AttentionLab.Trainer;

/// <summary>Where the three dictionaries lie: Debian's places below /usr/share, or all below one folder (also flat in it).</summary>
/// <param name="WordNet">data.noun, data.verb, data.adj, data.adv.</param>
/// <param name="Gcide">gcide.dict.dz and gcide.index.</param>
/// <param name="Foldoc">foldoc.dict.dz and foldoc.index.</param>
internal sealed record CorpusFiles(IReadOnlyList<string> WordNet, (string Text, string Index) Gcide, (string Text, string Index) Foldoc)
{
    /// <summary>What a message says about a missing corpus.</summary>
    public const string Fix =
        "install the dictionaries (apt-get install wordnet-base dict-gcide dict-foldoc), or name the folder that holds them with --corpus DIR.";

    private static readonly string[] Data = ["data.noun", "data.verb", "data.adj", "data.adv"];

    /// <summary>Finds the files.</summary>
    /// <param name="folder">A folder that holds wordnet/ and dictd/, or the files themselves; null for /usr/share.</param>
    /// <exception cref="CourseException">A file is missing; the message names the packages.</exception>
    public static CorpusFiles Find(string? folder)
    {
        return new(
            [.. Data.Select(name => WordNetFile(folder, name))],
            (Locate(folder, "dictd", "gcide.dict.dz"), Locate(folder, "dictd", "gcide.index")),
            (Locate(folder, "dictd", "foldoc.dict.dz"), Locate(folder, "dictd", "foldoc.index")));
    }

    /// <summary>One of WordNet's files.</summary>
    /// <exception cref="CourseException">It is missing; the message names the packages.</exception>
    public static string WordNetFile(string? folder, string name) => Locate(folder, "wordnet", name);

    private static string Locate(string? folder, string place, string name)
    {
        string root = folder ?? "/usr/share";
        return new[] { Path.Combine(root, place, name), Path.Combine(root, name) }.FirstOrDefault(File.Exists)
            ?? throw new CourseException($"{Path.Combine(root, place, name)}: there is no such file; {Fix}");
    }
}
