using AttentionLab.Course.Data;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// A small encoder that says the next word of the text of chapter 01, trained with a causal mask or without one, and then used either way. The
/// experiment of chapter 08: is the mask needed in training only?
/// </summary>
/// <remarks>
/// Windows of 16 words are cut from the sentences, which stand behind each other with a full stop between them. The last tenth of the text is held out.
/// </remarks>
public sealed class NextWordModel
{
    /// <summary>Words in a window.</summary>
    public const int Window = 16;

    private const int Channels = 32, Heads = 4, LayerCount = 3, Windows = 16, Steps = 300;
    private const double LearningRate = 5e-3;

    private static readonly Lazy<(int[] Train, int[] HeldOut, int Words)> Text = new(Read);

    private readonly Encoder _encoder;
    private readonly Linear _answer;
    private readonly bool _causal;

    private NextWordModel(bool causal, CounterRandom random)
    {
        _causal = causal;
        _encoder = new(new()
        {
            Vocabulary = Text.Value.Words,
            Capacity = Window,
            Channels = Channels,
            Heads = Heads,
            Layers = LayerCount,
            Hidden = 2 * Channels,
            PreNorm = true,
            ScaleEmbedding = true,
        }, random);
        _answer = new(Channels, Text.Value.Words, random, name: "answer");
    }

    /// <summary>Trains a new model by cross-entropy at every place.</summary>
    /// <param name="causal">With a causal mask, or everybody sees everybody.</param>
    /// <param name="seed">Decides weights and windows.</param>
    public static NextWordModel Train(bool causal, ulong seed)
    {
        CounterRandom random = new(seed);
        NextWordModel model = new(causal, random);
        TrainingLoop loop = new(new Adam([.. model._encoder.Parameters, .. model._answer.Parameters]), random, model.Step)
        {
            Steps = Steps,
            Schedule = Schedules.Cosine(LearningRate, Steps / 10, Steps),
            Workspace = new(),
        };
        loop.Run();
        return model;
    }

    /// <summary>Trains models with the mask and without it, as many at a time as there are processors.</summary>
    /// <param name="seeds">Models of each kind: seeds 1, 2 …</param>
    /// <returns>[0: with the mask, 1: without][seed − 1].</returns>
    public static NextWordModel[][] TrainBoth(int seeds = 3) =>
        [.. Workers.Each(Enumerable.Range(0, 2 * seeds), i => Train(i < seeds, (ulong)(i % seeds + 1))).Chunk(seeds)];

    /// <summary>
    /// Mean loss on the held-out text in nats, as the model writes: it reads the words so far, 1 to 16 of them, and its last output says the next one.
    /// </summary>
    /// <param name="causal">Whether there is a mask among the words so far.</param>
    public double Writing(bool causal) => Enumerable.Range(1, Window).Average(length =>
    {
        (int[,] ids, int[] next) = HeldOut(length);
        Tensor y = _encoder.Infer(ids, mask: Mask(causal));
        return Loss(Pooling.Rows(y, [.. Enumerable.Range(1, ids.GetLength(0)).Select(i => i * length - 1)]), [.. next.Chunk(length).Select(row => row[^1])]);
    });

    /// <summary>Mean loss on the held-out text in nats if all 16 words stand there and every place says its next word.</summary>
    /// <param name="causal">Whether there is a mask; without one a place sees its next word.</param>
    public double Reading(bool causal)
    {
        (int[,] ids, int[] next) = HeldOut(Window);
        Tensor y = _encoder.Infer(ids, mask: Mask(causal));
        return Loss(y.Reshape(y.Rows, y.Columns), next);
    }

    private static AttentionMask? Mask(bool causal) => causal ? AttentionMask.Causal : null;

    private double Loss(Tensor y, int[] next) => CrossEntropyLoss.Forward(_answer.Forward(y).Y, next).Loss;

    private Batch Step(CounterRandom random)
    {
        int[] text = Text.Value.Train;
        (int[,] ids, int[] next) = Cut(text, [.. Enumerable.Range(0, Windows).Select(_ => random.NextInt(text.Length - Window))], Window);
        (Tensor y, Encoder.Saved encoder) = _encoder.Forward(ids, mask: Mask(_causal));
        (Tensor logits, Linear.Saved answer) = _answer.Forward(y);
        (float loss, CrossEntropyLoss.Saved lost) = CrossEntropyLoss.Forward(logits, next);
        _encoder.Backward(_answer.Backward(CrossEntropyLoss.Backward(lost), answer), encoder);
        return new Batch(loss, ids.Length);
    }

    /// <summary>The first words of all windows of the held-out text.</summary>
    private static (int[,] Ids, int[] Next) HeldOut(int length)
    {
        int[] text = Text.Value.HeldOut;
        return Cut(text, [.. Enumerable.Range(0, (text.Length - 1) / Window).Select(i => i * Window)], length);
    }

    /// <summary>Words from each start on, (starts, length), and the word behind each of them.</summary>
    private static (int[,] Ids, int[] Next) Cut(int[] text, int[] starts, int length)
    {
        int[,] ids = new int[starts.Length, length];
        int[] next = new int[ids.Length];
        for (int i = 0; i < next.Length; i++)
        {
            int at = starts[i / length] + i % length;
            ids[i / length, i % length] = text[at];
            next[i] = text[at + 1];
        }

        return (ids, next);
    }

    private static (int[] Train, int[] HeldOut, int Words) Read()
    {
        string[] words = [.. SmallText.Load().SelectMany(sentence => sentence.Append("."))];
        Dictionary<string, int> numbers = words.Distinct().Order(StringComparer.Ordinal).Select((word, i) => (word, i)).ToDictionary(StringComparer.Ordinal);
        int[] ids = [.. words.Select(word => numbers[word])];
        int cut = ids.Length * 9 / 10;
        return (ids[..cut], ids[cut..], numbers.Count);
    }
}
