using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Models;

/// <summary>
/// <see cref="Encoder"/> for inference, from a copy of the weights: what <see cref="Encoder.Forward"/> without dropout gives up to rounding,
/// as fast as the kernels allow, and without an allocation after the first call of a size.
/// <code>
/// PackedEncoder packed = new(bert.Encoder);
/// Tensor y = new(batch, tokens, bert.Config.Channels);
/// packed.Infer(ids, y, visible);
/// </code>
/// </summary>
/// <remarks>The copy does not follow the parameters: after a step of training call <see cref="Refresh"/>.</remarks>
public sealed class PackedEncoder
{
    private readonly Encoder _encoder;
    private readonly PackedTokenEmbedding _embedding;
    private readonly PackedEncoderLayer[] _layers;
    private readonly PackedNorm? _norm;
    private Tensor? _alibi;

    /// <summary>Copies the weights.</summary>
    /// <param name="encoder">Whose weights are copied.</param>
    public PackedEncoder(Encoder encoder)
        : this(encoder, takesOver: false)
    {
    }

    /// <summary>Copies the weights, or takes them over.</summary>
    /// <param name="encoder">Whose weights they are.</param>
    /// <param name="takesOver">Share the tables of the embeddings, and let every matrix of the encoder go as soon as it is packed: half the memory.
    /// What somebody asks the encoder for is made again.</param>
    internal PackedEncoder(Encoder encoder, bool takesOver)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        _encoder = encoder;
        _embedding = new(encoder.Embedding, encoder.Options, shared: takesOver);
        _layers = new PackedEncoderLayer[encoder.Layers.Layers.Count];
        long numbers = encoder.Layers.Parameters.Sum(parameter => (long)parameter.Length);
        using WeightMemory memory = new(numbers);
        for (int i = 0; i < _layers.Length; i++)
        {
            _layers[i] = new(encoder.Layers.Layers[i]);
            if (takesOver)
            {
                _layers[i].TakeOver();
            }
        }

