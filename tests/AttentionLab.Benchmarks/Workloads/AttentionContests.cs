using AttentionLab.Benchmarks.Rivals;
using AttentionLab.Kernels;

namespace AttentionLab.Benchmarks.Workloads;

/// <summary>Attention of 8 heads of 64, batch 1, with and without the causal mask. Both sides get (B, H, T, D).</summary>
internal static class AttentionContests
{
    private const int Heads = 8, Dim = 64;

    public static IEnumerable<Contest> All(RivalSet rivals, int threads)
    {
        foreach (int n in new[] { 128, 512, 1024, 2048, 4096 })
        {
            yield return Attention(rivals, threads, n, causal: false);
        }

        foreach (int n in new[] { 128, 512, 1024, 2048, 4096 })
        {
            yield return Attention(rivals, threads, n, causal: true);
        }

        yield return Attention(rivals, threads, 16384, causal: false);
    }

    private static Contest Attention(RivalSet rivals, int threads, int n, bool causal)
    {
        int size = Heads * n * Dim;
        float[] q = Inputs.Gaussian(size, 1), k = Inputs.Gaussian(size, 2), v = Inputs.Gaussian(size, 3), logSums = Inputs.Zeros(Heads * n);
        List<Contender> contenders = [];
        float[] ours = Inputs.Zeros(size);
        contenders.Add(new("ours", () => Fused(q, k, v, ours, logSums, n, causal), ours, false));
        if (rivals.Ort is { } ort)
        {
            // Three operators compute the same; the fastest is the rival. MultiHeadAttention takes (B, T, H·D), so its result is compared after a transpose.
            long[] heads = [1, Heads, n, Dim], rows = [1, n, Heads * Dim];
            float[] result = Inputs.Zeros(size);
            if (ort.Load($"attn23{(causal ? "c" : "")}_{n}", threads, [("q", q, heads), ("k", k, heads), ("v", v, heads)], ("o", result, heads)) is { } attention)
            {
                contenders.Add(new($"{ort.Name} Attention", attention, result, true));
            }

            float[] transposed = Inputs.Zeros(size), back = Inputs.Zeros(size), tq = Swap(q, n), tk = Swap(k, n), tv = Swap(v, n);
            if (ort.Load($"mha{(causal ? "c" : "")}_{n}", threads, [("q", tq, rows), ("k", tk, rows), ("v", tv, rows)], ("o", transposed, rows)) is { } multiHead)
            {
                contenders.Add(new($"{ort.Name} MultiHeadAttention", multiHead, back, true) { BeforeComparison = () => SwapBack(transposed, back, n) });
            }
        }

        if (n <= 1024)
        {
            float[] materialised = Inputs.Zeros(size), weights = Inputs.Zeros(n * n);
            contenders.Add(new("ours, materialised", () => Materialised(q, k, v, materialised, weights, n, causal), materialised, false));
        }

        if (n <= 128)
        {
            float[] reference = Inputs.Zeros(size), weights = Inputs.Zeros(n * n);
            contenders.Add(new("our reference", () => Reference(q, k, v, reference, weights, n, causal), reference, false));
        }

        double pairs = causal ? n * (n + 1.0) / 2 : (double)n * n;
        Bar[] bars = (causal, n) switch
        {
            (true, >= 1024) => [new("ORT", 4.5)],
            (true, _) => [new("ORT", 1.8)],
            (false, 128) => [new("ORT", 1.1)],
            _ => [new("ORT", 1.2)],
        };
        return new($"attention{(causal ? " causal" : "")} n={n}", causal ? "causal" : "attention", 4 * pairs * Dim * Heads, bars, 0, contenders, output => CheckRows(q, k, v, output, n, causal));
    }

    private static void Fused(float[] q, float[] k, float[] v, float[] output, float[] logSums, int n, bool causal)
    {
        for (int h = 0; h < Heads; h++)
        {
            FlashAttend.Forward(Head(q, h, n), Head(k, h, n), Head(v, h, n), output.AsSpan(h * n * Dim, n * Dim), logSums.AsSpan(h * n, n), n, n, Dim, Dim, 0.125f, new AttendMask { Causal = causal });
        }
    }

    private static void Materialised(float[] q, float[] k, float[] v, float[] output, float[] weights, int n, bool causal)
    {
        for (int h = 0; h < Heads; h++)
        {
            Attend.Forward(Head(q, h, n), Head(k, h, n), Head(v, h, n), output.AsSpan(h * n * Dim, n * Dim), weights, n, n, Dim, Dim, 0.125f, new AttendMask { Causal = causal });
        }
    }

    private static void Reference(float[] q, float[] k, float[] v, float[] output, float[] weights, int n, bool causal)
    {
        for (int h = 0; h < Heads; h++)
        {
            Attend.Reference<float>(Head(q, h, n), Head(k, h, n), Head(v, h, n), output.AsSpan(h * n * Dim, n * Dim), weights, n, n, Dim, Dim, 0.125f, new AttendMask { Causal = causal });
        }
    }

    /// <summary>Five queries of the first and last head against the double reference.</summary>
    private static void CheckRows(float[] q, float[] k, float[] v, float[] output, int n, bool causal)
    {
        foreach (int h in new[] { 0, Heads - 1 })
        {
            double[] keys = Widen(Head(k, h, n)), values = Widen(Head(v, h, n)), row = new double[Dim], logSum = new double[1];
            for (int s = 0; s < 5; s++)
            {
                int i = s * (n - 1) / 4, visible = causal ? i + 1 : n;
                FlashAttend.Reference<double>(Widen(Head(q, h, n).Slice(i * Dim, Dim)), keys.AsSpan(0, visible * Dim), values.AsSpan(0, visible * Dim), row, logSum, 1, visible, Dim, Dim, 0.125);
                for (int c = 0; c < Dim; c++)
                {
                    float actual = output[(h * n + i) * Dim + c];
                    if (!(Math.Abs(actual - row[c]) <= 1e-4))
                    {
                        throw new InvalidOperationException($"attention n={n}: ours is {actual} at head {h}, query {i}, feature {c}, the reference {row[c]}.");
                    }
                }
            }
        }
    }

    private static ReadOnlySpan<float> Head(float[] x, int h, int n) => x.AsSpan(h * n * Dim, n * Dim);

    private static double[] Widen(ReadOnlySpan<float> x)
    {
        double[] wide = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            wide[i] = x[i];
        }

        return wide;
    }

    /// <summary>(H, T, D) → (T, H, D).</summary>
    private static float[] Swap(float[] x, int n)
    {
        float[] y = Inputs.Zeros(x.Length);
        for (int at = 0; at < x.Length; at++)
        {
            int h = at / (n * Dim), t = at / Dim % n, c = at % Dim;
            y[(t * Heads + h) * Dim + c] = x[at];
        }

        return y;
    }

    private static void SwapBack(float[] x, float[] y, int n)
    {
        for (int at = 0; at < y.Length; at++)
        {
            int h = at / (n * Dim), t = at / Dim % n, c = at % Dim;
            y[at] = x[(t * Heads + h) * Dim + c];
        }
    }
}
