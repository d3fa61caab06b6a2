namespace AttentionLab.Tensors;

/// <summary>
/// Something that is learned: a value and the gradient of the loss with respect to it. Every backward pass adds to the gradient;
/// whoever starts a step clears it.
/// </summary>
public sealed class Parameter
{
    private Tensor? _gradient;

    /// <summary>A parameter with a gradient of zeros.</summary>
    /// <param name="name">What messages and checkpoints call it, for example "layers.0.attention.query.weight".</param>
    /// <param name="value">Its start; used, not copied.</param>
    public Parameter(string name, Tensor value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(value);
        Name = name;
        Value = value;
    }

    /// <summary>The name given.</summary>
    public string Name { get; }

    /// <summary>The value; the optimiser writes into it.</summary>
    public Tensor Value { get; }

    /// <summary>
    /// ∂L/∂value, of the same shape; added to by each backward pass. Made when first asked for: a model that is only used needs half the memory.
    /// </summary>
    public Tensor Gradient => _gradient ?? Interlocked.CompareExchange(ref _gradient, new Tensor(Value.Shape), null) ?? _gradient;

    /// <summary>Number of values.</summary>
    public int Length => Value.Length;

    /// <summary>Sets the gradient to zeros.</summary>
    public void ClearGradient() => _gradient?.Span.Clear();

    /// <summary>Name and shape.</summary>
    public override string ToString() => $"{Name} {Tensor.Describe(Value.Shape)}";
}
