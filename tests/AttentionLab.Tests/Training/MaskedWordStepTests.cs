using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Tests.Training;

/// <summary>The step of a masked-word encoder, as it is trained in earnest: every layer, dropout, clipping, Adam.</summary>
public class MaskedWordStepTests
{
    private const int Batches = 16, Tokens = 32, Words = 512, Channels = 64;

    /// <summary>A workspace is full after two steps; what one step gets wrong stays in the parameters.</summary>
    private const int Steps = 8;

    [Theory, InlineData(false), InlineData(true)]
    public void Run_WorkspaceOrNot_GivesTheSameBytes(bool preNorm)
    {
        float[] plain = Train(null, preNorm), reused = Train(new Workspace { Poison = true }, preNorm);
        Compare.Same(reused, plain, $"parameters after {Steps} steps");
    }

    [Fact]
    public void Run_Workspace_AllocatesNothingLargeAfterTheFirstSteps()
    {
        long[] allocated = new long[20];
        Train(new Workspace(), preNorm: false, allocated.Length, step => allocated[step] = GC.GetAllocatedBytesForCurrentThread());

        // The middle one of the last ten: another test may ask for more threads meanwhile, and the first step after that makes their memory.
        long perStep = Enumerable.Range(allocated.Length - 10, 10).Select(step => allocated[step] - allocated[step - 1]).Order().ElementAt(5);

        // The step below makes ids and the zeros of dy itself.
        const int own = Batches * Tokens * (Channels + 1) * sizeof(float);
        Assert.True(perStep < own + 100_000, $"{perStep:N0} bytes a step");
    }

    [Fact]
    public void Run_AnyNumberOfThreads_GivesTheSameBytes()
    {
        int before = Workers.Count;
        try
        {
            Workers.Count = 1;
            float[] one = Train(new Workspace(), preNorm: false);
            Workers.Count = 2;
            Compare.Same(Train(new Workspace(), preNorm: false), one, $"parameters after {Steps} steps on two threads");
            Workers.Count = 5;
            Compare.Same(Train(new Workspace(), preNorm: false), one, $"parameters after {Steps} steps on five threads");
        }
        finally
        {
            Workers.Count = before;
        }
    }

    /// <summary>All parameters after some steps.</summary>
    private static float[] Train(Workspace? workspace, bool preNorm, int steps = Steps, Action<int>? afterStep = null)
    {
        CounterRandom random = new(1);
        Encoder encoder = new(
            new()
            {
                Vocabulary = Words,
                Capacity = Tokens,
                Channels = Channels,
                Heads = 2,
                Layers = 2,
                PreNorm = preNorm,
                Activation = Activation.Gelu,
                Positions = PositionKind.Learned,
                NormEmbedding = true,
                TokenTypes = 2,
                ScaleEmbedding = true,
                Dropout = 0.1,
            },
            random);
        MaskedWordHead head = new(encoder, random);
        Parameter[] parameters = [.. encoder.Parameters, .. head.Parameters];
        int step = 0;
        TrainingLoop loop = new(new Adam(parameters, decay: 0.01), new CounterRandom(2), r =>
        {
            int[,] ids = new int[Batches, Tokens];
            bool[,] visible = new bool[Batches, Tokens];
            for (int i = 0; i < ids.Length; i++)
            {
                ids[i / Tokens, i % Tokens] = (int)(r.NextUInt32() % Words);
                visible[i / Tokens, i % Tokens] = i % Tokens < Tokens - i / Tokens;
            }

            int[] rows = [.. Enumerable.Range(0, ids.Length).Where(i => i % 7 == 3)], targets = [.. rows.Select(i => ids[i / Tokens, i % Tokens])];
            (Tensor y, Encoder.Saved saved) = encoder.Forward(ids, visible, random: r);
            (Tensor logits, MaskedWordHead.Saved savedHead) = head.Forward(Pooling.Rows(y, rows));
            (float loss, CrossEntropyLoss.Saved savedLoss) = CrossEntropyLoss.Forward(logits, targets);
            Tensor dRows = head.Backward(CrossEntropyLoss.Backward(savedLoss), savedHead);
            encoder.Backward(Pooling.RowsBackward(dRows, rows, new Tensor(y.Shape)), saved);
            afterStep?.Invoke(step++);
            return new Batch(loss, ids.Length);
        })
        {
            Steps = steps,
            Workspace = workspace,
        };
        Assert.Equal(TrainingEnd.Finished, loop.Run(TestContext.Current.CancellationToken));
        return [.. parameters.SelectMany(p => p.Value.Values)];
    }
}
