using System.Text.Json;
using System.Text.Json.Serialization;

namespace AttentionLab.Studio.Book;

/// <summary>The search index: a script that puts all text of all chapters into <c>window.bookIndex</c>, so that it also loads from disk.</summary>
internal static partial class SearchIndex
{
    public static string Of(IEnumerable<Chapter> chapters) =>
        "window.bookIndex = " + JsonSerializer.Serialize([.. chapters.SelectMany(Entries)], SearchJson.Default.SearchEntryArray) + ";\n";

    private static List<SearchEntry> Entries(Chapter chapter)
    {
        List<SearchEntry> entries = [];
        Heading? under = null;
        foreach ((Heading? heading, string text) in chapter.Cells.SelectMany(cell => cell.Text?.PlainSections() ?? [(null, cell.Source)]))
        {
            under = heading ?? under;
            string words = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            string address = PageAddress.Of(chapter.Path) + (under is null ? "" : "#" + under.Id);
            if (words.Length == 0 && under is null)
            {
                continue;
            }

            if (entries.Count > 0 && entries[^1].Address == address)
            {
                entries[^1] = entries[^1] with { Text = entries[^1].Text + " " + words };
            }
            else
            {
                entries.Add(new SearchEntry(address, $"{chapter.Label} · {chapter.Question}", under?.Text ?? "", words));
            }
        }

        return entries;
    }

    [JsonSerializable(typeof(SearchEntry[]))]
    private sealed partial class SearchJson : JsonSerializerContext;
}

/// <summary>A section in the search index.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Chapter">Title of its chapter.</param>
/// <param name="Heading">Its heading; empty before the first one.</param>
/// <param name="Text">Its words.</param>
internal sealed record SearchEntry(
    [property: JsonPropertyName("a")] string Address,
    [property: JsonPropertyName("c")] string Chapter,
    [property: JsonPropertyName("h")] string Heading,
    [property: JsonPropertyName("t")] string Text);
