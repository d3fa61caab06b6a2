namespace AttentionLab.Tensors;

/// <summary>
/// Something that is learned: a value and the gradient of the loss with respect to it. Every backward pass adds to the gradient;
/// whoever starts a step clears it.
/// </summary>
public sealed class Parameter
{
    private readonly int[] _shape;
    private readonly Lock _gate = new();

    /// <summary>At most one of these is there; none if the numbers lie elsewhere.</summary>
    private Tensor? _lent, _own;
    private Tensor? _gradient;
    private LentMemory? _watched;
    private Func<Tensor>? _restore;

    /// <summary>A parameter with a gradient of zeros.</summary>
    /// <param name="name">What messages and checkpoints call it, for example "layers.0.attention.query.weight".</param>
    /// <param name="value">Its start; used, not copied.</param>
    public Parameter(string name, Tensor value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(value);
        Name = name;
        _lent = value;
        _shape = value.Shape.ToArray();
    }

    /// <summary>The name given.</summary>
    public string Name { get; }

    /// <summary>The value; the optimiser writes into it.</summary>
    public Tensor Value => Volatile.Read(ref _lent) ?? Read(lend: true);

    /// <summary>The value for a layer, which reads it, and neither writes to it nor keeps it.</summary>
    internal Tensor Current => Volatile.Read(ref _lent) ?? Volatile.Read(ref _own) ?? Read(lend: false);

    /// <summary>
    /// ∂L/∂value, of the same shape; added to by each backward pass. Made when first asked for: a model that is only used needs half the memory.
    /// </summary>
    public Tensor Gradient => _gradient ?? Interlocked.CompareExchange(ref _gradient, new Tensor(_shape), null) ?? _gradient;

    /// <summary>Number of values.</summary>
    public int Length => _shape.Aggregate(1, (product, size) => product * size);

    /// <summary>Shape of value and gradient.</summary>
    internal ReadOnlySpan<int> Shape => _shape;

    /// <summary>Whether the numbers lie elsewhere only.</summary>
    internal bool IsReleased => !IsLent && Volatile.Read(ref _own) is null;

    /// <summary>Whether somebody holds the value, or has held it since it was last released: the numbers that lie elsewhere may be older.</summary>
    internal bool IsLent => Volatile.Read(ref _watched) is not null || Volatile.Read(ref _lent) is not null;

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
    internal void Set(Tensor value) => (Turned, _restore, _watched, _own, _lent) = (null, null, null, null, value);

    /// <summary>Takes a value that lies turned over; it is turned when somebody asks for it. The value before is forgotten.</summary>
    /// <param name="turned">(outputs, inputs) of a value (inputs, outputs); used, not copied.</param>
    internal void SetTurned(Tensor turned) => (Turned, _restore, _watched, _own, _lent) = (turned, turned.Transpose, null, null, null);

    /// <summary>
    /// Gives the memory up: the same numbers are kept elsewhere, in another order. Whoever asks for <see cref="Value"/> gets the tensor that somebody holds
    /// since before, or a new one.
    /// </summary>
    /// <param name="restore">Makes the value again.</param>
    internal void Release(Func<Tensor> restore)
    {
        lock (_gate)
        {
            if (_lent is not null)
            {
                Volatile.Write(ref _watched, new(_lent.Values));
            }
            else if (_watched is { IsReturned: true })
            {
                _watched = null;
            }

            (_restore, Turned, _own) = (restore, null, null);
            Volatile.Write(ref _lent, null);
        }
    }

    private Tensor Read(bool lend)
    {
        lock (_gate)
        {
            if (_lent is not null)
            {
                return _lent;
            }

            if (_watched is not null)
            {
                Tensor again = new(_watched.Memory, _shape);
                if (lend)
                {
                    // In this order: IsLent reads them the other way round, and must never find neither.
                    Volatile.Write(ref _lent, again);
                    Volatile.Write(ref _watched, null);
                }

                return again;
            }

            Tensor value = _own ?? _restore!();
            Volatile.Write(ref lend ? ref _lent : ref _own, value);
            if (lend)
            {
                _own = null;
            }

            (Turned, _restore) = (null, null);
            return value;
        }
    }
}
