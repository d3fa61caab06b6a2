using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>Registers side by side: one row of a tile of C, and what a step of the product reads of B. The compiler keeps every one where it is.</summary>
/// <typeparam name="W">The row itself.</typeparam>
internal interface ITileRow<W>
    where W : struct, ITileRow<W>
{
    /// <summary>Registers in the row.</summary>
    static abstract int Registers { get; }

    /// <summary>Numbers in the row.</summary>
    static abstract int Count { get; }

    /// <summary>The same number everywhere.</summary>
    static abstract W All(float value);

    /// <summary>Reads <see cref="Count"/> numbers.</summary>
    static abstract unsafe W Load(float* source);

    /// <summary>Writes them.</summary>
    static abstract unsafe void Store(W row, float* target);

    /// <summary>Adds a·b: in place, for then the compiler needs no moves between registers.</summary>
    void AddProduct(float a, in W b);

    /// <summary>Number by number.</summary>
    static abstract W operator +(W a, W b);
}

/// <summary>Two registers: with 6 rows the tile of CPUs with 16 registers, with 12 one of those with 32.</summary>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal struct Two<V>(V x, V y) : ITileRow<Two<V>>
    where V : struct, ILanes<V>
{
    private V _x = x, _y = y;

    public static int Registers => 2;

    public static int Count => 2 * V.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Two<V> All(float value) => new(V.All(value), V.All(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Two<V> Load(float* source) => new(V.Load(source), V.Load(source + V.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Two<V> row, float* target)
    {
        V.Store(row._x, target);
        V.Store(row._y, target + V.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddProduct(float a, in Two<V> b)
    {
        V value = V.All(a);
        _x.AddProduct(value, b._x);
        _y.AddProduct(value, b._y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Two<V> operator +(Two<V> a, Two<V> b) => new(a._x + b._x, a._y + b._y);
}

/// <summary>
/// Four registers: with 6 rows the tile of CPUs with 32 registers. A step reads 10 numbers or registers for 24 products, where 12 × 2 reads 14.
/// </summary>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal struct Four<V>(V x, V y, V z, V w) : ITileRow<Four<V>>
    where V : struct, ILanes<V>
{
    private V _x = x, _y = y, _z = z, _w = w;

    public static int Registers => 4;

    public static int Count => 4 * V.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Four<V> All(float value) => new(V.All(value), V.All(value), V.All(value), V.All(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Four<V> Load(float* source) =>
        new(V.Load(source), V.Load(source + V.Count), V.Load(source + 2 * V.Count), V.Load(source + 3 * V.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Four<V> row, float* target)
    {
        V.Store(row._x, target);
        V.Store(row._y, target + V.Count);
        V.Store(row._z, target + 2 * V.Count);
        V.Store(row._w, target + 3 * V.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddProduct(float a, in Four<V> b) => AddProduct(V.All(a), b);

    /// <summary>Adds a·b to each register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddProduct(V value, in Four<V> b)
    {
        _x.AddProduct(value, b._x);
        _y.AddProduct(value, b._y);
        _z.AddProduct(value, b._z);
        _w.AddProduct(value, b._w);
    }

    /// <summary>Writes the sum of each register's lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly unsafe void StoreSums(float* target) => V.StoreSums(_x, _y, _z, _w, target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Four<V> operator +(Four<V> a, Four<V> b) => new(a._x + b._x, a._y + b._y, a._z + b._z, a._w + b._w);
}
