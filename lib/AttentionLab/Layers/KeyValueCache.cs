using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// The keys and values of tokens already seen, so that the next token computes only its own: a step costs O(t·C)
/// instead of O(t²·C), and gives what computing everything again would give.
/// </summary>
/// <remarks>
/// Up to five queries ask by <see cref="Kernels.Attend"/>: their weights are a row each for every head, and reading the cache is nearly all the work. More, as
/// at the start of a text, ask by <see cref="FlashAttend"/>, which forms no weights but works on strips of queries, of which a few would fill a few lanes.
/// </remarks>
/// <param name="batch">B.</param>
/// <param name="heads">H.</param>
/// <param name="capacity">Most tokens it can hold.</param>
/// <param name="headSize">D, size of a key.</param>
/// <param name="valueSize">Size of a value.</param>
/// <exception cref="ArgumentException">A size is negative, or one array cannot hold as many numbers.</exception>
public sealed class KeyValueCache(int batch, int heads, int capacity, int headSize, int valueSize)
{
    /// <summary>
    /// One to five queries take 0.25 to 0.75 of the time that strips take, over 512 to 16384 keys at 512 bits; eight 0.6 to 1, and 0.85 to 1.2 at 256.
    /// </summary>
    private const int FewQueries = 5;

    private readonly float[] _keys = new float[Numbers(batch, heads, capacity, ("headSize", headSize))];
    private readonly float[] _values = new float[Numbers(batch, heads, capacity, ("valueSize", valueSize))];
    private float[] _weights = [];

    /// <summary>Tokens held.</summary>
    public int Length { get; private set; }

    /// <summary>Most tokens it can hold.</summary>
    public int Capacity => capacity;

    /// <summary>Forgets everything; the memory is used again.</summary>
    public void Clear() => Length = 0;

    /// <summary>Adds the next n tokens.</summary>
    /// <param name="keys">(B, H, n, D).</param>
    /// <param name="values">(B, H, n, D_v).</param>
    /// <exception cref="ArgumentException">A shape does not fit, or there is no room.</exception>
    public void Append(Tensor keys, Tensor values)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        int n = keys.Rank == 4 ? keys.Shape[2] : 0;
        int[] wanted = [batch, heads, n, headSize], wantedValues = [batch, heads, n, valueSize];
        if (!keys.Shape.SequenceEqual(wanted) || !values.Shape.SequenceEqual(wantedValues))
        {
            throw new ArgumentException(
                $"keys are {Tensor.Describe(keys.Shape)} and values {Tensor.Describe(values.Shape)} but the cache expects ({batch}, {heads}, n, {headSize}) "
                + $"and ({batch}, {heads}, n, {valueSize}): make the cache with the layer that fills it.");
        }

        if (Length + n > capacity)
        {
            throw new ArgumentException(
                $"the cache holds {Length} of {capacity} tokens and {n} more do not fit: make it with capacity: {Length + n}, or Clear it.");
        }

        for (int m = 0; m < batch * heads; m++)
        {
            keys.Span.Slice(m * n * headSize, n * headSize).CopyTo(_keys.AsSpan((m * capacity + Length) * headSize));
            values.Span.Slice(m * n * valueSize, n * valueSize).CopyTo(_values.AsSpan((m * capacity + Length) * valueSize));
        }

        Length += n;
    }

    /// <summary>Attention of new queries to everything held.</summary>
    /// <param name="query">(B, H, n, D).</param>
    /// <param name="scale">Factor of the scores, finite.</param>
    /// <param name="mask">Who may look at whom, n queries by <see cref="Length"/>
    /// keys; with <see cref="AttentionMask.Causal"/> the last query sees all.</param>
    /// <returns>(B, H, n, D_v).</returns>
    /// <exception cref="ArgumentException">The shape or the mask does not fit.</exception>
    public Tensor Attend(Tensor query, float scale, AttentionMask? mask = null)
    {
        ShapeCheck.Rank(query, 4, 4, nameof(KeyValueCache), "(B, H, n, D)", nameof(query));
        int n = query.Shape[2];
        int[] wanted = [batch, heads, n, headSize];
        if (!query.Shape.SequenceEqual(wanted))
        {
            throw new ArgumentException(
                $"query is {Tensor.Describe(query.Shape)} but the cache expects ({batch}, {heads}, n, {headSize}): ask the cache made for these heads.",
                nameof(query));
        }

        Check(batch, n, Length, mask);
        Tensor output = new(batch, heads, n, valueSize);
        AttendInput<float> input = new()
        {
            Q = new(query.Span, HeadLayout.Split(heads, n, headSize)),
            K = new(_keys, HeadLayout.Split(heads, capacity, headSize)),
            V = new(_values, HeadLayout.Split(heads, capacity, valueSize)),
            Sizes = new(batch, heads, n, Length, headSize, valueSize),
            Scale = ShapeCheck.Scale(scale, headSize),
            Mask = AttentionMask.Kernel(mask),
            Bias = AttentionMask.KernelBias(mask),
        };
        if (n <= FewQueries)
        {
            Kernels.Attend.Forward(input, output.Span, Weights(n));
        }
        else
        {
            FlashAttend.Forward(input, output.Span, []);
        }

        return output;
    }

    /// <summary>Throws unless queries of each of so many sequences may look at so many keys by this mask.</summary>
    internal void Check(int sequences, int queries, int keys, AttentionMask? mask)
    {
        if (sequences != batch)
        {
            throw new ArgumentException($"x holds {sequences} sequences but the cache was made for {batch}: make a cache with batch: {sequences}.");
        }

        mask?.Check(batch, heads, queries, keys);
    }

    /// <summary>Room for the weights of so many queries; it is made once for all steps of as many.</summary>
    private Span<float> Weights(int queries)
    {
        int needed = Numbers(batch, heads, Length, ("queries", queries));
        if (_weights.Length < needed)
        {
            _weights = new float[Numbers(batch, heads, capacity, ("queries", queries))];
        }

        return _weights.AsSpan(0, needed);
    }

    private static int Numbers(int batch, int heads, int capacity, (string Name, int Size) size) =>
        Sizes.Product(nameof(KeyValueCache), (nameof(batch), batch), (nameof(heads), heads), (nameof(capacity), capacity), size);
}
