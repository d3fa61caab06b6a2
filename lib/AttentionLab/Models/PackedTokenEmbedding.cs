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

    public PackedTokenEmbedding(TokenEmbedding embedding, EncoderOptions options)
    {
        (_embedding, _options) = (embedding, options);
        _words = new float[embedding.Words.Table.Length];
        _positions = new float[Positions?.Length ?? 0];
        _types = new float[embedding.Types?.Table.Length ?? 0];
        _norm = embedding.Norm is null ? null : new(embedding.Norm);
        Refresh();
    }

    private Tensor? Positions => _embedding.Positions?.Table.Value ?? _embedding.Waves?.Table;

    public void Refresh()
    {
        _embedding.Words.Table.Value.Span.CopyTo(_words);
        Positions?.Span.CopyTo(_positions);
        _embedding.Types?.Table.Value.Span.CopyTo(_types);
        _norm?.Refresh();
    }

    /// <summary>y (B,T,C) = Norm(scale·Words[id] + Positions[t] + Types[type]).</summary>
    public void Infer(int[,] ids, int[,]? types, Span<float> y)
    {
        int channels = _options.Channels, tokens = ids.GetLength(1);
        if (types is not null && _types.Length == 0)
        {
            throw new ArgumentException("types were given but the model has none: build it with TokenTypes: 2.", nameof(types));
        }

        if (types is not null && (types.GetLength(0) != ids.GetLength(0) || types.GetLength(1) != tokens))
        {
            throw new ArgumentException(
                $"types is ({types.GetLength(0)}, {types.GetLength(1)}) but ids ({ids.GetLength(0)}, {tokens}): give every token one type.", nameof(types));
        }

        Gather.Forward(_words, PackedEncoder.Flat(ids), y, channels);
        if (_embedding.Scale != 1)
        {
            Multiply.Scale(y, _embedding.Scale, y);
        }

        ReadOnlySpan<int> typed = types is null ? [] : PackedEncoder.Flat(types);
        for (int row = 0; row < ids.Length; row++)
        {
            Span<float> target = y.Slice(row * channels, channels);
            if (_positions.Length > 0)
            {
                Multiply.AddScaled(_positions.AsSpan(row % tokens * channels, channels), 1, target);
            }

            if (_types.Length > 0)
            {
                int type = types is null ? 0 : typed[row];
                if ((uint)type >= (uint)(_types.Length / channels))
                {
                    throw new ArgumentOutOfRangeException(
                        nameof(types), $"types[{row / tokens}, {row % tokens}] is {type} but the model has types 0 to {_types.Length / channels - 1}.");
                }

                Multiply.AddScaled(_types.AsSpan(type * channels, channels), 1, target);
            }
        }

        _norm?.Infer(y, y);
    }
}
