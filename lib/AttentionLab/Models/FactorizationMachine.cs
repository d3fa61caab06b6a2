using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Models;

/// <summary>
/// y = w₀ + Σ_i w_i·x_i + Σ_{i&lt;j} (v_i·v_j)·x_i·x_j: every pair of features has a weight, but a factored one
/// (Rendle 2010, "Factorization machines", eq. 1). v_i·v_j is an attention score whose queries and keys are tied.
/// </summary>
/// <remarks>
/// The pairs cost O(n·k), not O(n²): ½·Σ_f [(Σ_i v_if·x_i)² − Σ_i v_if²·x_i²] (lemma 3.1). With s = x·V and upstream d:
/// ∂v_if = d·x_i·(s_f − v_if·x_i), ∂x_i = d·(w_i + Σ_f v_if·(s_f − v_if·x_i)).
/// </remarks>
/// <param name="features">n.</param>
/// <param name="factors">k, length of v_i.</param>
/// <param name="random">Source of the initial factors; it moves on.</param>
/// <param name="deviation">Standard deviation of the initial factors.</param>
/// <param name="name">Prefix of the parameters' names.</param>
public sealed class FactorizationMachine(int features, int factors, CounterRandom random, double deviation = 0.1, string name = "machine")
{
    /// <summary>w₀ (1).</summary>
    public Parameter Bias { get; } = new($"{name}.bias", new Tensor(1));

    /// <summary>w (n).</summary>
    public Parameter Weight { get; } = new($"{name}.weight", new Tensor(ShapeCheck.Positive(features, nameof(FactorizationMachine), nameof(features))));

    /// <summary>V (n,k): one row a feature.</summary>
    public Parameter Factors { get; } = new(
        $"{name}.factors", Tensor.Gaussian(random, deviation, features, ShapeCheck.Positive(factors, nameof(FactorizationMachine), nameof(factors))));

    /// <summary>w₀, w, V.</summary>
    public IReadOnlyList<Parameter> Parameters => [Bias, Weight, Factors];

    /// <summary>One number for each row.</summary>
    /// <param name="x">(B,n).</param>
    /// <returns>y (B).</returns>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public (Tensor Y, Saved Saved) Forward(Tensor x)
    {
        ShapeCheck.Rank(x, 2, 2, nameof(FactorizationMachine), "(B,n)");
        ShapeCheck.Columns(x, features, nameof(FactorizationMachine), nameof(features));
        int batch = x.Shape[0];
        Tensor sums = new(batch, factors), y = new(batch), squares = Squares();
        MatMul.Forward(x.Span, Factors.Value.Span, sums.Span, batch, features, factors);
        for (int b = 0; b < batch; b++)
        {
            ReadOnlySpan<float> row = x.Row(b);
            double own = 0;
            for (int i = 0; i < features; i++)
            {
                own += (double)squares.Values[i] * row[i] * row[i];
            }

            double pairs = 0.5 * (Dot.Forward(sums.Row(b), sums.Row(b)) - own);
            y[b] = (float)(Bias.Value[0] + Dot.Forward(row, Weight.Value.Span) + pairs);
        }

        return (y, new Saved(x, sums));
    }

    /// <summary>Adds to the gradients of w₀, w and V, and returns dx.</summary>
    /// <param name="dy">(B).</param>
    /// <param name="saved">From <see cref="Forward"/>.</param>
    /// <returns>dx (B,n).</returns>
    /// <exception cref="ArgumentException">dy has not one number a row.</exception>
    public Tensor Backward(Tensor dy, Saved saved)
    {
        ArgumentNullException.ThrowIfNull(dy);
        Tensor dx = new(saved.X.Shape);
        if (dy.Length != dx.Shape[0])
        {
            throw new ArgumentException(
                $"dy is {Tensor.Describe(dy.Shape)} but FactorizationMachine gave {dx.Shape[0]} numbers: pass one gradient for each.", nameof(dy));
        }

        for (int b = 0; b < dy.Length; b++)
        {
            ReadOnlySpan<float> row = saved.X.Row(b), sums = saved.Sums.Row(b);
            float d = dy.Values[b];
            Bias.Gradient[0] += d;
            Multiply.AddScaled(row, d, Weight.Gradient.Span);
            for (int i = 0; i < features; i++)
            {
                ReadOnlySpan<float> v = Factors.Value.Row(i);
                Span<float> dv = Factors.Gradient.Row(i);
                float through = Weight.Value[i];
                for (int f = 0; f < factors; f++)
                {
                    float rest = sums[f] - v[f] * row[i];
                    dv[f] += d * row[i] * rest;
                    through += v[f] * rest;
                }

                dx.Row(b)[i] = d * through;
            }
        }

        return dx;
    }

    /// <summary>‖v_i‖² of every feature.</summary>
    private Tensor Squares()
    {
        Tensor squares = new(features);
        for (int i = 0; i < features; i++)
        {
            squares[i] = Dot.Forward(Factors.Value.Row(i), Factors.Value.Row(i));
        }

        return squares;
    }

    /// <summary>What the backward needs.</summary>
    /// <param name="X">(B,n).</param>
    /// <param name="Sums">x·V, (B,k).</param>
    public readonly record struct Saved(Tensor X, Tensor Sums);
}
