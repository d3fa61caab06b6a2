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
/// <see cref="Linear"/> to tie them: the shared gradient collects both shares. Maps that replace the built ones must fit the heads and each other.
/// </remarks>
/// <param name="channels">C, width of x and of y.</param>
/// <param name="heads">H.</param>
/// <param name="random">Source of the initial weights; it moves on.</param>
/// <param name="options">Sizes that differ, scale, biases, rotary positions.</param>
/// <param name="name">Prefix of the parameters' names.</param>
public sealed partial class MultiHeadAttention(int channels, int heads, CounterRandom random, AttentionOptions? options = null, string name = "attention")
{
    /// <summary>W_Q: C → H·D.</summary>
    public Linear Query { get; init; } = new(channels, Keys(channels, heads, options), random, options?.Bias ?? true, name: $"{name}.query");

    /// <summary>W_K: memory width → H·D.</summary>
    public Linear Key { get; init; } = new(
        options?.MemoryChannels ?? channels, Keys(channels, heads, options), random, options?.Bias ?? true, name: $"{name}.key");

    /// <summary>W_V: memory width → H·D_v.</summary>
    public Linear Value { get; init; } = new(
        options?.MemoryChannels ?? channels, Values(channels, heads, options), random, options?.Bias ?? true, name: $"{name}.value");

    /// <summary>W_O: H·D_v → C.</summary>
    public Linear Output { get; init; } = new(Values(channels, heads, options), channels, random, options?.Bias ?? true, name: $"{name}.output");

    /// <summary>H.</summary>
    public int HeadCount => heads;

    /// <summary>D, size of one query.</summary>
    public int HeadSize { get; } = Size(channels, heads, options);

    /// <summary>Factor of the scores.</summary>
    public float Scale { get; } = ShapeCheck.Scale(options?.Scale, Size(channels, heads, options));

    /// <summary>Positions by rotation, or null.</summary>
    public RotaryPositions? Rotary { get; } = options?.Rotary;

    /// <summary>Weights and biases of the four maps; a shared one once.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. new[] { Query, Key, Value, Output }.Distinct().SelectMany(map => map.Parameters)];

    /// <summary>Self-attention.</summary>
    /// <param name="x">(T,C) or (B,T,C).</param>
    /// <param name="mask">Who may look at whom; null for everybody.</param>
    /// <returns>y, shaped like x, and what <see cref="Backward"/> needs; <c>Weights()</c> is (B,H,T,T).</returns>
    /// <exception cref="ArgumentException">A width or the mask does not fit.</exception>
    public (Tensor Y, Saved Saved) Forward(Tensor x, AttentionMask? mask = null) => ForwardCross(x, x, mask);

    /// <summary>Cross-attention: every row of x looks at the rows of the memory.</summary>
    /// <param name="x">(T_q,C) or (B,T_q,C).</param>
    /// <param name="memory">(T_k, memory width) or (B, T_k, memory width).</param>
    /// <param name="mask">Who may look at whom; null for everybody.</param>
    /// <returns>y, shaped like x, and what <see cref="BackwardCross"/> needs; <c>Weights()</c> is (B,H,T_q,T_k).</returns>
    /// <exception cref="ArgumentException">A width, the batches or the mask do not fit.</exception>
    public (Tensor Y, Saved Saved) ForwardCross(Tensor x, Tensor memory, AttentionMask? mask = null)
    {
        Check(x, memory);
        (Tensor queries, Tensor keysAndValues) = Project(x, memory);              // (B,T_q,C) → (B,T_q,H·D), (B,T_k,C) → (B,T_k,H·(D+D_v))
        AttentionTensors heads = Split(queries, keysAndValues, mask);               // (B,H,T,D): head h is columns h·D … h·D+D−1, where they stand
        (Tensor mixed, Tensor statistics) = FusedAttention.Forward(heads);        // softmax(scale·Q·Kᵀ)·V of each head: (B,T_q,H·D_v)
        (Tensor y, Linear.Saved output) = Output.Forward(mixed);                  // joined by W_O: (B,T_q,C)
        return (y, new Saved { X = x, Memory = memory, Heads = heads, Statistics = statistics, Output = output });
    }

