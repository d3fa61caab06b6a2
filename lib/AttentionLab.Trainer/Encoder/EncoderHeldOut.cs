using AttentionLab.Kernels;
using AttentionLab.Training;
using AttentionLab.Words;

namespace AttentionLab.Trainer;

/// <summary>Held-out sequences with the same tokens asked for each time.</summary>
internal sealed class EncoderHeldOut
{
    private const ulong HeldOutStream = 3;
    private const int Sequences = 192;
    private readonly (int[,] Ids, bool[,]? Visible)[] _batches;
    private readonly MaskedBatch[] _asked;

    /// <param name="settings">Length, batch, seed.</param>
    /// <param name="text">The held-out part is read.</param>
    /// <param name="pieces">Names the special pieces.</param>
    public EncoderHeldOut(EncoderSettings settings, EncoderText text, Vocabulary pieces)
    {
        SequencePacking packing = new(text.HeldOut, pieces, settings.Length);
        _batches =
        [
            .. packing.Epoch(new CounterRandom(settings.Seed, HeldOutStream)).Take(Sequences).Chunk(settings.Batch).Select(chunk => packing.Batch(chunk))
        ];
        MaskedWords task = new(pieces) { Masked = 1, Random = 0 };
        _asked = [.. _batches.Select((b, i) => task.Draw(b.Ids, new CounterRandom(settings.Seed, HeldOutStream).Split((ulong)i)))];
    }

    /// <summary>Is nothing held out?</summary>
    public bool IsEmpty => _batches.Length == 0;

    /// <summary>Mean cross-entropy of the tokens asked for, in nats.</summary>
    public double Loss(MaskedWordTraining model)
    {
        double sum = 0;
        int count = 0;
        foreach ((MaskedBatch asked, (_, bool[,]? visible)) in _asked.Zip(_batches))
        {
            sum += CrossEntropyLoss.Forward(model.Logits(asked, visible), asked.Targets).Loss * (double)asked.Targets.Length;
            count += asked.Targets.Length;
        }

        return sum / count;
    }
}
