using AttentionLab.Kernels;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Words;

namespace AttentionLab.Tests.Models;

/// <summary>One model, many threads, every way to read it at once: each gets the bits that it gets alone.</summary>
[Trait("Width", "Any")]
public class ThreadSafetyTests
{
    private const int Threads = 8, Rounds = 10;

    [Fact]
    public void Bert_EveryRoadAtOnce_GivesTheSameBits()
    {
        Bert bert = Small(), single = Small();
        string[] texts = [.. Enumerable.Range(0, 20).Select(i => string.Concat(Enumerable.Repeat("apple tree ", i * 7 % 15)))];
        EncodedBatch batch = single.Tokenizer.Encode(texts.Take(5));

        AssertSameBits(
            on => on.Embed(texts).Values,
            on => on.Forward(batch).Y.Values,
            on => on.Encoder.Infer(batch.Ids, batch.Visible, batch.Types).Values,
            on => [.. on.Encoder.Parameters.SelectMany(parameter => parameter.Value.Values)]);

        void AssertSameBits(params Func<Bert, float[]>[] roads)
        {
            float[][] expected = [.. roads.Select(road => road(single))];
            OnAllThreads((thread, round) =>
            {
                int road = (thread + round) % roads.Length;
                Assert.True(expected[road].AsSpan().SequenceEqual(roads[road](bert)), $"road {road}, thread {thread}, round {round}");
            });
        }
    }

    [Fact]
    public void SequenceClassifier_LogitsAndRerankAtOnce_GiveTheSameBits()
    {
        SequenceClassifier reranker = SequenceClassifier.Load(GoldenFiles.Path("bert/reranker"));
        SequenceClassifier single = SequenceClassifier.Load(GoldenFiles.Path("bert/reranker"));
        string[] documents = ["apple", "the tree fell", "a phone rings", "", "the apple fell from a tree"];
        float[] expected = single.Logits("the apple", "tree").Values;
        IReadOnlyList<Ranked> ranked = single.Rerank("the apple", documents, cancellationToken: TestContext.Current.CancellationToken);

        OnAllThreads((_, _) =>
        {
            Assert.Equal(expected, reranker.Logits("the apple", "tree").Values);
            Assert.Equal(ranked, reranker.Rerank("the apple", documents));
        });
    }

    /// <summary>ALiBi's bias belongs to a length, and is kept for the last one.</summary>
    [Fact]
    public void PackedEncoder_AlibiOfSeveralLengthsAtOnce_GivesTheSameBits()
    {
        EncoderOptions options = new() { Vocabulary = 20, Capacity = 16, Channels = 16, Layers = 1, Positions = PositionKind.Alibi };
        PackedEncoder packed = new(new Encoder(options, new CounterRandom(1)));
        float[][] expected = [.. Enumerable.Range(0, Threads).Select(Vectors)];

        OnAllThreads((thread, round) =>
        {
            for (int i = 0; i < Threads; i++)
            {
                int length = (thread + round + i) % Threads;
                Assert.Equal(expected[length], Vectors(length));
            }
        });

        float[] Vectors(int length)
        {
            Tensor y = new(1, length + 1, options.Channels);
            packed.Infer(new int[1, length + 1], y);
            return y.Values;
        }
    }

    private static void OnAllThreads(Action<int, int> work)
    {
        using Barrier start = new(Threads);
        Task[] threads = [.. Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait(Patience.Limit);
                for (int round = 0; round < Rounds; round++)
                {
                    work(thread, round);
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Task.WaitAll(threads, Patience.Limit);
        Assert.All(threads, thread => Assert.True(thread.IsCompletedSuccessfully));
    }

    private static Bert Small() => Bert.Load(GoldenFiles.Path("bert/sentence-mean"));
}
