using AttentionLab.Kernels;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Words;

namespace AttentionLab.Course.Experiments;

/// <summary>What a trained encoder makes of one word in many texts: its vector at each level.</summary>
public static class ContextualWord
{
    private const int Batch = 32;

    /// <summary>The vector of a word in each text: the mean over the pieces of its first occurrence.</summary>
    /// <param name="bert">The encoder.</param>
    /// <param name="word">The word, as the tokenizer splits it: in small letters if it makes them small.</param>
    /// <param name="texts">n texts that hold it within the encoder's length.</param>
    /// <returns>For each level (n,C), in the order of the texts: level 0 is the input, then follow the layers.</returns>
    /// <exception cref="ArgumentException">A text does not have the word.</exception>
    public static Tensor[] Levels(Bert bert, string word, IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(bert);
        ArgumentNullException.ThrowIfNull(texts);
        (int Row, EncodedText Text, int Start, int Count)[] all = [.. texts.Select((text, row) => Place(bert, text, word) is { } place
            ? (row, place.Text, place.Start, place.Count)
            : throw new ArgumentException($"“{text}” does not have “{word}” among its first {bert.MaximumLength} pieces: leave it out.", nameof(texts)))];

        // Texts of like length side by side: little is filled up.
        Array.Sort(all, (a, b) => (a.Text.Length, a.Row).CompareTo((b.Text.Length, b.Row)));
        Tensor[] levels = [.. Enumerable.Range(0, bert.Config.Layers + 1).Select(_ => new Tensor(texts.Count, bert.Config.Channels))];
        foreach ((int Row, EncodedText Text, int Start, int Count)[] some in all.Chunk(Batch))
        {
            EncodedBatch batch = EncodedBatch.Of([.. some.Select(text => text.Text)], bert.Tokenizer.Pieces[Vocabulary.Padding]);
            IReadOnlyList<Tensor> outputs = [bert.Encoder.Embedding.Forward(batch.Ids, batch.Types).Y, .. bert.Forward(batch).Saved.Layers.Outputs];
            for (int level = 0; level < levels.Length; level++)
            {
                for (int b = 0; b < some.Length; b++)
                {
                    (int row, _, int start, int pieces) = some[b];
                    for (int piece = 0; piece < pieces; piece++)
                    {
                        Multiply.AddScaled(outputs[level].Row(b * batch.Ids.GetLength(1) + start + piece), 1f / pieces, levels[level].Row(row));
                    }
                }
            }
        }

        return levels;
    }

    /// <summary>Where a word's pieces stand in [CLS] text [SEP]; null if they do not, or only beyond the encoder's length.</summary>
    /// <param name="bert">The encoder.</param>
    /// <param name="text">The text.</param>
    /// <param name="word">The word.</param>
    public static (EncodedText Text, int Start, int Count)? Place(Bert bert, string text, string word)
    {
        ArgumentNullException.ThrowIfNull(bert);
        return Place(bert.Tokenizer, text, word, bert.MaximumLength);
    }

    /// <summary>The same within some length.</summary>
    internal static (EncodedText Text, int Start, int Count)? Place(WordPieceTokenizer tokenizer, string sentence, string word, int length)
    {
        List<int> ids = [tokenizer.Pieces["[CLS]"]];
        (int Start, int Count) place = (-1, 0);
        foreach (string part in tokenizer.Splitter.Split(sentence))
        {
            int[] pieces = tokenizer.Encode(part).Ids[1..^1];
            if (place.Start < 0 && part == word)
            {
                place = (ids.Count, pieces.Length);
            }

            ids.AddRange(pieces);
        }

        ids = [.. ids.Take(length - 1), tokenizer.Pieces["[SEP]"]];
        return place.Start >= 0 && place.Start + place.Count < ids.Count ? (new([.. ids], new int[ids.Count], 0), place.Start, place.Count) : null;
    }
}
