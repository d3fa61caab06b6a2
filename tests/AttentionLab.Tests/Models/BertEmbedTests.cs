using AttentionLab.Models;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Models;

/// <summary>Texts to vectors in bulk: order, memory, threads, cancellation.</summary>
public class BertEmbedTests
{
    /// <summary>Alone and beside others a text takes products of other shapes, which round differently.</summary>
    private const double Alone = 2e-6;

    private static readonly string[] Words = ["apple", "phone", "tree", "the", "fell", "sold"];

    [Fact]
    public void Embed_TextsOfEveryLength_GivesEachItsOwnVectorInTheCallersOrder()
    {
        Bert bert = Small();
        string[] texts = Texts(60);

        Tensor together = bert.Embed(texts);

        Assert.All(Enumerable.Range(0, texts.Length), i => Compare.Close(together.Row(i), bert.Embed(texts[i]).Span, Alone, $"text {i}"));
    }

    [Fact]
    public void Embed_AgainstTheTrainingPath_Agrees()
    {
        Bert bert = Small();
        string[] texts = Texts(20);
        Tensor expected = new(texts.Length, bert.Config.Channels);
        for (int i = 0; i < texts.Length; i++)
        {
            var batch = bert.Tokenizer.Encode([texts[i]]);
            bert.Pool(bert.Forward(batch).Y, batch.Visible).Span.CopyTo(expected.Row(i));
        }

        Compare.Close(bert.Embed(texts), expected, Alone, "vectors");
    }

    [Theory]
    [InlineData("sentence-mean", 4)]
    [InlineData("sentence-mean", 64)]
    [InlineData("sentence-dense", 16)]
    public void Embed_IntoASpan_AllocatesNothing(string model, int count)
    {
        Bert bert = Bert.Load(GoldenFiles.Path($"bert/{model}"));
        string[] texts = Texts(count);
        float[] vectors = new float[texts.Length * bert.Width];

        Assert.Equal(0, Allocations.OfTenCalls(() => bert.Embed(texts, vectors)));
    }

    [Fact]
    public void Embed_FromManyThreads_GivesTheSameBits()
    {
        Bert bert = Small(), single = Small();
        string[] texts = Texts(40);
        float[] expected = single.Embed(texts).Values;

        Parallel.For(0, 16, _ => Assert.Equal(expected, bert.Embed(texts).Values));
    }

    /// <summary>Where batches end, as progress tells: they hold so many pieces, not so many texts, and texts come in order of their length.</summary>
    [Fact]
    public void Embed_TextsOfEveryLength_GoInBatchesOfSoManyPiecesSortedByLength()
    {
        Bert bert = Small();
        string[] texts = Texts(600);
        int[] lengths = [.. texts.Select(text => bert.Tokenizer.Encode(text).Length)];
        List<int> told = [];

        bert.Embed(texts, new TextOptions { Progress = new Told(told.Add) }, TestContext.Current.CancellationToken);

        int[] sorted = Ends(lengths.Order());
        Assert.Equal(sorted, told);
        Assert.NotEqual(Ends(lengths), sorted);
        Assert.True(sorted[0] > 2 * (sorted[^2] - sorted[^3]), "more short texts than long ones must go together");

        static int[] Ends(IEnumerable<int> lengths)
        {
            List<int> ends = [];
            int texts = 0, pieces = 0;
            foreach (int length in lengths)
            {
                if (pieces + length > PieceBatches.PiecesAtOnce)
                {
                    ends.Add(texts);
                    pieces = 0;
                }

                (texts, pieces) = (texts + 1, pieces + length);
            }

            return [.. ends, texts];
        }
    }

