using AttentionLab.Kernels;

namespace AttentionLab.Layers;

/// <summary>A copy of a <see cref="LayerNorm"/> for inference.</summary>
internal sealed class PackedNorm
{
    private readonly LayerNorm _norm;
    private readonly float[] _gain, _shift;

    public PackedNorm(LayerNorm norm)
    {
        _norm = norm;
        (_gain, _shift) = (new float[norm.Channels], new float[norm.Channels]);
        Refresh();
    }

    public void Refresh()
    {
        _norm.Gain.Value.Span.CopyTo(_gain);
        _norm.Shift.Value.Span.CopyTo(_shift);
    }

    /// <summary>y may be the memory of x.</summary>
    public void Infer(ReadOnlySpan<float> x, Span<float> y) =>
        Normalize.Forward(x, _gain, _shift, y, [], [], _gain.Length, _norm.Epsilon);
}
