using AttentionLab.Tensors;

namespace AttentionLab.Training;

/// <summary>Training met NaN or ∞: says at which step and in which tensor.</summary>
/// <param name="step">The step, counted from 1.</param>
/// <param name="tensor">The first tensor that holds one, or "loss".</param>
/// <param name="message">What happened and what to do.</param>
public sealed class TrainingDivergedException(long step, string tensor, string message) : Exception(message)
{
    /// <summary>The step, counted from 1.</summary>
    public long Step { get; } = step;

    /// <summary>The first tensor that holds one, or "loss".</summary>
    public string Tensor { get; } = tensor;

    /// <summary>Looks for the first NaN or ∞: in the values, then in the gradients, then it must be the loss alone.</summary>
    internal static TrainingDivergedException Find(long step, double loss, IReadOnlyList<Parameter> parameters)
    {
        (string What, Parameter Of, Tensor In)? bad = parameters.Select(p => ("value", p, p.Value)).Concat(parameters.Select(p => ("gradient", p, p.Gradient)))
            .Cast<(string, Parameter, Tensor In)?>().FirstOrDefault(p => Array.Exists(p!.Value.In.Values, v => !float.IsFinite(v)));
        if (bad is null)
        {
            return new(step, "loss", $"step {step}: the loss is {loss} although every value and gradient is finite: check the loss and the batch for a logarithm of 0 or a division by 0.");
        }

        (string what, Parameter of, Tensor tensor) = bad.Value;
        int index = Array.FindIndex(tensor.Values, v => !float.IsFinite(v));
        return new(step, of.Name, $"step {step}: the {what} of {of} holds {tensor.Values[index]} at index {index} (loss {loss:G4}): lower the learning rate, warm up longer, or clip the gradients; if it is the first step, check the batch.");
    }
}
