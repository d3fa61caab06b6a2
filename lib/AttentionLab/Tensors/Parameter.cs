namespace AttentionLab.Tensors;

/// <summary>
/// Something that is learned: a value and the gradient of the loss with respect to it. Every backward pass adds to the gradient;
/// whoever starts a step clears it.
/// </summary>
public sealed class Parameter
{
    private readonly int[] _shape;
    private Tensor? _value, _gradient;
    private Func<Tensor>? _restore;

    /// <summary>A parameter with a gradient of zeros.</summary>
    /// <param name="name">What messages and checkpoints call it, for example "layers.0.attention.query.weight".</param>
    /// <param name="value">Its start; used, not copied.</param>
    public Parameter(string name, Tensor value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(value);
        Name = name;
        _value = value;
        _shape = value.Shape.ToArray();
    }

    /// <summary>The name given.</summary>
    public string Name { get; }

    /// <summary>The value; the optimiser writes into it.</summary>
    public Tensor Value => Volatile.Read(ref _value) ?? Restored();

    /// <summary>
    /// ∂L/∂value, of the same shape; added to by each backward pass. Made when first asked for: a model that is only used needs half the memory.
    /// </summary>
    public Tensor Gradient => _gradient ?? Interlocked.CompareExchange(ref _gradient, new Tensor(_shape), null) ?? _gradient;

    /// <summary>Number of values.</summary>
    public int Length => _shape.Aggregate(1, (product, size) => product * size);

    /// <summary>Shape of value and gradient.</summary>
    internal ReadOnlySpan<int> Shape => _shape;

    /// <summary>Whether the value was given up by <see cref="Release"/> and nobody has asked for it since.</summary>
    internal bool IsReleased => Volatile.Read(ref _value) is null;

    /// <summary>Sets the gradient to zeros.</summary>
    public void ClearGradient() => _gradient?.Span.Clear();

    /// <summary>Name and shape.</summary>
    public override string ToString() => $"{Name} {Tensor.Describe(_shape)}";

    /// <summary>
    /// The value turned over, as published files hold dense weights, (outputs, inputs): for whoever packs it. Null once the value was asked for.
    /// </summary>
    internal Tensor? Turned { get; private set; }

    /// <summary>Takes another tensor as its value.</summary>
    /// <param name="value">Of the same shape; used, not copied.</param>
    internal void Set(Tensor value) => (Turned, _restore, _value) = (null, null, value);

    /// <summary>Takes a value that lies turned over; it is turned when somebody asks for it.</summary>
    /// <param name="turned">(outputs, inputs) of a value (inputs, outputs); used, not copied.</param>
    internal void SetTurned(Tensor turned)
    {
        Release(turned.Transpose);
        Turned = turned;
    }

    /// <summary>
    /// Gives the memory up: the same numbers are kept elsewhere, in another order. Whoever asks for <see cref="Value"/> gets a new tensor of them. Only for a
    /// value that nobody holds.
    /// </summary>
    /// <param name="restore">Makes the value again.</param>
    internal void Release(Func<Tensor> restore)
    {
        _restore = restore;
        Turned = null;
        Volatile.Write(ref _value, null);
    }

    private Tensor Restored()
    {
        Tensor value = Interlocked.CompareExchange(ref _value, _restore!(), null) ?? _value;
        Turned = null;
        return value;
    }
}
