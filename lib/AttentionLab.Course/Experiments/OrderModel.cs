using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// A small encoder that must know the order of its words: at each place it says which place that is, or which word stood one place before.
/// A sequence is a start mark and then words that are drawn at random, so no content tells the order. The experiment of chapter 09: how does
/// order get in, and does it hold for sequences that are longer than those of the training?
/// </summary>
public sealed class OrderModel
{
    private readonly OrderSettings _settings;
    private readonly Encoder _encoder;
    private readonly Linear _answer;

    /// <summary>A model before its first step.</summary>
    /// <param name="settings">Task and sizes.</param>
    /// <param name="random">Source of the initial weights; it moves on.</param>
    public OrderModel(OrderSettings settings, CounterRandom random)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _encoder = new(new()
        {
            Vocabulary = settings.Words + 1,
            Capacity = settings.Capacity,
            Channels = settings.Channels,
            Heads = settings.Heads,
            Layers = settings.Layers,
            Hidden = 2 * settings.Channels,
            PreNorm = true,
            Positions = settings.Positions,
            ScaleEmbedding = true,
        }, random);
        _answer = new(settings.Channels, settings.Task == OrderTask.OwnPlace ? settings.Length : settings.Words + 1, random, name: "answer");
    }

    /// <summary>Of the encoder and the answer.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. _encoder.Parameters, .. _answer.Parameters];

    /// <summary>Trains a new model by cross-entropy at every place.</summary>
    /// <param name="settings">Task, sizes, steps.</param>
    /// <param name="seed">Decides weights and sequences.</param>
    public static OrderModel Train(OrderSettings settings, ulong seed)
    {
        CounterRandom random = new(seed);
        OrderModel model = new(settings, random);
        TrainingLoop loop = new(new Adam(model.Parameters), random, model.Step)
        {
            Steps = settings.Steps,
            Schedule = Schedules.Cosine(settings.LearningRate, settings.Steps / 10, settings.Steps),
            Workspace = new(),
        };
        loop.Run();
        return model;
    }

    /// <summary>Trains several models for each of several settings, as many at a time as there are processors.</summary>
    /// <param name="settings">One row of models for each.</param>
    /// <param name="seeds">Models for each: seeds 1, 2 … No result depends on how many run at a time.</param>
    /// <returns>[settings][seed − 1].</returns>
    public static OrderModel[][] TrainAll(IReadOnlyList<OrderSettings> settings, int seeds = 3)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return [.. Workers.Each(Enumerable.Range(0, settings.Count * seeds), i => Train(settings[i / seeds], (ulong)(i % seeds + 1))).Chunk(seeds)];
    }

    /// <summary>Share of right answers at each place, 0 to 1.</summary>
    /// <param name="length">T, at most the capacity; it may be more than in training.</param>
    /// <param name="random">Source of the sequences; it moves on.</param>
    /// <param name="sequences">How many are asked.</param>
    /// <returns>(T).</returns>
    public double[] Right(int length, CounterRandom random, int sequences = 64)
    {
        int[,] ids = Draw(sequences, length, random);
        Tensor logits = _answer.Forward(_encoder.Infer(ids, mask: Mask)).Y;
        int[] targets = Targets(ids);
        double[] right = new double[length];
        for (int i = 0; i < targets.Length; i++)
        {
            float[] scores = logits.Row(i).ToArray();
            right[i % length] += Array.IndexOf(scores, scores.Max()) == targets[i] ? 1.0 / sequences : 0;
        }

        return right;
    }

    private AttentionMask? Mask => _settings.Causal ? AttentionMask.Causal : null;

    private Batch Step(CounterRandom random)
    {
        int[,] ids = Draw(_settings.Batch, _settings.Length, random);
        (Tensor y, Encoder.Saved encoder) = _encoder.Forward(ids, mask: Mask);
        (Tensor logits, Linear.Saved answer) = _answer.Forward(y);
        (float loss, CrossEntropyLoss.Saved lost) = CrossEntropyLoss.Forward(logits, Targets(ids));
        _encoder.Backward(_answer.Backward(CrossEntropyLoss.Backward(lost), answer), encoder);
        return new Batch(loss, ids.Length);
    }

    private int[,] Draw(int sequences, int length, CounterRandom random)
    {
        int[,] ids = new int[sequences, length];
        for (int b = 0; b < sequences; b++)
        {
            ids[b, 0] = _settings.Words;
            for (int t = 1; t < length; t++)
            {
                ids[b, t] = random.NextInt(_settings.Words);
            }
        }

        return ids;
    }

    private int[] Targets(int[,] ids)
    {
        int length = ids.GetLength(1);
        return [.. Enumerable.Range(0, ids.Length).Select(i => _settings.Task switch
        {
            OrderTask.OwnPlace => i % length,
            OrderTask.WordBefore => ids[i / length, Math.Max(i % length - 1, 0)],
            _ => ids[i / length, Math.Min(i % length, 1)],
        })];
    }
}
