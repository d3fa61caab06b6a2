using AttentionLab.Benchmarks.Rivals;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Benchmarks.Workloads;

/// <summary>One encoder layer in inference: 512 channels, 8 heads, 2048 inside, GELU, norms after the sums (PyTorch's default).</summary>
internal static class EncoderContests
{
    private const int Channels = 512, Heads = 8, Hidden = 2048;

    /// <summary>(B,T,H,D) ↔ (B,H,T,D).</summary>
    private static readonly int[] Swap = [0, 2, 1, 3];

    /// <summary>(B,T,H,D) → (B,H,D,T).</summary>
    private static readonly int[] SwapAndTurn = [0, 2, 3, 1];

    /// <summary>Batch and tokens.</summary>
    public static IReadOnlyList<(int Batch, int Tokens)> Shapes { get; } = [(1, 128), (1, 512), (8, 128), (8, 512)];

    /// <summary>One contest a shape.</summary>
    public static IEnumerable<Entry> All(RivalSet rivals, int threads)
    {
        foreach ((int batch, int n) in Shapes)
        {
            string name = $"encoder layer b{batch} n={n}";
            yield return new("encoder", name, () => Make(name, rivals, threads, batch, n, withTorch: false));
        }
    }

    /// <summary>A layer whose biases, gains and shifts are not the zeros and ones it starts with.</summary>
    public static EncoderLayer Layer(int channels, int heads, int hidden)
    {
        EncoderLayer layer = new(new(channels, heads) { Hidden = hidden, Activation = Activation.Gelu }, new CounterRandom(1));
        Disturb(layer.Parameters);
        return layer;
    }

    /// <summary>Adds N(0, 0.1²) to every vector of parameters.</summary>
    public static void Disturb(IEnumerable<Parameter> parameters)
    {
        CounterRandom random = new(2);
        foreach (Parameter parameter in parameters.Where(parameter => parameter.Value.Rank == 1))
        {
            Tensor noise = Tensor.Gaussian(random, 0.1, parameter.Value.Length);
            Multiply.AddScaled(noise.Span, 1, parameter.Value.Span);
        }
    }

    /// <summary>The contest.</summary>
    public static Contest Make(string name, RivalSet rivals, int threads, int batch, int n, bool withTorch)
    {
        EncoderLayer layer = Layer(Channels, Heads, Hidden);
        float[] values = Inputs.Gaussian(batch * n * Channels, 3);
        Tensor x = new(values, batch, n, Channels);
        Lineup lineup = new(rivals, threads, x.Length);
        PackedEncoderLayer packed = new(layer);
        lineup.Ours(y => packed.Infer(values, y, batch));
        Workspace workspace = new();
        lineup.Add("ours, weights not packed", y =>
        {
            using Workspace.Scope scope = workspace.Use();
            layer.Infer(x).Span.CopyTo(y);
        });
        if (withTorch)
        {
            lineup.Torch(
                "", $"encoder {batch} {n} {Channels} {Heads} {Hidden}",
                [.. layer.Parameters.Select(parameter => (ReadOnlyMemory<float>)parameter.Value.Values), values]);
        }
        else
        {
            long[] shape = [batch, n, Channels];
            lineup.Ort("fused operators", () => Model(layer, shape, packed: false), [("x", values, shape)], shape);
            lineup.Ort("fused operators, one map for Q, K, V", () => Model(layer, shape, packed: true), [("x", values, shape)], shape);
            lineup.Ort("standard operators, optimised by itself", () => Plain(layer, shape), [("x", values, shape)], shape);
        }

        Bar[] bars = (withTorch, threads, n) switch
        {
            (true, _, _) => [],
            (_, 1, _) => [Bar.AtLeast(1.2, "ORT"), Bar.PercentOfLimit(batch * n <= 128 ? 80 : 86), Bar.AtLeast(1.4, "ORT").AsMoonshot()],
            _ => [Bar.AtLeast(1.2, "ORT"), Bar.AtLeast(1.85, Lineup.OneThread)],
        };
        double tokens = (double)batch * n;
        double flops = 2 * tokens * Channels * (4 * Channels + 2 * Hidden) + 4 * tokens * n * Channels;
        return lineup.Finish(
            name, flops, bars, y => Check(name, layer, x, y),
            "our reference: the training path (weights stored) for the first sequence, in the check; not timed.");
    }

    /// <summary>The first sequence against the training path: another code, which stores its weights.</summary>
    private static void Check(string name, EncoderLayer layer, Tensor x, float[] y)
    {
        int n = x.Shape[1];
        Tensor first = new(x.Span[..(n * Channels)].ToArray(), 1, n, Channels);
        Tensor right = layer.Forward(first).Y;
        for (int i = 0; i < right.Length; i++)
        {
            // Values are normalised, about 1 in size; the longest sum has 2048 terms.
            if (!(Math.Abs(right.Values[i] - y[i]) <= 2e-4))
            {
                throw new WrongResultException($"{name}: ours is {y[i]} at {i}, the training path {right.Values[i]}: no time is shown for a wrong result.");
            }
        }
    }

