using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>Encoder layers one after the other; in pre-norm a last norm follows, because the sum itself was never normalised.</summary>
/// <param name="count">Number of layers.</param>
/// <param name="options">Sizes and choices, the same in every layer.</param>
/// <param name="random">Source of the initial weights; it moves on.</param>
/// <param name="name">Prefix of the parameters' names.</param>
public sealed class EncoderLayers(int count, LayerOptions options, CounterRandom random, string name = "encoder")
{
    /// <summary>The layers, first to last.</summary>
    public IReadOnlyList<EncoderLayer> Layers { get; } = [.. Enumerable.Range(0, ShapeCheck.Positive(count, nameof(EncoderLayers), nameof(count)))
        .Select(i => new EncoderLayer(options, random, $"{name}.{i}"))];

    /// <summary>The last norm of pre-norm, or null.</summary>
    public LayerNorm? Norm { get; } = options.PreNorm ? new(options.Channels, options.Epsilon, $"{name}.norm") : null;

    /// <summary>Of all layers and the last norm.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. Layers.SelectMany(layer => layer.Parameters), .. Norm?.Parameters ?? []];

    /// <summary>All layers.</summary>
    /// <param name="x">(T,C) or (B,T,C).</param>
    /// <param name="mask">Who may look at whom, in every layer.</param>
    /// <param name="random">Source of dropout; null for none (inference).</param>
    /// <returns>y, shaped like x; <c>Saved.Weights()</c> and <c>Saved.Outputs</c> have one tensor a layer.</returns>
    /// <exception cref="ArgumentException">The width or the mask does not fit.</exception>
    public (Tensor Y, Saved Saved) Forward(Tensor x, AttentionMask? mask = null, CounterRandom? random = null)
    {
        EncoderLayer.Saved[] saved = new EncoderLayer.Saved[Layers.Count];
        Tensor[] outputs = new Tensor[Layers.Count];
        for (int i = 0; i < saved.Length; i++)
        {
            (x, saved[i]) = Layers[i].Forward(x, mask, random);
            outputs[i] = x;
        }

        (Tensor y, LayerNorm.Saved norm) = Norm?.Forward(x) ?? (x, default);
        return (y, new Saved(saved, outputs, norm));
    }

    /// <summary>Adds to the gradients of all layers and returns dx.</summary>
    /// <param name="dy">Shaped like y.</param>
    /// <param name="saved">From <see cref="Forward"/>.</param>
    /// <returns>dx, shaped like x.</returns>
    /// <exception cref="ArgumentException">dy has not the shape of the output.</exception>
    public Tensor Backward(Tensor dy, Saved saved)
    {
        Tensor dx = Norm?.Backward(dy, saved.Norm) ?? dy;
        for (int i = Layers.Count - 1; i >= 0; i--)
        {
            dx = Layers[i].Backward(dx, saved.Layers[i]);
        }

        return dx;
    }

    /// <summary>What the backward needs, and what a chart shows.</summary>
    /// <param name="Layers">Of each layer.</param>
    /// <param name="Outputs">What came out of each layer, (…, T, C).</param>
    /// <param name="Norm">Of the last norm.</param>
    public readonly record struct Saved(IReadOnlyList<EncoderLayer.Saved> Layers, IReadOnlyList<Tensor> Outputs, LayerNorm.Saved Norm)
    {
        /// <summary>Attention weights of each layer, (B,H,T,T).</summary>
        public IReadOnlyList<Tensor> Weights() => [.. Layers.Select(layer => layer.Weights())];
    }
}
