using System.Runtime.CompilerServices;
using AttentionLab.Models;

namespace AttentionLab.Tests.Models;

/// <summary>A stream of texts to a stream of vectors: order, numbers in messages, work in advance, leaving early.</summary>
public class BertEmbedAsyncTests
{
    /// <summary>Alone and beside others a text takes products of other shapes, which round differently.</summary>
    private const double Alone = 2e-6;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EmbedAsync_OfAStream_KeepsTheOrderAndCountsOn()
    {
        Bert bert = Small();
        string[] texts = Texts(600);
        List<int> told = [];
        List<float> vectors = [];

        await foreach (ReadOnlyMemory<float> vector in bert.EmbedAsync(texts.ToAsyncEnumerable(), new() { Progress = new Told(told.Add) }, Cancellation))
        {
            vectors.AddRange(vector.Span);
        }

        Compare.Close(vectors.ToArray(), bert.Embed(texts).Values, Alone, "stream");
        Assert.Equal(texts.Length, told[^1]);
        Assert.Equal(told.Order(), told);
    }

    [Fact]
    public async Task EmbedAsync_EmptyStream_GivesNothing() => Assert.Empty(
        await Small().EmbedAsync(Array.Empty<string>().ToAsyncEnumerable(), null, Cancellation).ToArrayAsync(Cancellation));

    [Fact]
    public async Task EmbedAsync_TextAtFaultFarBehind_IsCalledByItsPlaceInTheStreamBehindTheVectorsBefore()
    {
        Bert bert = Small();
        string[] texts = Texts(600);
        texts[301] = string.Concat(Enumerable.Repeat("apple ", 50));
        int seen = 0;

        ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(async () =>
        {
            await foreach (ReadOnlyMemory<float> _ in bert.EmbedAsync(texts.ToAsyncEnumerable(), null, Cancellation))
            {
                seen++;
            }
        });

        Assert.Contains("text 301 has 52 pieces but the model reads 32", refused.Message, StringComparison.Ordinal);
        Assert.Equal(256, seen);
    }

    [Fact]
    public async Task EmbedAsync_WhileTheCallerTakesVectors_EmbedsTheNextTexts()
    {
        Bert bert = Small();
        int done = 0;
        TextOptions options = new() { Progress = new Told(count => Volatile.Write(ref done, count)) };

        await using IAsyncEnumerator<ReadOnlyMemory<float>> vectors = bert.EmbedAsync(Texts(600).ToAsyncEnumerable(), options, Cancellation)
            .GetAsyncEnumerator(Cancellation);
        Assert.True(await vectors.MoveNextAsync());

        // Only the first vector was asked for.
        await Patience.UntilAsync(() => Volatile.Read(ref done) == 512);
    }

    [Fact]
    public async Task EmbedAsync_CallerLeaves_EndsTheStreamToo()
    {
        Bert bert = Small();
        Stream stream = new();

        await foreach (ReadOnlyMemory<float> _ in bert.EmbedAsync(stream.TextsThenNothing(300, Cancellation), null, Cancellation))
        {
            break;
        }

        Assert.True(stream.Ended, "the stream waited for its next text, and was left waiting");
    }

    [Fact]
    public async Task EmbedAsync_Cancelled_EndsByTheCallersToken()
    {
        Bert bert = Small();
        using CancellationTokenSource stop = new();
        int seen = 0;
        OperationCanceledException ended = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (ReadOnlyMemory<float> _ in bert.EmbedAsync(new Stream().TextsThenNothing(300, CancellationToken.None), null, stop.Token))
            {
                seen++;
                await stop.CancelAsync();
            }
        });
        Assert.Equal(stop.Token, ended.CancellationToken);
        Assert.Equal(256, seen);
    }

    /// <summary>Before anybody asks for the first vector.</summary>
    [Fact]
    public void EmbedAsync_CallAtFault_IsRefusedAtOnce()
    {
        Bert bert = Small();
        IAsyncEnumerable<string> texts = Texts(1).ToAsyncEnumerable();

        Assert.Throws<ArgumentNullException>(() => bert.EmbedAsync(null!, null, Cancellation));
        Assert.Throws<ArgumentException>(() => bert.EmbedAsync(texts, new() { Prompt = "query" }, Cancellation));
        Bert poolerless = Bert.Load(GoldenFiles.Path("bert/cased-plain"));
        poolerless.Pooling = SentencePooling.Pooler;
        Assert.Throws<InvalidOperationException>(() => poolerless.EmbedAsync(texts, null, Cancellation));
    }

    private static Bert Small() => Bert.Load(GoldenFiles.Path("bert/sentence-mean"));

    private static string[] Texts(int count) => [.. Enumerable.Range(0, count).Select(i => string.Concat(Enumerable.Repeat("apple tree ", i * 7 % 15)))];

    private sealed class Stream
    {
        public bool Ended { get; private set; }

        /// <summary>Some texts, then one that comes only with the cancellation.</summary>
        public async IAsyncEnumerable<string> TextsThenNothing(int count, [EnumeratorCancellation] CancellationToken cancellation)
        {
            try
            {
                foreach (string text in Texts(count))
                {
                    yield return text;
                }

                await Task.Delay(Timeout.Infinite, cancellation);
            }
            finally
            {
                Ended = true;
            }
        }
    }

    private sealed class Told(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
