using System.Numerics;
using System.Runtime.InteropServices;
using AttentionLab.Tensors;

namespace AttentionLab.Training;

/// <summary>
/// m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², θ ← θ − η·( m̂/(√v̂ + ε) + λ·θ ), with m̂ = m/(1−β₁ᵗ), v̂ = v/(1−β₂ᵗ).
/// λ = 0 is Adam (Kingma and Ba 2015, algorithm 1); λ &gt; 0 is AdamW, whose decay does not pass through the averages
/// (Loshchilov and Hutter 2019, algorithm 2).
/// </summary>
/// <param name="parameters">What is trained.</param>
/// <param name="learningRate">η.</param>
/// <param name="beta1">β₁, memory of the mean.</param>
/// <param name="beta2">β₂, memory of the square; the Transformer's paper uses 0.98.</param>
/// <param name="epsilon">ε, outside the root.</param>
/// <param name="decay">λ.</param>
/// <param name="decays">Which parameters λ applies to; null for all of rank 2 and more: no biases, no γ and β of norms.</param>
public sealed class Adam(
    IEnumerable<Parameter> parameters, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8,
    double decay = 0, Func<Parameter, bool>? decays = null) : IOptimizer
{
    private readonly Dictionary<Parameter, (Tensor Mean, Tensor Square)> _averages = [];

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> Parameters { get; } = [.. parameters.Distinct()];

    /// <inheritdoc/>
    public double LearningRate { get; set; } = learningRate;

    /// <inheritdoc/>
    public long StepCount { get; set; }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Tensor Value)> State =>
    [
        .. Parameters.Select(p => ($"mean.{p.Name}", Averages(p).Mean)),
        .. Parameters.Select(p => ($"square.{p.Name}", Averages(p).Square)),
    ];

    /// <inheritdoc/>
    public void Step()
    {
        StepCount++;
        float rate = (float)(LearningRate / (1 - Math.Pow(beta1, StepCount)));
        float root = (float)(1 / Math.Sqrt(1 - Math.Pow(beta2, StepCount)));
        foreach (Parameter parameter in Parameters)
        {
            (Tensor mean, Tensor square) = Averages(parameter);
            bool shrinks = decays?.Invoke(parameter) ?? parameter.Value.Rank > 1;
            float keep = (float)(1 - (shrinks ? LearningRate * decay : 0));
            Update(parameter.Value.Span, parameter.Gradient.Span, mean.Span, square.Span, rate, root, keep);
        }
    }

    private void Update(Span<float> value, ReadOnlySpan<float> gradient, Span<float> mean, Span<float> square, float rate, float root, float keep)
    {
        (float b1, float b2, float e) = ((float)beta1, (float)beta2, (float)epsilon);
        (float a1, float a2) = ((float)(1 - beta1), (float)(1 - beta2));
        Span<Vector<float>> values = MemoryMarshal.Cast<float, Vector<float>>(value);
        Span<Vector<float>> means = MemoryMarshal.Cast<float, Vector<float>>(mean);
        Span<Vector<float>> squares = MemoryMarshal.Cast<float, Vector<float>>(square);
        ReadOnlySpan<Vector<float>> gradients = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        for (int i = 0; i < values.Length; i++)
        {
            Vector<float> g = gradients[i];
            means[i] = b1 * means[i] + a1 * g;
            squares[i] = b2 * squares[i] + a2 * g * g;
            values[i] = keep * values[i] - rate * means[i] / (root * Vector.SquareRoot(squares[i]) + new Vector<float>(e));
        }

        for (int i = values.Length * Vector<float>.Count; i < value.Length; i++)
        {
            float g = gradient[i];
            mean[i] = b1 * mean[i] + a1 * g;
            square[i] = b2 * square[i] + a2 * g * g;
            value[i] = keep * value[i] - rate * mean[i] / (root * MathF.Sqrt(square[i]) + e);
        }
    }

    private (Tensor Mean, Tensor Square) Averages(Parameter parameter)
    {
        if (!_averages.TryGetValue(parameter, out (Tensor, Tensor) averages))
        {
            _averages[parameter] = averages = (new Tensor(parameter.Value.Shape), new Tensor(parameter.Value.Shape));
        }

        return averages;
    }
}
