using System.Globalization;
using System.Text.Json;
using AttentionLab.Weights;
using AttentionLab.Words;

namespace AttentionLab.Models;

/// <summary>
/// Pieces that were added to a vocabulary, by "added_tokens_decoder" of tokenizer_config.json and by added_tokens.json, which Hugging Face's transformers
/// writes beside vocab.txt. They repeat the ids of special pieces, too: a vocabulary of another order gives wrong vectors without a word.
/// </summary>
internal static class BertAddedTokens
{
    /// <summary>Takes them over.</summary>
    /// <param name="model">The model's folder.</param>
    /// <param name="config">tokenizer_config.json; null if there is none.</param>
    /// <param name="tokenizer">Of the vocabulary.</param>
    /// <returns>The same tokenizer if they add nothing.</returns>
    /// <exception cref="InvalidDataException">An id is not that of the vocabulary, or not the next one behind it.</exception>
    public static WordPieceTokenizer Read(string model, JsonFile? config, WordPieceTokenizer tokenizer)
    {
        Vocabulary pieces = tokenizer.Pieces;
        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        HashSet<string> kept = new(tokenizer.Added.Select(token => token.Content), StringComparer.Ordinal);
        List<AddedToken> added = [];
        List<string> more = [];
        foreach ((JsonFile file, string key, AddedToken token) in Named(model, config).OrderBy(named => named.Token.Id))
        {
            if ((pieces.TryGetId(token.Content, out int id) || ids.TryGetValue(token.Content, out id)) && id != token.Id)
            {
                throw file.Fault(
                    ForeignText.Shorten(key), $"gives \"{ForeignText.Shorten(token.Content)}\" the id {token.Id}", $"{id}, as in the vocabulary");
            }

            if (!pieces.Contains(token.Content) && ids.TryAdd(token.Content, token.Id))
            {
                more.Add(token.Content);
                if (token.Id != pieces.Count + more.Count - 1)
                {
                    throw file.Fault(
                        ForeignText.Shorten(key), $"gives \"{ForeignText.Shorten(token.Content)}\" the id {token.Id}",
                        $"{pieces.Count + more.Count - 1}: the vocabulary has {pieces.Count} pieces, and added ones follow them");
                }
            }

            if (kept.Add(token.Content))
            {
                added.Add(token);
            }
        }

        return added.Count == 0 ? tokenizer : tokenizer.With(more, added);
    }

    /// <summary>Writes "added_tokens_decoder" with what is found in texts beside BERT's own special pieces, if there is any.</summary>
    public static void Write(Utf8JsonWriter json, WordPieceTokenizer tokenizer)
    {
        AddedToken[] added = [.. tokenizer.Added.Where(token => !WordPieceTokenizer.SpecialPieces.Contains(token.Content)).OrderBy(token => token.Id)];
        if (added.Length == 0)
        {
            return;
        }

        json.WriteStartObject("added_tokens_decoder");
        foreach (AddedToken token in added)
        {
            json.WriteStartObject(token.Id.ToString(CultureInfo.InvariantCulture));
            json.WriteString("content", token.Content);
            json.WriteBoolean("lstrip", token.Left);
            json.WriteBoolean("normalized", token.Normalized);
            json.WriteBoolean("rstrip", token.Right);
            json.WriteBoolean("single_word", token.SingleWord);
            json.WriteBoolean("special", !token.Normalized);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static IEnumerable<(JsonFile File, string Key, AddedToken Token)> Named(string model, JsonFile? config)
    {
        JsonFile? decoder = config?.Part("added_tokens_decoder");
        foreach (JsonProperty entry in decoder is null ? [] : decoder.Root.EnumerateObject().ToArray())
        {
            string shown = ForeignText.Shorten(entry.Name);
            JsonFile? token = decoder!.Part(entry.Name);
            string content = token?.Text("content") is { Length: > 0 } text ? text : throw decoder.Fault(shown, "has no content", "an object with the piece");
            int id = int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
                : throw decoder.Fault(shown, "is no id", "a whole number");
            yield return (decoder, entry.Name, new(
                content, id, token!.Truth("single_word") ?? false, token.Truth("lstrip") ?? false, token.Truth("rstrip") ?? false,
                token.Truth("normalized") ?? !(token.Truth("special") ?? false)));
        }

        JsonFile? added = JsonFile.ReadIfThere(Path.Combine(model, "added_tokens.json"));
        foreach (JsonProperty entry in added is null ? [] : added.Root.EnumerateObject().ToArray())
        {
            yield return (added!, entry.Name, entry.Name.Length > 0 ? new(entry.Name, added!.Integer(entry.Name, 0, int.MaxValue), Normalized: true)
                : throw added!.Fault("\"\"", "is an empty piece", "a text"));
        }
    }
}
