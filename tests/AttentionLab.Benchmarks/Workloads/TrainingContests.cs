using AttentionLab.Benchmarks.Rivals;
using AttentionLab.Kernels;

namespace AttentionLab.Benchmarks.Workloads;

/// <summary>
/// A step of masked-word training: 4 layers, 128 channels, 4 heads, 512 inside, vocabulary 8192, batch 32 × 64, Adam. 15 % of the words are
/// targets. PyTorch starts from our weights and sees our batch; the losses of three steps must agree.
/// </summary>
internal static class TrainingContests
{
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
        (int[,] ids, int[] targets, int[] rows) = TrainingModel.Batch();
        Lineup lineup = new(rivals, threads, Compared);
        lineup.Add("ours", new TrainingModel(ids, targets, rows).Step);
        if (threads > 1)
        {
            TrainingModel alone = new(ids, targets, rows);
            lineup.Add(Lineup.OneThread, losses =>
            {
                Workers.Count = 1;
                alone.Step(losses);
                Workers.Count = threads;
            }, isSingle: true);
        }

        double withTargets = TrainingModel.Work(rows.Length), withAll = TrainingModel.Work(targets.Length);
        lineup.Add("ours, scores for every token", new TrainingModel(ids, targets, null).Step, flops: withAll);
        ReadOnlyMemory<float>[] arrays =
        [
            .. new TrainingModel(ids, targets, rows).Parameters.Select(parameter => (ReadOnlyMemory<float>)parameter.Value.Values),
            ids.Cast<int>().Select(id => (float)id).ToArray(),
            targets.Select(target => target == CrossEntropy.Ignored ? -100f : target).ToArray(),
        ];
        string kind = $"training {TrainingModel.Sizes}";
        lineup.Torch("as usual", $"{kind} 0 0", arrays, flops: withAll);
        lineup.Torch("as usual, Adam foreach", $"{kind} 0 1", arrays, flops: withAll);
        lineup.Torch("scores only for targets", $"{kind} 1 1", arrays, "torch, scores only for targets");
        Bar[] bars = threads == 1 ? [Bar.AtLeast(1.8, "torch"), Bar.PercentOfLimit(63), Bar.AtLeast(2.3, "torch").AsMoonshot()] : [];
        string note = $"{rows.Length} of {targets.Length} words are targets. Ours computes scores only for them; "
            + "PyTorch's usual script computes all scores and ignores the rest. Both other combinations are shown, too. GFLOP/s count what each one computes.";

        // Three steps of Adam: its first step divides a gradient by its own size, so that rounding errors of tiny gradients grow.
        return lineup.Finish(name, withTargets, bars, losses => Check(name, losses), note) with { Warmups = Compared, Agreement = 2e-4 };
    }

    /// <summary>At the start every word is about as likely: ln V, and a half for scores of variance 1. Then the batch is learnt.</summary>
    private static void Check(string name, float[] losses)
    {
        double start = Math.Log(TrainingModel.Vocabulary) + 0.5;
        if (!(Math.Abs(losses[0] - start) < 0.5) || !(losses[2] < losses[1] && losses[1] < losses[0]))
        {
            throw new WrongResultException(
                $"{name}: the losses of our first steps are {string.Join(", ", losses)} where they should begin near {start:F1} and fall: no time is shown "
                + "for a wrong result.");
        }
    }
}
