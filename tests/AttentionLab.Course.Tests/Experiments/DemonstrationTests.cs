using System.Diagnostics;
using AttentionLab.Course.Data;
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

    [Fact]
    public void Digits_VisionTransformerAndS2MlpV2OfEqualSize_BothReadNineteenOfTwenty()
    {
        const int channels = 48;
        VisionTransformer vit = new(8, new(2, 1, 10), channels, 2, 2, 187, new CounterRandom(1), dropout: 0.1);
        S2MlpV2 mlp = new(new(2, 1, 10), channels, 2, 96, new CounterRandom(1), dropout: 0.1);
        int sizeOfVit = vit.Parameters.Sum(p => p.Length), sizeOfMlp = mlp.Parameters.Sum(p => p.Length);
        output.WriteLine($"parameters: ViT {sizeOfVit}, S2-MLPv2 {sizeOfMlp}");
        Assert.True(Math.Abs(sizeOfVit - sizeOfMlp) < 0.001 * sizeOfVit);
        (Digits train, Digits test) = Digits.Load().Split();
        Tensor heldOut = Standardised(test);

        double seconds = Train(1200, vit.Parameters, (images, targets, r) =>
        {
            (Tensor logits, VisionTransformer.Saved saved) = vit.Forward(images, r);
            (float loss, CrossEntropyLoss.Saved lost) = CrossEntropyLoss.Forward(logits, targets);
            vit.Backward(CrossEntropyLoss.Backward(lost), saved);
            return loss;
        });
        Judge("ViT", CrossEntropyLoss.Accuracy(vit.Forward(heldOut).Logits, test.Labels), seconds);

        seconds = Train(600, mlp.Parameters, (images, targets, r) =>
        {
            (Tensor logits, S2MlpV2.Saved saved) = mlp.Forward(images, r);
            (float loss, CrossEntropyLoss.Saved lost) = CrossEntropyLoss.Forward(logits, targets);
            mlp.Backward(CrossEntropyLoss.Backward(lost), saved);
            return loss;
        });
        Judge("S2-MLPv2", CrossEntropyLoss.Accuracy(mlp.Forward(heldOut).Logits, test.Labels), seconds);

        void Judge(string name, double accuracy, double seconds)
        {
            output.WriteLine($"{name}: {accuracy:P2} of {test.Count} held-out digits right, {seconds:F1} s");
            Assert.True(accuracy >= 0.95, $"{name}: accuracy {accuracy:P2}");
        }

        double Train(long steps, IReadOnlyList<Parameter> parameters, Func<Tensor, int[], CounterRandom, float> step)
        {
            Stopwatch watch = Stopwatch.StartNew();
            TrainingLoop loop = new(new Adam(parameters, decay: 0.01), new CounterRandom(2), r =>
            {
                int[] batch = [.. Enumerable.Range(0, 32).Select(_ => r.NextInt(train.Count))];
                Digits part = train.Select(batch);
                return new Batch(step(Standardised(part, r), part.Labels, r), 32);
            })
            {
                Steps = steps,
                Schedule = Schedules.Cosine(3e-3, steps / 10, steps),
                Report = p => output.WriteLine(p.ToString()),
                ReportEvery = 200,
            };
            Assert.Equal(TrainingEnd.Finished, loop.Run(TestContext.Current.CancellationToken));
            return watch.Elapsed.TotalSeconds;
        }
    }

    /// <summary>Ink as numbers around 0 with a deviation near 1; in training, one image in seven moved by up to a pixel, because 1437 are few.</summary>
    private static Tensor Standardised(Digits digits, CounterRandom? random = null)
    {
        Tensor images = new(digits.Count, 8, 8, 1);
        for (int b = 0; b < digits.Count; b++)
        {
            (int down, int right) = random?.NextInt(7) == 0 ? (random.NextInt(3) - 1, random.NextInt(3) - 1) : (0, 0);
            for (int at = 0; at < 64; at++)
            {
                (int i, int j) = (at / 8 - down, at % 8 - right);
                float ink = i is >= 0 and < 8 && j is >= 0 and < 8 ? digits.Images[b, i, j] : 0;
                images[b, at / 8, at % 8, 0] = (ink - 0.3f) * 2.5f;
            }
        }

        return images;
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
