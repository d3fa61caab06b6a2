using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// y = x·W + b on every row: (…, inputs) → (…, outputs). Rows are tokens, so W is (inputs, outputs).
/// </summary>
/// <remarks>
/// Backward: dx = dy·Wᵀ, dW += xᵀ·dy, db += Σ_rows dy. W starts as N(0, 1/inputs), which keeps the variance of
/// unit-variance inputs (LeCun et al. 1998, "Efficient BackProp", §4.6); b starts at 0.
/// </remarks>
/// <param name="inputs">Width of x.</param>
/// <param name="outputs">Width of y.</param>
/// <param name="random">Source of the initial weight; it moves on.</param>
/// <param name="bias">Whether there is a b.</param>
/// <param name="deviation">Standard deviation of the initial weight; null for 1/√inputs.</param>
/// <param name="name">Prefix of the parameters' names.</param>
public sealed class Linear(int inputs, int outputs, CounterRandom random, bool bias = true, double? deviation = null, string name = "linear")
{
    /// <summary>W (inputs, outputs).</summary>
    public Parameter Weight { get; } = new($"{name}.weight", Tensor.Gaussian(
        random, deviation ?? 1 / Math.Sqrt(inputs), ShapeCheck.Positive(inputs, nameof(Linear), nameof(inputs)),
        ShapeCheck.Positive(outputs, nameof(Linear), nameof(outputs))));

    /// <summary>b (outputs), or null.</summary>
    public Parameter? Bias { get; } = bias ? new($"{name}.bias", new Tensor(outputs)) : null;

    /// <summary>Width of x.</summary>
    public int Inputs => Weight.Shape[0];

    /// <summary>Width of y.</summary>
    public int Outputs => Weight.Shape[1];

    /// <summary>Weight, then bias if there is one.</summary>
    public IReadOnlyList<Parameter> Parameters => Bias is null ? [Weight] : [Weight, Bias];

    /// <summary>y = x·W + b.</summary>
    /// <param name="x">(…, inputs).</param>
    /// <returns>y (…, outputs), and what <see cref="Backward"/> needs.</returns>
    /// <exception cref="ArgumentException">The last dimension of x is not <see cref="Inputs"/>.</exception>
    public (Tensor Y, Saved Saved) Forward(Tensor x)
    {
        ShapeCheck.Columns(x, Inputs, nameof(Linear), nameof(inputs));
        Tensor y = ShapeCheck.WithColumns(x, Outputs);
        Infer(x.Span, y.Span);
        return (y, new Saved(x));
    }

    /// <summary>The same without keeping anything: writes y over every element of <paramref name="y"/>.</summary>
    /// <param name="x">(rows, inputs).</param>
    /// <param name="y">(rows, outputs).</param>
    /// <exception cref="ArgumentException">The lengths do not belong to the same number of rows.</exception>
    public void Infer(ReadOnlySpan<float> x, Span<float> y)
    {
        int rows = x.Length / Inputs;
        if (x.Length != rows * Inputs || y.Length != rows * Outputs)
        {
            throw new ArgumentException(
                $"x holds {x.Length} numbers and y {y.Length}, but Linear maps rows of {Inputs} to rows of {Outputs}: pass whole rows, as many in y as in x.");
        }

        MatMul.Forward(x, Weight.Current.Span, y, rows, Inputs, Outputs, new Epilogue { Bias = Bias is null ? [] : Bias.Value.Span });
    }

    /// <summary>Adds dW and db to the parameters' gradients and returns dx.</summary>
    /// <param name="dy">(…, outputs).</param>
    /// <param name="saved">From the <see cref="Forward"/> whose output dy belongs to.</param>
    /// <returns>dx (…, inputs).</returns>
    /// <exception cref="ArgumentException">dy has not the shape of that output.</exception>
    public Tensor Backward(Tensor dy, Saved saved)
    {
        ShapeCheck.Gradient(dy, saved.X, Outputs, nameof(Linear));
        Tensor dx = Workspace.Rent(saved.X.Shape);
        MatMul.Backward(saved.X.Span, Weight.Current.Span, dy.Span, dx.Span, Weight.Gradient.Span, dy.Rows, Inputs, Outputs);
        if (Bias is not null)
        {
            Reduce.AddRows(dy.Span, Bias.Gradient.Span, dy.Rows, Outputs);
        }

        return dx;
    }

    /// <summary>The input.</summary>
    /// <param name="X">(…, inputs).</param>
    public readonly record struct Saved(Tensor X);
}
