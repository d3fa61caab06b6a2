using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// An encoder of one layer with one head that has to write digits in another order, for example reversed. Which input each output needs is known, so the map
/// of its attention can be graded. Only the cross-entropy of the digits teaches it where to look. The experiment of section 11.1.
/// </summary>
public sealed class TokenMover
{
    private const int Digits = 10, HeldOut = 250;

    private readonly MoverSettings _settings;
    private readonly Encoder _encoder;
    private readonly Linear _scores;
    private readonly CounterRandom _draws;
    private readonly int[,]? _pool;
    private readonly int[,] _asked;

    /// <summary>A model before its first step.</summary>
    /// <param name="settings">Task, model and training.</param>
    /// <param name="seed">Decides initial weights and sequences.</param>
    /// <exception cref="ArgumentException">A size is not positive, or the task asks for an input that is not there.</exception>
    public TokenMover(MoverSettings settings, ulong seed = 1)
    {
        ArgumentNullException.ThrowIfNull(settings);
        for (int i = 0; i < settings.Tokens; i++)
        {
            if (settings.Source(i, settings.Tokens) is int from && (uint)from >= (uint)settings.Tokens)
            {
                throw new ArgumentException($"output {i} needs input {from} but the inputs are 0 to {settings.Tokens - 1}: mend Source.", nameof(settings));
            }
        }

        _settings = settings;
        CounterRandom random = new(seed);
        _encoder = new(new()
        {
            Vocabulary = Digits,
            Capacity = settings.Tokens,
            Channels = settings.Channels,
            Heads = 1,
            Layers = 1,
            Hidden = 2 * settings.Channels,
            Positions = settings.Positions,
            ScaleEmbedding = true,
        }, random);
        _scores = new(settings.Channels, Digits, random, name: "scores");
        _draws = random.Split(1);
        _pool = settings.Pool > 0 ? Draw(settings.Pool, random.Split(2)) : null;
        _asked = Draw(HeldOut, random.Split(3));
        if (!settings.Attends)
        {
            Attention.Query.Weight.Value.Span.Clear();
            Attention.Query.Bias!.Value.Span.Clear();
        }
    }

    private MultiHeadAttention Attention => _encoder.Layers.Layers[0].Attention;

    private IReadOnlyList<Parameter> Parameters =>
        [.. _encoder.Parameters.Concat(_scores.Parameters).Except(_settings.Attends ? [] : Attention.Query.Parameters)];

    /// <summary>Trains a new model and looks at it on the way.</summary>
    /// <param name="settings">Task, model and training.</param>
    /// <param name="seed">Decides initial weights and sequences.</param>
    /// <param name="looks">Steps after which it is judged, ascending; 0 is before the first. The last step is always judged.</param>
    /// <returns>The looks.</returns>
    /// <exception cref="ArgumentException">As for the constructor.</exception>
    public static IReadOnlyList<MoverLook> Train(MoverSettings settings, ulong seed = 1, params IEnumerable<int> looks)
    {
        TokenMover model = new(settings, seed);
        HashSet<int> at = [.. looks, settings.Steps];
        List<MoverLook> seen = at.Contains(0) ? [model.Look(0)] : [];
        Adam adam = new(model.Parameters);
        Workspace workspace = new();
        for (int step = 1; step <= settings.Steps; step++)
        {
            adam.LearningRate = Schedules.Cosine(settings.LearningRate, settings.Steps / 10, settings.Steps)(step);
            Gradients.Clear(model.Parameters);
            using (workspace.Use())
            {
                model.Learn();
            }

            Gradients.Clip(model.Parameters, 1);
            adam.Step();
            if (at.Contains(step))
            {
                seen.Add(model.Look(step));
            }
        }

        return seen;
    }

    /// <summary>Judges the model on sequences that it never trained on.</summary>
    private MoverLook Look(int step)
    {
        (Tensor y, Encoder.Saved saved) = _encoder.Forward(_asked);
        Tensor logits = _scores.Forward(y).Y, weights = saved.Layers.Weights()[0];
        int tokens = _settings.Tokens;
        float[,] map = new float[tokens, tokens];
        for (int i = 0; i < weights.Length; i++)
        {
            map[i / tokens % tokens, i % tokens] += weights.Values[i] / HeldOut;
        }

        double right = CrossEntropyLoss.Accuracy(logits, Targets(_asked));
        return new(step, right, Enumerable.Range(0, tokens).Average(i => (double)map[i, _settings.Source(i, tokens)]), map)
        {
            Trained = _pool is null ? right : CrossEntropyLoss.Accuracy(_scores.Forward(_encoder.Infer(_pool)).Y, Targets(_pool)),
        };
    }

    private void Learn()
    {
        int[,] ids = Draw(_settings.Batch, _draws);
        for (int i = 0; _pool is not null && i < _settings.Batch; i++)
        {
            int row = _draws.NextInt(_settings.Pool);
            for (int t = 0; t < _settings.Tokens; t++)
            {
                ids[i, t] = _pool[row, t];
            }
        }

        (Tensor y, Encoder.Saved encoder) = _encoder.Forward(ids);
        (Tensor logits, Linear.Saved scores) = _scores.Forward(y);
        (_, CrossEntropyLoss.Saved loss) = CrossEntropyLoss.Forward(logits, Targets(ids));
        _encoder.Backward(_scores.Backward(CrossEntropyLoss.Backward(loss), scores), encoder);
    }

    private int[,] Draw(int count, CounterRandom random)
    {
        int[,] ids = new int[count, _settings.Tokens];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i / _settings.Tokens, i % _settings.Tokens] = random.NextInt(Digits);
        }

        return ids;
    }

    private int[] Targets(int[,] ids)
    {
        int tokens = _settings.Tokens;
        return [.. Enumerable.Range(0, ids.Length).Select(i => ids[i / tokens, _settings.Source(i % tokens, tokens)])];
    }
}

/// <summary>What a <see cref="TokenMover"/> can and where it looks, at one step of its training.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Right">Share of right digits, on 250 sequences that it never trained on.</param>
/// <param name="OnSource">Mean weight on the input that the output needs.</param>
/// <param name="Map">(T,T): mean weights of the head over these sequences; a row for each output.</param>
public sealed record MoverLook(int Step, double Right, double OnSource, float[,] Map)
{
    /// <summary>Share of right digits on the sequences that it trains on.</summary>
    public double Trained { get; init; }
}
