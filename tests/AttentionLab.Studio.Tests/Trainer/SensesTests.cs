using AttentionLab.Course.Experiments;
using AttentionLab.Kernels;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Trainer;
using AttentionLab.Words;

namespace AttentionLab.Studio.Tests.Trainer;

/// <summary>The two-sense test on planted sentences and vectors.</summary>
public sealed class SensesTests
{
    private static readonly WordPieceTokenizer Tokenizer = new(
        new Vocabulary([.. WordPieceTokenizer.SpecialPieces, "the", "app", "##le", "port", "is", "red", "fast", ".", "-", "s"]), new BasicTokenizer(true));

    private static readonly string[] Asked = ["compiler", "orchard", "the", "rare", "unseen"];

    [Fact]
    public void Find_SentencesOfBothSides_AreSortedBySideAndThinned()
    {
        CorpusSentence[] all = Sentences(
            (CorpusSource.Foldoc, "The port is fast."), (CorpusSource.Gcide, "A Port, and a port."), (CorpusSource.WordNet, "ports only"),
            (CorpusSource.WordNet, "port one"), (CorpusSource.WordNet, "port two"), (CorpusSource.WordNet, "port three"));
        SenseSentences port = Assert.Single(SenseSentences.Find(all, ["port"]));
        Assert.Equal(
            [("A Port, and a port.", false), ("port one", false), ("port two", false), ("port three", false), ("The port is fast.", true)], port.Sentences);
        Assert.Equal((4, 1), port.Sides);
        Assert.Equal(["A Port, and a port.", "port two", "The port is fast."], SenseSentences.Find(all, ["port"], most: 2)[0].Sentences.Select(s => s.Text));
    }

    [Fact]
    public void Place_WordOfTwoPieces_IsFoundAmongTheIds()
    {
        (EncodedText text, int start, int count) = ContextualWord.Place(Tokenizer, "The red Apple is fast.", "apple", 20)!.Value;
        Assert.Equal((3, 2), (start, count));
        Assert.Equal(Tokenizer.Encode("The red Apple is fast.").Ids, text.Ids);
        Assert.Null(ContextualWord.Place(Tokenizer, "The port is fast.", "apple", 20));
        Assert.Null(ContextualWord.Place(Tokenizer, "The red Apple is fast.", "apple", 5));
        Assert.NotNull(ContextualWord.Place(Tokenizer, "The red Apple is fast.", "apple", 6));
    }

    [Fact]
    public void Contextual_EachLevel_IsTheMeanOfTheWordsPieces()
    {
        Bert bert = TinyBert();
        Tensor[] levels = ContextualWord.Levels(bert, "apple", ["the red apple is fast.", "apple."]);
        Assert.Equal(3, levels.Length);
        EncodedBatch batch = Tokenizer.Encode(["the red apple is fast."]);
        (_, Encoder.Saved saved) = bert.Forward(batch);
        Tensor[] wanted = [bert.Encoder.Embedding.Forward(batch.Ids).Y, .. saved.Layers.Outputs];
        for (int level = 0; level < 3; level++)
        {
            for (int c = 0; c < 8; c++)
            {
                Assert.Equal((wanted[level][0, 3, c] + wanted[level][0, 4, c]) / 2, levels[level][0, c], 5);
            }
        }

        // The same word in another context: equal up to its position before the layers, different after them.
        Assert.NotEqual(levels[2].Row(0).ToArray(), levels[2].Row(1).ToArray());
        Assert.Contains("does not have “apple”", Assert.Throws<ArgumentException>(() => ContextualWord.Levels(bert, "apple", ["the port is red."])).Message);
    }

