using AttentionLab.Kernels;

namespace AttentionLab.Layers;

/// <summary>The function between the two maps of a <see cref="FeedForward"/>.</summary>
public enum Activation
{
    /// <summary>max(0, x).</summary>
    Relu,

    /// <summary>x·Φ(x) with the exact error function (Hendrycks and Gimpel 2016).</summary>
    Gelu,

    /// <summary>GELU's approximation by tanh, as in the first BERT and in GPT-2.</summary>
    GeluTanh,
}

/// <summary>From the name of an activation to its kernel.</summary>
internal static class ActivationKernels
{
    internal static void Forward(this Activation activation, ReadOnlySpan<float> x, Span<float> y)
    {
        switch (activation)
        {
            case Activation.Relu: Relu.Forward(x, y); break;
            case Activation.Gelu: Gelu.Forward(x, y); break;
            case Activation.GeluTanh: Gelu.Forward(x, y, tanh: true); break;
            default:
                throw new ArgumentOutOfRangeException(
                nameof(activation), $"activation is {activation} but Relu, Gelu and GeluTanh are known: choose one of them.");
        }
    }

    /// <summary>The same function as an epilogue of a product takes it.</summary>
    internal static Nonlinearity Kernel(this Activation activation) => activation switch
    {
        Activation.Relu => Nonlinearity.Relu,
        Activation.Gelu => Nonlinearity.Gelu,
        Activation.GeluTanh => Nonlinearity.GeluTanh,
        _ =>
            throw new ArgumentOutOfRangeException(nameof(activation), $"activation is {activation} but Relu, Gelu and GeluTanh are known: choose one of them."),
    };

    internal static void Backward(this Activation activation, ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx)
    {
        switch (activation)
        {
            case Activation.Relu: Relu.Backward(x, dy, dx); break;
            case Activation.Gelu: Gelu.Backward(x, dy, dx); break;
            case Activation.GeluTanh: Gelu.Backward(x, dy, dx, tanh: true); break;
            default:
                throw new ArgumentOutOfRangeException(
                nameof(activation), $"activation is {activation} but Relu, Gelu and GeluTanh are known: choose one of them.");
        }
    }
}
