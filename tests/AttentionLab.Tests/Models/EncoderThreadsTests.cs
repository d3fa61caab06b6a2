using AttentionLab.Kernels;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Tests.Kernels;
using AttentionLab.Words;

namespace AttentionLab.Tests.Models;

/// <summary>Sizes at which products and attention go to the workers: nothing is left to the garbage collector on any thread.</summary>
[Collection(nameof(WorkersTests))]
public sealed class EncoderThreadsTests : IDisposable
{
    private const int Channels = 128, Hidden = 256, Tokens = 200, Tries = 5, WarmUps = 20;

    private static readonly WordPieceTokenizer Tokenizer = new(
        new Vocabulary(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "apple", "tree", "phone"]), new BasicTokenizer());

    private static readonly EncoderOptions Options = EncoderOptions.Bert(Tokenizer.Pieces.Count) with
    {
        Capacity = Tokens,
        Channels = Channels,
        Heads = 4,
        Layers = 2,
        Hidden = Hidden,
    };

    private readonly int _before = Workers.Count;

    public void Dispose() => Workers.Count = _before;

    [Fact]
    public void Infer_OnWorkers_AllocatesNothing()
    {
        Encoder encoder = new(Options, new CounterRandom(1));
        int[,] ids = new int[1, Tokens];
        Tensor y = new(1, Tokens, Channels);

        AssertAllocatesNothing(() => encoder.Infer(ids, y));
    }

    [Fact]
    public void Embed_IntoASpanOnWorkers_AllocatesNothing()
    {
        Encoder encoder = new(Options, new CounterRandom(1));
        using TemporaryFolder folder = new();
        MaskedWordModel.Save(folder.Path, encoder, new(encoder, new CounterRandom(2)), Tokenizer);
        Bert bert = Bert.Load(folder.Path);
        string[] texts = [.. Enumerable.Range(0, 20).Select(i => string.Join(' ', Enumerable.Repeat("apple tree phone", 10 + i)))];
        float[] vectors = new float[texts.Length * bert.Width];

        AssertAllocatesNothing(() => bert.Embed(texts, vectors));
    }

    /// <summary>Of all threads together, the least of a few tries: a worker that had no part yet still makes its memory once.</summary>
    private static void AssertAllocatesNothing(Action call)
    {
        Assert.True((double)Tokens * Channels * Channels > Workers.SmallWork, "every product must be large enough for the workers");
        Workers.Count = 2;
        for (int i = 0; i < WarmUps; i++)
        {
            call();
        }

        // What the test itself held of the matrices is let go, and the next call packs for the last time.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        call();
        long least = long.MaxValue;
        for (int i = 0; i < Tries; i++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            call();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.Equal(0, least);
    }
}
