namespace AttentionLab.Tests;

/// <summary>Every tolerance has a name and the measured worst case that it stands above.</summary>
internal static class Tolerances
{
    /// <summary>float against PyTorch in float64, forward. Measured: kernels 4e-7.</summary>
    public const double GoldenForward = 1e-5;

    /// <summary>float against PyTorch in float64, gradients. Measured: kernels 7e-7, whole models 3e-6.</summary>
    public const double GoldenGradient = 1e-4;

    /// <summary>SIMD against the double reference: sums of up to some hundred terms. Measured: 6.4e-7 (GELU's slope).</summary>
    public const double Kernel = 2e-6;

    /// <summary>SIMD against the double reference through several kernels with a subtraction in between (softmax backward). Measured: 3.8e-6.</summary>
    public const double Chain = 1e-5;

    /// <summary>
    /// SIMD against the double reference where a difference of nearly equal numbers is divided by a sum (linear attention's backward). Measured: 2.0e-5.
    /// </summary>
    public const double Quotient = 3e-5;

    /// <summary>The double reference against central differences with step <see cref="Step"/>. Measured: 5.4e-10.</summary>
    public const double Numerical = 1e-8;

    /// <summary>Step of central differences in double: error h²/6·f''' against rounding 1e-16/h meet near 1e-5; NumericalTests measures it.</summary>
    public const double Step = 1e-5;

    /// <summary>
    /// Layers in float against central differences of their own forward, at the bottom of the U-curve. Measured worst 2.7e-3 (two decoder layers).
    /// </summary>
    public const double NumericalFloat = 5e-3;
}
