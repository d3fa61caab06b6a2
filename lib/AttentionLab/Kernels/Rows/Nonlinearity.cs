namespace AttentionLab.Kernels;

/// <summary>The function f that an <see cref="Epilogue"/> applies.</summary>
public enum Nonlinearity
{
    /// <summary>f(x) = x.</summary>
    None,

    /// <summary><see cref="Kernels.Relu"/>.</summary>
    Relu,

    /// <summary><see cref="Kernels.Gelu"/>, the exact form.</summary>
    Gelu,

    /// <summary><see cref="Kernels.Gelu"/>, the tanh form.</summary>
    GeluTanh,
}
