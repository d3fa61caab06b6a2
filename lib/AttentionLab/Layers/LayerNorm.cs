using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// y = γ ⊙ (x − μ)/√(σ² + ε) + β for each token over its own C channels, σ² divided by C, not C−1
/// (Ba et al. 2016, "Layer normalization", eq. 4).
/// </summary>
/// <param name="channels">C.</param>
/// <param name="epsilon">ε, inside the root; with 0 too, a row of equal numbers is β.</param>
/// <param name="name">Prefix of the parameters' names.</param>
/// <exception cref="ArgumentOutOfRangeException">C is below 1, or ε is negative or not finite.</exception>
public sealed class LayerNorm(int channels, float epsilon = 1e-5f, string name = "norm")
{
    /// <summary>γ (C), starts at 1.</summary>
    public Parameter Gain { get; } = new($"{name}.weight", Ones(ShapeCheck.Positive(channels, nameof(LayerNorm), nameof(channels))));

    /// <summary>β (C), starts at 0.</summary>
    public Parameter Shift { get; } = new($"{name}.bias", new Tensor(channels));

    /// <summary>C.</summary>
    public int Channels => channels;

    /// <summary>ε.</summary>
    public float Epsilon { get; } = Moments.RequireEpsilon(epsilon);

    /// <summary>γ, then β.</summary>
    public IReadOnlyList<Parameter> Parameters => [Gain, Shift];

    /// <summary>Normalises every row.</summary>
    /// <param name="x">(…, C).</param>
    /// <returns>y, shaped like x.</returns>
    /// <exception cref="ArgumentException">The last dimension of x is not C.</exception>
    public (Tensor Y, Saved Saved) Forward(Tensor x)
    {
        ShapeCheck.Columns(x, channels, nameof(LayerNorm), nameof(channels));
        Tensor y = Workspace.Rent(x.Shape);
        Saved saved = new(x, new float[x.Rows], new float[x.Rows]);
        Normalize.Forward(x.Span, Gain.Value.Span, Shift.Value.Span, y.Span, saved.Mean, saved.Inverse, channels, Epsilon);
        return (y, saved);
    }

    /// <summary>Adds dγ and dβ to the parameters' gradients and returns dx.</summary>
    /// <param name="dy">Shaped like y.</param>
    /// <param name="saved">From <see cref="Forward"/>.</param>
    /// <returns>dx, shaped like x.</returns>
    /// <exception cref="ArgumentException">dy has not the shape of the output.</exception>
    public Tensor Backward(Tensor dy, Saved saved)
    {
        ShapeCheck.Gradient(dy, saved.X, channels, nameof(LayerNorm));
        Tensor dx = Workspace.Rent(dy.Shape);
        Normalize.Backward(saved.X.Span, Gain.Value.Span, saved.Mean, saved.Inverse, dy.Span, dx.Span, Gain.Gradient.Span, Shift.Gradient.Span);
        return dx;
    }

    private static Tensor Ones(int count)
    {
        Tensor ones = new(count);
        ones.Span.Fill(1);
        return ones;
    }

    /// <summary>The input and the statistics of each row.</summary>
    /// <param name="X">(…, C).</param>
    /// <param name="Mean">μ of each row.</param>
    /// <param name="Inverse">1/√(σ² + ε) of each row.</param>
    public readonly record struct Saved(Tensor X, float[] Mean, float[] Inverse);
}
