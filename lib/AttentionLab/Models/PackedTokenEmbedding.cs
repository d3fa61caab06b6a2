using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Models;

/// <summary>A copy of a <see cref="TokenEmbedding"/> for inference.</summary>
internal sealed class PackedTokenEmbedding
{
    private readonly TokenEmbedding _embedding;
    private readonly EncoderOptions _options;
    private readonly float[] _words, _positions, _types;
    private readonly PackedNorm? _norm;
    private readonly bool _shared;

    /// <param name="embedding">Whose tables are copied.</param>
    /// <param name="options">Sizes and choices.</param>
    /// <param name="shared">Use the tables themselves instead of copies: they lie there as they are read.</param>
    public PackedTokenEmbedding(TokenEmbedding embedding, EncoderOptions options, bool shared)
    {
        (_embedding, _options, _shared) = (embedding, options, shared);
        _words = Own(embedding.Words.Table.Value);
        _positions = Own(Positions);
        _types = Own(embedding.Types?.Table.Value);
        _norm = embedding.Norm is null ? null : new(embedding.Norm);
        Refresh();

        float[] Own(Tensor? table) => table is null ? [] : shared ? table.Values : new float[table.Length];
    }

    private Tensor? Positions => _embedding.Positions?.Table.Value ?? _embedding.Waves?.Table;

    public void Refresh()
    {
        if (!_shared)
        {
            _embedding.Words.Table.Value.Span.CopyTo(_words);
            Positions?.Span.CopyTo(_positions);
            _embedding.Types?.Table.Value.Span.CopyTo(_types);
        }

        _norm?.Refresh();
    }

    /// <summary>y (B,T,C) = Norm(scale·Words[id] + Positions[t] + Types[type]).</summary>
    public void Infer(int[,] ids, int[,]? types, Span<float> y)
    {
        int tokens = ids.GetLength(1);
        if (types is not null && _types.Length == 0)
        {
            throw new ArgumentException("types were given but the model has none: build it with TokenTypes: 2.", nameof(types));
        }

        if (types is not null && (types.GetLength(0) != ids.GetLength(0) || types.GetLength(1) != tokens))
        {
            throw new ArgumentException(
                $"types is ({types.GetLength(0)}, {types.GetLength(1)}) but ids ({ids.GetLength(0)}, {tokens}): give every token one type.", nameof(types));
        }

        Infer(Tensor.Flat(ids), types is null ? [] : Tensor.Flat(types), y, [], tokens);
    }

    /// <summary>The same for sequences that follow each other without padding.</summary>
    /// <param name="ids">Of all sequences.</param>
    /// <param name="types">Of all sequences; empty for all 0.</param>
    /// <param name="y">(rows, C), overwritten.</param>
    /// <param name="lengths">Tokens of each sequence; empty if all have <paramref name="tokens"/>.</param>
    /// <param name="tokens">Tokens of every sequence, without <paramref name="lengths"/>.</param>
    public void Infer(ReadOnlySpan<int> ids, ReadOnlySpan<int> types, Span<float> y, ReadOnlySpan<int> lengths, int tokens = 0)
    {
        int channels = _options.Channels;
        Gather.Forward(_words, ids, y, channels);
        if (_embedding.Scale != 1)
        {
            Multiply.Scale(y, _embedding.Scale, y);
        }

        for (int row = 0, sequence = 0, position = 0; row < ids.Length; row++, position++)
        {
            if (position == (lengths.IsEmpty ? tokens : lengths[sequence]))
            {
                (sequence, position) = (sequence + 1, 0);
            }

            Span<float> target = y.Slice(row * channels, channels);
            if (_positions.Length > 0)
            {
                Multiply.AddScaled(_positions.AsSpan(position * channels, channels), 1, target);
            }

            if (_types.Length > 0)
            {
                int type = types.IsEmpty ? 0 : types[row];
                if ((uint)type >= (uint)(_types.Length / channels))
                {
                    throw new ArgumentOutOfRangeException(
                        nameof(types), $"types[{sequence}, {position}] is {type} but the model has types 0 to {_types.Length / channels - 1}.");
                }

                Multiply.AddScaled(_types.AsSpan(type * channels, channels), 1, target);
            }
        }

        _norm?.Infer(y, y);
    }
}
