using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// A small encoder for the debug lab of chapter 10: sinusoidal positions, then two post-norm layers at their start (γ = 1, β = 0), written out part by part,
/// with at most one <see cref="EncoderBug"/>. Without one it gives what <see cref="EncoderLayers"/> gives.
/// </summary>
public sealed class EncoderPatient
{
    private readonly EncoderBug _bug;
    private readonly EncoderLayers _weights;
    private readonly SinusoidalPositions _positions;

    /// <summary>A patient with weights from a seed, the same as <c>new EncoderLayers(2, new LayerOptions(channels, heads), new
    /// CounterRandom(seed))</c>.</summary>
    /// <param name="bug">What is wrong with it.</param>
    /// <param name="seed">Of the weights.</param>
    /// <param name="channels">C, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">H.</param>
    public EncoderPatient(EncoderBug bug, ulong seed, int channels = 16, int heads = 4)
    {
        (_bug, Channels, Heads) = (bug, channels, heads);
        _weights = new(2, new LayerOptions(channels, heads), new CounterRandom(seed));
        _positions = new(channels);
    }

    /// <summary>C.</summary>
    public int Channels { get; }

    /// <summary>H.</summary>
    public int Heads { get; }

    /// <summary>The healthy one and the five sick ones, all with the same weights, in an order that a seed draws.</summary>
    /// <param name="seed">Of weights and order.</param>
    public static EncoderPatient[] Ward(ulong seed)
    {
        EncoderBug[] bugs = Enum.GetValues<EncoderBug>();
        return [.. new CounterRandom(seed).Permutation(bugs.Length).Select(i => new EncoderPatient(bugs[i], seed))];
    }

    /// <summary>Adds positions, then runs both layers.</summary>
    /// <param name="x">(B, T, C); not changed.</param>
    /// <returns>(B, T, C).</returns>
    public Tensor Forward(Tensor x)
    {
        Tensor h = AddPositions(x);
        foreach (EncoderLayer layer in _weights.Layers)
        {
            h = Join(h, x => Attend(layer.Attention, x).Mixed);
            h = Join(h, x => layer.FeedForward.Forward(x).Y);
        }

        return h;
    }

    /// <summary>What the first layer's attention works with.</summary>
    /// <param name="x">(B, T, C); not changed.</param>
    /// <returns>Q and K of each head, (B, H, T, D), and the weights, (B, H, T, T).</returns>
    public (Tensor Queries, Tensor Keys, Tensor Weights) Look(Tensor x)
    {
        Tensor h = AddPositions(x);
        (_, Tensor q, Tensor k, Tensor weights) = Attend(_weights.Layers[0].Attention, _bug == EncoderBug.PreNorm ? Norm(h) : h);
        return (q, k, weights);
    }

    private Tensor AddPositions(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank != 3)
        {
            throw new ArgumentException($"x has shape {Tensor.Describe(x.Shape)} but a patient takes (B, T, C): reshape one sentence to (1, T, C).", nameof(x));
        }

        (int tokens, Tensor y) = (x.Shape[1], x.Copy());
        for (int row = 0; row < y.Rows; row++)
        {
            int position = _bug == EncoderBug.PositionsByBatch ? row / tokens : row % tokens;
            Multiply.AddScaled(_positions.Table.Row(position), 1, y.Row(row));
        }

        return y;
    }

    private Tensor Join(Tensor x, Func<Tensor, Tensor> branch) => _bug == EncoderBug.PreNorm ? x + branch(Norm(x)) : Norm(x + branch(x));

    private (Tensor Mixed, Tensor Queries, Tensor Keys, Tensor Weights) Attend(MultiHeadAttention attention, Tensor x)
    {
        (Tensor q, Tensor k, Tensor v) = (Split(attention.Query.Forward(x).Y), Split(attention.Key.Forward(x).Y), Split(attention.Value.Forward(x).Y));
        float scale = 1 / MathF.Sqrt(_bug == EncoderBug.ScaleByModel ? Channels : q.Columns);
        (Tensor mixed, ScaledDotProductAttention.Saved saved) = ScaledDotProductAttention.Forward(q, k, v, scale: scale);
        Tensor merged = _bug == EncoderBug.ReshapedHeads ? mixed.Reshape(x.Shape) : Layers.Heads.Merge(mixed);
        return (attention.Output.Forward(merged).Y, q, k, saved.Weights);
    }

    private Tensor Split(Tensor x) => _bug == EncoderBug.ReshapedHeads
        ? x.Reshape(x.Shape[0], Heads, x.Shape[1], Channels / Heads)
        : Layers.Heads.Split(x, Heads);

    private Tensor Norm(Tensor x)
    {
        Tensor y = new(x.Shape);
        for (int row = 0; row < x.Rows; row++)
        {
            float mean = 0, square = 0;
            foreach (float value in x.Row(row))
            {
                mean += value / Channels;
            }

            foreach (float value in x.Row(row))
            {
                square += (value - mean) * (value - mean);
            }

            float variance = square / (_bug == EncoderBug.UnbiasedVariance ? Channels - 1 : Channels);
            for (int c = 0; c < Channels; c++)
            {
                y.Row(row)[c] = (x.Row(row)[c] - mean) / MathF.Sqrt(variance + Normalize.Epsilon);
            }
        }

        return y;
    }
}
