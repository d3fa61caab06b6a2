using AttentionLab.Weights;
using AttentionLab.Words;

namespace AttentionLab.Models;

/// <summary>
/// The tokenizer of a model's folder: tokenizer.json if there is one, else vocab.txt; what tokenizer_config.json says of case, accents and Chinese
/// characters counts for more than either, as in Hugging Face's transformers.
/// </summary>
internal static class BertTokenizer
{
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
        return tokenizer.Pieces.Count <= config.Vocabulary ? tokenizer
            : throw new InvalidDataException(
                $"{(hasJson ? json : text)} has {tokenizer.Pieces.Count} pieces but config.json has vocab_size {config.Vocabulary}: take both files "
                + "from the same model.");
    }

    private static WordPieceTokenizer OfText(string path, TokenizerChoices choices)
    {
        WordPieceTokenizer tokenizer = WordPieceTokenizer.Read(path, choices.LowerCase, choices.Rules);
        return new(
            tokenizer.Pieces,
            new BasicTokenizer(tokenizer.Splitter.LowerCase, choices.StripAccents, choices.IsolateChinese ?? true, choices.Rules));
    }
}
