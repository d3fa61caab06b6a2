using AttentionLab.Benchmarks.Rivals;
using AttentionLab.Kernels;

namespace AttentionLab.Benchmarks.Workloads;

/// <summary>Attention of several heads, batch 1: its inputs, its ways and its check. Arrays are (H, T, D).</summary>
internal sealed class AttentionCase
{
    public required string Workload { get; init; }

    public int Heads { get; init; } = 8;

    public required int Queries { get; init; }

    public required int Keys { get; init; }

    public int Dim { get; init; } = 64;

    public bool Causal { get; init; }

    /// <summary>(keys): which exist; null for all.</summary>
    public bool[]? Exists { get; init; }

    /// <summary>(queries, keys): who sees whom; null for everybody.</summary>
    public bool[]? Pairs { get; init; }

    /// <summary>Deviation of Q: 1 for scores of deviation 1, 30 for peaked ones.</summary>
    public double Sharpness { get; init; } = 1;

    public float[] Q => field ??= Inputs.Gaussian(Heads * Queries * Dim, 1, Sharpness);

    public float[] K => field ??= Inputs.Gaussian(Heads * Keys * Dim, 2);

    public float[] V => field ??= Inputs.Gaussian(Heads * Keys * Dim, 3);

    public float Scale => 1 / MathF.Sqrt(Dim);

    public int Size => Heads * Queries * Dim;

    /// <summary>Multiply and add of the two products, over the pairs that see each other.</summary>
    public double Flops => 4 * Visible * Dim * Heads;

    /// <summary>Pairs that see each other in one head.</summary>
    private double Visible => Pairs is not null ? Pairs.Count(sees => sees)
        : Exists is not null ? (double)Queries * Exists.Count(exists => exists)
        : Causal ? Queries * (Queries + 1.0) / 2 : (double)Queries * Keys;

    public AttendMask Mask => new() { Causal = Causal, Keys = Exists, Pairs = Pairs };

    /// <summary>Ours: no weights are stored.</summary>
    public void Fused(float[] output)
    {
        HeadLayout queries = HeadLayout.Split(Heads, Queries, Dim), keys = HeadLayout.Split(Heads, Keys, Dim);
        FlashAttend.Forward(
            new AttendInput<float>
            {
                Q = new(Q, queries),
                K = new(K, keys),
                V = new(V, keys),
                Sizes = new AttendSizes(1, Heads, Queries, Keys, Dim, Dim),
                Scale = Scale,
                Mask = Mask,
            },
            output, queries, []);
    }

    /// <summary>Ours, as the layers do it in training: all weights of a head are stored.</summary>
    public void Materialised(float[] output, float[] weights)
    {
        for (int h = 0; h < Heads; h++)
        {
            Attend.Forward(
                AttendInput.Split<float>(Head(Q, h), Head(K, h), Head(V, h), new(1, 1, Queries, Keys, Dim, Dim), Scale, Mask), Head(output, h), weights);
        }
    }

    /// <summary>Plain loops.</summary>
    public void Reference(float[] output, float[] weights)
    {
        for (int h = 0; h < Heads; h++)
        {
            Attend.Reference<float>(
                AttendInput.Split<float>(Head(Q, h), Head(K, h), Head(V, h), new(1, 1, Queries, Keys, Dim, Dim), Scale, Mask), Head(output, h), weights);
        }
    }

    /// <summary>Five queries of the first and the last head against the reference in double precision.</summary>
    /// <exception cref="WrongResultException">One differs.</exception>
    public void Check(float[] output)
    {
        foreach (int h in new[] { 0, Heads - 1 })
        {
            double[] keys = Inputs.Widen(Head(K, h)), values = Inputs.Widen(Head(V, h)), row = new double[Dim], statistics = new double[2];
            for (int s = 0; s < 5; s++)
            {
                int i = s * (Queries - 1) / 4, seen = Causal ? Mask.Limit(i, Queries, Keys) : Keys;
                AttendMask mask = new() { Keys = Exists.AsSpan(0, Exists is null ? 0 : seen), Pairs = Pairs is null ? default : Pairs.AsSpan(i * Keys, seen) };
                FlashAttend.Reference<double>(
                    AttendInput.Split<double>(
                        Inputs.Widen(Head(Q, h).Slice(i * Dim, Dim)), keys.AsSpan(0, seen * Dim), values.AsSpan(0, seen * Dim), new(1, 1, 1, seen, Dim, Dim),
                        1 / Math.Sqrt(Dim), mask),
                    row, statistics);
                for (int c = 0; c < Dim; c++)
                {
                    float actual = output[(h * Queries + i) * Dim + c];

                    // Peaked scores are large numbers: a rounding error in one changes its weight by as much.
                    if (!(Math.Abs(actual - row[c]) <= 1e-4 * Math.Max(1, Sharpness)))
                    {
                        throw new WrongResultException(
                            $"{Workload}: ours is {actual} at head {h}, query {i}, feature {c}, the reference {row[c]}: no time is shown for a wrong result.");
                    }
                }
            }
        }
    }

