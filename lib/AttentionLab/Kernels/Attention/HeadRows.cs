using System.Numerics;

namespace AttentionLab.Kernels;

/// <summary>Q, K and V of one head as matrices, for kernels that multiply whole ones: the rows of a head stand one after the other.</summary>
internal readonly ref struct HeadRows<T>
    where T : IFloatingPointIeee754<T>
{
    /// <summary>Head <paramref name="m"/> of B·H.</summary>
    public HeadRows(in AttendInput<T> input, int m)
    {
        (_, int heads, Queries, Keys, Dim, ValueDim) = input.Sizes;
        (int b, int h) = (m / heads, m % heads);
        Q = input.Q.Rows(b, h, Queries, Dim);
        K = input.K.Rows(b, h, Keys, Dim);
        V = input.V.Rows(b, h, Keys, ValueDim);
        Causal = input.Mask.Causal;
    }

    /// <summary>(T_q, D).</summary>
    public ReadOnlySpan<T> Q { get; }

    /// <summary>(T_k, D).</summary>
    public ReadOnlySpan<T> K { get; }

    /// <summary>(T_k, D_v).</summary>
    public ReadOnlySpan<T> V { get; }

    public int Queries { get; }

    public int Keys { get; }

    public int Dim { get; }

    public int ValueDim { get; }

    public bool Causal { get; }

    /// <summary>How many keys, from the first, a query sees by the causal rule; as many queries as keys.</summary>
    public int Seen(int query) => Causal ? query + 1 : Keys;
}
