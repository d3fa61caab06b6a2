using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// The residual connection around a branch f, in either order: post-norm y = Norm(x + Drop(f(x)))
/// (Vaswani et al. 2017, §3.1 and §5.4), pre-norm y = x + Drop(f(Norm(x))) (Xiong et al. 2020).
/// Use: <c>(input, n) = Before(x)</c>, the branch, <c>(y, a) = After(x, branch)</c>; backwards in the opposite order.
/// </summary>
/// <param name="channels">C.</param>
/// <param name="preNorm">The norm before the branch instead of after the sum.</param>
/// <param name="dropout">Share of the branch's numbers set to 0 in training.</param>
/// <param name="epsilon">ε of the norm.</param>
/// <param name="name">Prefix of the norm's parameters.</param>
public sealed class AddAndNorm(int channels, bool preNorm, double dropout = 0, float epsilon = 1e-5f, string name = "norm")
{
    /// <summary>The norm.</summary>
    public LayerNorm Norm { get; } = new(channels, epsilon, name);

    /// <summary>The dropout of the branch.</summary>
    public Dropout Dropout { get; } = new(dropout);

    /// <summary>Whether the norm stands before the branch.</summary>
    public bool PreNorm => preNorm;

    /// <summary>Of the norm.</summary>
    public IReadOnlyList<Parameter> Parameters => Norm.Parameters;

    /// <summary>What the branch is to work on: Norm(x) or x itself.</summary>
    /// <param name="x">(…, C).</param>
    public (Tensor Input, LayerNorm.Saved Saved) Before(Tensor x) => preNorm ? Norm.Forward(x) : (x, default);

    /// <summary>Joins the branch with x: x + Drop(branch), normalised in post-norm.</summary>
    /// <param name="x">(…, C).</param>
    /// <param name="branch">f of what <see cref="Before"/> gave, (…, C); overwritten.</param>
    /// <param name="random">Source of dropout; null for none (inference).</param>
    public (Tensor Y, Saved Saved) After(Tensor x, Tensor branch, CounterRandom? random)
    {
        ArgumentNullException.ThrowIfNull(x);
        (Tensor sum, Dropout.Saved dropped) = Dropout.Forward(branch, random);
        Multiply.AddScaled(x.Span, 1, sum.Span);
        if (preNorm)
        {
            return (sum, new Saved(default, dropped));
        }

        (Tensor y, LayerNorm.Saved norm) = Norm.Forward(sum);
        return (y, new Saved(norm, dropped));
    }

    /// <summary>Backward of <see cref="After"/>.</summary>
    /// <param name="dy">(…, C).</param>
    /// <param name="saved">From <see cref="After"/>.</param>
    /// <returns>The gradient that flows past the branch, and the one that enters it.</returns>
    public (Tensor Past, Tensor Branch) AfterBackward(Tensor dy, Saved saved)
    {
        Tensor past = preNorm ? dy : Norm.Backward(dy, saved.Norm);
        return (past, Dropout.Backward(past, saved.Dropout));
    }

    /// <summary>Backward of <see cref="Before"/>, joined with what flowed past the branch.</summary>
    /// <param name="dInput">Gradient of the branch's input; may be overwritten.</param>
    /// <param name="past">From <see cref="AfterBackward"/>.</param>
    /// <param name="saved">From <see cref="Before"/>.</param>
    /// <returns>dx.</returns>
    public Tensor BeforeBackward(Tensor dInput, Tensor past, LayerNorm.Saved saved)
    {
        ArgumentNullException.ThrowIfNull(past);
        Tensor dx = preNorm ? Norm.Backward(dInput, saved) : dInput;
        Multiply.AddScaled(past.Span, 1, dx.Span);
        return dx;
    }

    /// <summary>What the backward of <see cref="After"/> needs.</summary>
    /// <param name="Norm">Of the norm, in post-norm.</param>
    /// <param name="Dropout">Of the dropout.</param>
    public readonly record struct Saved(LayerNorm.Saved Norm, Dropout.Saved Dropout);
}
