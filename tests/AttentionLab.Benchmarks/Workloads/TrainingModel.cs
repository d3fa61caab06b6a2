using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Benchmarks.Workloads;

/// <summary>Encoder, a map to the words, and Adam: one step after the other on the same batch.</summary>
/// <param name="ids">(B,T).</param>
/// <param name="targets">One a token.</param>
/// <param name="rows">Tokens that get scores; null for all.</param>
internal sealed class TrainingModel(int[,] ids, int[] targets, int[]? rows)
{
    /// <summary>V.</summary>
    public const int Vocabulary = 8192;

    private const int Layers = 4, Channels = 128, Heads = 4, Hidden = 512, Sequences = 32, Tokens = 64;

    private readonly Encoder _encoder = new(
        new EncoderOptions
        {
            Vocabulary = Vocabulary,
            Capacity = Tokens,
            Channels = Channels,
            Heads = Heads,
            Layers = Layers,
            Hidden = Hidden,
            Activation = Activation.Gelu,
            Positions = PositionKind.Learned,
        },
        new CounterRandom(5));

    private readonly Linear _head = new(Channels, Vocabulary, new CounterRandom(6));
    private readonly int[] _wanted = rows is null ? targets : [.. rows.Select(row => targets[row])];
    private readonly Workspace _workspace = new();
    private Adam? _adam;
    private int _steps;

    /// <summary>Sizes as PyTorch's worker is told.</summary>
    public static string Sizes { get; } = $"{Layers} {Channels} {Heads} {Hidden} {Vocabulary} {Sequences} {Tokens}";

    /// <summary>Of the encoder and the map to the words.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. _encoder.Parameters, .. _head.Parameters];

    /// <summary>When each phase of the last step ended, in seconds, behind the moment when the step began.</summary>
    public double[] Ends { get; } = new double[Phase.Count + 1];

    /// <summary>Words, and what is to be found: 15 % of them are targets.</summary>
    /// <returns>(B,T) words; a target or <see cref="CrossEntropy.Ignored"/> for each; the places of the targets.</returns>
    public static (int[,] Ids, int[] Targets, int[] Rows) Batch()
    {
        CounterRandom random = new(4);
        int[,] ids = new int[Sequences, Tokens];
        int[] targets = new int[ids.Length];
        for (int i = 0; i < targets.Length; i++)
        {
            ids[i / Tokens, i % Tokens] = random.NextInt(Vocabulary);
            targets[i] = random.NextDouble() < 0.15 ? random.NextInt(Vocabulary) : CrossEntropy.Ignored;
        }

        return (ids, targets, [.. Enumerable.Range(0, targets.Length).Where(i => targets[i] != CrossEntropy.Ignored)]);
    }

    /// <summary>Multiply-adds, counted twice: forward once, backward twice as much; Adam and the norms are not counted.</summary>
    /// <param name="scored">Tokens that get scores.</param>
    public static double Work(int scored) => 3 * (LayersWork + HeadWork(scored));

    /// <summary>What each phase of <see cref="Step"/> has to do at least.</summary>
    /// <param name="scored">Tokens that get scores.</param>
    /// <param name="parameters">Numbers that are trained.</param>
    public static IReadOnlyList<Phase> Phases(int scored, long parameters) =>
    [
        new("gradients to zero", 0, parameters, 0),
        new("forward: embeddings and layers", LayersWork, 0, 0),
        new("head: scores of the words", HeadWork(scored), 0, 0),
        new("loss and its gradient", 0, (long)scored * Vocabulary, (long)scored * Vocabulary),
        new("head backward", 2 * HeadWork(scored), 0, 0),
        new("backward: layers and embeddings", 2 * LayersWork, 0, 0),
        new("Adam", 0, 3 * parameters, 4 * parameters),
    ];

    /// <summary>One step.</summary>
    /// <param name="losses">Its loss is written behind those of the steps before, or over the last one.</param>
    public void Step(float[] losses)
    {
        _adam ??= new(Parameters);
        using Workspace.Scope scope = _workspace.Use();
        int phase = 0;
        End();
        Gradients.Clear(_adam.Parameters);
        End();
        (Tensor y, Encoder.Saved saved) = _encoder.Forward(ids);
        Tensor scored = rows is null ? y : Pooling.Rows(y, rows);
        End();
        (Tensor logits, Linear.Saved savedHead) = _head.Forward(scored);
        End();
        float loss = CrossEntropyLoss.ForwardBackward(logits, _wanted);
        End();
        Tensor dScored = _head.Backward(logits, savedHead);
        End();
        _encoder.Backward(rows is null ? dScored : Pooling.RowsBackward(dScored, rows, new Tensor(y.Shape)), saved);
        End();
        _adam.Step();
        End();
        losses[Math.Min(_steps++, losses.Length - 1)] = loss;

        void End() => Ends[phase++] = Machine.Clock(Workers.Count);
    }

    private static double LayersWork
    {
        get
        {
            double n = Sequences * Tokens;
            return Layers * (8 * n * Channels * Channels + 4 * n * Tokens * Channels + 4 * n * Channels * Hidden);
        }
    }

    private static double HeadWork(int scored) => 2.0 * scored * Channels * Vocabulary;

    /// <summary>A part of a step.</summary>
    /// <param name="Name">What it does.</param>
    /// <param name="Flops">Multiply-adds, counted twice; 0 where memory is what counts.</param>
    /// <param name="Written">Numbers that it has to write.</param>
    /// <param name="Read">Numbers that it has to read.</param>
    internal sealed record Phase(string Name, double Flops, long Written, long Read)
    {
        /// <summary>Phases of a step.</summary>
        public const int Count = 7;
    }
}
