namespace AttentionLab.Tensors;

/// <summary>
/// Something that is learned: a value and the gradient of the loss with respect to it. Every backward pass adds to the gradient;
/// whoever starts a step clears it.
/// </summary>
public sealed class Parameter
{
    /// <summary>A parameter with a gradient of zeros.</summary>
    /// <param name="name">What messages and checkpoints call it, for example "layers.0.attention.query.weight".</param>
    /// <param name="value">Its start; used, not copied.</param>
    public Parameter(string name, Tensor value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(value);
        Name = name;
        Value = value;
        Gradient = new Tensor(value.Shape);
    }

    /// <summary>The name given.</summary>
    public string Name { get; }

    /// <summary>The value; the optimiser writes into it.</summary>
    public Tensor Value { get; }

    /// <summary>∂L/∂value, of the same shape; added to by each backward pass.</summary>
    public Tensor Gradient { get; }

    /// <summary>Number of values.</summary>
    public int Length => Value.Length;

    /// <summary>Sets the gradient to zeros.</summary>
    public void ClearGradient() => Gradient.Span.Clear();

    /// <summary>Name and shape.</summary>
    public override string ToString() => $"{Name} {Tensor.Describe(Value.Shape)}";
}
