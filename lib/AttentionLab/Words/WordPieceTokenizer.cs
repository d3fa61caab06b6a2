using System.Text;

namespace AttentionLab.Words;

/// <summary>
/// Words cut into the longest pieces that the vocabulary has, from the left; every piece but a word's first is written with ##
/// ("un", "##aff", "##able"), or with what a tokenizer.json has in its place. A word that cannot be cut so, or has more than 100 characters, is [UNK].
/// Source: Devlin et al. 2018, BERT, the released tokenization.py (FullTokenizer, WordpieceTokenizer).
/// </summary>
/// <remarks>Safe for several threads at once. A call leaves the result to the garbage collector, and nothing else.</remarks>
public sealed partial class WordPieceTokenizer
{
    /// <summary>A word of more characters (code points) is [UNK], unless a tokenizer.json says otherwise.</summary>
    public const int LongestWord = 100;

    /// <summary>The pieces with a meaning of their own, in BERT's usual order.</summary>
    public static IReadOnlyList<string> SpecialPieces { get; } = [Vocabulary.Padding, Vocabulary.Unknown, "[CLS]", "[SEP]", "[MASK]"];

    private readonly WordPieces _words;
    private readonly AddedTokens _kept;
    private readonly AddedTokens? _keptNormal;
    private readonly PieceTemplate _template;
    private readonly int _padding;

    /// <summary>A tokenizer over a vocabulary.</summary>
    /// <param name="vocabulary">Must hold [PAD], [UNK], [CLS] and [SEP]; [MASK] if texts are to hold it.</param>
    /// <param name="splitter">Cuts a text into words; lower-casing must be that of the vocabulary.</param>
    /// <exception cref="ArgumentException">A special piece is missing.</exception>
    public WordPieceTokenizer(Vocabulary vocabulary, BasicTokenizer splitter)
        : this(
            Checked(vocabulary), splitter, new WordPieces(new PieceTrie(vocabulary.Ids), vocabulary[Vocabulary.Unknown]),
            [.. SpecialPieces.Where(vocabulary.Contains).Select(piece => new AddedToken(piece, vocabulary[piece]))],
            PieceTemplate.Bert(vocabulary["[CLS]"], vocabulary["[SEP]"]), vocabulary[Vocabulary.Padding])
    {
    }

    /// <summary>A tokenizer as a tokenizer.json describes it.</summary>
    internal WordPieceTokenizer(
        Vocabulary vocabulary, BasicTokenizer splitter, WordPieces words, IReadOnlyList<AddedToken> kept, PieceTemplate template, int padding)
    {
        ArgumentNullException.ThrowIfNull(splitter);
        (Pieces, Splitter, Added, _words, _template, _padding) = (vocabulary, splitter, kept, words, template, padding);
        _kept = new(kept.Where(token => !token.Normalized).Select(token => (token.Content, token)));
        AddedTokens normal = new(kept.Where(token => token.Normalized).Select(token => (splitter.Normalizer.Reference(token.Content), token)));
        _keptNormal = normal.Count > 0 ? normal : null;
    }

    /// <summary>The pieces and their ids.</summary>
    public Vocabulary Pieces { get; }

    /// <summary>What cuts a text into words first.</summary>
    public BasicTokenizer Splitter { get; }

    /// <summary>What is found in the text itself.</summary>
    internal IReadOnlyList<AddedToken> Added { get; }

    /// <summary>Whether a special piece, [CLS], stands before every text and every pair.</summary>
    internal bool BeginsWithSpecial => _template.Parts(pair: false)[0].Id >= 0 && _template.Parts(pair: true)[0].Id >= 0;

    /// <summary>The largest token type that the template gives a single text; 0 almost everywhere.</summary>
    internal int LargestTypeOfOneText => _template.LargestTypeOfOneText;

    /// <summary>The same, with pieces behind the vocabulary and more that is found in the text itself.</summary>
    /// <param name="pieces">Behind the last one, in order.</param>
    /// <param name="added">With ids of the vocabulary or of <paramref name="pieces"/>.</param>
    internal WordPieceTokenizer With(IReadOnlyList<string> pieces, IReadOnlyList<AddedToken> added)
    {
        Dictionary<string, int> ids = new(Pieces.Ids, StringComparer.Ordinal);
        foreach (string piece in pieces)
        {
            ids.Add(piece, Pieces.Count + ids.Count - Pieces.Ids.Count);
        }

        return new(new Vocabulary([.. Pieces.Words, .. pieces], ids), Splitter, _words, [.. Added, .. added], _template, _padding);
    }