    [Fact]
    public void Embed_CancelledInTheMiddle_LeavesNoRowHalfWritten()
    {
        Bert bert = Small();
        string[] texts = Texts(600);
        float[] expected = bert.Embed(texts).Values, vectors = new float[expected.Length];
        Array.Fill(vectors, float.NaN);
        using CancellationTokenSource stop = new();
        TextOptions options = new() { Progress = new Told(_ => stop.Cancel()) };

        Assert.Throws<OperationCanceledException>(() => bert.Embed(texts, vectors, options, stop.Token));

        int channels = bert.Config.Channels, finished = 0;
        for (int i = 0; i < texts.Length; i++)
        {
            float[] row = vectors[(i * channels)..((i + 1) * channels)];
            bool untouched = Array.TrueForAll(row, float.IsNaN);
            finished += untouched ? 0 : 1;
            Assert.True(untouched || row.AsSpan().SequenceEqual(expected.AsSpan(i * channels, channels)), $"row {i}");
        }

        Assert.InRange(finished, 1, texts.Length - 1);
    }

    /// <summary>A list that fails if it is read far beyond the place where it cancels.</summary>
    [Fact]
    public void Embed_CancelledWhileTextsAreCut_ReadsNoMoreThanSomeHundred()
    {
        Bert bert = Small();
        SequenceClassifier reranker = SequenceClassifier.Load(GoldenFiles.Path("bert/reranker"));
        using CancellationTokenSource stop = new(), stopPairs = new();

        Assert.Throws<OperationCanceledException>(
            () => bert.Embed(new Cancelling<string>(stop, "apple"), new float[2000 * bert.Width], null, stop.Token));
        Assert.Throws<OperationCanceledException>(
            () => reranker.Logits(new Cancelling<(string, string?)>(stopPairs, ("apple", null)), new float[2000], null, stopPairs.Token));
    }

    [Fact]
    public void Embed_AnyListOfTexts_IsTaken()
    {
        Bert bert = Small();
        List<string> texts = ["apple", "tree"];

        Assert.Equal(bert.Embed("apple", "tree").Values, bert.Embed(texts, cancellationToken: TestContext.Current.CancellationToken).Values);
        Assert.Equal(bert.Embed("apple", "tree").Values, bert.Embed(["apple", "tree"]).Values);
    }

    [Fact]
    public void Embed_EmptyAndUnknownTexts_HaveVectors()
    {
        Bert bert = Small();

        Tensor vectors = bert.Embed("", "\u0000\u200b", "㐂㐂");

        Compare.Same(vectors.Row(1), vectors.Row(0), "a text of nothing but control characters");
        Assert.Equal(["[CLS]", "[UNK]", "[UNK]", "[SEP]"], bert.Tokenizer.Encode("㐂㐂").Ids.Select(id => bert.Tokenizer.Pieces[id]));
        Assert.All(vectors.Values, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Embed_NullTextOrWrongSpan_NamesBothSides()
    {
        Bert bert = Small();
        ArgumentException nullText = Assert.Throws<ArgumentException>(() => bert.Embed("apple", null!));
        Assert.Contains("text 1 is null", nullText.Message);
        Assert.Equal("texts", nullText.ParamName);
        TextOptions prompted = new() { Prompt = "query" };
        Assert.Equal("options", Assert.Throws<ArgumentException>(() => bert.Embed([], prompted, TestContext.Current.CancellationToken)).ParamName);
        Assert.Contains(
            "vectors has 5 numbers but 1 texts give 1 × 16",
            Assert.Throws<ArgumentException>(() => bert.Embed(["apple"], new float[5], null, TestContext.Current.CancellationToken)).Message);
    }

    private static Bert Small() => Bert.Load(GoldenFiles.Path("bert/sentence-mean"));

    /// <summary>Texts of 0 to 29 words in no order of length.</summary>
    private static string[] Texts(int count) =>
        [.. Enumerable.Range(0, count).Select(i => string.Join(' ', Enumerable.Range(0, i * 7 % 30).Select(w => Words[(i + w * w) % Words.Length])))];

    private sealed class Cancelling<T>(CancellationTokenSource stop, T item) : IReadOnlyList<T>
    {
        public int Count => 2000;

        public T this[int index]
        {
            get
            {
                if (index == 300)
                {
                    stop.Cancel();
                }

                return index < 1000 ? item : throw new InvalidOperationException("read on long after the cancellation");
            }
        }

        public IEnumerator<T> GetEnumerator() => Enumerable.Range(0, Count).Select(i => this[i]).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class Told(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
