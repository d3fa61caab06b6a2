using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// An image as a sequence: squares of P×P pixels, each laid out as one row (row by row, channels innermost) and mapped
/// to C numbers by one linear map (Dosovitskiy et al. 2021, "An image is worth 16×16 words", eq. 1). The same as a
/// convolution of stride P and kernel P.
/// </summary>
/// <param name="patch">P, side of a square in pixels.</param>
/// <param name="pixelChannels">Numbers a pixel: 1 for grey, 3 for colour.</param>
/// <param name="channels">C.</param>
/// <param name="random">Source of the initial weights; it moves on.</param>
/// <param name="name">Prefix of the parameters' names.</param>
public sealed class PatchEmbedding(int patch, int pixelChannels, int channels, CounterRandom random, string name = "patches")
{
    /// <summary>P·P·pixelChannels → C.</summary>
    public Linear Map { get; } = new(
        Kernels.Sizes.Product(
            nameof(PatchEmbedding), (nameof(patch), ShapeCheck.Positive(patch, nameof(PatchEmbedding), nameof(patch))), (nameof(patch), patch),
            (nameof(pixelChannels), ShapeCheck.Positive(pixelChannels, nameof(PatchEmbedding), nameof(pixelChannels)))),
        channels, random, name: name);

    /// <summary>P.</summary>
    public int Patch => patch;

    /// <summary>Of the map.</summary>
    public IReadOnlyList<Parameter> Parameters => Map.Parameters;

    /// <summary>One row a patch; patches in reading order.</summary>
    /// <param name="images">(B, height, width, pixelChannels); P divides height and width.</param>
    /// <returns>y (B, height/P, width/P, C); Reshape makes the sequence (B, T, C) of it.</returns>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public (Tensor Y, Saved Saved) Forward(Tensor images)
    {
        ShapeCheck.Rank(images, 4, 4, nameof(PatchEmbedding), "(B, height, width, channels)", nameof(images));
        ShapeCheck.Columns(images, pixelChannels, nameof(PatchEmbedding), nameof(pixelChannels), nameof(images));
        (int batch, int height, int width) = (images.Shape[0], images.Shape[1], images.Shape[2]);
        if (height % patch != 0 || width % patch != 0)
        {
            throw new ArgumentException(
                $"images is {Tensor.Describe(images.Shape)} but squares of {patch} do not divide {height} × {width}: choose another patch, or crop the images.",
                nameof(images));
        }

        Tensor rows = new(batch, height / patch, width / patch, Map.Inputs);
        Copy(images, rows, toRows: true);
        (Tensor y, Linear.Saved saved) = Map.Forward(rows);
        return (y, new Saved(saved, images.Shape.ToArray()));
    }

    /// <summary>Adds to the map's gradients and returns the gradient of the images.</summary>
    /// <param name="dy">Shaped like y.</param>
    /// <param name="saved">From <see cref="Forward"/>.</param>
    /// <returns>dImages, shaped like the images.</returns>
    /// <exception cref="ArgumentException">dy has not the shape of the output.</exception>
    public Tensor Backward(Tensor dy, Saved saved)
    {
        Tensor images = new(saved.Shape);
        Copy(images, Map.Backward(dy, saved.Map), toRows: false);
        return images;
    }

    private void Copy(Tensor images, Tensor rows, bool toRows)
    {
        int down = rows.Shape[1], across = rows.Shape[2], line = patch * pixelChannels;
        for (int row = 0; row < rows.Rows; row++)
        {
            int image = row / (down * across), top = row / across % down * patch, left = row % across * patch;
            for (int i = 0; i < patch; i++)
            {
                int pixel = (image * images.Shape[1] + top + i) * images.Shape[2] + left;
                Span<float> pixels = images.Span.Slice(pixel * pixelChannels, line), part = rows.Row(row).Slice(i * line, line);
                if (toRows)
                {
                    pixels.CopyTo(part);
                }
                else
                {
                    part.CopyTo(pixels);
                }
            }
        }
    }

    /// <summary>What the backward needs.</summary>
    /// <param name="Map">Of the map.</param>
    /// <param name="Shape">Of the images.</param>
    public readonly record struct Saved(Linear.Saved Map, int[] Shape);
}
