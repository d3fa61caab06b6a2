using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Trainer;

/// <summary>What is trained, as the settings say: the encoder with its first tables, the head, and what moves them.</summary>
internal sealed class EncoderModel
{
    private const ulong WeightStream = 1;

    /// <summary>Of the tables that <see cref="Models.Encoder"/> makes for a BERT.</summary>
    private const double TableDeviation = 0.02;

    /// <param name="settings">Sizes, deviation, optimiser, seed.</param>
    /// <param name="pieces">Of the vocabulary.</param>
    public EncoderModel(EncoderSettings settings, int pieces)
    {
        CounterRandom random = new(settings.Seed, WeightStream);
        Encoder = new(Options(settings, pieces), random);
        foreach (Parameter table in Encoder.Embedding.Parameters.Where(p => p.Value.Rank == 2))
        {
            Multiply.Scale(table.Value.Span, (float)(settings.Deviation / TableDeviation), table.Value.Span);
        }

        if (settings.Waves)
        {
            // Waves have a mean square of ½.
            SinusoidalPositions waves = new(settings.Channels, settings.Length);
            Multiply.Scale(waves.Table.Span, (float)(settings.Deviation * Math.Sqrt(2)), Encoder.Embedding.Positions!.Table.Value.Span);
        }

        Head = new(Encoder, random);
        Training = new(Encoder, Head);
        Parameter[] matrices = settings.Muon ? [.. Encoder.Layers.Parameters.Where(p => p.Value.Rank == 2), Head.Transform.Weight] : [];
        Adam adam = new(Training.Parameters.Except(matrices), settings.Rate, beta2: settings.Beta2, epsilon: 1e-6, decay: settings.WeightDecay);
        Optimizer = matrices.Length == 0 ? adam : new Muon(matrices, adam, settings.Rate, decay: settings.WeightDecay);
    }

    public Encoder Encoder { get; }

    public MaskedWordHead Head { get; }

    public MaskedWordTraining Training { get; }

    public IOptimizer Optimizer { get; }

    /// <summary>Numbers learned.</summary>
    public long Parameters => Training.Parameters.Sum(p => (long)p.Length);

    /// <summary>BERT's layout in the sizes of the settings.</summary>
    internal static EncoderOptions Options(EncoderSettings settings, int pieces) => EncoderOptions.Bert(pieces) with
    {
        Capacity = settings.Length,
        Channels = settings.Channels,
        Heads = settings.Heads,
        Layers = settings.Layers,
        Hidden = settings.Hidden,
        Dropout = settings.Dropout,
    };
}
