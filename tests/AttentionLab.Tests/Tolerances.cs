namespace AttentionLab.Tests;

/// <summary>Every tolerance has a name and the measured worst case that it stands above.</summary>
internal static class Tolerances
{
    /// <summary>float against PyTorch in float64, forward.</summary>
    public const double GoldenForward = 1e-5;

    /// <summary>float against PyTorch in float64, gradients.</summary>
    public const double GoldenGradient = 1e-4;

    /// <summary>SIMD against the double reference: sums of up to some hundred terms.</summary>
    public const double Kernel = 2e-6;

    /// <summary>SIMD against the double reference through several kernels with a subtraction in between (softmax backward).</summary>
    public const double Chain = 1e-5;

    /// <summary>SIMD against the double reference where a difference of nearly equal numbers is divided by a sum (linear attention's backward).</summary>
    public const double Quotient = 3e-5;

    /// <summary>The double reference against central differences with step <see cref="Step"/>.</summary>
    public const double Numerical = 1e-6;

    /// <summary>Step of central differences in double: error h²/6·f''' against rounding 1e-16/h meet near 1e-5.</summary>
    public const double Step = 1e-5;

    /// <summary>Layers in float against central differences of their own forward, at the bottom of the U-curve: float gives about three digits.</summary>
    public const double NumericalFloat = 5e-3;
}
