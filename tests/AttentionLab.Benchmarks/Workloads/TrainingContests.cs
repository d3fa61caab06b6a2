using AttentionLab.Benchmarks.Rivals;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Benchmarks.Workloads;

/// <summary>
/// A step of masked-word training: 4 layers, 128 channels, 4 heads, 512 inside, vocabulary 8192, batch 32 × 64, Adam. 15 % of the words are
/// targets. PyTorch starts from our weights and sees our batch; the losses of three steps must agree.
/// </summary>
internal static class TrainingContests
{
    private const int Layers = 4, Channels = 128, Heads = 4, Hidden = 512, Vocabulary = 8192, Batch = 32, Tokens = 64;

    /// <summary>Steps whose losses are compared.</summary>
    private const int Compared = 3;

    /// <summary>The training step.</summary>
    public static IEnumerable<Entry> All(RivalSet rivals, int threads)
    {
        const string Name = "training step";
        yield return new("training", Name, () => Make(Name, rivals, threads));
    }

    private static Contest Make(string name, RivalSet rivals, int threads)
    {
        CounterRandom random = new(4);
        int[,] ids = new int[Batch, Tokens];
        int[] targets = new int[Batch * Tokens];
        for (int i = 0; i < targets.Length; i++)
        {
            ids[i / Tokens, i % Tokens] = random.NextInt(Vocabulary);
            targets[i] = random.NextDouble() < 0.15 ? random.NextInt(Vocabulary) : CrossEntropy.Ignored;
        }

        int[] rows = [.. Enumerable.Range(0, targets.Length).Where(i => targets[i] != CrossEntropy.Ignored)];
        Lineup lineup = new(rivals, threads, Compared);
        lineup.Add("ours", new Model(ids, targets, rows).Step);
        if (threads > 1)
        {
            Model alone = new(ids, targets, rows);
            lineup.Add(Lineup.OneThread, losses =>
            {
                Workers.Count = 1;
                alone.Step(losses);
                Workers.Count = threads;
            }, isSingle: true);
        }

        double withTargets = Work(rows.Length), withAll = Work(targets.Length);
        lineup.Add("ours, scores for every token", new Model(ids, targets, null).Step, flops: withAll);
        ReadOnlyMemory<float>[] arrays =
        [
            .. new Model(ids, targets, rows).Parameters.Select(parameter => (ReadOnlyMemory<float>)parameter.Value.Values),
            ids.Cast<int>().Select(id => (float)id).ToArray(),
            targets.Select(target => target == CrossEntropy.Ignored ? -100f : target).ToArray(),
        ];
        string kind = $"training {Layers} {Channels} {Heads} {Hidden} {Vocabulary} {Batch} {Tokens}";
        lineup.Torch("as usual", $"{kind} 0 0", arrays, flops: withAll);
        lineup.Torch("as usual, Adam foreach", $"{kind} 0 1", arrays, flops: withAll);
        lineup.Torch("scores only for targets", $"{kind} 1 1", arrays, "torch, scores only for targets");
        Bar[] bars = threads == 1 ? [Bar.AtLeast(1.8, "torch"), Bar.AtLeast(2.3, "torch").AsMoonshot()] : [];
        string note = $"{rows.Length} of {targets.Length} words are targets. Ours computes scores only for them; "
            + "PyTorch's usual script computes all scores and ignores the rest. Both other combinations are shown, too. GFLOP/s count what each one computes.";

        // Three steps of Adam: its first step divides a gradient by its own size, so that rounding errors of tiny gradients grow.
        return lineup.Finish(name, withTargets, bars, losses => Check(name, losses), note) with { Warmups = Compared, Agreement = 2e-4 };
    }

    /// <summary>Forward once, backward twice as much; Adam and the norms are not counted.</summary>
    private static double Work(int scored)
    {
        double n = Batch * Tokens;
        return 3 * (Layers * (8 * n * Channels * Channels + 4 * n * Tokens * Channels + 4 * n * Channels * Hidden) + 2.0 * scored * Channels * Vocabulary);
    }

    /// <summary>At the start every word is about as likely: ln V, and a half for scores of variance 1. Then the batch is learnt.</summary>
    private static void Check(string name, float[] losses)
    {
        double start = Math.Log(Vocabulary) + 0.5;
        if (!(Math.Abs(losses[0] - start) < 0.5) || !(losses[2] < losses[1] && losses[1] < losses[0]))
        {
            throw new WrongResultException(
                $"{name}: the losses of our first steps are {string.Join(", ", losses)} where they should begin near {start:F1} and fall: no time is shown "
                + "for a wrong result.");
        }
    }

    /// <summary>Encoder, a map to the words, and Adam.</summary>
    /// <param name="ids">(B,T).</param>
    /// <param name="targets">One a token.</param>
    /// <param name="rows">Tokens that get scores; null for all.</param>
    private sealed class Model(int[,] ids, int[] targets, int[]? rows)
    {
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

        public IReadOnlyList<Parameter> Parameters => [.. _encoder.Parameters, .. _head.Parameters];

        public void Step(float[] losses)
        {
            _adam ??= new(Parameters);
            using Workspace.Scope scope = _workspace.Use();
            Gradients.Clear(_adam.Parameters);
            (Tensor y, Encoder.Saved saved) = _encoder.Forward(ids);
            Tensor scored = rows is null ? y : Pooling.Rows(y, rows);
            (Tensor logits, Linear.Saved savedHead) = _head.Forward(scored);
            (float loss, CrossEntropyLoss.Saved savedLoss) = CrossEntropyLoss.Forward(logits, _wanted);
            Tensor dScored = _head.Backward(CrossEntropyLoss.Backward(savedLoss), savedHead);
            _encoder.Backward(rows is null ? dScored : Pooling.RowsBackward(dScored, rows, new Tensor(y.Shape)), saved);
            _adam.Step();
            losses[Math.Min(_steps++, losses.Length - 1)] = loss;
        }
    }
}