        _norm = encoder.Layers.Norm is null ? null : new(encoder.Layers.Norm);
    }

    /// <summary>Sizes and choices.</summary>
    public EncoderOptions Options => _encoder.Options;

    /// <summary>Copies the weights again, after they have changed.</summary>
    public void Refresh()
    {
        _embedding.Refresh();
        foreach (PackedEncoderLayer layer in _layers)
        {
            layer.Refresh();
        }

        _norm?.Refresh();
    }

    /// <summary>A vector for each token, from all the others.</summary>
    /// <param name="ids">(B,T) numbers from 0 to V−1; pad short sequences with any number and hide it.</param>
    /// <param name="y">(B,T,C), overwritten.</param>
    /// <param name="visible">(B,T): true where there is a token, false where padding; null for tokens everywhere.</param>
    /// <param name="types">(B,T) token types; null for all 0.</param>
    /// <param name="causal">Whether a token sees only itself and those before it.</param>
    /// <exception cref="ArgumentException">A number names no word, the sequence is too long, or a shape does not fit.</exception>
    public void Infer(int[,] ids, Tensor y, bool[,]? visible = null, int[,]? types = null, bool causal = false)
    {
        (_, int tokens) = Check(ids, y);
        ShapeCheck.Visible(visible, ids, nameof(ids));
        AttendMask mask = new() { Causal = causal, Keys = visible is null ? [] : Tensor.Flat(visible) };
        ReadOnlySpan<float> bias = Options.Positions == PositionKind.Alibi ? AlibiBias(tokens).Span : [];
        Infer(ids, y, types, mask, bias);
    }

    /// <summary>The same under any mask.</summary>
    /// <param name="ids">(B,T) numbers from 0 to V−1.</param>
    /// <param name="y">(B,T,C), overwritten.</param>
    /// <param name="types">(B,T) token types; null for all 0.</param>
    /// <param name="mask">Who may look at whom, padding and ALiBi included.</param>
    /// <exception cref="ArgumentException">A number names no word, the sequence is too long, or a shape does not fit.</exception>
    internal void Infer(int[,] ids, Tensor y, int[,]? types, AttentionMask? mask)
    {
        (int batch, int tokens) = Check(ids, y);
        mask?.Check(batch, Options.Heads, tokens, tokens);
        Infer(ids, y, types, AttentionMask.Kernel(mask), AttentionMask.KernelBias(mask));
    }

    /// <summary>A vector for each token of sequences of several lengths, which follow each other without padding: no work is done for padding.</summary>
    /// <param name="ids">Of all sequences, (rows): numbers from 0 to V−1.</param>
    /// <param name="lengths">Tokens of each sequence, at least 1. Sorted ones are faster: neighbours of one length go through attention together.</param>
    /// <param name="y">(rows, C), overwritten.</param>
    /// <param name="types">(rows) token types; empty for all 0.</param>
    /// <exception cref="ArgumentException">A number names no word, a sequence is too long, or a length does not fit.</exception>
    public void Infer(ReadOnlySpan<int> ids, ReadOnlySpan<int> lengths, Span<float> y, ReadOnlySpan<int> types = default)
    {
        int rows = 0;
        for (int i = 0; i < lengths.Length; i++)
        {
            if (lengths[i] < 1 || lengths[i] > Options.Capacity)
            {
                throw new ArgumentException(
                    $"lengths[{i}] is {lengths[i]} but the encoder was built for 1 to {Options.Capacity} tokens: cut the sequence, or leave it out.",
                    nameof(lengths));
            }

            rows += lengths[i];
        }

        if (rows != ids.Length || y.Length != rows * Options.Channels || (types.Length != rows && !types.IsEmpty))
        {
            throw new ArgumentException(
                $"lengths add up to {rows} tokens but there are {ids.Length} ids, {types.Length} types and {y.Length} numbers in y: give {rows} ids, as many "
                + $"types or none, and {rows} × {Options.Channels} numbers.",
                nameof(lengths));
        }

        _embedding.Infer(ids, types, y, lengths);
        if (Options.Positions == PositionKind.Alibi)
        {
            // The bias of ALiBi belongs to one length.
            for (int i = 0, row = 0; i < lengths.Length; row += lengths[i++])
            {
                Layers(y.Slice(row * Options.Channels, lengths[i] * Options.Channels), 1, default, AlibiBias(lengths[i]).Span);
            }
        }
        else
        {
            foreach (PackedEncoderLayer layer in _layers)
            {
                layer.Infer(y, lengths);
            }
        }

        _norm?.Infer(y, y);
    }

    private void Infer(int[,] ids, Tensor y, int[,]? types, AttendMask mask, ReadOnlySpan<float> bias)
    {
        _embedding.Infer(ids, types, y.Span);
        Layers(y.Span, ids.GetLength(0), mask, bias);
        _norm?.Infer(y.Span, y.Span);
    }

    /// <summary>B and T, where both fit the encoder and the result.</summary>
    private (int Batch, int Tokens) Check(int[,] ids, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(y);
        (int batch, int tokens, int channels) = (ids.GetLength(0), ids.GetLength(1), Options.Channels);
        Options.CheckTokens(ids);
        if (y.Rank != 3 || y.Shape[0] != batch || y.Shape[1] != tokens || y.Shape[2] != channels)
        {
            throw new ArgumentException(
                $"y is {Tensor.Describe(y.Shape)} but ids is ({batch}, {tokens}): pass a tensor ({batch}, {tokens}, {channels}).", nameof(y));
        }

        return (batch, tokens);
    }

    private void Layers(Span<float> y, int batch, AttendMask mask, ReadOnlySpan<float> bias)
    {
        foreach (PackedEncoderLayer layer in _layers)
        {
            layer.Infer(y, y, batch, mask, bias);
        }
    }

    /// <summary>ALiBi's bias (H,T,T), kept for the last T; another thread may ask for another T meanwhile.</summary>
    private Tensor AlibiBias(int tokens)
    {
        Tensor? bias = Volatile.Read(ref _alibi);
        if (bias is null || bias.Columns != tokens)
        {
            bias = Options.Mask(null, tokens, tokens)?.BiasValues ?? throw new InvalidOperationException("the options ask for ALiBi but gave no bias.");
            Volatile.Write(ref _alibi, bias);
        }

        return bias;
    }
}
