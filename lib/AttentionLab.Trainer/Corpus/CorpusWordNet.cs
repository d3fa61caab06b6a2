using System.Globalization;
using System.Text.RegularExpressions;

namespace AttentionLab.Trainer;

/// <summary>
/// Takes a line of WordNet's data files apart: "offset file type count word id … pointers | gloss" (wndb(5WN)). The gloss is a
/// definition and examples in quotation marks; its words are put before it as the headword of a dictionary is.
/// </summary>
internal static partial class CorpusWordNet
{
    public static DictionaryEntry? Entry(string line)
    {
        int bar = line.IndexOf(" | ", StringComparison.Ordinal);
        if (line.StartsWith(' ') || bar < 0)
        {
            return null;
        }

        string[] fields = line[..bar].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 6 || !int.TryParse(fields[3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int count)
            || fields.Length < 4 + 2 * count)
        {
            return null;
        }

        string[] words = [.. Enumerable.Range(0, count).Select(i => Marker().Replace(fields[4 + 2 * i], "").Replace('_', ' '))];
        bool hasField = fields.Contains(";c");
        return new(CorpusSource.WordNet, words[0], Sentences(string.Join(", ", words), line[(bar + 3)..], hasField));
    }

    private static IEnumerable<DictionarySentence> Sentences(string head, string gloss, bool hasField)
    {
        MatchCollection examples = Quoted().Matches(gloss);
        string definition = Quoted().Replace(gloss, " ").Trim(' ', ';', ',');
        if (hasField)
        {
            definition = Field().Replace(definition, "");
        }

        foreach (DictionarySentence sentence in CorpusSentences.Of(definition, head))
        {
            yield return sentence;
        }

        foreach (Match example in examples)
        {
            foreach (DictionarySentence sentence in CorpusSentences.Of(example.Groups[1].Value, null))
            {
                yield return sentence;
            }
        }
    }

    /// <summary>(a), (p), (ip): where an adjective may stand.</summary>
    [GeneratedRegex(@"\((?:a|p|ip)\)$")]
    private static partial Regex Marker();

    /// <summary>An example, and its author behind it.</summary>
    [GeneratedRegex(@"""([^""]*)""?(?:\s*-\s?-?\s*[A-Z][^;""]*)?")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^\([a-z ,]{3,40}\)\s+")]
    private static partial Regex Field();
}
