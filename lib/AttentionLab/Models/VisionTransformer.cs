using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Models;

/// <summary>
/// An image as a sentence of patches: patch embedding, learned positions, encoder, mean over the patches, one linear map to classes
/// (Dosovitskiy et al. 2021, whose layers are pre-norm with GELU; the mean in place of a class token is their appendix D.3).
/// </summary>
/// <param name="side">Height and width of the images in pixels.</param>
/// <param name="images">Patches and classes.</param>
/// <param name="layers">Number of layers.</param>
/// <param name="options">Sizes and choices of every layer; positions are learned, so leave Rotary out.</param>
/// <param name="random">Source of the initial weights; it moves on.</param>
public sealed class VisionTransformer(int side, ImageOptions images, int layers, LayerOptions options, CounterRandom random)
{
    /// <summary>Patches to rows.</summary>
    public PatchEmbedding Patches { get; } = new(images.Patch, images.PixelChannels, options.Channels, random);

    /// <summary>One row a patch.</summary>
    public LearnedPositions Positions { get; } = new(
        Kernels.Sizes.Product(nameof(VisionTransformer), ("side/patch", side / images.Patch), ("side/patch", side / images.Patch)), options.Channels, random);

    /// <summary>The layers; in pre-norm a last norm follows.</summary>
    public EncoderLayers Layers { get; } = new(layers, options, random, "layers");

    /// <summary>C → classes.</summary>
    public Linear Head { get; } = new(options.Channels, images.Classes, random, name: "head");

    /// <summary>Of all parts.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. Patches.Parameters, .. Positions.Parameters, .. Layers.Parameters, .. Head.Parameters];

    /// <summary>A score for each class.</summary>
    /// <param name="images">(B, side, side, pixelChannels).</param>
    /// <param name="random">Source of dropout; null for none (inference).</param>
    /// <returns>logits (B, classes); <c>Saved.Layers.Weights()</c> are (B,H,T,T) with T patches.</returns>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public (Tensor Logits, Saved Saved) Forward(Tensor images, CounterRandom? random = null)
    {
        (Tensor grid, PatchEmbedding.Saved patches) = Patches.Forward(images);
        int tokens = grid.Shape[1] * grid.Shape[2];
        (Tensor x, LearnedPositions.Saved positions) = Positions.Forward(grid.Reshape(grid.Shape[0], tokens, options.Channels));
        (Tensor y, EncoderLayers.Saved encoder) = Layers.Forward(x, null, random);
        (Tensor logits, Linear.Saved head) = Head.Forward(Pooling.Mean(y));
        return (logits, new Saved(patches, positions, encoder, head, grid));
    }

    /// <summary>Adds to the gradients of all parameters and returns the gradient of the images.</summary>
    /// <param name="dLogits">(B, classes).</param>
    /// <param name="saved">From <see cref="Forward"/>.</param>
    /// <returns>dImages, shaped like the images.</returns>
    /// <exception cref="ArgumentException">dLogits has not the shape of the scores.</exception>
    public Tensor Backward(Tensor dLogits, Saved saved)
    {
        Tensor dy = Pooling.MeanBackward(Head.Backward(dLogits, saved.Head), saved.Grid.Shape[1] * saved.Grid.Shape[2]);
        Tensor dx = Positions.Backward(Layers.Backward(dy, saved.Layers), saved.Positions);
        return Patches.Backward(dx.Reshape(saved.Grid.Shape), saved.Patches);
    }

    /// <summary>What the backward needs, and what a chart shows.</summary>
    /// <param name="Patches">Of the patch embedding.</param>
    /// <param name="Positions">Of the positions.</param>
    /// <param name="Layers">Of the layers.</param>
    /// <param name="Head">Of the head.</param>
    /// <param name="Grid">The embedded patches (B, rows, columns, C).</param>
    public readonly record struct Saved(
        PatchEmbedding.Saved Patches, LearnedPositions.Saved Positions, EncoderLayers.Saved Layers, Linear.Saved Head, Tensor Grid);
}
