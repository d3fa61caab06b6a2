using AttentionLab.Kernels;

namespace AttentionLab.Benchmarks.Workloads;

/// <summary>The backward of an <see cref="AttentionCase"/>: ∂Q, ∂K and ∂V one after the other, from an upstream gradient.</summary>
internal sealed class AttentionGradients
{
    private readonly AttentionCase _case;
    private readonly AttendSizes _sizes;
    private readonly float[] _output, _statistics, _dOutput, _weights;

    public AttentionGradients(AttentionCase attention)
    {
        (_case, _sizes) = (attention, new(1, attention.Heads, attention.Queries, attention.Keys, attention.Dim, attention.Dim));
        (_output, _statistics) = (Inputs.Zeros(attention.Size), Inputs.Zeros(2 * attention.Heads * attention.Queries));
        _dOutput = Inputs.Gaussian(attention.Size, 4);
        _weights = Inputs.Zeros(attention.Heads * attention.Queries * attention.Keys);
        FlashAttend.Forward(Input, _output, _statistics);
        Attend.Forward(Input, Inputs.Zeros(attention.Size), _weights);
    }

    /// <summary>Numbers of all three gradients.</summary>
    public int Size => _case.Q.Length + _case.K.Length + _case.V.Length;

    private AttendInput<float> Input => AttendInput.Split<float>(_case.Q, _case.K, _case.V, _sizes, _case.Scale, _case.Mask);

    /// <summary>Ours: the weights are computed again.</summary>
    public void Fused(float[] gradients) => FlashAttend.Backward(Input, _output, _statistics, _dOutput, Of(gradients));

    /// <summary>Ours, from weights that the forward stored.</summary>
    public void Materialised(float[] gradients) => Attend.Backward(Input, _weights, _dOutput, Of(gradients));

    /// <summary>The last head against the reference in double precision.</summary>
    /// <exception cref="WrongResultException">One number differs.</exception>
    public void Check(float[] gradients)
    {
        int queries = _case.Queries, keys = _case.Keys, dim = _case.Dim, last = _case.Heads - 1;
        double[] output = new double[queries * dim], statistics = new double[2 * queries], right = new double[output.Length + 2 * keys * dim];
        double[] q = Inputs.Widen(_case.Head(_case.Q, last)), k = Inputs.Widen(_case.Head(_case.K, last)), v = Inputs.Widen(_case.Head(_case.V, last));
        AttendInput<double> input = AttendInput.Split<double>(q, k, v, new(1, 1, queries, keys, dim, dim), 1 / Math.Sqrt(dim), _case.Mask);
        FlashAttend.Reference(input, output, statistics);
        AttendGradients<double> to = new()
        {
            Q = right.AsSpan(0, q.Length),
            K = right.AsSpan(q.Length, k.Length),
            V = right.AsSpan(q.Length + k.Length),
        };
        FlashAttend.BackwardReference<double>(input, output, statistics, Inputs.Widen(_case.Head(_dOutput, last)), to);
        float[] dq = gradients[.._case.Q.Length], dk = gradients[_case.Q.Length..^_case.V.Length], dv = gradients[^_case.V.Length..];
        float[] ours = [.. _case.Head(dq, last), .. _case.Head(dk, last), .. _case.Head(dv, last)];
        double largest = right.Max(Math.Abs);
        for (int i = 0; i < right.Length; i++)
        {
            if (!(Math.Abs(ours[i] - right[i]) <= 1e-5 * largest))
            {
                throw new WrongResultException(
                    $"{_case.Workload}: ours is {ours[i]} at {i} of the last head, the reference {right[i]}: no time is shown for a wrong result.");
            }
        }
    }

    private AttendGradients<float> Of(float[] gradients) => new()
    {
        Q = gradients.AsSpan(0, _case.Q.Length),
        K = gradients.AsSpan(_case.Q.Length, _case.K.Length),
        V = gradients.AsSpan(_case.Q.Length + _case.K.Length),
    };
}