    /// <summary>Adds ONNX Runtime's ways to compute this case: all that it has.</summary>
    /// <param name="lineup">Where to.</param>
    /// <param name="family">For bars.</param>
    /// <param name="label">After the operator's name.</param>
    /// <param name="expected">What it must compute, if not what ours does.</param>
    /// <param name="isRival">Whether it does the same work as ours.</param>
    public void AddOrt(Lineup lineup, string family = "ORT", string label = "", float[]? expected = null, bool isRival = true)
    {
        long[] shapeQ = [1, Heads, Queries, Dim], shapeK = [1, Heads, Keys, Dim], rowsQ = [1, Queries, Heads * Dim], rowsK = [1, Keys, Heads * Dim];
        double? flops = isRival ? null : Flops;

        // The standard's operator would store (H, T, T) scores: at 16384 tokens that is 8.6 GB, and no rival.
        if ((long)Heads * Queries * Keys <= 1L << 28)
        {
            lineup.Ort($"Attention{label}", Standard, [("q", Q, shapeQ), ("k", K, shapeK), ("v", V, shapeK)], shapeQ, family, null, expected, isRival, flops);
        }

        // Its own operators take (T, H·D), so their results are compared after a transpose.
        (string, float[], long[])[] inputs = [("q", ToRows(Q, Queries), rowsQ), ("k", ToRows(K, Keys), rowsK), ("v", ToRows(V, Keys), rowsK)];
        lineup.Ort($"MultiHeadAttention{label}", MultiHead, inputs, rowsQ, family, FromRows, expected, isRival, flops);
        if (Causal)
        {
            lineup.Ort($"GroupQueryAttention{label}", GroupQuery, inputs, rowsQ, family, FromRows, expected, isRival, flops);
        }

        OnnxModel Standard()
        {
            OnnxModel model = new(opset: 23, format: 10);
            model.Input("q", shapeQ).Input("k", shapeK).Input("v", shapeK).Output("o", shapeQ);
            bool[]? mask = Pairs ?? (Exists is null ? null : [.. Enumerable.Repeat(Exists, Queries).SelectMany(row => row)]);
            string[] names = mask is null ? ["q", "k", "v"] : ["q", "k", "v", "mask"];
            if (mask is not null)
            {
                model.Constant("mask", mask, Queries, Keys);
            }

            return model.Node("Attention", names, ["o"], ("is_causal", Causal ? 1 : 0));
        }

        OnnxModel MultiHead()
        {
            OnnxModel model = new();
            model.Input("q", rowsQ).Input("k", rowsK).Input("v", rowsK).Output("o", rowsQ);
            string[] names = ["q", "k", "v"];
            if (Exists is not null)
            {
                model.Constant("exists", [.. Exists.Select(exists => exists ? 1 : 0)], 1, Keys);
                names = ["q", "k", "v", "", "exists"];
            }
            else if (Pairs is not null)
            {
                model.Constant("bias", Array.ConvertAll(Pairs, sees => sees ? 0 : float.NegativeInfinity), 1, 1, Queries, Keys);
                names = ["q", "k", "v", "", "", "bias"];
            }

            return model.Own("MultiHeadAttention", names, ["o"], ("num_heads", Heads), ("unidirectional", Causal ? 1 : 0));
        }

        OnnxModel GroupQuery()
        {
            OnnxModel model = new();
            model.Input("q", rowsQ).Input("k", rowsK).Input("v", rowsK).Output("o", rowsQ).Output("pastK", shapeK).Output("pastV", shapeK);
            model.Constant("last", [Keys - 1], 1).Constant("total", [Keys]);
            return model.Own(
                "GroupQueryAttention", ["q", "k", "v", "", "", "last", "total"], ["o", "pastK", "pastV"], ("num_heads", Heads), ("kv_num_heads", Heads));
        }
    }

    /// <summary>One head of (H, T, D).</summary>
    public Span<float> Head(float[] x, int h) => x.AsSpan(h * (x.Length / Heads), x.Length / Heads);

    /// <summary>(H, T, D) → (T, H, D).</summary>
    private float[] ToRows(float[] x, int tokens)
    {
        float[] y = Inputs.Zeros(x.Length);
        for (int at = 0; at < x.Length; at++)
        {
            int h = at / (tokens * Dim), t = at / Dim % tokens, c = at % Dim;
            y[(t * Heads + h) * Dim + c] = x[at];
        }

        return y;
    }

    /// <summary>(T, H, D) → (H, T, D).</summary>
    private void FromRows(float[] x, float[] y)
    {
        for (int at = 0; at < y.Length; at++)
        {
            int h = at / (Queries * Dim), t = at / Dim % Queries, c = at % Dim;
            y[at] = x[(t * Heads + h) * Dim + c];
        }
    }
}
