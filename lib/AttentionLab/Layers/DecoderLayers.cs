using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>Decoder layers one after the other over one memory; in pre-norm a last norm follows.</summary>
/// <param name="count">Number of layers.</param>
/// <param name="options">Sizes and choices, the same in every layer.</param>
/// <param name="random">Source of the initial weights; it moves on.</param>
/// <param name="name">Prefix of the parameters' names.</param>
public sealed class DecoderLayers(int count, LayerOptions options, CounterRandom random, string name = "decoder")
{
    /// <summary>The layers, first to last.</summary>
    public IReadOnlyList<DecoderLayer> Layers { get; } = [.. Enumerable.Range(0, ShapeCheck.Positive(count, nameof(DecoderLayers), nameof(count)))
        .Select(i => new DecoderLayer(options, random, name: $"{name}.{i}"))];

    /// <summary>The last norm of pre-norm, or null.</summary>
    public LayerNorm? Norm { get; } = options.PreNorm ? new(options.Channels, options.Epsilon, $"{name}.norm") : null;

    /// <summary>Of all layers and the last norm.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. Layers.SelectMany(layer => layer.Parameters), .. Norm?.Parameters ?? []];

    /// <summary>All layers with a causal mask.</summary>
    /// <param name="x">(T_q,C) or (B,T_q,C).</param>
    /// <param name="memory">(T_k,C) or (B,T_k,C).</param>
    /// <param name="memoryMask">Of the cross-attentions.</param>
    /// <param name="random">Source of dropout; null for none (inference).</param>
    /// <returns>y, shaped like x.</returns>
    /// <exception cref="ArgumentException">A width, the batches or the mask do not fit.</exception>
    public (Tensor Y, Saved Saved) Forward(Tensor x, Tensor memory, AttentionMask? memoryMask = null, CounterRandom? random = null)
    {
        DecoderLayer.Saved[] saved = new DecoderLayer.Saved[Layers.Count];
        for (int i = 0; i < saved.Length; i++)
        {
            (x, saved[i]) = Layers[i].Forward(x, memory, AttentionMask.Causal, memoryMask, random);
        }

        (Tensor y, LayerNorm.Saved norm) = Norm?.Forward(x) ?? (x, default);
        return (y, new Saved(saved, norm));
    }

    /// <summary>Adds to the gradients of all layers.</summary>
    /// <param name="dy">Shaped like y.</param>
    /// <param name="saved">From <see cref="Forward"/>.</param>
    /// <returns>dx, shaped like x, and dMemory: the sum of what every layer asks of the memory.</returns>
    /// <exception cref="ArgumentException">dy has not the shape of the output.</exception>
    public (Tensor X, Tensor Memory) Backward(Tensor dy, Saved saved)
    {
        Tensor dx = Norm?.Backward(dy, saved.Norm) ?? dy;
        Tensor? total = null;
        for (int i = Layers.Count - 1; i >= 0; i--)
        {
            (dx, Tensor dMemory) = Layers[i].Backward(dx, saved.Layers[i]);
            if (total is null)
            {
                total = dMemory;
            }
            else
            {
                Multiply.AddScaled(dMemory.Span, 1, total.Span);
            }
        }

        return (dx, total!);
    }

    /// <summary>Caches for step-by-step inference over one memory.</summary>
    /// <param name="memory">(B,T_k,C): its keys and values are computed here, once.</param>
    /// <param name="capacity">Most tokens that will be written.</param>
    public IReadOnlyList<(KeyValueCache Past, KeyValueCache Memory)> Caches(Tensor memory, int capacity)
    {
        ShapeCheck.Rank(memory, 3, 3, nameof(DecoderLayers), "(B,T,C)", nameof(memory));
        List<(KeyValueCache, KeyValueCache)> caches = [];
        foreach (DecoderLayer layer in Layers)
        {
            KeyValueCache of = layer.Cross.Cache(memory.Shape[0], memory.Shape[1]);
            layer.Cross.Remember(memory, of);
            caches.Add((layer.Attention.Cache(memory.Shape[0], capacity), of));
        }

        return caches;
    }

    /// <summary>The next n tokens: the last n rows of what <see cref="Forward"/> over all tokens gives.</summary>
    /// <param name="x">(B,n,C).</param>
    /// <param name="caches">From <see cref="Caches"/>; the n tokens are added.</param>
    /// <param name="memoryMask">Of the cross-attentions.</param>
    /// <returns>y, shaped like x.</returns>
    /// <exception cref="ArgumentException">A shape or the mask does not fit, or a cache is full.</exception>
    public Tensor Step(Tensor x, IReadOnlyList<(KeyValueCache Past, KeyValueCache Memory)> caches, AttentionMask? memoryMask = null)
    {
        ArgumentNullException.ThrowIfNull(caches);
        if (caches.Count != Layers.Count)
        {
            throw new ArgumentException($"caches are of {caches.Count} layers but there are {Layers.Count}: pass what Caches made.", nameof(caches));
        }

        for (int i = 0; i < Layers.Count; i++)
        {
            x = Layers[i].Step(x, caches[i].Past, caches[i].Memory, memoryMask);
        }

        return Norm?.Forward(x).Y ?? x;
    }

    /// <summary>What the backward needs.</summary>
    /// <param name="Layers">Of each layer.</param>
    /// <param name="Norm">Of the last norm.</param>
    public readonly record struct Saved(IReadOnlyList<DecoderLayer.Saved> Layers, LayerNorm.Saved Norm)
    {
        /// <summary>Weights of each layer's cross-attention, (B,H,T_q,T_k).</summary>
        public IReadOnlyList<Tensor> CrossWeights() => [.. Layers.Select(layer => layer.CrossWeights())];
    }
}
