using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Models;

/// <summary>(B,T) truths about padding: every way into a model checks them alike.</summary>
public class VisibleTests
{
    [Fact]
    public void ForwardAndInfer_VisibleOfAnotherBatch_AreRefusedAlike()
    {
        Encoder encoder = new(new EncoderOptions { Vocabulary = 5, Channels = 8, Heads = 2 }, new CounterRandom(1));
        int[,] ids = new int[2, 3];
        bool[,] visible = { { true, true, true } };
        Action[] calls =
        [
            () => encoder.Forward(ids, visible), () => encoder.Infer(ids, visible),
            () => encoder.Infer(ids, visible, mask: AttentionMask.Keys(true, true, true)), () => encoder.Infer(ids, new Tensor(2, 3, 8), visible)
        ];
        Assert.All(
            calls, call => Assert.Contains("visible is (1, 3) but ids (2, 3): give one truth for each token", Assert.Throws<ArgumentException>(call).Message));
    }

    [Fact]
    public void EncoderDecoder_VisibleOfAnotherBatch_IsRefused()
    {
        EncoderDecoder model = new(new EncoderOptions { Vocabulary = 5, Channels = 8, Heads = 2, Layers = 1 }, new CounterRandom(1));
        int[,] ids = new int[2, 3];
        bool[,] visible = { { true, true, true } };
        Assert.All<Action>([() => model.Forward(ids, ids, visible), () => model.Greedy(ids, 0, -1, 2, visible)], call =>
            Assert.Contains("visible is (1, 3) but source (2, 3): give one truth", Assert.Throws<ArgumentException>(call).Message));
    }
}
