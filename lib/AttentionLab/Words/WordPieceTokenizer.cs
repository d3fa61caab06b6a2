using System.Text;

namespace AttentionLab.Words;

/// <summary>
/// Words cut into the longest pieces that the vocabulary has, from the left; every piece but a word's first is written with ##
/// ("un", "##aff", "##able"). A word that cannot be cut so, or has more than 100 characters, is [UNK].
/// Source: Devlin et al. 2018, BERT, the released tokenization.py (FullTokenizer, WordpieceTokenizer).
/// </summary>
public sealed class WordPieceTokenizer
{
    /// <summary>A word of more characters (code points) is [UNK].</summary>
    public const int LongestWord = 100;

    /// <summary>The pieces with a meaning of their own, in BERT's usual order.</summary>
    public static IReadOnlyList<string> SpecialPieces { get; } = [Vocabulary.Padding, Vocabulary.Unknown, "[CLS]", "[SEP]", "[MASK]"];

    private readonly string[] _kept;
    private readonly int _padding, _unknown, _start, _separator;

    /// <summary>A tokenizer over a vocabulary.</summary>
    /// <param name="vocabulary">Must hold [PAD], [UNK], [CLS] and [SEP]; [MASK] if texts are to hold it.</param>
    /// <param name="splitter">Cuts a text into words; lower-casing must be that of the vocabulary.</param>
    /// <exception cref="ArgumentException">A special piece is missing.</exception>
    public WordPieceTokenizer(Vocabulary vocabulary, BasicTokenizer splitter)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentNullException.ThrowIfNull(splitter);
        if (SpecialPieces.Take(4).FirstOrDefault(piece => !vocabulary.Contains(piece)) is { } missing)
        {
            throw new ArgumentException(
                $"vocabulary has {vocabulary.Count} pieces but not {missing}: take the vocab.txt of a BERT model, or add {string.Join(", ", SpecialPieces)}.",
                nameof(vocabulary));
        }

