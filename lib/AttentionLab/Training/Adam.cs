using System.Runtime.CompilerServices;
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
/// <param name="epsilon">ε, outside the root.</param>
/// <param name="decay">λ.</param>
/// <param name="decays">Which parameters λ applies to; null for all of rank 2 and more: no biases, no γ and β of norms.</param>
/// <exception cref="ArgumentOutOfRangeException">η, ε or λ is negative or not finite, or a β is not in [0, 1).</exception>
public sealed class Adam(
    IEnumerable<Parameter> parameters, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8,
    double decay = 0, Func<Parameter, bool>? decays = null) : IOptimizer
{
    private readonly Dictionary<Parameter, (Tensor Mean, Tensor Square)> _averages = [];
    private readonly double _beta1 = Setting.Memory(beta1, nameof(beta1), "0.9"), _beta2 = Setting.Memory(beta2, nameof(beta2), "0.999");
    private readonly double _epsilon = Setting.NotNegative(epsilon, nameof(epsilon), "1e-8"), _decay = Setting.NotNegative(decay, nameof(decay), "0.01, or 0 for none");

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
        float rate = (float)(LearningRate / (1 - Math.Pow(_beta1, StepCount)));
        float root = (float)(1 / Math.Sqrt(1 - Math.Pow(_beta2, StepCount)));
        for (int i = 0; i < Parameters.Count; i++)
        {
            Parameter parameter = Parameters[i];
            (Tensor mean, Tensor square) = Averages(parameter);
            bool shrinks = decays?.Invoke(parameter) ?? parameter.Value.Rank > 1;
            float keep = (float)(1 - (shrinks ? LearningRate * _decay : 0));
            Update(parameter.Value.Span, parameter.Gradient.Span, mean.Span, square.Span, rate, root, keep);
        }
    }

    private unsafe void Update(Span<float> value, ReadOnlySpan<float> gradient, Span<float> mean, Span<float> square, float rate, float root, float keep)
    {
        fixed (float* values = value, gradients = gradient, means = mean, squares = square)
        {
            int blocks = RowParts.Blocks(value.Length);
            StepBlocks step = new()
            {
                Value = values,
                Gradient = gradients,
                Mean = means,
                Square = squares,
                Length = value.Length,
                Rate = rate,
                Root = root,
                Keep = keep,
                Beta1 = (float)_beta1,
                Rest1 = (float)(1 - _beta1),
                Beta2 = (float)_beta2,
                Rest2 = (float)(1 - _beta2),
                Epsilon = (float)_epsilon,
            };
            RowParts.Run(step, blocks, RowParts.Count(blocks, RowParts.Block, effort: 4));
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

    /// <summary>One pass: 4 numbers read and 3 written for each parameter, so that memory is the limit.</summary>
    private unsafe struct StepBlocks : IRowKernel
    {
        public float* Value, Gradient, Mean, Square;
        public int Length;
        public float Rate, Root, Keep, Beta1, Rest1, Beta2, Rest2, Epsilon;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(int part, int first, int end)
            where V : struct, ILanes<V>
        {
            int i = first * RowParts.Block, n = RowParts.End(end, Length);
            for (; i <= n - V.Count; i += V.Count)
            {
                Move<V>(i);
            }

            for (; i < n; i++)
            {
                Move<Lanes1>(i);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly void Move<V>(int i)
            where V : struct, ILanes<V>
        {
            V g = V.Load(Gradient + i);
            V mean = V.MultiplyAdd(V.Load(Mean + i), V.All(Beta1), g * V.All(Rest1));
            V square = V.MultiplyAdd(V.Load(Square + i), V.All(Beta2), g * g * V.All(Rest2));
            V.Store(mean, Mean + i);
            V.Store(square, Square + i);
            V move = mean * V.All(Rate) / V.MultiplyAdd(V.Sqrt(square), V.All(Root), V.All(Epsilon));
            V.Store(V.Load(Value + i) * V.All(Keep) - move, Value + i);
        }
    }
}
