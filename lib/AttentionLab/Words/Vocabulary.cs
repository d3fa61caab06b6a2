using System.Text;
using AttentionLab.Weights;

namespace AttentionLab.Words;

/// <summary>Words and their ids, 0 to V−1. A file holds one word a line; the line's number, counted from 0, is the id.</summary>
public sealed class Vocabulary
{
    /// <summary>Stands for a word that is not in the vocabulary.</summary>
    public const string Unknown = "[UNK]";

    /// <summary>Fills a batch of texts of different lengths.</summary>
    public const string Padding = "[PAD]";

    private const long MaximalFile = 64 << 20;

    /// <summary>Lines that repeat an earlier one; a published vocabulary has a handful.</summary>
    internal const int MostRepeated = 1000;

    private readonly string[] _words;
    private readonly Dictionary<string, int> _ids;

    /// <summary>A vocabulary of these words; the first has id 0.</summary>
    /// <param name="words">Words, each once.</param>
    /// <exception cref="ArgumentException">A word occurs twice, or is null.</exception>
    public Vocabulary(IEnumerable<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        _words = [.. words];
        _ids = new(_words.Length, StringComparer.Ordinal);
        for (int id = 0; id < _words.Length; id++)
        {
            if (_words[id] is null)
            {
                throw new ArgumentException($"word {id} is null but a word is a text: leave it out, or pass \"\" for the empty word.", nameof(words));
            }

            if (!_ids.TryAdd(_words[id], id))
            {
                throw new ArgumentException(
                    $"word \"{_words[id]}\" has the ids {_ids[_words[id]]} and {id} but a word has one id: remove one of the two.", nameof(words));
            }
        }
    }

    /// <summary>Words of which some may be repeated or empty, and the id of each that is looked up.</summary>
    internal Vocabulary(string[] words, Dictionary<string, int> ids) => (_words, _ids) = (words, ids);

    /// <summary>Number of ids, V.</summary>
    public int Count => _words.Length;

    /// <summary>All words in the order of their ids.</summary>
    public IReadOnlyList<string> Words => _words;

    /// <summary>Each word once, with the id that it is looked up by.</summary>
    internal Dictionary<string, int> Ids => _ids;

    /// <summary>The word of an id.</summary>
    /// <param name="id">0 … <see cref="Count"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such id.</exception>
    public string this[int id] => (uint)id < (uint)_words.Length
        ? _words[id]
        : throw new ArgumentOutOfRangeException(
            nameof(id), $"id {id} was asked for but the vocabulary has the ids 0 to {Count - 1}: use the vocabulary that made the ids.");

    /// <summary>The id of a word.</summary>
    /// <param name="word">The word, letter by letter.</param>
    /// <exception cref="KeyNotFoundException">The word is unknown.</exception>
    public int this[string word] => _ids.TryGetValue(word, out int id)
        ? id
        : throw new KeyNotFoundException($"word \"{word}\" is not among the {Count} words of the vocabulary: check its spelling and case, or ask TryGetId.");

