using System.Globalization;
using AttentionLab.Weights;
using AttentionLab.Words;

namespace AttentionLab.Models;

/// <summary>
/// The tokenizer of a model's folder: tokenizer.json if there is one, else vocab.txt; what tokenizer_config.json says of case, accents and Chinese
/// characters counts for more than either, as in Hugging Face's transformers.
/// </summary>
internal static class BertTokenizer
{
    /// <summary>Some models fill the rows of their embeddings up to a multiple of this or of twice, four times … as many; 30522 is none.</summary>
    private const int FilledTo = 8;

    /// <summary>Reads it and checks that its pieces have rows in the model.</summary>
    /// <exception cref="FileNotFoundException">There is neither file.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or files contradict each other.</exception>
    public static WordPieceTokenizer Read(string model, BertConfig config, bool? lowerCase, TokenizerRules rules)
    {
        string json = Path.Combine(model, "tokenizer.json"), text = Path.Combine(model, "vocab.txt");
        bool hasJson = File.Exists(json), hasText = File.Exists(text) || Directory.Exists(text);
        JsonFile? file = JsonFile.ReadIfThere(Path.Combine(model, "tokenizer_config.json"));
        TokenizerChoices choices = new(
            lowerCase ?? file?.Truth("do_lower_case"), file?.Truth("strip_accents"), file?.Truth("tokenize_chinese_chars"), rules);
        if (!hasJson)
        {
            ForeignFile.RequireFile(text, "only WordPiece vocabularies are read; put the model's vocab.txt or tokenizer.json there");
        }

        WordPieceTokenizer tokenizer = hasJson ? TokenizerJson.Read(json, choices, hasText ? text : null) : OfText(text, choices);
        int pieces = tokenizer.Pieces.Count, rows = config.Vocabulary;
        if (pieces > rows || (pieces < rows && rows % FilledTo != 0))
        {
            throw new InvalidDataException(
                $"{(hasJson ? json : text)} has {pieces} pieces but config.json has vocab_size {rows}: take both files from the same model"
                + (pieces > rows || hasJson ? "." : ", or put its tokenizer.json there, which names added pieces, too."));
        }

        CheckAdded(file, tokenizer.Pieces);
        return tokenizer;
    }

    /// <summary>"added_tokens_decoder" repeats the ids of special pieces: a vocabulary of another order gives wrong vectors without a word.</summary>
    private static void CheckAdded(JsonFile? file, Vocabulary pieces)
    {
        JsonFile? added = file?.Part("added_tokens_decoder");
        foreach (string id in added is null ? [] : added.Root.EnumerateObject().Select(entry => entry.Name))
        {
            string content = added!.Part(id)?.Text("content") ?? throw added.Fault(ForeignText.Shorten(id), "has no content", "an object with the piece");
            if (pieces.TryGetId(content, out int known) && known.ToString(CultureInfo.InvariantCulture) != id)
            {
                throw added.Fault(
                    ForeignText.Shorten(id), $"is \"{ForeignText.Shorten(content)}\", which has the id {known} in the vocabulary", "the same piece in both");
            }
        }
    }

    private static WordPieceTokenizer OfText(string path, TokenizerChoices choices)
    {
        WordPieceTokenizer tokenizer = WordPieceTokenizer.Read(path, choices.LowerCase, choices.Rules);
        return new(
            tokenizer.Pieces,
            new BasicTokenizer(tokenizer.Splitter.LowerCase, choices.StripAccents, choices.IsolateChinese ?? true, choices.Rules));
    }
}