    /// <summary>Backward of self-attention: the three ways in which x took part, added up.</summary>
    /// <param name="dy">Shaped like y.</param>
    /// <param name="saved">From <see cref="Forward"/>.</param>
    /// <returns>dx, shaped like x.</returns>
    /// <exception cref="ArgumentException">dy has not the shape of the output, or saved comes from <see cref="ForwardCross"/> with another memory.</exception>
    public Tensor Backward(Tensor dy, Saved saved)
    {
        if (!ReferenceEquals(saved.X, saved.Memory))
        {
            throw new ArgumentException(
                "saved comes from a cross-attention, whose x and memory have gradients of their own: call BackwardCross.", nameof(saved));
        }

        Tensor wide = ShapeCheck.WithColumns(saved.X, Query.Outputs + Key.Outputs + Value.Outputs);
        BackwardHeads(dy, saved, wide, wide);
        Tensor dx = JoinedMaps.Backward(wide, saved.X, Query, Key, Value);
        Workspace.Return(wide);
        return dx;
    }

    /// <summary>Backward of cross-attention; adds to the gradients of the four maps.</summary>
    /// <param name="dy">Shaped like y.</param>
    /// <param name="saved">From <see cref="ForwardCross"/>.</param>
    /// <returns>dx, shaped like x, and dMemory, shaped like the memory.</returns>
    /// <exception cref="ArgumentException">dy has not the shape of the output.</exception>
    public (Tensor X, Tensor Memory) BackwardCross(Tensor dy, Saved saved)
    {
        Tensor dQuery = ShapeCheck.WithColumns(saved.X, Query.Outputs), wide = ShapeCheck.WithColumns(saved.Memory, Key.Outputs + Value.Outputs);
        BackwardHeads(dy, saved, dQuery, wide);
        Tensor dx = JoinedMaps.Backward(dQuery, saved.X, Query), dMemory = JoinedMaps.Backward(wide, saved.Memory, Key, Value);
        Workspace.Return(dQuery);
        Workspace.Return(wide);
        return (dx, dMemory);
    }

    /// <summary>
    /// Step 1, project. Maps of the same input are one product: in self-attention both results are one matrix, which holds Q, K and V side by side.
    /// </summary>
    private (Tensor Queries, Tensor KeysAndValues) Project(Tensor x, Tensor memory)
    {
        if (ReferenceEquals(x, memory))
        {
            Tensor wide = JoinedMaps.Forward(x, Query, Key, Value);
            return (wide, wide);
        }

        return (Query.Forward(x).Y, JoinedMaps.Forward(memory, Key, Value));
    }

    /// <summary>Step 2, split: nothing moves. Queries and keys are turned by their positions.</summary>
    private AttentionTensors Split(Tensor queries, Tensor keysAndValues, AttentionMask? mask)
    {
        (HeadTensor query, HeadTensor key, HeadTensor value) = Columns(queries, keysAndValues);
        Rotary?.TurnHeads(query, back: false);
        Rotary?.TurnHeads(key, back: false);
        AttentionTensors input = new(query, key, value, mask, Scale);
        input.CheckMask();
        return input;
    }

    /// <summary>Where the heads stand: keys and values behind the queries if one matrix holds all of them.</summary>
    private (HeadTensor Query, HeadTensor Key, HeadTensor Value) Columns(Tensor queries, Tensor keysAndValues)
    {
        int first = ReferenceEquals(queries, keysAndValues) ? Query.Outputs : 0;
        HeadTensor key = new(keysAndValues, first, heads, HeadSize), value = new(keysAndValues, first + Key.Outputs, heads, Value.Outputs / heads);
        return (new(queries, 0, heads, HeadSize), key, value);
    }

    /// <summary>From dy to the gradients of the projections, written where the projections would stand. Adds to the gradients of W_O.</summary>
    private void BackwardHeads(Tensor dy, Saved saved, Tensor dQueries, Tensor dKeysAndValues)
    {
        Tensor dMixed = Output.Backward(dy, saved.Output);
        (HeadTensor dQuery, HeadTensor dKey, HeadTensor dValue) = Columns(dQueries, dKeysAndValues);
        AttendGradients<float> to = new() { Q = dQuery.Span, K = dKey.Span, V = dValue.Span };
        FusedAttention.Backward(saved.Heads, saved.Output.X, saved.Statistics, dMixed, to);
        Workspace.Return(dMixed);
        Rotary?.TurnHeads(dQuery, back: true);
        Rotary?.TurnHeads(dKey, back: true);
    }

