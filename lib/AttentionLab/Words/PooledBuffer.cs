namespace AttentionLab.Words;

/// <summary>
/// A list whose array its thread keeps for the next one: after the first call of a size nothing is left to the garbage collector, whatever other threads do.
/// Dispose gives the array back; without it the array is garbage as any other.
/// </summary>
internal ref struct PooledBuffer<T>
{
    /// <summary>Longer arrays are not kept.</summary>
    private const int LongestKept = 1 << 20;

    [ThreadStatic]
    private static Stack<T[]>? t_kept;

    private T[] _items;

    /// <summary>An empty list.</summary>
    /// <param name="capacity">Room to begin with.</param>
    public PooledBuffer(int capacity)
    {
        _items = t_kept is { } kept && kept.TryPop(out T[]? last) ? last : [];
        Reserve(Math.Max(capacity, 16));
    }

    /// <summary>How many items there are; may be set to fewer.</summary>
    public int Count { get; set; }

    /// <summary>The items.</summary>
    public readonly Span<T> Items => _items.AsSpan(0, Count);

    /// <summary>Puts one item at the end.</summary>
    public void Add(T item)
    {
        if (Count == _items.Length)
        {
            Reserve(1);
        }

        _items[Count++] = item;
    }

    /// <summary>Puts several at the end.</summary>
    public void Add(scoped ReadOnlySpan<T> items)
    {
        items.CopyTo(Free(items.Length));
        Count += items.Length;
    }

    /// <summary>Room for at least so many at the end; what is written counts after <see cref="Count"/> was raised.</summary>
    public Span<T> Free(int atLeast)
    {
        Reserve(atLeast);
        return _items.AsSpan(Count);
    }

    /// <summary>Puts so many at the end, whose values are still to be written.</summary>
    public Span<T> Extend(int count)
    {
        Span<T> more = Free(count)[..count];
        Count += count;
        return more;
    }

    /// <summary>Gives the array back.</summary>
    public readonly void Dispose()
    {
        if (_items.Length <= LongestKept)
        {
            (t_kept ??= new()).Push(_items);
        }
    }

    private void Reserve(int more)
    {
        if (_items.Length - Count < more)
        {
            T[] larger = GC.AllocateUninitializedArray<T>(Math.Max(2 * _items.Length, Count + more));
            Items.CopyTo(larger);
            _items = larger;
        }
    }
}
