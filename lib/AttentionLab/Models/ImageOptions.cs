namespace AttentionLab.Models;

/// <summary>How images come in and what is said about them, for every classifier of images.</summary>
/// <param name="Patch">Side of a patch in pixels, a divisor of the images' sides.</param>
/// <param name="PixelChannels">Numbers a pixel.</param>
/// <param name="Classes">Number of classes.</param>
public sealed record ImageOptions(int Patch, int PixelChannels, int Classes);
