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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Apply<V>(float* c, int columns, int firstRow, int endRow, int firstColumn, int endColumn)
        where V : struct, ILanes<V>
    {
        for (int i = firstRow; i < endRow; i++)
        {
            nint row = (nint)i * columns;
            int j = firstColumn;
            for (; j + V.Count <= endColumn; j += V.Count)
            {
                V.Store(Finished(V.Load(c + row + j), row, j), c + row + j);
            }

            for (; j < endColumn; j++)
            {
                Lanes1.Store(Finished(Lanes1.Load(c + row + j), row, j), c + row + j);
            }
        }
    }

    /// <summary>f(x + b) + r.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly V Finished<V>(V x, nint row, int column)
        where V : struct, ILanes<V>
    {
        if (Bias != null)
        {
            x += V.Load(Bias + column);
        }

        switch (Activation)
        {
            case Nonlinearity.Relu: x = V.WhereLess(x, V.All(0), V.All(0), x); break;
            case Nonlinearity.Gelu: x = Gelu.Of(x, tanh: false); break;
            case Nonlinearity.GeluTanh: x = Gelu.Of(x, tanh: true); break;
        }

        return Residual == null ? x : x + V.Load(Residual + row + column);
    }
}