    /// <summary>The layer as an exporter writes it, for ONNX Runtime's optimiser.</summary>
    private static OnnxModel Plain(EncoderLayer layer, long[] shape)
    {
        OnnxModel model = new(opset: 20, format: 9);
        model.Input("x", shape).Output("o", shape).Constant(
            "heads", [shape[0], shape[1], Heads, Channels / Heads]).Constant("joined", shape).Constant("scale", [layer.Attention.Scale]);
        Map("x", layer.Attention.Query, "q");
        Map("x", layer.Attention.Key, "k");
        Map("x", layer.Attention.Value, "v");
        foreach ((string name, int[] order) in new[] { ("q", Swap), ("k", SwapAndTurn), ("v", Swap) })
        {
            model.Node("Reshape", [name, "heads"], [$"{name}s"]).Node("Transpose", [$"{name}s"], [$"{name}h"], ("perm", order));
        }

        model.Node("MatMul", ["qh", "kh"], ["dots"]).Node("Mul", ["dots", "scale"], ["scores"]).Node(
            "Softmax", ["scores"], ["weights"], ("axis", -1)).Node("MatMul", ["weights", "vh"], ["mixed"]);
        model.Node("Transpose", ["mixed"], ["rows"], ("perm", Swap)).Node("Reshape", ["rows", "joined"], ["a"]);
        Map("a", layer.Attention.Output, "ao");
        Norm("x", "ao", layer.AttentionNorm, "h");
        Map("h", layer.FeedForward.Expand, "f1");
        model.Node("Gelu", ["f1"], ["f2"]);
        Map("f2", layer.FeedForward.Contract, "f3");
        Norm("h", "f3", layer.FeedForwardNorm, "o");
        return model;

        void Map(string from, Linear map, string to) => model
            .Constant($"w {to}", map.Weight.Value.Values, map.Inputs, map.Outputs).Constant($"b {to}", Bias(map), map.Outputs)
            .Node("MatMul", [from, $"w {to}"], [$"m {to}"]).Node("Add", [$"b {to}", $"m {to}"], [to]);

        void Norm(string residual, string branch, AddAndNorm norm, string to) => model
            .Constant($"g {to}", norm.Norm.Gain.Value.Values, Channels).Constant($"e {to}", norm.Norm.Shift.Value.Values, Channels)
            .Node("Add", [residual, branch], [$"s {to}"]).Node(
                "LayerNormalization", [$"s {to}", $"g {to}", $"e {to}"], [to], ("axis", -1), ("epsilon", norm.Norm.Epsilon));
    }

    /// <summary>ONNX Runtime's own fused operators, arranged by hand.</summary>
    private static OnnxModel Model(EncoderLayer layer, long[] shape, bool packed)
    {
        OnnxModel model = new();
        model.Input("x", shape).Output("o", shape);
        (Linear query, Linear key, Linear value, Linear output) = (layer.Attention.Query, layer.Attention.Key, layer.Attention.Value, layer.Attention.Output);
        float[] biases = [.. Bias(query), .. Bias(key), .. Bias(value)];
        model.Constant("bqkv", biases, 3 * Channels);
        if (packed)
        {
            float[] weights = new float[3 * Channels * Channels];
            for (int row = 0; row < Channels; row++)
            {
                query.Weight.Value.Row(row).CopyTo(weights.AsSpan(row * 3 * Channels));
                key.Weight.Value.Row(row).CopyTo(weights.AsSpan(row * 3 * Channels + Channels));
                value.Weight.Value.Row(row).CopyTo(weights.AsSpan(row * 3 * Channels + 2 * Channels));
            }

            model.Constant("wqkv", weights, Channels, 3 * Channels).Own("Attention", ["x", "wqkv", "bqkv"], ["a"], ("num_heads", Heads));
        }
        else
        {
            Map("x", "wq", query, "q");
            Map("x", "wk", key, "k");
            Map("x", "wv", value, "v");
            model.Own("MultiHeadAttention", ["q", "k", "v", "bqkv"], ["a"], ("num_heads", Heads));
        }

        Map("a", "wo", output, "ao");
        Norm("ao", "x", 1, layer.AttentionNorm, output, "h");
        Map("h", "w1", layer.FeedForward.Expand, "f1");
        model.Constant("b1", Bias(layer.FeedForward.Expand), Hidden).Own("BiasGelu", ["f1", "b1"], ["f2"]);
        Map("f2", "w2", layer.FeedForward.Contract, "f3");
        Norm("f3", "h", 2, layer.FeedForwardNorm, layer.FeedForward.Contract, "o");
        return model;

        void Map(string from, string weight, Linear map, string to) =>
            model.Constant(weight, map.Weight.Value.Values, map.Inputs, map.Outputs).Node("MatMul", [from, weight], [to]);

        void Norm(string branch, string residual, int number, AddAndNorm norm, Linear before, string to) => model
            .Constant($"g{number}", norm.Norm.Gain.Value.Values, Channels)
            .Constant($"e{number}", norm.Norm.Shift.Value.Values, Channels)
            .Constant($"s{number}", Bias(before), Channels)
            .Own("SkipLayerNormalization", [branch, residual, $"g{number}", $"e{number}", $"s{number}"], [to], ("epsilon", norm.Norm.Epsilon));
    }

    private static float[] Bias(Linear map) => map.Bias!.Value.Values;
}
