namespace AttentionLab.Words;

/// <summary>Whole words and punctuation marks as ids; a word that is not in the vocabulary becomes [UNK].</summary>
public sealed class WordTokenizer
{
    private readonly BasicTokenizer _splitter;
    private readonly int _unknown;

    /// <summary>A tokenizer over a vocabulary.</summary>
    /// <param name="vocabulary">Must hold [UNK].</param>
    /// <param name="lowerCase">Lower-case and drop accents, as the vocabulary does.</param>
    /// <exception cref="ArgumentException">[UNK] is missing.</exception>
    public WordTokenizer(Vocabulary vocabulary, bool lowerCase = true)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        if (!vocabulary.Contains(Vocabulary.Unknown))
        {
            throw new ArgumentException(
                $"vocabulary has {vocabulary.Count} words but not {Vocabulary.Unknown}, which stands for all others: add it.", nameof(vocabulary));
        }

        Words = vocabulary;
        _unknown = vocabulary[Vocabulary.Unknown];
        _splitter = new(lowerCase);
    }

    /// <summary>The words and their ids.</summary>
    public Vocabulary Words { get; }

    /// <summary>Counts the words of a text collection and keeps the frequent ones.</summary>
    /// <param name="texts">The collection.</param>
    /// <param name="minimumCount">A rarer word becomes [UNK].</param>
    /// <param name="maximumSize">At most so many ids, [PAD] and [UNK] included.</param>
    /// <param name="lowerCase">Lower-case and drop accents.</param>
    public static WordTokenizer Train(IEnumerable<string> texts, int minimumCount = 1, int maximumSize = int.MaxValue, bool lowerCase = true) =>
        new(Vocabulary.FromWords(texts.SelectMany(new BasicTokenizer(lowerCase).Split), minimumCount, maximumSize), lowerCase);

    /// <summary>The words and punctuation marks of a text.</summary>
    /// <param name="text">Any text.</param>
    public IReadOnlyList<string> Split(string text) => _splitter.Split(text);

    /// <summary>The ids of a text.</summary>
    /// <param name="text">Any text.</param>
    public int[] Encode(string text) => [.. Split(text).Select(word => Words.TryGetId(word, out int id) ? id : _unknown)];

    /// <summary>The words of ids, with blanks between.</summary>
    /// <param name="ids">Ids of the vocabulary.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public string Decode(IEnumerable<int> ids) => string.Join(' ', ids.Select(id => Words[id]));
}
