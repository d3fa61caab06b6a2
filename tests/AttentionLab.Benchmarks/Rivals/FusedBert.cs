using AttentionLab.Layers;
using AttentionLab.Models;

namespace AttentionLab.Benchmarks.Rivals;

/// <summary>
/// A BERT of ONNX Runtime's own fused operators, arranged as its optimiser for transformers does: EmbedLayerNormalization, Attention,
/// SkipLayerNormalization, BiasGelu.
/// </summary>
internal static class FusedBert
{
    /// <summary>The model: "ids" (B,T), "types" (B,T) and, if <paramref name="masked"/>, "mask" (B,T) → "o" (B,T,C).</summary>
    /// <param name="bert">Whose weights it gets.</param>
    /// <param name="masked">Whether there is padding.</param>
    public static byte[] Build(Bert bert, bool masked)
    {
        Encoder encoder = bert.Encoder;
        int channels = bert.Config.Channels;
        string[] mask = masked ? ["mask"] : [];
        OnnxModel model = new();
        model.Integers("ids", -1, -1).Integers("types", -1, -1).Output("o", -1, -1, channels);
        if (masked)
        {
            model.Integers("mask", -1, -1);
        }

        LayerNorm norm = encoder.Embedding.Norm!;
        model.Constant("words", encoder.Embedding.Words.Table.Value.Values, bert.Config.Vocabulary, channels)
            .Constant("positions", encoder.Embedding.Positions!.Table.Value.Values, bert.Config.Capacity, channels)
            .Constant("kinds", encoder.Embedding.Types!.Table.Value.Values, bert.Config.TokenTypes, channels)
            .Constant("g", norm.Gain.Value.Values, channels).Constant("e", norm.Shift.Value.Values, channels)
            .Own("EmbedLayerNormalization", ["ids", "types", "words", "positions", "kinds", "g", "e"], ["x0", "unused"], ("epsilon", norm.Epsilon));
        for (int i = 0; i < encoder.Layers.Layers.Count; i++)
        {
            Layer(model, encoder.Layers.Layers[i], mask, $"x{i}", i + 1 == encoder.Layers.Layers.Count ? "o" : $"x{i + 1}", $" {i}");
        }

        return model.ToBytes();
    }

    private static void Layer(OnnxModel model, EncoderLayer layer, string[] mask, string x, string y, string number)
    {
        MultiHeadAttention attention = layer.Attention;
        int channels = attention.Query.Inputs;
        float[] weights = new float[3 * channels * channels];
        Linear[] maps = [attention.Query, attention.Key, attention.Value];
        for (int row = 0; row < channels; row++)
        {
            for (int m = 0; m < maps.Length; m++)
            {
                maps[m].Weight.Value.Row(row).CopyTo(weights.AsSpan((row * maps.Length + m) * channels));
            }
        }

        string N(string name) => name + number;
        model.Constant(N("qkv"), weights, channels, 3 * channels)
            .Constant(N("qkv b"), maps.SelectMany(map => map.Bias!.Value.Values).ToArray(), 3 * channels)
            .Own("Attention", [x, N("qkv"), N("qkv b"), .. mask], [N("mixed")], ("num_heads", attention.HeadCount));
        Map(N("mixed"), attention.Output, N("attended"));
        Norm(N("attended"), x, attention.Output, layer.AttentionNorm.Norm, N("h"));
        Map(N("h"), layer.FeedForward.Expand, N("wide"));
        model.Constant(N("wide b"), layer.FeedForward.Expand.Bias!.Value.Values, layer.FeedForward.Expand.Outputs)
            .Own("BiasGelu", [N("wide"), N("wide b")], [N("gelu")]);
        Map(N("gelu"), layer.FeedForward.Contract, N("narrow"));
        Norm(N("narrow"), N("h"), layer.FeedForward.Contract, layer.FeedForwardNorm.Norm, y);

        void Map(string from, Linear map, string to) =>
            model.Constant($"w {to}", map.Weight.Value.Values, map.Inputs, map.Outputs).Node("MatMul", [from, $"w {to}"], [to]);

        void Norm(string branch, string residual, Linear before, LayerNorm norm, string to) => model
            .Constant($"g {to}", norm.Gain.Value.Values, channels).Constant($"e {to}", norm.Shift.Value.Values, channels)
            .Constant($"s {to}", before.Bias!.Value.Values, channels)
            .Own("SkipLayerNormalization", [branch, residual, $"g {to}", $"e {to}", $"s {to}"], [to], ("epsilon", norm.Epsilon));
    }
}
