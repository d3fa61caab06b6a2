using System.Globalization;
using AttentionLab.Tensors;

namespace AttentionLab.Training;

/// <summary>Training met NaN or ∞: says at which step and in which tensor.</summary>
/// <param name="step">The step, counted from 1.</param>
/// <param name="tensor">The first tensor that holds one, or "loss", or "evaluation".</param>
/// <param name="message">What happened and what to do.</param>
public sealed class TrainingDivergedException(long step, string tensor, string message) : Exception(message)
{
    /// <summary>The step, counted from 1.</summary>
    public long Step { get; } = step;

    /// <summary>The first tensor that holds one, or "loss", or "evaluation".</summary>
    public string Tensor { get; } = tensor;

    /// <summary>Whether no element is NaN or ∞.</summary>
    internal static bool IsFinite(Tensor tensor) => !Array.Exists(tensor.Values, v => !float.IsFinite(v));

    /// <summary>
    /// Looks for the first NaN or ∞: in the values, then in the gradients, then it must be the <paramref name="loss"/>, called <paramref name="name"/>, alone.
    /// </summary>
    internal static TrainingDivergedException Find(long step, double loss, IReadOnlyList<Parameter> parameters, string name = "loss")
    {
        (string What, Parameter Of, Tensor In)? bad = parameters.Select(p => ("value", p, p.Value)).Concat(parameters.Select(p => ("gradient", p, p.Gradient)))
            .Cast<(string, Parameter, Tensor In)?>().FirstOrDefault(p => !IsFinite(p!.Value.In));
        if (bad is null)
        {
            return new(
                step, name,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"step {step}: the {name} is {loss} although every value and gradient is finite: check the {name} and the batch for a logarithm of 0 or a "
                    + $"division by 0."));
        }

        (string what, Parameter of, Tensor tensor) = bad.Value;
        int index = Array.FindIndex(tensor.Values, v => !float.IsFinite(v));
        return new(
            step, of.Name,
            string.Create(
                CultureInfo.InvariantCulture,
                $"step {step}: the {what} of {of} holds {tensor.Values[index]} at index {index} ({name} {loss:G4}): lower the learning rate, warm up longer, "
                + $"or clip the gradients; if it is the first step, check the batch."));
    }
}
