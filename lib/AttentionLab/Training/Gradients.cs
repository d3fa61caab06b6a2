using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Training;

/// <summary>What is done to all gradients together, between the backward and the step.</summary>
public static class Gradients
{
    /// <summary>Sets every gradient to zero.</summary>
    /// <param name="parameters">Whose gradients.</param>
    public static void Clear(IReadOnlyList<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        foreach (Parameter parameter in parameters)
        {
            parameter.ClearGradient();
        }
    }

    /// <summary>‖g‖ = √Σ g² over all gradients together, summed in double.</summary>
    /// <param name="parameters">Whose gradients; none twice.</param>
    public static double Norm(IReadOnlyList<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        double sum = 0;
        for (int i = 0; i < parameters.Count; i++)
        {
            sum += Reduce.SquareSum(parameters[i].Gradient.Span);
        }

        return Math.Sqrt(sum);
    }

    /// <summary>
    /// g ← g · min(1, limit/‖g‖): shortens the common vector and keeps its direction
    /// (Pascanu et al. 2013, "On the difficulty of training recurrent neural networks", algorithm 1).
    /// </summary>
    /// <param name="parameters">Whose gradients; none twice.</param>
    /// <param name="limit">Largest norm allowed, above 0.</param>
    /// <returns>The norm before clipping.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not positive.</exception>
    public static double Clip(IReadOnlyList<Parameter> parameters, double limit)
    {
        if (!(limit > 0))
        {
            throw new ArgumentOutOfRangeException(
                nameof(limit), FormattableString.Invariant($"limit is {limit} but a norm is clipped to a positive number: pass 1, or do not clip."));
        }

        double norm = Norm(parameters);
        if (norm > limit && double.IsFinite(norm))
        {
            Scale(parameters, limit / norm);
        }

        return norm;
    }

    /// <summary>g ← factor · g, for example by 1/n after n accumulated batches.</summary>
    /// <param name="parameters">Whose gradients; none twice.</param>
    /// <param name="factor">The factor.</param>
    public static void Scale(IReadOnlyList<Parameter> parameters, double factor)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        foreach (Parameter parameter in parameters)
        {
            Multiply.Scale(parameter.Gradient.Span, (float)factor, parameter.Gradient.Span);
        }
    }
}
