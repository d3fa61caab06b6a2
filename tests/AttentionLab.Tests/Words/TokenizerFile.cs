using System.Text.Json.Nodes;
using AttentionLab.Words;

namespace AttentionLab.Tests.Words;

/// <summary>Writes a tokenizer.json as Hugging Face's tokenizers does, for both readers: the library's and their own.</summary>
internal static class TokenizerFile
{
    public const string Bert = """{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true}""";

    public const string BertProcessing = """{"type":"BertProcessing","sep":["[SEP]",3],"cls":["[CLS]",2]}""";

    /// <summary>A file whose first pieces are the five special ones.</summary>
    /// <param name="path">Where.</param>
    /// <param name="pieces">The pieces after them; each counts once.</param>
    /// <param name="normalizer">JSON.</param>
    /// <param name="breaks">JSON of the pre-tokeniser.</param>
    /// <param name="processor">JSON of the post-processor.</param>
    /// <param name="added">Added tokens behind the special ones: content, then flags named as in the file.</param>
    /// <returns>The pieces in the order of their ids.</returns>
    public static IReadOnlyList<string> Write(
        string path, IEnumerable<string> pieces, string normalizer = Bert, string breaks = """{"type":"BertPreTokenizer"}""",
        string processor = BertProcessing, params (string Content, string Flags)[] added)
    {
        string[] all = [.. WordPieceTokenizer.SpecialPieces.Concat(pieces).Distinct()];
        JsonArray tokens = [.. WordPieceTokenizer.SpecialPieces.Select((piece, id) => Token(id, piece, "special"))];
        int next = all.Length;
        foreach ((string content, string flags) in added)
        {
            tokens.Add(Token(Array.IndexOf(all, content) is >= 0 and int id ? id : next++, content, flags));
        }

        JsonObject file = new()
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = tokens,
            ["normalizer"] = JsonNode.Parse(normalizer),
            ["pre_tokenizer"] = JsonNode.Parse(breaks),
            ["post_processor"] = JsonNode.Parse(processor),
            ["decoder"] = new JsonObject { ["type"] = "WordPiece", ["prefix"] = "##", ["cleanup"] = true },
            ["model"] = new JsonObject
            {
                ["type"] = "WordPiece",
                ["unk_token"] = "[UNK]",
                ["continuing_subword_prefix"] = "##",
                ["max_input_chars_per_word"] = 100,
                ["vocab"] = new JsonObject(all.Select((piece, id) => KeyValuePair.Create(piece, (JsonNode?)id))),
            },
        };
        File.WriteAllText(path, file.ToJsonString());
        return all;
    }

    private static JsonObject Token(int id, string content, string flags) => new JsonObject
    {
        ["id"] = id,
        ["content"] = content,
        ["single_word"] = flags.Contains("single_word", StringComparison.Ordinal),
        ["lstrip"] = flags.Contains("lstrip", StringComparison.Ordinal),
        ["rstrip"] = flags.Contains("rstrip", StringComparison.Ordinal),
        ["normalized"] = flags.Contains("normalized", StringComparison.Ordinal),
        ["special"] = flags.Contains("special", StringComparison.Ordinal),
    };
}
