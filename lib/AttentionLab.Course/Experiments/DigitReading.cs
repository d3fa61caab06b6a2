using AttentionLab.Course.Data;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// Two classifiers of one size learn the 8×8 digits in the same way: a Vision Transformer, whose patches meet by attention, and an S²-MLPv2, whose
/// patches meet by shifted channels. Patches of 2×2 pixels, 48 channels, 2 layers, dropout 0.1. The experiment of chapter 12.
/// </summary>
public static class DigitReading
{
    /// <summary>Side of a patch in pixels, and patches in a row of the image.</summary>
    public const int Patch = 2, Across = Digits.Side / Patch;

    /// <summary>C of both models.</summary>
    public const int Channels = 48;

    private const int Batch = 32, Judged = 128;

    private static readonly ImageOptions Images = new(Patch, PixelChannels: 1, Classes: 10);

    /// <summary>An untrained Vision Transformer of 57 168 numbers: 2 heads; 187 hidden numbers, so that it is as large as <see cref="Shifts"/>.</summary>
    /// <param name="seed">Decides the initial weights.</param>
    public static VisionTransformer Attention(ulong seed) => new(
        Digits.Side, Images, layers: 2, new(Channels, Heads: 2) { Hidden = 187, PreNorm = true, Activation = Activation.Gelu, Dropout = 0.1 }, new(seed));

    /// <summary>An untrained S²-MLPv2 of 57 178 numbers.</summary>
    /// <param name="seed">Decides the initial weights.</param>
    public static S2MlpV2 Shifts(ulong seed) => new(Images, Channels, layers: 2, hidden: 96, new(seed), dropout: 0.1);

    /// <summary>Ink as numbers around 0 with a deviation near 1: (ink − 0.3)·2.5.</summary>
    /// <param name="digits">Any.</param>
    /// <param name="jitter">Moves one image in seven by up to a pixel, because 1437 are few; null moves none.</param>
    /// <returns>(N, 8, 8, 1).</returns>
    public static Tensor Standardise(Digits digits, CounterRandom? jitter = null)
    {
        ArgumentNullException.ThrowIfNull(digits);
        Tensor images = new(digits.Count, Digits.Side, Digits.Side, 1);
        for (int b = 0; b < digits.Count; b++)
        {
            (int down, int right) = jitter?.NextInt(7) == 0 ? (jitter.NextInt(3) - 1, jitter.NextInt(3) - 1) : (0, 0);
            for (int at = 0; at < Digits.Side * Digits.Side; at++)
            {
                (int i, int j) = (at / Digits.Side - down, at % Digits.Side - right);
                float ink = i is >= 0 and < Digits.Side && j is >= 0 and < Digits.Side ? digits.Images[b, i, j] : 0;
                images[b, at / Digits.Side, at % Digits.Side, 0] = (ink - 0.3f) * 2.5f;
            }
        }

        return images;
    }

    /// <summary>The same images with the labels in another order: what can be learned from them is no digit.</summary>
    /// <param name="digits">Any; not changed.</param>
    /// <param name="seed">Decides the order.</param>
    public static Digits Mislabelled(Digits digits, ulong seed = 1)
    {
        ArgumentNullException.ThrowIfNull(digits);
        return digits with { Labels = [.. new CounterRandom(seed).Permutation(digits.Count).Select(i => digits.Labels[i])] };
    }

    /// <summary>Share of the digits that the model reads as they are labelled, 0 to 1.</summary>
    /// <param name="model">Trained or not.</param>
    /// <param name="digits">With any labels: of <see cref="Mislabelled"/> ones it says how many wrong labels the model knows by heart.</param>
    public static double Right(VisionTransformer model, Digits digits)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Share(digits, images => model.Forward(images).Logits);
    }

    /// <inheritdoc cref="Right(VisionTransformer, Digits)"/>
    public static double Right(S2MlpV2 model, Digits digits)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Share(digits, images => model.Forward(images).Logits);
    }

    /// <summary>Some images at a time, in memory that is used again: all at once would need fresh memory for every layer, at each point of a curve.</summary>
    private static double Share(Digits digits, Func<Tensor, Tensor> logits)
    {
        ArgumentNullException.ThrowIfNull(digits);
        Workspace memory = new();
        double right = 0;
        for (int first = 0; first < digits.Count; first += Judged)
        {
            Digits part = digits.Select([.. Enumerable.Range(first, Math.Min(Judged, digits.Count - first))]);
            using Workspace.Scope scope = memory.Use();
            right += Math.Round(CrossEntropyLoss.Accuracy(logits(Standardise(part)), part.Labels) * part.Count);
        }

        return right / digits.Count;
    }

    /// <summary>Trains by Adam with decay 0.01, batches of 32, rate up to 0.003 in a tenth of the steps, then half a cosine down to 0.</summary>
    /// <param name="model">Trained in place.</param>
    /// <param name="train">To learn from.</param>
    /// <param name="test">Held out, judged after each <paramref name="every"/> steps.</param>
    /// <param name="steps">Batches.</param>
    /// <param name="every">Steps between two points of the curve.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Share of held-out digits that are right, by step, from the untrained model on.</returns>
    public static IReadOnlyList<(int Step, double Right)> Train(
        VisionTransformer model, Digits train, Digits test, int steps, int every, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Train(model.Parameters, train, steps, every, () => Right(model, test), (images, labels, random) =>
        {
            (Tensor logits, VisionTransformer.Saved saved) = model.Forward(images, random);
            (float loss, CrossEntropyLoss.Saved lost) = CrossEntropyLoss.Forward(logits, labels);
            model.Backward(CrossEntropyLoss.Backward(lost), saved);
            return loss;
        }, cancellationToken);
    }

    /// <inheritdoc cref="Train(VisionTransformer, Digits, Digits, int, int, CancellationToken)"/>
    public static IReadOnlyList<(int Step, double Right)> Train(
        S2MlpV2 model, Digits train, Digits test, int steps, int every, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Train(model.Parameters, train, steps, every, () => Right(model, test), (images, labels, random) =>
        {
            (Tensor logits, S2MlpV2.Saved saved) = model.Forward(images, random);
            (float loss, CrossEntropyLoss.Saved lost) = CrossEntropyLoss.Forward(logits, labels);
            model.Backward(CrossEntropyLoss.Backward(lost), saved);
            return loss;
        }, cancellationToken);
    }

    private static List<(int Step, double Right)> Train(
        IReadOnlyList<Parameter> parameters, Digits train, int steps, int every,
        Func<double> judge, Func<Tensor, int[], CounterRandom, float> learn, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(train);
        List<(int Step, double Right)> curve = [(0, judge())];
        TrainingLoop loop = new(new Adam(parameters, decay: 0.01), new CounterRandom(2), random =>
        {
            int[] batch = [.. Enumerable.Range(0, Batch).Select(_ => random.NextInt(train.Count))];
            Digits part = train.Select(batch);
            return new Batch(learn(Standardise(part, random), part.Labels, random), Batch);
        })
        {
            Steps = steps,
            Schedule = Schedules.Cosine(3e-3, Math.Max(1, steps / 10), steps),
            Report = progress => curve.Add(((int)progress.Step, judge())),
            ReportEvery = every,
            Workspace = new(),
        };
        loop.Run(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return curve;
    }
}
