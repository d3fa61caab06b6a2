using AttentionLab.Benchmarks.Rivals;

namespace AttentionLab.Benchmarks.Workloads;

/// <summary>Ours against PyTorch in a child process, which takes turns with us sample by sample.</summary>
internal static class TorchContests
{
    /// <summary>Attention, causal attention, the encoder layer and the training step.</summary>
    public static IEnumerable<Entry> All(RivalSet rivals, int threads)
    {
        foreach (bool causal in new[] { false, true })
        {
            foreach (int n in new[] { 128, 512, 1024, 2048, 4096 })
            {
                string name = $"attention{(causal ? " causal" : "")} n={n}";
                yield return new(causal ? "causal" : "attention", name, () => Attention(name, rivals, threads, n, causal));
            }
        }

        foreach ((int batch, int n) in EncoderContests.Shapes)
        {
            string name = $"encoder layer b{batch} n={n}";
            yield return new("encoder", name, () => EncoderContests.Make(name, rivals, threads, batch, n, withTorch: true));
        }

        foreach (Entry entry in TrainingContests.All(rivals, threads))
        {
            yield return entry;
        }
    }

    private static Contest Attention(string name, RivalSet rivals, int threads, int n, bool causal)
    {
        AttentionCase attention = new() { Workload = name, Queries = n, Keys = n, Causal = causal };
        Lineup lineup = new(rivals, threads, attention.Size);
        lineup.Ours(attention.Fused);
        string sizes = $"{attention.Heads} {n} {attention.Dim} {(causal ? 1 : 0)}";
        lineup.Torch("as usual", $"attention {sizes}", [attention.Q, attention.K, attention.V]);
        lineup.Torch("its own function", $"sdpa {sizes}", [attention.Q, attention.K, attention.V]);
        return lineup.Finish(name, attention.Flops, [], attention.Check);
    }
}