    [Fact]
    public void StaticContext_LeavesTheWordItselfOut()
    {
        WordVectors vectors = new(new Vocabulary(["red", "fast", "apple"]), new Tensor([1, 0, 0, 4, 9, 9], 3, 2));
        SenseSentences sentences = new("apple", [("Red apple, fast!", true), ("apple pie", false), ("a red red apple", false)]);
        (Tensor means, bool[] computing) = sentences.StaticContext(vectors, unit: false);
        Assert.Equal([true, false], computing);
        Assert.Equal([0.5f, 2, 1, 0], means.Values);
        Assert.Equal([0.5f, 0.5f, 1, 0], sentences.StaticContext(vectors, unit: true).Means.Values);
    }

    [Fact]
    public void Balanced_LargerSide_IsThinnedEvenly()
    {
        SenseSentences some = new(
            "port", [("port a", false), ("port b", false), ("port c", false), ("port d", false), ("port e", false), ("port x", true), ("port y", true)]);
        Assert.Equal(["port a", "port c", "port x", "port y"], some.Balanced().Sentences.Select(s => s.Text));
        Assert.Equal(
            ["port x"],
            new SenseSentences(
                "port", [("the the the the the the the the the the the port", false), ("port x", true)]).Readable(TinyBert()).Sentences.Select(s => s.Text));
    }

    [Fact]
    public void Cues_PlantedWords_TakeTheirSentencesOut()
    {
        // "the" is as frequent on both sides; "compiler" only in FOLDOC, "orchard" only in WordNet, "rare" once, which could be chance.
        CorpusSentence[] training =
        [
            .. Sentences([.. Enumerable.Range(0, 40).Select(_ => (CorpusSource.Foldoc, "the compiler the port"))]),
            .. Sentences([.. Enumerable.Range(0, 40).Select(_ => (CorpusSource.WordNet, "the orchard the port"))]),
            .. Sentences((CorpusSource.WordNet, "rare rare")),
        ];
        SenseCues cues = new(training);
        Assert.Equal([true, true, false, false, false], Asked.Select(cues.IsCue));
        SenseSentences port = new(
            "port",
            [
                ("the port the", true), ("the compiler port", true), ("port a b c d orchard", false), ("port a b c d e orchard", false),
                ("orchard a b c d e port compiler", false)
            ]);
        Assert.Equal(["the port the", "port a b c d e orchard"], cues.Without(port).Sentences.Select(s => s.Text));
    }

    [Fact]
    public void Score_VectorsThatTell_AreAllRightOnAsManyOfEachSide()
    {
        // The static vectors of the context tell the side; the contextual ones are random.
        WordVectors vectors = new(new Vocabulary(["red", "fast", "the"]), new Tensor([1, 0, 0, 1, 0.1f, 0.1f], 3, 2));
        SenseSentences sentences = new("port", [.. Enumerable.Range(0, 20).Select(i => i % 3 == 0 ? ("the fast port", true) : ("the red port", false))]);
        SenseScore score = SenseScore.Of(sentences, TinyBert(), vectors)!;
        Assert.Equal((7, 7), (score.General, score.Computing));
        Assert.Equal(1, score.Context!.Value.Value);
        Assert.Equal(3, score.Levels.Count);
        Assert.Equal(new Share(0, 14), score.Levels[0]);     // equal vectors: no side is nearer
        Assert.Equal(new Share(14, 14), score.Levels[2]);    // two kinds of sentences, two points
        Assert.Null(SenseScore.Of(new("port", [.. sentences.Sentences.Take(12)]), TinyBert(), vectors));
    }

    internal static Bert TinyBert()
    {
        using TemporaryFolder folder = new();
        CounterRandom random = new(3);
        Encoder encoder = new(EncoderOptions.Bert(Tokenizer.Pieces.Count) with { Capacity = 12, Channels = 8, Heads = 2, Layers = 2, Hidden = 16 }, random);
        MaskedWordModel.Save(folder["m"], encoder, new(encoder, random), Tokenizer);
        return Bert.Load(folder["m"]);
    }

    internal static CorpusSentence[] Sentences(params (CorpusSource Source, string Text)[] all) =>
        [.. all.Select((s, i) => new CorpusSentence(s.Text, i, new CorpusEntry(s.Source, "x", [s.Text], CorpusPart.Training)))];
}
