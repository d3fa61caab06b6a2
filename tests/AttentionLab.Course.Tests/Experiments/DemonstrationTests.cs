using System.Diagnostics;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Course.Tests.Experiments;

/// <summary>Models that must learn something. One class: the slow tests run one after the other.</summary>
[Trait("Speed", "Slow")]
public class DemonstrationTests(ITestOutputHelper output)
{
    private const int Length = 12, Symbols = 10;

    [Fact]
    public void ReverseSequence_Encoder_LearnsAndAttendsAlongTheAntidiagonal()
    {
        CounterRandom random = new(1);
        EncoderOptions options = new()
        {
            Vocabulary = Symbols,
            Capacity = Length,
            Channels = 32,
            Heads = 1,
            Layers = 1,
            Hidden = 64,
            ScaleEmbedding = true,
            Positions = PositionKind.Learned,
        };
        Encoder encoder = new(options, random);
        Linear head = new(options.Channels, Symbols, random, name: "head");
        Parameter[] parameters = [.. encoder.Parameters, .. head.Parameters];
        Stopwatch watch = Stopwatch.StartNew();
        TrainingLoop loop = new(new Adam(parameters), new CounterRandom(2), r =>
        {
            (int[,] ids, int[] targets) = Reversed(r, 64);
            (Tensor h, Encoder.Saved saved) = encoder.Forward(ids);
            (Tensor logits, Linear.Saved kept) = head.Forward(h);
            (float loss, CrossEntropyLoss.Saved lost) = CrossEntropyLoss.Forward(logits, targets);
            encoder.Backward(head.Backward(CrossEntropyLoss.Backward(lost), kept), saved);
            return new Batch(loss, targets.Length);
        })
        {
            Steps = 500,
            Schedule = Schedules.Cosine(5e-3, 50, 500),
            Report = p => output.WriteLine(p.ToString()),
            ReportEvery = 100,
        };
        Assert.Equal(TrainingEnd.Finished, loop.Run(TestContext.Current.CancellationToken));
        (int[,] held, int[] wanted) = Reversed(new CounterRandom(99), 500);
        (Tensor y, Encoder.Saved inside) = encoder.Forward(held);
        double accuracy = CrossEntropyLoss.Accuracy(head.Forward(y).Y, wanted);
        (double peaks, double mean) = Antidiagonal(inside.Layers.Weights()[0]);
        output.WriteLine(
            $"{accuracy:P2} of held-out tokens right; {peaks:P1} of the queries look most at their mirror image, with {mean:P1} of their weight (uniform: "
            + $"{1.0 / Length:P1}); {watch.Elapsed.TotalSeconds:F1} s");
        Assert.True(accuracy >= 0.99, $"accuracy {accuracy:P2}");
        Assert.True(peaks >= 0.95 && mean >= 0.6, $"{peaks:P1} of the peaks and {mean:P1} of the weight lie on the antidiagonal");
    }

    /// <summary>Share of the queries i whose largest weight is on key T−1−i, and the mean weight there, over batch and heads.</summary>
    private static (double Peaks, double Mean) Antidiagonal(Tensor weights)
    {
        int tokens = weights.Columns, peaks = 0;
        double sum = 0;
        for (int row = 0; row < weights.Rows; row++)
        {
            float mirror = weights.Row(row)[tokens - 1 - row % tokens];
            peaks += mirror == weights.Row(row).ToArray().Max() ? 1 : 0;
            sum += mirror;
        }

        return ((double)peaks / weights.Rows, sum / weights.Rows);
    }

    private static (int[,] Ids, int[] Targets) Reversed(CounterRandom random, int batch)
    {
        int[,] ids = new int[batch, Length];
        int[] targets = new int[batch * Length];
        for (int b = 0; b < batch; b++)
        {
            for (int t = 0; t < Length; t++)
            {
                ids[b, t] = random.NextInt(Symbols);
                targets[b * Length + Length - 1 - t] = ids[b, t];
            }
        }

        return (ids, targets);
    }
}
