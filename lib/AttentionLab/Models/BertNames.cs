using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Models;

/// <summary>Architectures whose encoder is BERT's, with names of their own.</summary>
public enum BertFamily
{
    /// <summary>BERT, MiniLM (Devlin et al. 2019).</summary>
    Bert,

    /// <summary>DistilBERT (Sanh et al. 2019): no token types, no pooler.</summary>
    Distil,
}

/// <summary>One tensor of a model's file: its name without prefix, its shape in the file, and where it goes.</summary>
internal sealed record BertSlot(string Name, long[] Shape, Func<Encoder, Linear?, Parameter> Target, bool Transposed = false);

/// <summary>What Hugging Face calls the tensors of a BERT and of a DistilBERT.</summary>
internal static class BertNames
{
    /// <summary>The table of words, by which a file is known.</summary>
    public const string Words = "embeddings.word_embeddings.weight";

    /// <summary>The map behind [CLS].</summary>
    public const string Pooler = "pooler.dense";

    /// <summary>Every tensor that a model of these sizes has.</summary>
    public static IEnumerable<BertSlot> Slots(BertConfig config, bool pooled)
    {
        long c = config.Channels, hidden = config.Hidden;
        yield return new(Words, [config.Vocabulary, c], (e, _) => e.Embedding.Words.Table);
        yield return new("embeddings.position_embeddings.weight", [config.Capacity, c], (e, _) => e.Embedding.Positions!.Table);
        if (config.TokenTypes > 0)
        {
            yield return new("embeddings.token_type_embeddings.weight", [config.TokenTypes, c], (e, _) => e.Embedding.Types!.Table);
        }

        foreach (BertSlot slot in Norm("embeddings.LayerNorm", c, e => e.Embedding.Norm!))
        {
            yield return slot;
        }

        LayerNames names = config.Family == BertFamily.Distil ? LayerNames.Distil : LayerNames.Bert;
        for (int i = 0; i < config.Layers; i++)
        {
            int at = i;
            string layer = $"{names.Layer}.{i}";
            BertSlot[] slots =
            [
                .. Dense($"{layer}.{names.Query}", c, c, (e, _) => e.Layers.Layers[at].Attention.Query),
                .. Dense($"{layer}.{names.Key}", c, c, (e, _) => e.Layers.Layers[at].Attention.Key),
                .. Dense($"{layer}.{names.Value}", c, c, (e, _) => e.Layers.Layers[at].Attention.Value),
                .. Dense($"{layer}.{names.Output}", c, c, (e, _) => e.Layers.Layers[at].Attention.Output),
                .. Norm($"{layer}.{names.AttentionNorm}", c, e => e.Layers.Layers[at].AttentionNorm.Norm),
                .. Dense($"{layer}.{names.Expand}", c, hidden, (e, _) => e.Layers.Layers[at].FeedForward.Expand),
                .. Dense($"{layer}.{names.Contract}", hidden, c, (e, _) => e.Layers.Layers[at].FeedForward.Contract),
                .. Norm($"{layer}.{names.FeedForwardNorm}", c, e => e.Layers.Layers[at].FeedForwardNorm.Norm),
            ];
            foreach (BertSlot slot in slots)
            {
                yield return slot;
            }
        }

        foreach (BertSlot slot in pooled ? Dense(Pooler, c, c, (_, pooler) => pooler!) : [])
        {
            yield return slot;
        }
    }

    private static BertSlot[] Dense(string name, long inputs, long outputs, Func<Encoder, Linear?, Linear> layer) =>
    [
        new($"{name}.weight", [outputs, inputs], (e, p) => layer(e, p).Weight, Transposed: true),
        new($"{name}.bias", [outputs], (e, p) => layer(e, p).Bias!),
    ];

    private static BertSlot[] Norm(string name, long channels, Func<Encoder, LayerNorm> norm) =>
    [
        new($"{name}.weight", [channels], (e, _) => norm(e).Gain),
        new($"{name}.bias", [channels], (e, _) => norm(e).Shift),
    ];

    /// <summary>The names within one layer.</summary>
    private sealed record LayerNames
    {
        public static LayerNames Bert { get; } = new()
        {
            Layer = "encoder.layer",
            Query = "attention.self.query",
            Key = "attention.self.key",
            Value = "attention.self.value",
            Output = "attention.output.dense",
            AttentionNorm = "attention.output.LayerNorm",
            Expand = "intermediate.dense",
            Contract = "output.dense",
            FeedForwardNorm = "output.LayerNorm",
        };

        public static LayerNames Distil { get; } = new()
        {
            Layer = "transformer.layer",
            Query = "attention.q_lin",
            Key = "attention.k_lin",
            Value = "attention.v_lin",
            Output = "attention.out_lin",
            AttentionNorm = "sa_layer_norm",
            Expand = "ffn.lin1",
            Contract = "ffn.lin2",
            FeedForwardNorm = "output_layer_norm",
        };

        public required string Layer { get; init; }

        public required string Query { get; init; }

        public required string Key { get; init; }

        public required string Value { get; init; }

        public required string Output { get; init; }

        public required string AttentionNorm { get; init; }

        public required string Expand { get; init; }

        public required string Contract { get; init; }

        public required string FeedForwardNorm { get; init; }
    }
}
