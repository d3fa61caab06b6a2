using AttentionLab.Words;

namespace AttentionLab.Trainer;

/// <summary>The corpus as ids: for each entry its sentences.</summary>
/// <param name="Training">Entries that are trained on.</param>
/// <param name="HeldOut">Entries drawn at random and held out.</param>
internal sealed record EncoderText(IReadOnlyList<int[][]> Training, IReadOnlyList<int[][]> HeldOut)
{
    /// <summary>Ids of every sentence, without special pieces.</summary>
    public static EncoderText Of(IReadOnlyList<CorpusEntry> entries, WordPieceTokenizer tokenizer)
    {
        int[][][] ids =
        [
            .. entries.AsParallel().AsOrdered().Select(entry => entry.Sentences.Select(sentence => tokenizer.Encode(sentence).Ids[1..^1]).ToArray())
        ];
        return new(Part(CorpusPart.Training), Part(CorpusPart.HeldOut));

        int[][][] Part(CorpusPart part) => [.. Enumerable.Range(0, ids.Length).Where(i => entries[i].Part == part).Select(i => ids[i])];
    }
}
