using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Models;

/// <summary>
/// An image classifier without attention between places: patch embedding, S² layers, norm, mean over the places, one
/// linear map to classes (Yu et al. 2021, "S²-MLPv2"). Positions are not needed: the shifts know the neighbours.
/// </summary>
/// <param name="images">Patches and classes.</param>
/// <param name="channels">C.</param>
/// <param name="layers">Number of layers.</param>
/// <param name="hidden">Width inside the feed-forward nets.</param>
/// <param name="random">Source of the initial weights; it moves on.</param>
/// <param name="pooling">Of the split attentions.</param>
/// <param name="dropout">Share of each branch dropped in training.</param>
public sealed class S2MlpV2(
    ImageOptions images, int channels, int layers, int hidden, CounterRandom random, SplitPooling pooling = SplitPooling.Mean, double dropout = 0)
{
    /// <summary>Patches to rows.</summary>
    public PatchEmbedding Patches { get; } = new(images.Patch, images.PixelChannels, channels, random);

    /// <summary>The layers.</summary>
    public IReadOnlyList<S2Layer> Layers { get; } =
    [
        .. Enumerable.Range(0, layers).Select(i => new S2Layer(channels, hidden, random, pooling, dropout, $"layers.{i}"))
    ];

    /// <summary>After the last layer.</summary>
    public LayerNorm Norm { get; } = new(channels, name: "layers.norm");

    /// <summary>C → classes.</summary>
    public Linear Head { get; } = new(channels, images.Classes, random, name: "head");

    /// <summary>Of all parts.</summary>
    public IReadOnlyList<Parameter> Parameters =>
        [.. Patches.Parameters, .. Layers.SelectMany(layer => layer.Parameters), .. Norm.Parameters, .. Head.Parameters];

    /// <summary>A score for each class.</summary>
    /// <param name="images">(B, height, width, pixelChannels).</param>
    /// <param name="random">Source of dropout; null for none (inference).</param>
    /// <returns>logits (B, classes); <c>Saved.Layers[i].Mix.Split.Weights</c> are (B,3,C).</returns>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public (Tensor Logits, Saved Saved) Forward(Tensor images, CounterRandom? random = null)
    {
        (Tensor x, PatchEmbedding.Saved patches) = Patches.Forward(images);
        S2Layer.Saved[] saved = new S2Layer.Saved[Layers.Count];
        for (int i = 0; i < saved.Length; i++)
        {
            (x, saved[i]) = Layers[i].Forward(x, random);
        }

        (Tensor y, LayerNorm.Saved norm) = Norm.Forward(x);
        (Tensor logits, Linear.Saved head) = Head.Forward(Pooling.Mean(y.Reshape(y.Shape[0], y.Shape[1] * y.Shape[2], channels)));
        return (logits, new Saved(patches, saved, norm, head));
    }

    /// <summary>Adds to the gradients of all parameters and returns the gradient of the images.</summary>
    /// <param name="dLogits">(B, classes).</param>
    /// <param name="saved">From <see cref="Forward"/>.</param>
    /// <returns>dImages, shaped like the images.</returns>
    /// <exception cref="ArgumentException">dLogits has not the shape of the scores.</exception>
    public Tensor Backward(Tensor dLogits, Saved saved)
    {
        ReadOnlySpan<int> shape = saved.Norm.X.Shape;
        Tensor dPooled = Head.Backward(dLogits, saved.Head);
        Tensor dx = Norm.Backward(Pooling.MeanBackward(dPooled, shape[1] * shape[2]).Reshape(shape), saved.Norm);
        for (int i = Layers.Count - 1; i >= 0; i--)
        {
            dx = Layers[i].Backward(dx, saved.Layers[i]);
        }

        return Patches.Backward(dx, saved.Patches);
    }

    /// <summary>What the backward needs, and what a chart shows.</summary>
    /// <param name="Patches">Of the patch embedding.</param>
    /// <param name="Layers">Of each layer.</param>
    /// <param name="Norm">Of the last norm.</param>
    /// <param name="Head">Of the head.</param>
    public readonly record struct Saved(PatchEmbedding.Saved Patches, IReadOnlyList<S2Layer.Saved> Layers, LayerNorm.Saved Norm, Linear.Saved Head);
}
