using AttentionLab.Words;

namespace AttentionLab.Tests.Words;

/// <summary>What a tokenizer cuts a text into, as words: a failed test then shows pieces, not ids.</summary>
internal static class TokenizerPieces
{
    /// <summary>The pieces between [CLS] and [SEP].</summary>
    public static IReadOnlyList<string> Tokenize(this WordPieceTokenizer tokenizer, string text) =>
        [.. tokenizer.Encode(text).Ids[1..^1].Select(id => tokenizer.Pieces[id])];
}
