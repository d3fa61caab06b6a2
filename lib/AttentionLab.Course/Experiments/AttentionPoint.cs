using System.Numerics;
using AttentionLab.Kernels;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// One attention at one point, to differentiate there: Q, K and V from N(0, 1), one after the other in one array, and the loss Σ g ⊙ output for
/// a fixed g from N(0, 1). All numbers are floats, so that float and double start at the same point.
/// </summary>
/// <param name="Tokens">n.</param>
/// <param name="Width">d, of queries, keys and values.</param>
/// <param name="Inputs">Q, K and V, 3·n·d numbers.</param>
/// <param name="Upstream">g, n·d numbers.</param>
public sealed record AttentionPoint(int Tokens, int Width, double[] Inputs, double[] Upstream)
{
    /// <summary>Where K begins in <see cref="Inputs"/>; V begins at twice that.</summary>
    public int Part => Tokens * Width;

    /// <summary>A random point.</summary>
    /// <param name="seed">Decides the numbers.</param>
    /// <param name="tokens">n.</param>
    /// <param name="width">d.</param>
    public static AttentionPoint Draw(ulong seed, int tokens = 5, int width = 4)
    {
        CounterRandom random = new(seed, stream: 6);
        float[] inputs = new float[3 * tokens * width], upstream = new float[tokens * width];
        random.FillGaussian(inputs, 0, 1);
        random.FillGaussian(upstream, 0, 1);
        return new(tokens, width, Array.ConvertAll(inputs, value => (double)value), Array.ConvertAll(upstream, value => (double)value));
    }

    /// <summary>The loss by the plain loops of the library's reference, every step in the precision of T.</summary>
    /// <param name="inputs">Q, K and V, perhaps a little moved.</param>
    public T Loss<T>(T[] inputs)
        where T : IFloatingPointIeee754<T>
    {
        T[] output = new T[Part];
        Attend.Reference(Input<T>(inputs), output, new T[Tokens * Tokens]);
        return Dot.Reference<T>(output, Array.ConvertAll(Upstream, T.CreateChecked));
    }

    /// <summary>∂loss/∂(Q, K, V) by the formulas, in double.</summary>
    public double[] Gradient()
    {
        double[] weights = new double[Tokens * Tokens], gradient = new double[3 * Part];
        Attend.Reference(Input<double>(Inputs), new double[Part], weights);
        AttendGradients<double> to = new() { Q = gradient.AsSpan(0, Part), K = gradient.AsSpan(Part, Part), V = gradient.AsSpan(2 * Part, Part) };
        Attend.BackwardReference(Input<double>(Inputs), weights, Upstream, to);
        return gradient;
    }

    private AttendInput<T> Input<T>(T[] inputs)
        where T : IFloatingPointIeee754<T> => AttendInput.Split<T>(
            inputs.AsSpan(0, Part), inputs.AsSpan(Part, Part), inputs.AsSpan(2 * Part, Part),
            new AttendSizes(1, 1, Tokens, Tokens, Width, Width), T.One / T.Sqrt(T.CreateChecked(Width)));
}