        Pieces = vocabulary;
        Splitter = splitter;
        (_padding, _unknown, _start, _separator) = (vocabulary[Vocabulary.Padding], vocabulary[Vocabulary.Unknown], vocabulary["[CLS]"], vocabulary["[SEP]"]);
        _kept = [.. SpecialPieces.Where(vocabulary.Contains)];
    }

    /// <summary>The pieces and their ids.</summary>
    public Vocabulary Pieces { get; }

    /// <summary>What cuts a text into words first.</summary>
    public BasicTokenizer Splitter { get; }

    /// <summary>Reads a <c>vocab.txt</c>.</summary>
    /// <param name="path">The file: one piece a line, the line's number is the id.</param>
    /// <param name="lowerCase">
    /// true for an uncased model, false for a cased one; null decides by the file: it is cased if more than one piece in a hundred,
    /// those in brackets apart, has a capital letter (in BERT's vocabularies: a third of a cased one, none of an uncased one).
    /// </param>
    /// <exception cref="InvalidDataException">The file is empty, not UTF-8, too long or lacks a special piece.</exception>
    public static WordPieceTokenizer Read(string path, bool? lowerCase = null)
    {
        Vocabulary vocabulary = Vocabulary.Read(path);
        try
        {
            return new(vocabulary, new BasicTokenizer(lowerCase ?? !IsCased(vocabulary)));
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    private static bool IsCased(Vocabulary vocabulary) =>
        100L * vocabulary.Words.Count(piece => !(piece.StartsWith('[') && piece.EndsWith(']')) && piece.EnumerateRunes().Any(Rune.IsUpper)) > vocabulary.Count;

    /// <summary>The pieces of a text. Special pieces written out in it, such as [MASK], stay whole.</summary>
    /// <param name="text">Any text.</param>
    public IReadOnlyList<string> Tokenize(string text) => [.. Ids(text).Select(id => Pieces[id])];

    /// <summary>The ids of a text, or a pair of texts, with [CLS] and [SEP].</summary>
    /// <param name="text">Any text.</param>
    /// <param name="pair">A second text; null for none.</param>
    /// <param name="maximumLength">At most so many ids: pieces are cut off the end of the longer text, one by one; null keeps all.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumLength"/> leaves no room for [CLS] and [SEP].</exception>
    public EncodedText Encode(string text, string? pair = null, int? maximumLength = null)
    {
        List<int> first = Ids(text);
        List<int>? second = pair is null ? null : Ids(pair);
        int special = second is null ? 2 : 3, dropped = 0;
        if (maximumLength < special)
        {
            throw new ArgumentOutOfRangeException(
                nameof(maximumLength), $"maximumLength is {maximumLength} but [CLS] and [SEP] alone take {special}: pass more.");
        }

        for (; first.Count + (second?.Count ?? 0) + special > maximumLength; dropped++)
        {
            List<int> longer = second is null || first.Count > second.Count ? first : second;
            longer.RemoveAt(longer.Count - 1);
        }

        List<int> ids = [_start, .. first, _separator];
        int[] types = new int[ids.Count + (second is null ? 0 : second.Count + 1)];
        Array.Fill(types, 1, ids.Count, types.Length - ids.Count);
        if (second is not null)
        {
            ids.AddRange([.. second, _separator]);
        }

        return new([.. ids], types, dropped);
    }

    /// <summary>Several texts side by side, filled up with [PAD].</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="maximumLength">At most so many ids a text; null keeps all.</param>
    public EncodedBatch Encode(IEnumerable<string> texts, int? maximumLength = null) =>
        EncodedBatch.Of([.. texts.Select(text => Encode(text, null, maximumLength))], _padding);

    /// <summary>The text of ids: pieces joined to words, words separated by blanks, [PAD], [CLS] and [SEP] left out.</summary>
    /// <param name="ids">Ids of the vocabulary.</param>
    public string Decode(IEnumerable<int> ids)
    {
        StringBuilder result = new();
        foreach (string piece in ids.Select(id => Pieces[id]).Where(piece => piece is not (Vocabulary.Padding or "[CLS]" or "[SEP]")))
        {
            bool inside = piece.Length > 2 && piece.StartsWith("##", StringComparison.Ordinal);
            result.Append(inside || result.Length == 0 ? "" : " ").Append(piece, inside ? 2 : 0, piece.Length - (inside ? 2 : 0));
        }

        return result.ToString();
    }

    private List<int> Ids(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> ids = [];
        int start = 0;
        for (int at = text.IndexOf('['); at >= 0; at = text.IndexOf('[', at + 1))
        {
            if (Array.Find(_kept, piece => string.CompareOrdinal(text, at, piece, 0, piece.Length) == 0) is { } special)
            {
                AddWords(text[start..at], ids);
                ids.Add(Pieces[special]);
                start = at + special.Length;
                at = start - 1;
            }
        }

        AddWords(text[start..], ids);
        return ids;
    }

    private void AddWords(string text, List<int> ids)
    {
        foreach (string word in Splitter.Split(text))
        {
            AddPieces(word, ids);
        }
    }

    /// <summary>Greedy: from each position the longest piece. Only as long as the vocabulary's longest entry is tried.</summary>
    private void AddPieces(string word, List<int> ids)
    {
        int before = ids.Count;
        if (word.EnumerateRunes().Count() <= LongestWord)
        {
            Span<char> piece = stackalloc char[2 * LongestWord + 2];
            "##".CopyTo(piece);
            word.CopyTo(piece[2..]);
            int start = 0;
            while (start < word.Length)
            {
                // Inside a word, the two # take the place of the two characters before the piece.
                int prefix = start == 0 ? 0 : 2, end = Math.Min(word.Length, start + Pieces.LongestWord - prefix), id = -1;
                if (prefix == 2)
                {
                    "##".CopyTo(piece[start..]);
                }

                while (end > start && !Pieces.TryGetId(piece[(start + 2 - prefix)..(end + 2)], out id))
                {
                    end -= char.IsLowSurrogate(word[end - 1]) && end - 1 > start ? 2 : 1;
                }

                if (end <= start)
                {
                    break;
                }

                ids.Add(id);
                start = end;
            }

            if (start == word.Length)
            {
                return;
            }
        }

        ids.RemoveRange(before, ids.Count - before);
        ids.Add(_unknown);
    }
}
