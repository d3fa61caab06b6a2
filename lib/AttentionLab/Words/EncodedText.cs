namespace AttentionLab.Words;

/// <summary>A text, or a pair of texts, as a BERT model reads it: [CLS] a … [SEP] or [CLS] a … [SEP] b … [SEP].</summary>
/// <param name="Ids">(T): ids of the word pieces.</param>
/// <param name="Types">(T): 0 up to the first [SEP], 1 after it.</param>
/// <param name="Dropped">How many pieces were cut off to keep the length asked for.</param>
public sealed record EncodedText(int[] Ids, int[] Types, int Dropped)
{
    /// <summary>Number of pieces, T, special ones included.</summary>
    public int Length => Ids.Length;
}

/// <summary>Several texts side by side, the shorter ones filled up at the end.</summary>
/// <param name="Ids">(B,T): ids, [PAD] at the end of short rows.</param>
/// <param name="Types">(B,T): token types, 0 for [PAD].</param>
/// <param name="Visible">(B,T): true for a piece, false for [PAD].</param>
public sealed record EncodedBatch(int[,] Ids, int[,] Types, bool[,] Visible)
{
    /// <summary>Puts encoded texts side by side.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="padding">Id that fills up.</param>
    public static EncodedBatch Of(IReadOnlyList<EncodedText> texts, int padding)
    {
        ArgumentNullException.ThrowIfNull(texts);
        int length = texts.Count == 0 ? 0 : texts.Max(text => text.Length);
        EncodedBatch batch = new(new int[texts.Count, length], new int[texts.Count, length], new bool[texts.Count, length]);
        for (int b = 0; b < texts.Count; b++)
        {
            for (int t = 0; t < length; t++)
            {
                bool visible = t < texts[b].Length;
                (batch.Ids[b, t], batch.Types[b, t], batch.Visible[b, t]) = visible ? (texts[b].Ids[t], texts[b].Types[t], true) : (padding, 0, false);
            }
        }

        return batch;
    }
}