    /// <summary>The id of a word, if it has one.</summary>
    /// <param name="word">The word.</param>
    /// <param name="id">Its id.</param>
    public bool TryGetId(ReadOnlySpan<char> word, out int id) =>
        _ids.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out id);

    /// <summary>Is the word known?</summary>
    /// <param name="word">The word.</param>
    public bool Contains(string word) => _ids.ContainsKey(word);

    /// <summary>
    /// The words of a text collection, the most frequent first (equal counts in ordinal order), behind the special ones.
    /// </summary>
    /// <param name="words">Every word as often as it occurs.</param>
    /// <param name="minimumCount">A rarer word is left out.</param>
    /// <param name="maximumSize">At most so many ids, special ones included.</param>
    /// <param name="special">First ids; null means [PAD] and [UNK].</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is too small for the special words.</exception>
    /// <exception cref="ArgumentException">A special word occurs twice.</exception>
    public static Vocabulary FromWords(IEnumerable<string> words, int minimumCount = 1, int maximumSize = int.MaxValue, IReadOnlyList<string>? special = null)
    {
        special ??= [Padding, Unknown];
        if (maximumSize < special.Count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(maximumSize), $"maximumSize is {maximumSize} but {special.Count} special words need ids: pass at least {special.Count}.");
        }

        IEnumerable<string> frequent = words.CountBy(word => word)
            .Where(pair => pair.Value >= minimumCount && !special.Contains(pair.Key))
            .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => pair.Key);
        return new(special.Concat(frequent.Take(maximumSize - special.Count)));
    }

    /// <summary>
    /// Reads a file with one word a line, as BERT's <c>vocab.txt</c>: UTF-8, lines end in LF or CRLF, an empty line is the empty word,
    /// and of a word that stands twice the later id is used.
    /// </summary>
    /// <param name="path">The file, at most 64 MB.</param>
    /// <exception cref="InvalidDataException">It is empty, longer, or not UTF-8; the message names file and fix.</exception>
    public static Vocabulary Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ForeignFile.RequireFile(path, "check the path, or take the vocab.txt that belongs to the model");
        long length = new FileInfo(path).Length;
        if (length is 0 or > MaximalFile)
        {
            throw new InvalidDataException($"{path} has {length} bytes but a vocabulary has 1 to {MaximalFile}: take the vocab.txt that belongs to the model.");
        }

        byte[] bytes = File.ReadAllBytes(path);
        if (ForeignFile.Describe(bytes) is string foreign)
        {
            throw new InvalidDataException($"{path} {foreign}.");
        }

        List<string> words = [];
        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        UTF8Encoding strict = new(false, throwOnInvalidBytes: true);
        int at = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? 3 : 0;
        try
        {
            while (at < bytes.Length)
            {
                int end = bytes.AsSpan(at).IndexOf((byte)'\n') is >= 0 and int found ? at + found : bytes.Length;
                string word = strict.GetString(bytes.AsSpan(at..end) is [.. var line, (byte)'\r'] ? line : bytes.AsSpan(at..end));
                ids[word] = words.Count;
                words.Add(word);
                at = end + 1;
                if (words.Count - ids.Count > MostRepeated)
                {
                    throw new InvalidDataException(
                        $"{path} repeats more than {MostRepeated} lines up to line {words.Count}, but a vocabulary has each word once: take the vocab.txt "
                        + "that belongs to the model.");
                }
            }
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException(
                $"{path} is not UTF-8 at byte {at + e.Index}: save it as UTF-8, or take the vocab.txt that belongs to the model.", e);
        }

        return new([.. words], ids);
    }

    /// <summary>
    /// Writes one word a line, LF, UTF-8, through a temporary file. A byte order mark, which <see cref="Read"/> takes off, stands in front only where the
    /// first word begins with the same character.
    /// </summary>
    /// <param name="path">The file; it is replaced.</param>
    /// <exception cref="InvalidOperationException">A word contains a line break, or half of a surrogate pair.</exception>
    public void Write(string path)
    {
        if (Array.Find(_words, word => word.AsSpan().ContainsAny('\n', '\r')) is { } broken)
        {
            throw new InvalidOperationException($"word {_ids[broken]} contains a line break but the file holds one word a line: remove the word.");
        }

        if (Array.Find(_words, word => !ForeignText.HasUtf8(word)) is { } half)
        {
            throw new InvalidOperationException($"word {_ids[half]} holds half of a surrogate pair, which UTF-8 cannot hold: remove the word.");
        }

        string mark = _words is [['\ufeff', ..], ..] ? "\ufeff" : "";
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(string.Concat(_words.Select(word => word + "\n").Prepend(mark)))));
    }

    /// <summary>Number of words, and the first few.</summary>
    public override string ToString() => $"Vocabulary of {Count}: {string.Join(", ", _words.Take(8))}{(Count > 8 ? ", …" : "")}";
}
