using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>Sets a random share of the numbers to 0 in training and divides the rest by 1 − rate (<see cref="Drop"/>).</summary>
/// <param name="rate">The share, from 0 to below 1.</param>
/// <exception cref="ArgumentOutOfRangeException">The rate is not in [0, 1).</exception>
public sealed class Dropout(double rate)
{
    /// <summary>The share.</summary>
    public double Rate { get; } = Drop.CheckRate(rate);

    /// <summary>Drops in place.</summary>
    /// <param name="x">Any shape; overwritten unless nothing is dropped.</param>
    /// <param name="random">Source of the mask; it moves on by one word an element. Null (inference) drops nothing.</param>
    /// <returns>x itself, and where its mask can be drawn again.</returns>
    public (Tensor Y, Saved Saved) Forward(Tensor x, CounterRandom? random)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (random is null || Rate == 0)
        {
            return (x, default);
        }

        Saved saved = new(random.Seed, random.Stream, random.Position, true);
        Drop.Forward(x.Span, x.Span, Rate, random);
        return (x, saved);
    }

    /// <summary>Drops the gradient where the forward dropped.</summary>
    /// <param name="dy">Any shape; not changed.</param>
    /// <param name="saved">From <see cref="Forward"/>.</param>
    /// <returns>dx; dy itself if nothing was dropped.</returns>
    public Tensor Backward(Tensor dy, Saved saved)
    {
        ArgumentNullException.ThrowIfNull(dy);
        if (!saved.Dropped)
        {
            return dy;
        }

        Tensor dx = Workspace.Rent(dy.Shape);
        Drop.Forward(dy.Span, dx.Span, Rate, new CounterRandom(saved.Seed, saved.Stream) { Position = saved.Position });
        return dx;
    }

    /// <summary>Where the mask lies in the sequence of random words.</summary>
    /// <param name="Seed">Of the generator.</param>
    /// <param name="Stream">Of the generator.</param>
    /// <param name="Position">Of the first element's word.</param>
    /// <param name="Dropped">False if nothing was dropped.</param>
    public readonly record struct Saved(ulong Seed, ulong Stream, ulong Position, bool Dropped);
}
