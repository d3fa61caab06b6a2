using System.Globalization;
using AttentionLab.Course.Data;

namespace AttentionLab.Trainer;

/// <summary>
/// WordNet's nouns as a graph: sets of synonyms, each below its hypernyms (what it is a kind of), up to "entity"
/// (files data.noun and index.noun, wndb(5WN)).
/// </summary>
internal sealed class WordNetTree
{
    private readonly Dictionary<int, (string[] Words, int[] Hypernyms)> _sets = [];
    private readonly Dictionary<int, List<int>> _hyponyms = [];
    private readonly Dictionary<string, int[]> _senses = new(StringComparer.Ordinal);
    private readonly Dictionary<int, HashSet<int>> _above = [];
    private readonly Dictionary<int, int> _depths = [];

    private WordNetTree()
    {
    }

    /// <summary>Single words that are nouns, in the order of the index.</summary>
    public IEnumerable<string> Nouns => _senses.Keys;

    /// <summary>Reads the two files.</summary>
    /// <param name="folder">As for <see cref="Corpus.Read"/>.</param>
    /// <exception cref="CourseException">A file is missing or damaged.</exception>
    public static WordNetTree Read(string? folder = null)
    {
        WordNetTree tree = new();
        string data = CorpusFiles.WordNetFile(folder, "data.noun"), index = CorpusFiles.WordNetFile(folder, "index.noun");
        foreach (string line in File.ReadLines(data).Where(line => !line.StartsWith(' ')))
        {
            string[] fields = line.Split(" | ")[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            int count = Number(fields, 3, hexadecimal: true), pointers = Number(fields, 4 + 2 * count), offset = Number(fields, 0);
            string[] words = [.. Enumerable.Range(0, count).Select(i => fields[4 + 2 * i].ToLowerInvariant())];
            List<int> hypernyms = [];
            for (int p = 0; p < pointers; p++)
            {
                int at = 5 + 2 * count + 4 * p;
                if (Text(fields, at) is "@" or "@i")
                {
                    hypernyms.Add(Number(fields, at + 1));
                }
            }

            tree._sets[offset] = (words, [.. hypernyms]);
            foreach (int hypernym in hypernyms)
            {
                if (!tree._hyponyms.TryGetValue(hypernym, out List<int>? below))
                {
                    tree._hyponyms[hypernym] = below = [];
                }

                below.Add(offset);
            }

            int Number(string[] values, int at, bool hexadecimal = false) =>
                int.TryParse(Text(values, at), hexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out int value)
                    ? value : throw Damaged(data, line);

            string Text(string[] values, int at) => at < values.Length ? values[at] : throw Damaged(data, line);
        }

        foreach (string line in File.ReadLines(index).Where(line => !line.StartsWith(' ')))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 3 || !int.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out int senses) || fields.Length < senses + 4)
            {
                throw Damaged(index, line);
            }

            if (fields[0].All(char.IsAsciiLetterLower))
            {
                int[] offsets =
                [
                    .. fields[^senses..].Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int offset) ? offset : -1)
                ];
                tree._senses[fields[0]] = offsets.All(tree._sets.ContainsKey) ? offsets : throw Damaged(index, line);
            }
        }

        return tree;
    }

    /// <summary>The meanings of a noun, the most frequent first; none if it is no noun.</summary>
    public ReadOnlySpan<int> Senses(string word) => _senses.TryGetValue(word, out int[]? senses) ? senses : [];

    /// <summary>The synonyms of a set, lower case, blanks as _.</summary>
    public IReadOnlyList<string> Words(int set) => _sets[set].Words;

    /// <summary>What a set is a kind of, directly.</summary>
    public IReadOnlyList<int> Hypernyms(int set) => _sets[set].Hypernyms;

    /// <summary>The kinds of a set, directly.</summary>
    public IReadOnlyList<int> Hyponyms(int set) => _hyponyms.TryGetValue(set, out List<int>? below) ? below : [];

    /// <summary>A set and everything above it.</summary>
    public IReadOnlySet<int> Above(int set)
    {
        if (!_above.TryGetValue(set, out HashSet<int>? all))
        {
            all = [set];
            Queue<int> open = new([set]);
            while (open.TryDequeue(out int next))
            {
                foreach (int hypernym in _sets[next].Hypernyms.Where(all.Add))
                {
                    open.Enqueue(hypernym);
                }
            }

            _above[set] = all;
        }

        return all;
    }

    /// <summary>Steps from the top, by the shortest way; 0 at the top.</summary>
    public int Depth(int set)
    {
        if (!_depths.TryGetValue(set, out int depth))
        {
            int[] hypernyms = _sets[set].Hypernyms;
            _depths[set] = depth = hypernyms.Length == 0 ? 0 : 1 + hypernyms.Min(Depth);
        }

        return depth;
    }

    /// <summary>
    /// What counts as a good neighbour of a noun, in any of its meanings: synonyms, hypernyms one and two steps up, hyponyms one
    /// step down, and co-hyponyms (other kinds of the same thing). Single words only, not the noun itself.
    /// </summary>
    public HashSet<string> Related(string noun)
    {
        HashSet<string> related = new(StringComparer.Ordinal);
        foreach (int sense in Senses(noun))
        {
            Add(sense);
            foreach (int hyponym in Hyponyms(sense))
            {
                Add(hyponym);
            }

            foreach (int hypernym in Hypernyms(sense))
            {
                Add(hypernym);
                foreach (int second in Hypernyms(hypernym))
                {
                    Add(second);
                }

                foreach (int sister in Hyponyms(hypernym))
                {
                    Add(sister);
                }
            }
        }

        related.Remove(noun);
        return related;

        void Add(int set) => related.UnionWith(Words(set).Where(word => word.All(char.IsAsciiLetterLower)));
    }

    private static CourseException Damaged(string file, string line) =>
        new($"{file}: \"{line[..Math.Min(40, line.Length)]}\" is no line of WordNet 3: install the package wordnet-base again.");
}
