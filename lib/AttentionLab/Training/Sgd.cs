using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Training;

/// <summary>
/// Stochastic gradient descent: u ← μ·u + g, θ ← θ − η·u, with u = g while the momentum μ is 0
/// (Sutskever et al. 2013, in the form of PyTorch).
/// </summary>
/// <remarks>For experiments whose step must be plain. The course trains with <see cref="Adam"/>, which needs no search for η.</remarks>
/// <param name="parameters">What is trained.</param>
/// <param name="learningRate">η.</param>
/// <param name="momentum">μ, from 0 to below 1.</param>
/// <exception cref="ArgumentOutOfRangeException">The rate is negative, or not finite as a float, or μ is not in [0, 1).</exception>
public sealed class Sgd(IEnumerable<Parameter> parameters, double learningRate = 0.1, double momentum = 0) : IOptimizer
{
    private readonly Dictionary<Parameter, Tensor> _velocity = [];

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> Parameters { get; } = [.. parameters.Distinct()];

    /// <inheritdoc/>
    public double LearningRate
    {
        get;
        set => field = Setting.NotNegative(value, nameof(LearningRate), "0.1");
    } = Setting.NotNegative(learningRate, nameof(learningRate), "0.1");

    /// <summary>μ.</summary>
    public double Momentum { get; } = Setting.Memory(momentum, nameof(momentum), "0.9");

    /// <inheritdoc/>
    public long StepCount { get; set; }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Tensor Value)> State => Momentum == 0
        ? []
        : [.. Parameters.Select(p => ($"velocity.{p.Name}", Velocity(p)))];

    /// <inheritdoc/>
    public void Step()
    {
        foreach (Parameter parameter in Parameters)
        {
            Tensor step = parameter.Gradient;
            if (Momentum > 0)
            {
                step = Velocity(parameter);
                Multiply.Scale(step.Span, (float)Momentum, step.Span);
                Multiply.AddScaled(parameter.Gradient.Span, 1, step.Span);
            }

            Multiply.AddScaled(step.Span, (float)-LearningRate, parameter.Value.Span);
        }

        StepCount++;
    }

    private Tensor Velocity(Parameter parameter)
    {
        if (!_velocity.TryGetValue(parameter, out Tensor? velocity))
        {
            _velocity[parameter] = velocity = new Tensor(parameter.Value.Shape);
        }

        return velocity;
    }
}
