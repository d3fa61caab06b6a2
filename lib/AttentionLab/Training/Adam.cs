using AttentionLab.Kernels;
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
/// <param name="epsilon">ε, outside the root: where no gradient ever was, a step is 0/(0 + ε).</param>
/// <param name="decay">λ.</param>
/// <param name="decays">Which parameters λ applies to; null for all of rank 2 and more: no biases, no γ and β of norms.</param>
/// <exception cref="ArgumentOutOfRangeException">
/// η or λ is negative, or not finite as a float, ε is not above 0 and finite as a float, or a β is not in [0, 1).
/// </exception>
public sealed class Adam(
    IEnumerable<Parameter> parameters, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8,
    double decay = 0, Func<Parameter, bool>? decays = null) : IOptimizer
{
    private readonly Dictionary<Parameter, (Tensor Mean, Tensor Square)> _averages = [];
    private readonly double _beta1 = Setting.Memory(beta1, nameof(beta1), "0.9"), _beta2 = Setting.Memory(beta2, nameof(beta2), "0.999");
    private readonly double _epsilon = Setting.Positive(epsilon, nameof(epsilon), "1e-8");
    private readonly double _decay = Setting.NotNegative(decay, nameof(decay), "0.01, or 0 for none");

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> Parameters { get; } = [.. parameters.Distinct()];

    /// <inheritdoc/>
    public double LearningRate
    {
        get;
        set => field = Setting.NotNegative(value, nameof(LearningRate), "0.001");
    } = Setting.NotNegative(learningRate, nameof(learningRate), "0.001");

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
        for (int i = 0; i < Parameters.Count; i++)
        {
            Parameter parameter = Parameters[i];
            (Tensor mean, Tensor square) = Averages(parameter);
            bool shrinks = decays?.Invoke(parameter) ?? parameter.Value.Rank > 1;
            AdamStep.Forward(
                parameter.Value.Span, parameter.Gradient.Span, mean.Span, square.Span,
                new(LearningRate, _beta1, _beta2, _epsilon, shrinks ? _decay : 0, StepCount));
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
