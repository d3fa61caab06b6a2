namespace AttentionLab.Words;

/// <summary>Which of the two published BERT tokenizers is followed where they differ.</summary>
public enum TokenizerRules
{
    /// <summary>
    /// Hugging Face's fast tokenizer, which almost everybody uses: "ΟΔΟΣ" becomes "οδοσ", "a\uE000b" (private use) becomes "ab",
    /// and of a pair that is too long by an odd number of pieces, the text that was longer (or the second of equals) keeps one more.
    /// </summary>
    Fast,

    /// <summary>
    /// Google's tokenization.py: "ΟΔΟΣ" becomes "οδος" (Σ at the end of a word is ς), "a\uE000b" stays one word,
    /// and the longer text of a pair loses pieces one by one, the second where both are equal.
    /// </summary>
    Original,
}
