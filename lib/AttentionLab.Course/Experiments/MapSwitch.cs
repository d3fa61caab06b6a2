using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// Switches a linear map off for as long as it is in use: W and b are zero, so it adds nothing to the residual connection. The last map of a branch
/// takes the whole branch away.
/// <code>
/// using (MapSwitch.Off(layer.FeedForward.Contract)) { … }
/// </code>
/// </summary>
public sealed class MapSwitch : IDisposable
{
    private readonly (Tensor Value, float[] Kept)[] _kept;

    private MapSwitch(Linear map)
    {
        _kept = [.. map.Parameters.Select(parameter => (parameter.Value, parameter.Value.Span.ToArray()))];
        foreach ((Tensor value, _) in _kept)
        {
            value.Span.Clear();
        }
    }

    /// <summary>Zeroes W and b; disposing puts them back.</summary>
    /// <param name="map">The map.</param>
    public static MapSwitch Off(Linear map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new(map);
    }

    /// <summary>Switches the map on again.</summary>
    public void Dispose()
    {
        foreach ((Tensor value, float[] kept) in _kept)
        {
            kept.CopyTo(value.Span);
        }
    }
}
