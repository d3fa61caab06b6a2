namespace AttentionLab.Tensors;

/// <summary>
/// Something that is learned: a value and the gradient of the loss with respect to it. Every backward pass adds to the gradient;
/// whoever starts a step clears it.
/// </summary>
public sealed class Parameter
{
    private readonly int[] _shape;
    private readonly Lock _gate = new();

    /// <summary>Where the numbers are; read without the gate, replaced as a whole.</summary>
    private volatile Place _place;
    private Tensor? _gradient;

    /// <summary>A parameter with a gradient of zeros.</summary>
    /// <param name="name">What messages and checkpoints call it, for example "layers.0.attention.query.weight".</param>
    /// <param name="value">Its start; used, not copied.</param>
    public Parameter(string name, Tensor value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(value);
        Name = name;
        _place = new Lent(value);
        _shape = value.Shape.ToArray();
    }

    /// <summary>The name given.</summary>
    public string Name { get; }

    /// <summary>The value; the optimiser writes into it.</summary>
    public Tensor Value => _place is Lent lent ? lent.Value : Read(lend: true);

    /// <summary>The value for a layer, which reads it, and neither writes to it nor keeps it.</summary>
    internal Tensor Current => _place is Here here ? here.Value : Read(lend: false);

    /// <summary>
    /// ∂L/∂value, of the same shape; added to by each backward pass. Made when first asked for: a model that is only used needs half the memory.
    /// </summary>
    public Tensor Gradient => _gradient ?? Interlocked.CompareExchange(ref _gradient, new Tensor(_shape), null) ?? _gradient;

    /// <summary>Number of values.</summary>
    public int Length => _shape.Aggregate(1, (product, size) => product * size);

    /// <summary>Shape of value and gradient.</summary>
    internal ReadOnlySpan<int> Shape => _shape;

    /// <summary>Whether the numbers lie elsewhere only: here is nothing to let go of.</summary>
    internal bool IsReleased => _place is Elsewhere { Watched: null, Turned: null };

    /// <summary>Whether somebody holds the value, or has held it since it was last released: the numbers that lie elsewhere may be older.</summary>
    internal bool IsLent => _place is Lent or Elsewhere { Watched: not null };

    /// <summary>Sets the gradient to zeros.</summary>
    public void ClearGradient() => _gradient?.Span.Clear();

    /// <summary>Name and shape.</summary>
    public override string ToString() => $"{Name} {Tensor.Describe(_shape)}";

    /// <summary>
    /// The value turned over, as published files hold dense weights, (outputs, inputs): for whoever packs it. Null once the value was asked for.
    /// </summary>
    internal Tensor? Turned => (_place as Elsewhere)?.Turned;

    /// <summary>Takes another tensor as its value.</summary>
    /// <param name="value">Of the same shape; used, not copied.</param>
    internal void Set(Tensor value) => _place = new Lent(value);

    /// <summary>Takes a value that lies turned over; it is turned when somebody asks for it. The value before is forgotten.</summary>
    /// <param name="turned">(outputs, inputs) of a value (inputs, outputs); used, not copied.</param>
    internal void SetTurned(Tensor turned) => _place = new Elsewhere(turned.Transpose, turned, null);

    /// <summary>
    /// Gives the memory up: the same numbers are kept elsewhere, in another order. Whoever asks for <see cref="Value"/> gets the tensor that somebody holds
    /// since before, or a new one.
    /// </summary>
    /// <param name="restore">Makes the value again.</param>
    internal void Release(Func<Tensor> restore)
    {
        lock (_gate)
        {
            if (_place is Elsewhere { Watched.IsReturned: false } held && held.Restore == restore)
            {
                return;
            }

            LentMemory? watched = _place switch
            {
                Lent lent => new(lent.Value.Values),
                Elsewhere { Watched: { IsReturned: false } still } => still,
                _ => null,
            };
            _place = new Elsewhere(restore, null, watched);
        }
    }

    private Tensor Read(bool lend)
    {
        lock (_gate)
        {
            Place place = _place;
            if (place is Elsewhere { Watched: { } watched })
            {
                Tensor again = new(watched.Memory, _shape);
                if (lend)
                {
                    _place = new Lent(again);
                }

                return again;
            }

            Tensor value = place is Here here ? here.Value : ((Elsewhere)place).Restore();
            if (place is not Lent)
            {
                _place = lend ? new Lent(value) : new Own(value);
            }

            return value;
        }
    }

    private abstract record Place;

    /// <summary>In a tensor of its own.</summary>
    private abstract record Here(Tensor Value) : Place;

    /// <summary>In a tensor that somebody may hold and write to.</summary>
    private sealed record Lent(Tensor Value) : Here(Value);

    /// <summary>In a tensor that layers alone have seen: nobody has written to it since <see cref="Elsewhere"/> gave it.</summary>
    private sealed record Own(Tensor Value) : Here(Value);

    /// <summary>In another order, in memory of somebody else.</summary>
    /// <param name="Restore">Makes the value again.</param>
    /// <param name="Turned">The value turned over, if that is how it came.</param>
    /// <param name="Watched">Memory that was lent before and may be held still: then it, not <paramref name="Restore"/>, has the newest numbers.</param>
    private sealed record Elsewhere(Func<Tensor> Restore, Tensor? Turned, LentMemory? Watched) : Place;
}
