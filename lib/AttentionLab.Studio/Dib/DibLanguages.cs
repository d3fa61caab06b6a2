using System.Collections.Frozen;
using System.Text.Json;

namespace AttentionLab.Studio.Dib;

/// <summary>The languages of a file's cells: those that every host knows, and those that the file declares.</summary>
internal sealed class DibLanguages
{
    private static readonly FrozenSet<string> CSharpNames = FrozenSet.Create(StringComparer.Ordinal, "csharp", "c#", "cs");

    private static readonly FrozenSet<string> MarkdownNames = FrozenSet.Create(StringComparer.Ordinal, "markdown", "md");

    private static readonly FrozenSet<string> OtherNames = FrozenSet.Create(
        StringComparer.Ordinal,
        "fsharp", "f#", "fs", "pwsh", "powershell", "javascript", "js", "html", "mermaid", "sql", "kql", "http", "httpRequest", "value", "vscode", "python",
        "r");

    private readonly HashSet<string> _declared = new(StringComparer.Ordinal);

    /// <summary>The line starts a cell of a known language.</summary>
    public bool IsSeparator(string line, out string language)
    {
        language = line.StartsWith("#!", StringComparison.Ordinal) ? line[2..].TrimEnd() : "";
        return language == "meta" || KindOf(language) != DibCellKind.Unknown || OtherNames.Contains(language) || _declared.Contains(language);
    }

    /// <summary>What a cell of this language is to the course.</summary>
    public static DibCellKind KindOf(string language) => language switch
    {
        "meta" => DibCellKind.Meta,
        _ when CSharpNames.Contains(language) => DibCellKind.CSharp,
        _ when MarkdownNames.Contains(language) => DibCellKind.Markdown,
        _ => DibCellKind.Unknown,
    };

    /// <summary>Takes in the languages that a <c>#!meta</c> cell declares.</summary>
    public void Declare(string meta)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(meta);
            foreach (JsonElement item in json.RootElement.GetProperty("kernelInfo").GetProperty("items").EnumerateArray())
            {
                _declared.Add(item.GetProperty("name").GetString() ?? "");
                if (item.TryGetProperty("aliases", out JsonElement aliases))
                {
                    _declared.UnionWith(aliases.EnumerateArray().Select(alias => alias.GetString() ?? ""));
                }
            }

            _declared.Remove("");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            // Not every file declares its languages; bad JSON is reported by who reads the cell.
        }
    }
}
