namespace AttentionLab.Tensors;

/// <summary>
/// What training changes: a value, and the gradient of the loss with respect to it. Every backward of the library
/// <em>adds</em> to <see cref="Gradient"/>, so that a parameter used twice (tied weights) collects both shares and
/// small batches can be accumulated; the optimiser's user clears it between steps.
/// </summary>
/// <param name="name">Unique within a model, dotted from the outside in: "layers.0.attention.query.weight".</param>
/// <param name="value">The initial value, used, not copied.</param>
public sealed class Parameter(string name, Tensor value)
{
    private Tensor? _gradient;

    /// <summary>The name under which it is saved and which messages use.</summary>
    public string Name { get; } = !string.IsNullOrEmpty(name) ? name : throw new ArgumentException("name is empty but a parameter is saved under its name: pass one.", nameof(name));

    /// <summary>The numbers in use; an optimiser writes into them.</summary>
    public Tensor Value { get; } = value ?? throw new ArgumentNullException(nameof(value));

    /// <summary>∂loss/∂value, same shape. Made when first asked for, so that a model used only for inference needs half the memory.</summary>
    public Tensor Gradient => _gradient ??= new Tensor(Value.Shape);

    /// <summary>Sets the gradient to zero.</summary>
    public void ClearGradient() => _gradient?.Span.Clear();

    /// <summary>Name and shape.</summary>
    public override string ToString() => $"{Name} {Tensor.Describe(Value.Shape)}";
}
