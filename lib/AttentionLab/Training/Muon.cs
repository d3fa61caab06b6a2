using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Training;

/// <summary>
/// For the matrices inside layers: u ← μ·u + g, θ ← θ·(1 − η·λ) − η·0.2·√max(rows, columns)·O(g + μ·u), where O is <see cref="Orthogonalize"/>: a
/// step goes as far in every direction as in every other, not only in the few that gradients are full of (Jordan et al. 2024, "Muon"). The factor
/// 0.2·√… gives a step the size of Adam's, so that one learning rate serves both (Liu et al. 2025, "Muon is scalable for LLM training", §2.2).
/// All other parameters (tables, biases, norms) are moved by <see cref="Adam"/>.
/// </summary>
/// <param name="matrices">Parameters of rank 2, moved by this rule.</param>
/// <param name="rest">Moves the others; its learning rate and step count follow this one's.</param>
/// <param name="learningRate">η.</param>
/// <param name="momentum">μ, from 0 to below 1.</param>
/// <param name="decay">λ.</param>
/// <exception cref="ArgumentException">A parameter is no matrix, or is moved by both.</exception>
/// <exception cref="ArgumentOutOfRangeException">η or λ is negative, or not finite as a float, or μ is not in [0, 1).</exception>
public sealed class Muon(IEnumerable<Parameter> matrices, Adam rest, double learningRate = 1e-3, double momentum = 0.95, double decay = 0) : IOptimizer
{
    private readonly Moved[] _matrices = Checked(matrices, rest);
    private readonly double _decay = Setting.NotNegative(decay, nameof(decay), "0.01, or 0 for none");

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> Parameters { get; } = [.. matrices.Distinct(), .. rest.Parameters];

    /// <inheritdoc/>
    public double LearningRate
    {
        get;
        set => field = rest.LearningRate = value;
    } = rest.LearningRate = Setting.NotNegative(learningRate, nameof(learningRate), "0.001");

    /// <summary>μ.</summary>
    public double Momentum { get; } = Setting.Memory(momentum, nameof(momentum), "0.95");

    /// <inheritdoc/>
    public long StepCount
    {
        get => rest.StepCount;
        set => rest.StepCount = value;
    }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Tensor Value)> State => [.. _matrices.Select(m => ($"velocity.{m.Parameter.Name}", m.Velocity)), .. rest.State];

    /// <inheritdoc/>
    public unsafe void Step()
    {
        rest.Step();
        Span<Orthogonalize.Matrix> all = stackalloc Orthogonalize.Matrix[_matrices.Length];
        for (int i = 0; i < all.Length; i++)
        {
            (Parameter parameter, Tensor velocity, float[] move) = _matrices[i];
            Multiply.Scale(velocity.Span, (float)Momentum, velocity.Span);
            Multiply.AddScaled(parameter.Gradient.Span, 1, velocity.Span);
            Multiply.Scale(velocity.Span, (float)Momentum, move);
            Multiply.AddScaled(parameter.Gradient.Span, 1, move);
            fixed (float* start = move)
            {
                all[i] = new((nint)start, parameter.Value.Shape[0], parameter.Value.Shape[1]);
            }
        }

        Orthogonalize.Several(all);
        foreach ((Parameter parameter, _, float[] move) in _matrices)
        {
            Multiply.Scale(parameter.Value.Span, (float)(1 - LearningRate * _decay), parameter.Value.Span);
            Multiply.AddScaled(
                move, (float)(-LearningRate * 0.2 * Math.Sqrt(Math.Max(parameter.Value.Shape[0], parameter.Value.Shape[1]))), parameter.Value.Span);
        }
    }

    private static Moved[] Checked(IEnumerable<Parameter> matrices, Adam rest)
    {
        ArgumentNullException.ThrowIfNull(matrices);
        ArgumentNullException.ThrowIfNull(rest);
        Parameter[] all = [.. matrices.Distinct()];
        foreach (Parameter parameter in all)
        {
            if (parameter.Value.Rank != 2)
            {
                throw new ArgumentException(
                    $"{parameter.Name} is {Tensor.Describe(parameter.Value.Shape)} but singular values belong to a matrix: give it to Adam.", nameof(matrices));
            }

            if (rest.Parameters.Contains(parameter))
            {
                throw new ArgumentException($"{parameter.Name} is given to both optimisers and would move twice a step: give it to one of them.", nameof(rest));
            }
        }

        return [.. all.Select(p => new Moved(p, new Tensor(p.Value.Shape), GC.AllocateArray<float>(p.Length, pinned: true)))];
    }

    /// <summary>A matrix, its running sum u, and room for the step, pinned.</summary>
    private readonly record struct Moved(Parameter Parameter, Tensor Velocity, float[] Move);
}
