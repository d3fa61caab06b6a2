using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>
/// What a matrix product does with each piece of C as soon as it is finished, while it is still in the first cache:
/// c_ij becomes f(c_ij + b_j) + r_ij. Each step that is left out costs nothing; a step by itself would read and write all of C again.
/// </summary>
public readonly ref struct Epilogue
{
    /// <summary>b (columns), or empty.</summary>
    public ReadOnlySpan<float> Bias { get; init; }

    /// <summary>f.</summary>
    public Nonlinearity Activation { get; init; }

    /// <summary>r (rows, columns), or empty. It must not overlap C: to add to what C holds, use <c>add</c>.</summary>
    public ReadOnlySpan<float> Residual { get; init; }

    /// <summary>Throws unless b and r fit C.</summary>
    internal void Check(ReadOnlySpan<float> c, int columns)
    {
        if (!Bias.IsEmpty && Bias.Length != columns)
        {
            throw new ArgumentException($"Bias holds {Bias.Length} numbers but C has {columns} columns: pass one number a column, or none.");
        }

        if (!Residual.IsEmpty && Residual.Length != c.Length)
        {
            throw new ArgumentException($"Residual holds {Residual.Length} numbers but C holds {c.Length}: pass a matrix of C's shape, or none.");
        }

        if (Residual.Overlaps(c))
        {
            throw new ArgumentException(
                "Residual and C share memory, and C is overwritten before Residual is read: pass two arrays, or leave Residual out and use add.");
        }

        if (Activation is < Nonlinearity.None or > Nonlinearity.GeluTanh)
        {
            throw new ArgumentException($"Activation is {Activation} but None, Relu, Gelu and GeluTanh are known: choose one of them.");
        }
    }
}

/// <summary>An <see cref="Epilogue"/> whose memory is pinned.</summary>
internal unsafe struct Ending
{
    public float* Bias;
    public Nonlinearity Activation;
    public float* Residual;

    public readonly bool DoesSomething => Bias != null || Residual != null || Activation != Nonlinearity.None;

    /// <summary>Finishes a rectangle of C (…, <paramref name="columns"/>).</summary>
    public readonly void Apply<V>(float* c, int columns, int firstRow, int endRow, int firstColumn, int endColumn)
        where V : struct, ILanes<V>
    {
        Rectangle of = new() { C = c, Columns = columns, FirstRow = firstRow, EndRow = endRow, FirstColumn = firstColumn, EndColumn = endColumn };
        switch (Activation)
        {
            case Nonlinearity.Relu: ApplyRelu<V>(of); break;
            case Nonlinearity.Gelu: ApplyGelu<V>(of); break;
            case Nonlinearity.GeluTanh: ApplyGeluTanh<V>(of); break;
            default: ApplyNone<V>(of); break;
        }
    }

    // A method for each function: its constants stay in registers where its loop is all there is.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void ApplyNone<V>(in Rectangle of)
        where V : struct, ILanes<V> => Apply<V, Same<V>, Same<Lanes1>>(new(), new(), of);

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void ApplyRelu<V>(in Rectangle of)
        where V : struct, ILanes<V> => Apply<V, Positive<V>, Positive<Lanes1>>(new(), new(), of);

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void ApplyGelu<V>(in Rectangle of)
        where V : struct, ILanes<V>
    {
        if (Gelu.HasTable<V>())
        {
            Apply<Lanes16, Gelu.TableForm, Gelu.ExactForm<Lanes1>>(new(), new(), of);
        }
        else
        {
            int count = of.EndColumn - of.FirstColumn;
            for (int i = of.FirstRow; i < of.EndRow; i++)
            {
                nint at = (nint)i * of.Columns + of.FirstColumn;
                Add<V>(of.C + at, Bias == null ? null : Bias + of.FirstColumn, count);
                Gelu.ExactRow<V>(of.C + at, of.C + at, count);
                Add<V>(of.C + at, Residual == null ? null : Residual + at, count);
            }
        }
    }

    /// <summary>x += y, if there is one.</summary>
    private static void Add<V>(float* x, float* y, int count)
        where V : struct, ILanes<V>
    {
        if (y != null)
        {
            Multiply.AddScaled<V>(y, 1, x, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void ApplyGeluTanh<V>(in Rectangle of)
        where V : struct, ILanes<V> => Apply<V, Gelu.TanhForm<V>, Gelu.TanhForm<Lanes1>>(new(), new(), of);

    /// <summary>f(x + b) + r.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Apply<V, TWide, TSingle>(TWide wide, TSingle single, in Rectangle of)
        where V : struct, ILanes<V>
        where TWide : struct, IFunction<V>
        where TSingle : struct, IFunction<Lanes1>
    {
        for (int i = of.FirstRow; i < of.EndRow; i++)
        {
            float* c = of.C + (nint)i * of.Columns, residual = Residual == null ? null : Residual + (nint)i * of.Columns;
            int j = of.FirstColumn;
            for (; j + V.Count <= of.EndColumn; j += V.Count)
            {
                V x = V.Load(c + j), y = wide.Of(Bias == null ? x : x + V.Load(Bias + j));
                V.Store(residual == null ? y : y + V.Load(residual + j), c + j);
            }

            for (; j < of.EndColumn; j++)
            {
                Lanes1 x = Lanes1.Load(c + j), y = single.Of(Bias == null ? x : x + Lanes1.Load(Bias + j));
                Lanes1.Store(residual == null ? y : y + Lanes1.Load(residual + j), c + j);
            }
        }
    }

    private struct Rectangle
    {
        public float* C;
        public int Columns, FirstRow, EndRow, FirstColumn, EndColumn;
    }

    private readonly struct Same<V> : IFunction<V>
        where V : struct, ILanes<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of(V x) => x;
    }

    private readonly struct Positive<V> : IFunction<V>
        where V : struct, ILanes<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of(V x) => V.WhereLess(x, V.All(0), V.All(0), x);
    }
}
