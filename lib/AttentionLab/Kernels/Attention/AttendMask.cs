using System.Numerics;

namespace AttentionLab.Kernels;

/// <summary>
/// Who may look at whom, the same in every head: the conditions given are all required. True = may look. The default lets every query see every key.
/// </summary>
/// <remarks>
/// An <see cref="AttendInput{T}"/> takes masks of one sequence, which all sequences share, or of B sequences, one after the other.
/// <see cref="Limit"/>, <see cref="Sees(int, int, int, int)"/> and <see cref="MaskedSoftmax"/> take the mask of one sequence.
/// </remarks>
public readonly ref struct AttendMask
{
    /// <summary>
    /// Query i sees keys j ≤ i + (keys − queries): with as many keys as queries the usual triangle; with more keys (a cache) the last
    /// query sees all of them.
    /// </summary>
    public bool Causal { get; init; }

    /// <summary>(T_k) or (B, T_k): which keys exist (padding is false). Empty = all.</summary>
    public ReadOnlySpan<bool> Keys { get; init; }

    /// <summary>(T_q, T_k) or (B, T_q, T_k), row-major: which pairs may meet. Empty = all.</summary>
    public ReadOnlySpan<bool> Pairs { get; init; }

    /// <summary>Nothing is hidden.</summary>
    public bool IsEmpty => !Causal && Keys.IsEmpty && Pairs.IsEmpty;

    /// <summary>How many keys, from the first, query <paramref name="query"/> may see by the causal rule alone.</summary>
    /// <param name="query">0 … queries−1.</param>
    /// <param name="queries">Number of queries.</param>
    /// <param name="keys">Number of keys.</param>
    public int Limit(int query, int queries, int keys) => Causal ? CausalLimit(query, queries, keys) : keys;

    /// <summary><see cref="Limit"/> of a causal mask.</summary>
    internal static int CausalLimit(int query, int queries, int keys) => Math.Clamp(query + keys - queries + 1, 0, keys);

    /// <summary>Whether query <paramref name="query"/> may look at key <paramref name="key"/>.</summary>
    /// <param name="query">0 … queries−1.</param>
    /// <param name="key">0 … keys−1.</param>
    /// <param name="queries">Number of queries.</param>
    /// <param name="keys">Number of keys.</param>
    public bool Sees(int query, int key, int queries, int keys) =>
        key < Limit(query, queries, keys) && (Keys.IsEmpty || Keys[key]) && (Pairs.IsEmpty || Pairs[query * keys + key]);

    /// <summary>Whether query <paramref name="query"/> may look at key <paramref name="key"/>: a bias of −∞ hides, too.</summary>
    internal bool Sees<T>(int query, int key, int queries, int keys, ReadOnlySpan<T> bias)
        where T : IFloatingPointIeee754<T> =>
        Sees(query, key, queries, keys) && (bias.IsEmpty || !T.IsNegativeInfinity(bias[query * keys + key]));

    /// <summary>Throws unless it is the mask of one sequence of these sizes.</summary>
    internal void Check(int queries, int keys)
    {
        if (!Keys.IsEmpty)
        {
            Sizes.Require(Keys.Length, 1, keys, "mask.Keys", "one row", "keys");
        }

        if (!Pairs.IsEmpty)
        {
            Sizes.Require(Pairs.Length, queries, keys, "mask.Pairs", "queries", "keys");
        }
    }
}
