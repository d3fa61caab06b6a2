using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// head_h = Attention(x·W_Q^h, m·W_K^h, m·W_V^h), y = [head_1 … head_H]·W_O, where the memory m is x itself
/// (self-attention) or another sequence (cross-attention). Vaswani et al. 2017, "Attention is all you need", §3.2.2.
/// </summary>
/// <remarks>
/// The H maps of one kind lie side by side in one matrix: W_Q is (C, H·D), and head h owns its columns h·D … h·D+D−1.
/// Scores are divided by √D, the size of one head, never by √C. Give <see cref="Query"/> and <see cref="Key"/> the same
/// <see cref="Linear"/> to tie them: the shared gradient collects both shares.
/// </remarks>
/// <param name="channels">C, width of x and of y.</param>
/// <param name="heads">H.</param>
/// <param name="random">Source of the initial weights; it moves on.</param>
/// <param name="memoryChannels">Width of the memory; null for C.</param>
/// <param name="headSize">D, size of a query and of a key; null for C/H.</param>
/// <param name="valueSize">Size of a value; null for D.</param>
/// <param name="bias">Whether the four maps have biases.</param>
/// <param name="scale">Factor of the scores; null for 1/√D.</param>
/// <param name="rotary">Turns queries and keys by their positions; null for none.</param>
/// <param name="name">Prefix of the parameters' names.</param>
public sealed partial class MultiHeadAttention(
    int channels, int heads, CounterRandom random, int? memoryChannels = null, int? headSize = null, int? valueSize = null,
    bool bias = true, float? scale = null, RotaryPositions? rotary = null, string name = "attention")
{
    private readonly int _headSize = headSize ?? Divide(channels, heads);

    /// <summary>W_Q: C → H·D.</summary>
    public Linear Query { get; init; } = new(channels, heads * (headSize ?? Divide(channels, heads)), random, bias, name: $"{name}.query");

    /// <summary>W_K: memory width → H·D.</summary>
    public Linear Key { get; init; } = new(memoryChannels ?? channels, heads * (headSize ?? channels / heads), random, bias, name: $"{name}.key");

    /// <summary>W_V: memory width → H·D_v.</summary>
    public Linear Value { get; init; } = new(memoryChannels ?? channels, heads * (valueSize ?? headSize ?? channels / heads), random, bias, name: $"{name}.value");

    /// <summary>W_O: H·D_v → C.</summary>
    public Linear Output { get; init; } = new(heads * (valueSize ?? headSize ?? channels / heads), channels, random, bias, name: $"{name}.output");

    /// <summary>H.</summary>
    public int HeadCount => heads;

    /// <summary>D, size of one query.</summary>
    public int HeadSize => _headSize;

    /// <summary>Factor of the scores.</summary>
    public float Scale { get; } = scale ?? 1 / MathF.Sqrt(headSize ?? Divide(channels, heads));

    /// <summary>Positions by rotation, or null.</summary>
    public RotaryPositions? Rotary => rotary;

    /// <summary>Weights and biases of the four maps; a shared one once.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. new[] { Query, Key, Value, Output }.Distinct().SelectMany(map => map.Parameters)];

    /// <summary>Self-attention.</summary>
    /// <param name="x">(T,C) or (B,T,C).</param>
    /// <param name="mask">Who may look at whom; null for everybody.</param>
    /// <returns>y, shaped like x, and what <see cref="Backward"/> needs; <c>Weights</c> is (B,H,T,T).</returns>
    /// <exception cref="ArgumentException">A width or the mask does not fit.</exception>
    public (Tensor Y, Saved Saved) Forward(Tensor x, AttentionMask? mask = null) => ForwardCross(x, x, mask);

    /// <summary>Cross-attention: every row of x looks at the rows of the memory.</summary>
    /// <param name="x">(T_q,C) or (B,T_q,C).</param>
    /// <param name="memory">(T_k, memory width) or (B, T_k, memory width).</param>
    /// <param name="mask">Who may look at whom; null for everybody.</param>
    /// <returns>y, shaped like x, and what <see cref="BackwardCross"/> needs; <c>Weights</c> is (B,H,T_q,T_k).</returns>
    /// <exception cref="ArgumentException">A width, the batches or the mask do not fit.</exception>
    public (Tensor Y, Saved Saved) ForwardCross(Tensor x, Tensor memory, AttentionMask? mask = null)
    {
        Check(x, memory);
        (Tensor query, Linear.Saved savedQuery) = Query.Forward(x);
        (Tensor key, Linear.Saved savedKey) = Key.Forward(memory);
        (Tensor value, Linear.Saved savedValue) = Value.Forward(memory);
        (query, key, value) = (Heads.Split(query, heads), Heads.Split(key, heads), Heads.Split(value, heads));
        rotary?.Rotate(query);
        rotary?.Rotate(key);
        (Tensor mixed, ScaledDotProductAttention.Saved attention) = ScaledDotProductAttention.Forward(query, key, value, mask, Scale);
        (Tensor y, Linear.Saved savedOutput) = Output.Forward(Merge(mixed, x));
        return (y, new Saved(savedQuery, savedKey, savedValue, savedOutput, attention));
    }

    /// <summary>Backward of self-attention: the three ways in which x took part, added up.</summary>
    /// <param name="dy">Shaped like y.</param>
    /// <param name="saved">From <see cref="Forward"/>.</param>
    /// <returns>dx, shaped like x.</returns>
    /// <exception cref="ArgumentException">dy has not the shape of the output, or saved comes from <see cref="ForwardCross"/> with another memory.</exception>
    public Tensor Backward(Tensor dy, Saved saved)
    {
        if (!ReferenceEquals(saved.Query.X, saved.Key.X))
        {
            throw new ArgumentException("saved comes from a cross-attention, whose x and memory have gradients of their own: call BackwardCross.", nameof(saved));
        }

        (Tensor dx, Tensor dMemory) = BackwardCross(dy, saved);
        Multiply.AddScaled(dMemory.Span, 1, dx.Span);
        return dx;
    }

    /// <summary>Backward of cross-attention; adds to the gradients of the four maps.</summary>
    /// <param name="dy">Shaped like y.</param>
    /// <param name="saved">From <see cref="ForwardCross"/>.</param>
    /// <returns>dx, shaped like x, and dMemory, shaped like the memory.</returns>
    /// <exception cref="ArgumentException">dy has not the shape of the output.</exception>
    public (Tensor X, Tensor Memory) BackwardCross(Tensor dy, Saved saved)
    {
        Tensor dMixed = Heads.Split(Output.Backward(dy, saved.Output), heads);
        (Tensor dQuery, Tensor dKey, Tensor dValue) = ScaledDotProductAttention.Backward(dMixed, saved.Attention);
        rotary?.RotateBack(dQuery);
        rotary?.RotateBack(dKey);
        Tensor dx = Query.Backward(Merge(dQuery, saved.Query.X), saved.Query);
        Tensor dMemory = Key.Backward(Merge(dKey, saved.Key.X), saved.Key);
        Multiply.AddScaled(Value.Backward(Merge(dValue, saved.Value.X), saved.Value).Span, 1, dMemory.Span);
        return (dx, dMemory);
    }

    private void Check(Tensor x, Tensor memory)
    {
        ShapeCheck.Rank(x, 2, 3, nameof(MultiHeadAttention), "(T,C) or (B,T,C)");
        ShapeCheck.Columns(x, Query.Inputs, nameof(MultiHeadAttention), nameof(channels));
        ShapeCheck.Columns(memory, Key.Inputs, nameof(MultiHeadAttention), nameof(memoryChannels), nameof(memory));
        if (memory.Rank != x.Rank || !memory.Shape[..^2].SequenceEqual(x.Shape[..^2]))
        {
            throw new ArgumentException($"x is {Tensor.Describe(x.Shape)} and memory {Tensor.Describe(memory.Shape)}, but both need the same batch size: repeat or cut one of them.", nameof(memory));
        }
    }

    /// <summary>(B,H,T,D) → (B,T,H·D), or (T,H·D) if that is the rank of the input.</summary>
    private static Tensor Merge(Tensor split, Tensor input)
    {
        Tensor merged = Heads.Merge(split);
        return input.Rank == 2 ? merged.Reshape(input.Rows, merged.Columns) : merged;
    }

    private static int Divide(int channels, int heads) => heads >= 1 && channels % heads == 0
        ? channels / heads
        : throw new ArgumentException($"channels is {channels} but {heads} heads do not divide it: choose a multiple of the heads, or pass headSize.", nameof(heads));

    /// <summary>What the backward needs.</summary>
    /// <param name="Query">Of W_Q.</param>
    /// <param name="Key">Of W_K.</param>
    /// <param name="Value">Of W_V.</param>
    /// <param name="Output">Of W_O.</param>
    /// <param name="Attention">Of the attention itself.</param>
    public readonly record struct Saved(Linear.Saved Query, Linear.Saved Key, Linear.Saved Value, Linear.Saved Output, ScaledDotProductAttention.Saved Attention)
    {
        /// <summary>Attention weights (B,H,T_q,T_k); each row sums to 1, or to 0 if everything is masked.</summary>
        public Tensor Weights => Attention.Weights;
    }
}
