using AttentionLab.Trainer;
using AttentionLab.Words;

namespace AttentionLab.Studio.Tests.Trainer;

/// <summary>An encoder and a text that are trained within a second.</summary>
internal static class TinyEncoder
{
    public static readonly EncoderSettings Settings = new()
    {
        Layers = 2,
        Channels = 16,
        Heads = 2,
        Hidden = 32,
        Length = 24,
        Batch = 4,
        Warmup = 20,
        Rate = 3e-3,
        Dropout = 0.1,
        WordPasses = 1,
        Muon = true,
    };

    public static readonly CorpusEntry[] All = Entries();

    public static readonly WordPieceTokenizer Tokenizer = new(
        WordPieceTraining.Train(All.SelectMany(e => e.Sentences), 120, new BasicTokenizer(true)), new BasicTokenizer(true));

    public static EncoderText Text => EncoderText.Of(All, Tokenizer);

    private static CorpusEntry[] Entries()
    {
        string[] things = ["apple", "mouse", "port", "shell", "key"], kinds = ["fruit", "animal", "harbour", "house", "tool"];
        return [.. Enumerable.Range(0, 120).Select(i => new CorpusEntry(
            CorpusSource.WordNet, $"{things[i % 5]} {i}",
            [$"{things[i % 5]}: a kind of {kinds[i % 5]} of size {i % 7}.", $"the {kinds[i % 5]} is {(i % 2 == 0 ? "small" : "large")}."],
            i % 10 == 9 ? CorpusPart.HeldOut : CorpusPart.Training))];
    }
}
