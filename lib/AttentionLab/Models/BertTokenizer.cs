using System.Text.Json;
using AttentionLab.Weights;
using AttentionLab.Words;

namespace AttentionLab.Models;

/// <summary>
/// The tokenizer of a model's folder: tokenizer.json if there is one, else vocab.txt; what tokenizer_config.json says of case, accents and Chinese
/// characters counts for more than either, as in Hugging Face's transformers.
/// </summary>
internal static class BertTokenizer
{
    /// <summary>Some models fill the rows of their embeddings up to the next multiple of one of these, which suits the hardware.</summary>
    private static readonly int[] Blocks = [8, 16, 32, 64, 128];

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

        WordPieceTokenizer tokenizer = hasJson ? TokenizerJson.Read(json, choices, hasText ? text : null) : WordPieceTokenizer.ReadLines(text, choices);
        if (!tokenizer.BeginsWithSpecial)
        {
            throw new InvalidDataException(
                $"{json}: post_processor puts no [CLS] before texts but a BERT reads each text behind it: take the tokenizer.json of the model, or remove it "
                + "and put the model's vocab.txt there.");
        }

        if (config.TokenTypes > 0 && tokenizer.LargestTypeOfOneText >= config.TokenTypes)
        {
            throw new InvalidDataException(
                $"{json}: post_processor.single gives type_id {tokenizer.LargestTypeOfOneText} but config.json has type_vocab_size {config.TokenTypes}: take "
                + "both files from the same model.");
        }

        tokenizer = BertAddedTokens.Read(model, file, tokenizer);
        int pieces = tokenizer.Pieces.Count, rows = config.Vocabulary;
        if (!hasJson && pieces == rows - 1)
        {
            // Filled up by one row, or a line that was lost: nothing but another file can tell, and a vocabulary that lost a line gives wrong vectors.
            throw new InvalidDataException(
                $"{text} has {pieces} pieces but config.json has vocab_size {rows}, one more: take both files from the same model, or put its tokenizer.json "
                + "there, which names added pieces, too. If the model has a row that no piece uses, add a line \"[unused]\" at the end.");
        }

        if (!Fits(pieces, rows))
        {
            throw new InvalidDataException(
                $"{(hasJson ? json : text)} has {pieces} pieces but config.json has vocab_size {rows}: take both files from the same model"
                + (pieces > rows || hasJson ? "." : ", or put its tokenizer.json there, which names added pieces, too."));
        }

        return tokenizer;
    }

    /// <summary>Checks that <see cref="Write"/> loses nothing, and that <see cref="Read"/> takes these pieces for so many rows.</summary>
    /// <exception cref="ArgumentException">It would; the message names what, and the fix.</exception>
    public static void RequireWritable(WordPieceTokenizer tokenizer, int rows)
    {
        int pieces = tokenizer.Pieces.Count;
        if (pieces == rows - 1 || !Fits(pieces, rows))
        {
            throw new ArgumentException(
                $"the tokenizer has {pieces} pieces but the encoder {rows}: build the encoder with Vocabulary: {pieces}.", nameof(tokenizer));
        }

        if (tokenizer.BeyondLines is { } beyond)
        {
            throw new ArgumentException(
                $"{beyond}, but vocab.txt and tokenizer_config.json can only say what BERT does: take a tokenizer of BERT's kind, or keep the tokenizer.json "
                + "of this one and the weights in a folder of your own making.",
                nameof(tokenizer));
        }
    }

    /// <summary>Writes vocab.txt and tokenizer_config.json.</summary>
    public static void Write(string folder, WordPieceTokenizer tokenizer)
    {
        int lines = tokenizer.Lines;
        new Vocabulary([.. tokenizer.Pieces.Words.Take(lines)], tokenizer.Pieces.Ids).Write(Path.Combine(folder, "vocab.txt"));
        AtomicFile.Write(Path.Combine(folder, "tokenizer_config.json"), stream =>
        {
            using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
            json.WriteStartObject();
            json.WriteString("tokenizer_class", "BertTokenizer");
            json.WriteBoolean("do_lower_case", tokenizer.Splitter.LowerCase);
            json.WriteBoolean("strip_accents", tokenizer.Splitter.StripAccents);
            json.WriteBoolean("tokenize_chinese_chars", tokenizer.Splitter.IsolateChinese);
            BertAddedTokens.Write(json, tokenizer);
            json.WriteEndObject();
            json.Flush();
            stream.WriteByte((byte)'\n');
        });
    }

    /// <summary>Whether a model may have these rows for so many pieces: as many, or filled up to whole blocks.</summary>
    private static bool Fits(int pieces, int rows) =>
        pieces == rows || Array.Exists(Blocks, block => (pieces + (long)block - 1) / block * block == rows);
}
