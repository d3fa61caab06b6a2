using System.Buffers;

namespace AttentionLab.Words;

/// <summary>A list whose array is lent by the pool: nothing is left to the garbage collector. Dispose gives the array back.</summary>
internal ref struct PooledBuffer<T>(int capacity)
{
    private T[] _items = ArrayPool<T>.Shared.Rent(Math.Max(capacity, 16));

    /// <summary>How many items there are; may be set to fewer.</summary>
    public int Count { get; set; }

    /// <summary>The items.</summary>
    public readonly ReadOnlySpan<T> Items => _items.AsSpan(0, Count);

    /// <summary>Puts one item at the end.</summary>
    public void Add(T item)
    {
        if (Count == _items.Length)
        {
            Grow(1);
        }

        _items[Count++] = item;
    }

    /// <summary>Puts several at the end.</summary>
    public void Add(ReadOnlySpan<T> items)
    {
        items.CopyTo(Free(items.Length));
        Count += items.Length;
    }

    /// <summary>Room for at least so many at the end; what is written counts after <see cref="Count"/> was raised.</summary>
    public Span<T> Free(int atLeast)
    {
        if (_items.Length - Count < atLeast)
        {
            Grow(atLeast);
        }

        return _items.AsSpan(Count);
    }

    /// <summary>Gives the array back.</summary>
    public readonly void Dispose() => ArrayPool<T>.Shared.Return(_items);

    private void Grow(int more)
    {
        T[] larger = ArrayPool<T>.Shared.Rent(Math.Max(2 * _items.Length, Count + more));
        Items.CopyTo(larger);
        ArrayPool<T>.Shared.Return(_items);
        _items = larger;
    }
}
