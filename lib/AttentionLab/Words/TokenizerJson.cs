using System.Text.Json;
using AttentionLab.Weights;

namespace AttentionLab.Words;

/// <summary>What a caller, or tokenizer_config.json, says over the head of a tokenizer.json; null leaves it to the file.</summary>
/// <param name="LowerCase">"do_lower_case".</param>
/// <param name="StripAccents">"strip_accents".</param>
/// <param name="IsolateChinese">"tokenize_chinese_chars".</param>
/// <param name="Rules">Whose tokenizer is followed where two differ.</param>
internal sealed record TokenizerChoices(bool? LowerCase, bool? StripAccents, bool? IsolateChinese, TokenizerRules Rules);

/// <summary>
/// Reads a tokenizer.json as Hugging Face's tokenizers writes it, of WordPiece. Truncation and padding to a length are not taken over;
/// what else it asks for is done, or refused by name.
/// </summary>
internal static class TokenizerJson
{
    /// <summary>Vocabularies of many languages have half a million pieces.</summary>
    private const int Times = 16;

    private const string Another = "take a model whose tokenizer is BERT's";

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="choices">What counts for more than the file.</param>
    /// <param name="lines">The vocab.txt beside it, which must hold the same; null if there is none.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or asks for something that is not supported.</exception>
    public static WordPieceTokenizer Read(string path, TokenizerChoices choices, string? lines = null)
    {
        JsonFile file = JsonFile.ReadIfThere(path, times: Times)
            ?? throw new FileNotFoundException($"{path} does not exist: check the path, or put the model's tokenizer.json there.", path);
        JsonFile model = file.Part("model") ?? throw file.Fault("model", "is missing", "an object of type WordPiece");
        if (model.Text("type") is { } type and not "WordPiece")
        {
            throw model.Refusal("type", $"is \"{ForeignText.Shorten(type)}\" but only WordPiece is read", Another);
        }

        Dictionary<string, int> ids = Ids(model);
        if (lines is not null)
        {
            Compare(path, ids, lines);
        }

        PieceTrie trie = new(ids);
        IReadOnlyList<AddedToken> added = Added(file, ids);
        Vocabulary vocabulary = InOrder(model, ids);
        string unknown = model.Text("unk_token") ?? Vocabulary.Unknown;
        WordPieces words = new(
            trie, Id(vocabulary, unknown, model, "unk_token"), model.Text("continuing_subword_prefix") ?? "##",
            model.Integer("max_input_chars_per_word", 1, int.MaxValue, missing: WordPieceTokenizer.LongestWord));
        foreach (string part in new[] { "truncation", "padding" })
        {
            if (file.Part(part) is { } side && side.Text("direction") is { } direction and not "Right")
            {
                throw side.Refusal("direction", $"is \"{ForeignText.Shorten(direction)}\" but only the right end is cut and filled", Another);
            }
        }

        string padding = file.Part("padding")?.Text("pad_token") ?? Vocabulary.Padding;
        return new(
            vocabulary, TokenizerJsonText.Splitter(file, choices), words, added, TokenizerJsonTemplate.Read(file, vocabulary),
            Id(vocabulary, padding, file, "padding.pad_token"));
    }

    /// <summary>The id of a piece that the file names.</summary>
    internal static int Id(Vocabulary vocabulary, string piece, JsonFile file, string key) => vocabulary.TryGetId(piece, out int id) ? id
        : throw file.Refusal(
            key, $"is \"{ForeignText.Shorten(piece)}\" but no piece is called so", $"add {ForeignText.Shorten(piece)} to model.vocab or added_tokens");

    private static Dictionary<string, int> Ids(JsonFile model)
    {
        JsonFile vocabulary = model.Part("vocab") ?? throw model.Fault("vocab", "is missing", "an object of pieces and ids");
        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        foreach (JsonProperty piece in vocabulary.Root.EnumerateObject())
        {
            // By the property itself: looking it up by name walks over all that stand before it.
            ids[piece.Name] = piece.Value.ValueKind == JsonValueKind.Number && piece.Value.TryGetInt32(out int id) && id >= 0 ? id
                : throw vocabulary.Fault(ForeignText.Shorten(piece.Name), $"is {JsonFile.Show(piece.Value)}", $"a whole number from 0 to {int.MaxValue}");
        }

        return ids;
    }

    /// <summary>A vocab.txt of another order, or one piece short, gives wrong vectors without a word: it must hold what tokenizer.json holds.</summary>
    private static void Compare(string path, Dictionary<string, int> ids, string lines)
    {
        Dictionary<string, int> other = Vocabulary.Read(lines).Ids;
        foreach ((string piece, int id) in other)
        {
            if (!ids.TryGetValue(piece, out int known) || known != id)
            {
                throw Different($"has \"{ForeignText.Shorten(piece)}\" in line {id + 1} but {Path.GetFileName(path)} "
                    + (ids.ContainsKey(piece) ? $"gives it the id {known}, line {known + 1}" : "does not have it"));
            }
        }

        foreach ((string piece, int id) in ids)
        {
            if (!other.ContainsKey(piece))
            {
                throw Different($"lacks \"{ForeignText.Shorten(piece)}\", which has the id {id} in {Path.GetFileName(path)}");
            }
        }

        InvalidDataException Different(string fault) => new($"{lines} {fault}: take both files from the same model, or remove vocab.txt.");
    }

    /// <summary>What was added to the vocabulary; it gets its ids too.</summary>
    private static List<AddedToken> Added(JsonFile file, Dictionary<string, int> ids)
    {
        List<AddedToken> added = [];
        foreach (JsonFile token in file.Parts("added_tokens"))
        {
            string content = token.Text("content") ?? throw token.Fault("content", "is missing", "a text");
            int id = token.Integer("id", 0, int.MaxValue);
            if (ids.TryGetValue(content, out int other) && other != id)
            {
                throw token.Fault("id", $"is {id} but \"{ForeignText.Shorten(content)}\" has {other} in model.vocab", "the same in both");
            }

            ids[content] = id;
            added.Add(new(
                content, id, token.Truth("single_word") ?? false, token.Truth("lstrip") ?? false, token.Truth("rstrip") ?? false,
                token.Truth("normalized") ?? !(token.Truth("special") ?? false)));
        }

        return added;
    }

    /// <summary>Pieces by id. A vocab.txt with a repeated line leaves an id without a piece, so a few gaps are allowed.</summary>
    private static Vocabulary InOrder(JsonFile file, Dictionary<string, int> ids)
    {
        int count = 0;
        foreach (int id in ids.Values)
        {
            count = Math.Max(count, id + 1);
        }

        if (count == 0 || count - ids.Count > Vocabulary.MostRepeated)
        {
            throw file.Refusal("vocab", $"has {ids.Count} pieces with ids up to {count - 1}", "take the whole tokenizer.json of the model");
        }

        string[] words = new string[count];
        foreach ((string piece, int id) in ids)
        {
            words[id] = words[id] is null ? piece
                : throw file.Refusal(
                    $"vocab.{ForeignText.Shorten(piece)}", $"has the id {id}, as \"{ForeignText.Shorten(words[id]!)}\" has",
                    "give each piece an id of its own");
        }

        for (int id = 0; id < words.Length; id++)
        {
            words[id] ??= "";
        }

        return new(words, ids);
    }
}
