namespace AttentionLab.Words;

public sealed partial class WordPieceTokenizer
{
    /// <summary>How many pieces a vocab.txt holds; those behind are found in the text itself only.</summary>
    internal int Lines
    {
        get
        {
            int lines = Pieces.Count;
            while (lines > 0 && !_words.Has(Pieces[lines - 1]) && Added.Any(token => token.Id == lines - 1))
            {
                lines--;
            }

            return lines;
        }
    }

    /// <summary>What it does that a vocab.txt with its tokenizer_config.json cannot say; null if nothing.</summary>
    internal string? BeyondLines =>
        !Splitter.IsBert ? "the tokenizer's normalizer or pre_tokenizer is not BERT's"
        : SpecialPieces.Take(4).FirstOrDefault(piece => !Pieces.Contains(piece)) is { } missing ? $"the tokenizer has no {missing}"
        : SpecialPieces.FirstOrDefault(piece => Pieces.TryGetId(piece, out int id) && !Added.Contains(new AddedToken(piece, id))) is { } other
            ? $"the tokenizer finds {other} in another way than as it stands in the text"
        : !_words.IsBert(Pieces[Vocabulary.Unknown]) ? "the tokenizer has another prefix, longest word or unk_token than BERT"
        : !_template.IsBert(Pieces["[CLS]"], Pieces["[SEP]"]) ? "the tokenizer's post_processor is not BERT's"
        : _padding != Pieces[Vocabulary.Padding] ? $"the tokenizer fills up with {Pieces[_padding]}"
        : Added.FirstOrDefault(token => token.Id < Lines && !_words.Has(token.Content)) is { } within
            ? $"the tokenizer finds {within.Content} in texts only, with an id among those of the vocabulary"
        : null;
}
