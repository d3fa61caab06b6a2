using AttentionLab.Benchmarks.Rivals;
using AttentionLab.Kernels;

namespace AttentionLab.Benchmarks.Workloads;

/// <summary>Lightning Attention, linear in the tokens; no rival has it. Beside it stands what it replaces: fused causal softmax attention.</summary>
internal static class LightningContests
{
    private const int Heads = 8, Dim = 64;

    private const float Decay = 0.99f;

    /// <summary>Three lengths.</summary>
    public static IEnumerable<Entry> All(RivalSet rivals, int threads)
    {
        foreach (int n in new[] { 512, 2048, 16384 })
        {
            string name = $"Lightning n={n}";
            yield return new("lightning", name, () => Make(name, rivals, threads, n));
        }
    }

    private static Contest Make(string name, RivalSet rivals, int threads, int n)
    {
        AttentionCase softmax = new() { Workload = name, Heads = Heads, Queries = n, Keys = n, Dim = Dim, Causal = true };
        (float[] q, float[] k, float[] v) = (softmax.Q, softmax.K, softmax.V);
        Lineup lineup = new(rivals, threads, q.Length);
        float[] decays = [.. Enumerable.Repeat(Decay, Heads)];
        AttendSizes sizes = new(1, Heads, n, n, Dim, Dim);
        lineup.Ours(output => LightningAttend.Forward(AttendInput.Linear<float>(q, k, v, sizes, causal: true), output, decays));
        if (n <= 512)
        {
            lineup.Reference(output => LightningAttend.Reference<float>(AttendInput.Linear<float>(q, k, v, sizes, causal: true), output, decays));
        }

        if (n <= 2048)
        {
            float[] expected = Inputs.Zeros(q.Length);
            softmax.Materialised(expected, new float[n * n]);
            lineup.AddExpecting("ours, fused softmax attention", softmax.Fused, expected, softmax.Flops);
        }

        // What the definition by a state takes: update it and read it, once a token.
        double flops = 4.0 * n * Dim * Dim * Heads;
        Bar[] bars = threads == 1 ? [Bar.PercentOfLimit(50), Bar.PercentOfLimit(60).AsMoonshot()] : [];
        return lineup.Finish(name, flops, bars, output => Check(name, q, k, v, output, n), n <= 512 ? [] : ["our reference: not run at this size."]);
    }

    /// <summary>Five tokens of the last head by the definition, in double precision.</summary>
    private static void Check(string name, float[] q, float[] k, float[] v, float[] output, int n)
    {
        int head = (Heads - 1) * n * Dim;
        for (int s = 0; s < 5; s++)
        {
            int i = s * (n - 1) / 4;
            double[] row = new double[Dim];
            double factor = 1, largest = 0;
            for (int j = i; j >= 0; j--, factor *= Decay)
            {
                double weight = factor * Dot.Reference<double>(Inputs.Widen(q.AsSpan(head + i * Dim, Dim)), Inputs.Widen(k.AsSpan(head + j * Dim, Dim)));
                for (int c = 0; c < Dim; c++)
                {
                    row[c] += weight * v[head + j * Dim + c];
                }
            }

            largest = row.Max(Math.Abs);
            for (int c = 0; c < Dim; c++)
            {
                float actual = output[head + i * Dim + c];
                if (!(Math.Abs(actual - row[c]) <= 1e-4 * largest))
                {
                    throw new WrongResultException(
                        $"{name}: ours is {actual} at token {i}, feature {c}, the definition {row[c]}: no time is shown for a wrong result.");
                }
            }
        }
    }
}
