using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <content>Inference with a cache of keys and values.</content>
public sealed partial class MultiHeadAttention
{
    /// <summary>An empty cache that fits this layer.</summary>
    /// <param name="batch">B.</param>
    /// <param name="capacity">Most tokens it can hold.</param>
    /// <exception cref="ArgumentException">A size is negative, one array cannot hold as many numbers, or a replaced map does not fit.</exception>
    public KeyValueCache Cache(int batch, int capacity)
    {
        CheckMaps();
        return new(batch, heads, capacity, HeadSize, Value.Outputs / heads);
    }

    /// <summary>Adds the keys and values of tokens to a cache.</summary>
    /// <param name="memory">(B, n, memory width).</param>
    /// <param name="cache">From <see cref="Cache"/>.</param>
    /// <exception cref="ArgumentException">The shape does not fit, or there is no room.</exception>
    public void Remember(Tensor memory, KeyValueCache cache)
    {
        ArgumentNullException.ThrowIfNull(cache);
        CheckMaps();
        ShapeCheck.Rank(memory, 3, 3, nameof(MultiHeadAttention), "(B,T,C)", nameof(memory));
        Tensor key = Heads.Split(Key.Forward(memory).Y, heads), value = Heads.Split(Value.Forward(memory).Y, heads);
        Rotary?.Rotate(key, cache.Length);
        cache.Append(key, value);
    }

    /// <summary>Attention of rows of x to everything the cache holds; rotary queries stand at its end.</summary>
    /// <param name="x">(B,n,C).</param>
    /// <param name="cache">Filled by <see cref="Remember"/>.</param>
    /// <param name="mask">n queries by as many keys as the cache holds.</param>
    /// <returns>y, shaped like x.</returns>
    /// <exception cref="ArgumentException">The shape or the mask does not fit.</exception>
    public Tensor Recall(Tensor x, KeyValueCache cache, AttentionMask? mask = null)
    {
        ArgumentNullException.ThrowIfNull(cache);
        CheckMaps();
        ShapeCheck.Rank(x, 3, 3, nameof(MultiHeadAttention), "(B,T,C)");
        Tensor query = Heads.Split(Query.Forward(x).Y, heads);
        Rotary?.Rotate(query, cache.Length - x.Shape[1]);
        return Output.Forward(Heads.Merge(cache.Attend(query, Scale, mask))).Y;
    }

    /// <summary>The next n tokens of causal self-attention: <see cref="Remember"/>, then <see cref="Recall"/>.</summary>
    /// <param name="x">(B,n,C).</param>
    /// <param name="cache">Holds the tokens before; the n tokens are added.</param>
    /// <param name="mask">Joined with the causal one; n queries by as many keys as the cache then holds.</param>
    /// <returns>y, shaped like x: the last n rows of what <see cref="Forward"/> over all tokens gives.</returns>
    /// <exception cref="ArgumentException">The shape or the mask does not fit, or there is no room; nothing is added then.</exception>
    public Tensor Step(Tensor x, KeyValueCache cache, AttentionMask? mask = null)
    {
        ArgumentNullException.ThrowIfNull(cache);
        ShapeCheck.Rank(x, 3, 3, nameof(MultiHeadAttention), "(B,T,C)");
        ShapeCheck.Columns(x, Query.Inputs, nameof(MultiHeadAttention), nameof(channels));
        int tokens = x.Shape[1];
        cache.Check(x.Shape[0], tokens, cache.Length + tokens, mask);
        Remember(x, cache);
        return Recall(x, cache, mask is null ? AttentionMask.Causal : AttentionMask.Causal & mask);
    }
}