    /// <summary>Throws unless the four maps, each of which a caller may have replaced, fit the heads and each other.</summary>
    internal void CheckMaps()
    {
        int columns = heads * HeadSize;
        if (Query.Outputs != columns || Key.Outputs != columns)
        {
            throw new ArgumentException(
                $"Query maps to {Query.Outputs} columns and Key to {Key.Outputs}, but {heads} heads of {HeadSize} take {columns}: give both maps {columns} "
                + "outputs, or build the attention with another HeadSize.");
        }

        if (Value.Inputs != Key.Inputs)
        {
            throw new ArgumentException(
                $"Value maps {Value.Inputs} columns and Key {Key.Inputs}, but both read the same memory: give both maps the same inputs.");
        }

        if (Value.Outputs % heads != 0)
        {
            throw new ArgumentException($"Value maps to {Value.Outputs} columns but {heads} heads do not divide them: choose a multiple of the heads.");
        }

        if (Output.Inputs != Value.Outputs)
        {
            throw new ArgumentException(
                $"Output maps {Output.Inputs} columns but Value gives the heads {Value.Outputs} to mix: give Output {Value.Outputs} inputs.");
        }
    }

    private void Check(Tensor x, Tensor memory)
    {
        CheckMaps();
        ShapeCheck.Rank(x, 2, 3, nameof(MultiHeadAttention), "(T,C) or (B,T,C)");
        ShapeCheck.Columns(x, Query.Inputs, nameof(MultiHeadAttention), nameof(channels));
        ShapeCheck.Columns(memory, Key.Inputs, nameof(MultiHeadAttention), nameof(AttentionOptions.MemoryChannels), nameof(memory));
        if (memory.Rank != x.Rank || !memory.Shape[..^2].SequenceEqual(x.Shape[..^2]))
        {
            throw new ArgumentException(
                $"x is {Tensor.Describe(x.Shape)} and memory {Tensor.Describe(memory.Shape)}, but both need the same batch size: repeat or cut one of them.",
                nameof(memory));
        }
    }

    /// <summary>D.</summary>
    internal static int Size(int channels, int heads, AttentionOptions? options = null) => options?.HeadSize
        ?? (channels % ShapeCheck.Positive(heads, nameof(MultiHeadAttention), nameof(heads)) == 0 ? channels / heads : throw new ArgumentException(
            $"channels is {channels} but {heads} heads do not divide it: choose a multiple of the heads, or pass HeadSize.", nameof(heads)));

    /// <summary>H·D.</summary>
    private static int Keys(int channels, int heads, AttentionOptions? options) =>
        Width(heads, Size(channels, heads, options), nameof(AttentionOptions.HeadSize));

    /// <summary>H·D_v.</summary>
    private static int Values(int channels, int heads, AttentionOptions? options) =>
        Width(heads, options?.ValueSize ?? Size(channels, heads, options), nameof(AttentionOptions.ValueSize));

    /// <summary>The columns of one projection.</summary>
    private static int Width(int heads, int size, string name) => Sizes.Product(
        nameof(MultiHeadAttention),
        (nameof(heads), ShapeCheck.Positive(heads, nameof(MultiHeadAttention), nameof(heads))),
        (name, ShapeCheck.Positive(size, nameof(MultiHeadAttention), name)));

    /// <summary>What the backward needs: the projections, and two numbers a query instead of its row of weights.</summary>
    public readonly record struct Saved
    {
        /// <summary>What queries were made of.</summary>
        public required Tensor X { get; init; }

        /// <summary>What keys and values were made of; X itself in self-attention.</summary>
        public required Tensor Memory { get; init; }

        /// <summary>The maximum in use, halved, and Σ e^(s − maximum) of each row of scores, (B,H,T_q,2).</summary>
        public required Tensor Statistics { get; init; }

        internal AttentionTensors Heads { get; init; }

        internal Linear.Saved Output { get; init; }

        /// <summary>
        /// Attention weights (B,H,T_q,T_k); each row sums to 1, or to 0 if everything is masked. Every call computes them from the saved queries and keys:
        /// neither the forward nor the backward needs them.
        /// </summary>
        public Tensor Weights() =>
            ScaledDotProductAttention.Forward(Heads.Query.Split(), Heads.Key.Split(), Heads.Value.Split(), Heads.Mask, Heads.Scale).Saved.Weights;
    }
}
