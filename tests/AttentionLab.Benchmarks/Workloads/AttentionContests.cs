using AttentionLab.Benchmarks.Rivals;

namespace AttentionLab.Benchmarks.Workloads;

/// <summary>Attention of 8 heads of 64, batch 1: plain, causal, masked, cross, with peaked scores, and long; and of many heads of short sequences.</summary>
internal static class AttentionContests
{
    private static readonly int[] Lengths = [128, 512, 1024, 2048, 4096];

    /// <summary>Every attention.</summary>
    public static IEnumerable<Entry> All(RivalSet rivals, int threads)
    {
        foreach (int n in Lengths)
        {
            yield return Plain("attention", n);
        }

        foreach (int n in Lengths)
        {
            string name = $"attention causal n={n}";
            yield return new("causal", name, () => Causal(name, rivals, threads, n));
        }

        yield return Free(
            "masked",
            new()
            {
                Workload = "attention n=1024, last quarter padding",
                Queries = 1024,
                Keys = 1024,
                Exists = [.. Enumerable.Range(0, 1024).Select(j => j < 768)],
            });
        foreach (int n in new[] { 1024, 4096 })
        {
            string name = $"attention n={n}, window of ±128";
            yield return new("masked", name, () => Window(name, rivals, threads, n));
        }

        yield return new("masked", "attention n=1024, a mask that hides nothing", () => AllVisible(rivals, threads));
        foreach (int n in new[] { 128, 512, 1024 })
        {
            yield return Back($"attention backward n={n}", n, causal: false, pairs: null);
        }

        yield return Back("attention backward causal n=1024", 1024, causal: true, pairs: null);
        yield return Back("attention backward n=1024, window of ±128", 1024, causal: false, WindowOf(1024));
        yield return Free("cross", new() { Workload = "attention 128 queries × 2048 keys", Queries = 128, Keys = 2048 });
        yield return Free("cross", new() { Workload = "attention n=1000, D=80", Queries = 1000, Keys = 1000, Dim = 80 });
        yield return new("peaked", "attention n=1024, peaked scores", () => Peaked(rivals, threads));
        yield return Plain("long", 16384);
        foreach (int n in new[] { 12, 24, 32, 48 })
        {
            AttentionCase brief = Brief($"attention n={n}, 128 heads of 32", n);
            yield return new("short", brief.Workload, () => Make(brief, rivals, threads, [Bar.AtLeast(1, "ORT")]));
        }

        foreach (int n in new[] { 12, 24 })
        {
            AttentionCase brief = Brief($"attention backward n={n}, 128 heads of 32", n);
            yield return new("short", brief.Workload, () => Backward(brief, rivals, threads));
        }

        Entry Plain(string group, int n)
        {
            string name = $"attention n={n}";
            return new(group, name, () => Make(new() { Workload = name, Queries = n, Keys = n }, rivals, threads, PlainBars(n, threads)));
        }

        Entry Back(string name, int n, bool causal, bool[]? pairs) =>
            new("backward", name, () => Backward(new() { Workload = name, Queries = n, Keys = n, Causal = causal, Pairs = pairs }, rivals, threads));

        Entry Free(string group, AttentionCase attention) => new(group, attention.Workload, () => Make(attention, rivals, threads, []));
    }

    /// <summary>As many heads as a batch of sentences has.</summary>
    private static AttentionCase Brief(string name, int n) => new() { Workload = name, Heads = 128, Queries = n, Keys = n, Dim = 32 };

    private static Bar[] PlainBars(int n, int threads) => (threads, n) switch
    {
        (1, 128) => [Bar.AtLeast(1.1, "ORT"), Bar.AtLeast(1.3, "ORT").AsMoonshot()],
        (1, _) => [Bar.AtLeast(1.2, "ORT"), Bar.PercentOfLimit(86), Bar.PercentOfLimit(90).AsMoonshot()],
        (_, >= 512) => [Bar.AtLeast(1.2, "ORT"), Bar.AtLeast(1.85, Lineup.OneThread)],
        _ => [Bar.AtLeast(1, "ORT")],
    };

    private static Contest Make(AttentionCase attention, RivalSet rivals, int threads, Bar[] bars)
    {
        Lineup lineup = Begin(attention, rivals, threads);
        attention.AddOrt(lineup);
        return Finish(lineup, attention, bars);
    }