    /// <summary>Reads a <c>vocab.txt</c>, or a <c>tokenizer.json</c> of WordPiece.</summary>
    /// <param name="path">
    /// The file. A vocab.txt has one piece a line, the line's number is the id. A file whose name ends in .json is read as tokenizer.json, with its
    /// normaliser, pre-tokeniser, added tokens and post-processor; its truncation and padding are the caller's choice here, and not taken over.
    /// </param>
    /// <param name="lowerCase">
    /// true for an uncased model, false for a cased one; null takes it from the tokenizer.json, or decides by the vocab.txt: it is cased if more than
    /// one piece in a hundred, those in brackets apart, has a capital letter (in BERT's vocabularies: a third of a cased one, none of an uncased one).
    /// </param>
    /// <param name="rules">Whose tokenizer is followed where two differ.</param>
    /// <exception cref="InvalidDataException">
    /// The file is empty, damaged, too long, lacks a special piece, or asks for something that is not supported: the message names file, key and fix.
    /// </exception>
    public static WordPieceTokenizer Read(string path, bool? lowerCase = null, TokenizerRules rules = TokenizerRules.Fast)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        TokenizerChoices choices = new(lowerCase, null, null, rules);
        return path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? TokenizerJson.Read(path, choices) : ReadLines(path, choices);
    }

    /// <summary>Reads a vocab.txt.</summary>
    internal static WordPieceTokenizer ReadLines(string path, TokenizerChoices choices)
    {
        Vocabulary vocabulary = Vocabulary.Read(path);
        try
        {
            return new(
                vocabulary,
                new BasicTokenizer(choices.LowerCase ?? !IsCased(vocabulary), choices.StripAccents, choices.IsolateChinese ?? true, choices.Rules));
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>The ids of a text, or a pair of texts, with [CLS] and [SEP].</summary>
    /// <param name="text">Any text.</param>
    /// <param name="pair">A second text; null for none.</param>
    /// <param name="maximumLength">
    /// At most so many ids; null keeps all. Of a pair the longer text loses pieces first, then both; see <see cref="TokenizerRules"/>.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumLength"/> leaves no room for [CLS] and [SEP].</exception>
    public EncodedText Encode(string text, string? pair = null, int? maximumLength = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        PooledBuffer<int> ids = new(0), types = new(0);
        int dropped = Append(text, pair, maximumLength, ref ids, ref types);
        EncodedText encoded = new(ids.Items.ToArray(), types.Items.ToArray(), dropped);
        types.Dispose();
        ids.Dispose();
        return encoded;
    }

    /// <summary>Appends what <see cref="Encode(string, string?, int?)"/> gives; nothing is left to the garbage collector.</summary>
    /// <returns>How many pieces were cut off.</returns>
    internal int Append(string text, string? pair, int? maximumLength, ref PooledBuffer<int> ids, ref PooledBuffer<int> types)
    {
        ReadOnlySpan<TemplatePart> parts = _template.Parts(pair is not null);
        int special = PieceTemplate.Specials(parts);
        if (maximumLength < special)
        {
            throw new ArgumentOutOfRangeException(
                nameof(maximumLength), $"maximumLength is {maximumLength} but [CLS] and [SEP] alone take {special}: pass more.");
        }

        PooledBuffer<int> plain = new((text.Length + (pair?.Length ?? 0)) / 4);
        AddText(text, ref plain);
        int first = plain.Count;
        AddText(pair, ref plain);
        int second = plain.Count - first;
        (int keep, int keepSecond) = PieceTemplate.Cut(first, second, maximumLength - special ?? int.MaxValue, Splitter.Rules);
        PieceTemplate.Append(parts, plain.Items[..keep], plain.Items.Slice(first, keepSecond), ref ids, ref types);
        plain.Dispose();
        return first - keep + second - keepSecond;
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
        ArgumentNullException.ThrowIfNull(ids);
        StringBuilder result = new();
        string prefix = _words.Prefix;
        foreach (string piece in ids.Select(id => Pieces[id]).Where(piece => piece is not (Vocabulary.Padding or "[CLS]" or "[SEP]")))
        {
            bool inside = piece.Length > prefix.Length && piece.StartsWith(prefix, StringComparison.Ordinal);
            result.Append(inside || result.Length == 0 ? "" : " ").Append(piece.AsSpan(inside ? prefix.Length : 0));
        }

        return result.ToString();
    }

    private static Vocabulary Checked(Vocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        return SpecialPieces.Take(4).FirstOrDefault(piece => !vocabulary.Contains(piece)) is not { } missing ? vocabulary
            : throw new ArgumentException(
                $"vocabulary has {vocabulary.Count} pieces but not {missing}: take the vocab.txt of a BERT model, or add {string.Join(", ", SpecialPieces)}.",
                nameof(vocabulary));
    }

    private static bool IsCased(Vocabulary vocabulary) =>
        100L * vocabulary.Words.Count(piece => !(piece.StartsWith('[') && piece.EndsWith(']')) && piece.EnumerateRunes().Any(Rune.IsUpper)) > vocabulary.Count;

    /// <summary>Added tokens of the text as it is first, then the text between them.</summary>
    private void AddText(ReadOnlySpan<char> text, ref PooledBuffer<int> ids)
    {
        PooledBuffer<char> normal = new(text.Length + 16);
        for (int at = 0; at < text.Length;)
        {
            int id = _kept.Next(text, at, out int start, out int end);
            normal.Count = 0;
            Splitter.Normalizer.Append(text[at..start], ref normal);
            AddNormal(normal.Items, ref ids);
            if (id >= 0)
            {
                ids.Add(id);
            }

            at = end;
        }

        normal.Dispose();
    }

    private void AddNormal(ReadOnlySpan<char> text, ref PooledBuffer<int> ids)
    {
        for (int at = 0; _keptNormal is not null && at < text.Length;)
        {
            int id = _keptNormal.Next(text, at, out int start, out int end);
            AddWords(text[at..start], ref ids);
            if (id >= 0)
            {
                ids.Add(id);
            }

            at = end;
        }

        if (_keptNormal is null)
        {
            AddWords(text, ref ids);
        }
    }

    private void AddWords(ReadOnlySpan<char> text, ref PooledBuffer<int> ids)
    {
        WordBreaks breaks = Splitter.Breaks;
        for (int start = 0; breaks.TryNext(text, ref start, out int end); start = end)
        {
            _words.Add(text[start..end], ref ids);
        }
    }
}