    /// <summary>ONNX Runtime's causal operators are slower than its plain one, so that is shown, too; it computes something else and is no rival.</summary>
    private static Contest Causal(string name, RivalSet rivals, int threads, int n)
    {
        AttentionCase causal = new() { Workload = name, Queries = n, Keys = n, Causal = true };
        AttentionCase plain = new() { Workload = $"{name}, without the mask", Queries = n, Keys = n };
        float[] expected = Inputs.Zeros(plain.Size);
        plain.Fused(expected);
        plain.Check(expected);

        Lineup lineup = Begin(causal, rivals, threads);
        causal.AddOrt(lineup, "ORT causal", ", causal");
        plain.AddOrt(lineup, "ORT non-causal", ", not causal", expected, isRival: false);
        Bar[] bars = (threads, n) switch
        {
            (1, >= 512) => [Bar.AtLeast(1.8, "ORT causal"), Bar.AtLeast(1.8, "ORT non-causal"), Bar.PercentOfLimit(80), Bar.PercentOfLimit(85).AsMoonshot()],
            (_, >= 512) => [Bar.AtLeast(1.8, "ORT causal"), Bar.AtLeast(1.85, Lineup.OneThread)],
            _ => [],
        };
        return Finish(lineup, causal, bars);
    }

    /// <summary>Scores of deviation 30: most weights would be denormal numbers, which cost some CPUs a hundred times the time.</summary>
    private static Contest Peaked(RivalSet rivals, int threads)
    {
        const int Tokens = 1024;
        AttentionCase peaked = new() { Workload = "attention n=1024, peaked scores", Queries = Tokens, Keys = Tokens, Sharpness = 30 };
        AttentionCase normal = new() { Workload = "attention n=1024, normal scores", Queries = Tokens, Keys = Tokens };
        float[] expected = Inputs.Zeros(normal.Size);
        normal.Fused(expected);
        normal.Check(expected);

        Lineup lineup = new(rivals, threads, peaked.Size);
        lineup.Ours(peaked.Fused);
        lineup.AddExpecting("ours, normal scores", normal.Fused, expected);
        peaked.AddOrt(lineup);
        normal.AddOrt(lineup, "ORT, normal scores", ", normal scores", expected, isRival: false);
        return lineup.Finish(peaked.Workload, peaked.Flops, [Bar.AtMost(1.15, "ours, normal scores")], peaked.Check) with { Agreement = 2e-3 };
    }

    private static bool[] WindowOf(int tokens) => [.. Enumerable.Range(0, tokens * tokens).Select(at => Math.Abs(at / tokens - at % tokens) <= 128)];

    /// <summary>What is hidden costs nothing: the percent are of the visible work.</summary>
    private static Contest Window(string name, RivalSet rivals, int threads, int n) => Make(
        new() { Workload = name, Queries = n, Keys = n, Pairs = WindowOf(n) }, rivals, threads,
        threads == 1 ? [Bar.AtLeast(4, "ORT"), Bar.PercentOfLimit(50)] : []);

    /// <summary>A mask of pairs that are all visible, beside no mask.</summary>
    private static Contest AllVisible(RivalSet rivals, int threads)
    {
        const int Tokens = 1024;
        AttentionCase masked = new()
        {
            Workload = "attention n=1024, a mask that hides nothing",
            Queries = Tokens,
            Keys = Tokens,
            Pairs = [.. Enumerable.Repeat(true, Tokens * Tokens)],
        };
        AttentionCase plain = new() { Workload = "attention n=1024", Queries = Tokens, Keys = Tokens };
        Lineup lineup = Begin(masked, rivals, threads);
        lineup.Add("ours, no mask", plain.Fused);
        masked.AddOrt(lineup);
        return lineup.Finish(masked.Workload, masked.Flops, threads == 1 ? [Bar.AtMost(1.03, "ours, no mask")] : [], masked.Check);
    }

    /// <summary>∂Q, ∂K and ∂V of the fused attention, and the road that stores the weights.</summary>
    private static Contest Backward(AttentionCase attention, RivalSet rivals, int threads)
    {
        AttentionGradients gradients = new(attention);
        Lineup lineup = new(rivals, threads, gradients.Size);
        lineup.Ours(gradients.Fused);
        lineup.Add("ours, weights stored", gradients.Materialised);
        return lineup.Finish(
            attention.Workload, 2.5 * attention.Flops, [], gradients.Check, "the work counts five products: the scores again, ∂weights, ∂Q, ∂K and ∂V.");
    }

    private static Lineup Begin(AttentionCase attention, RivalSet rivals, int threads)
    {
        Lineup lineup = new(rivals, threads, attention.Size);
        lineup.Ours(attention.Fused);
        return lineup;
    }

    private static Contest Finish(Lineup lineup, AttentionCase attention, Bar[] bars)
    {
        bool small = attention.Queries <= 128 && attention.Keys <= 128;
        if (attention.Queries <= 1024)
        {
            float[] weights = Inputs.Zeros(attention.Queries * attention.Keys);
            lineup.Add("ours, weights stored", output => attention.Materialised(output, weights));
            if (small)
            {
                lineup.Reference(output => attention.Reference(output, weights));
            }
        }

        return lineup.Finish(attention.Workload, attention.Flops, bars, attention.Check, small ? [] : ["our reference: not run at this size."]);
    }
}
