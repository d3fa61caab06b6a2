using AttentionLab.Course.Data;
using AttentionLab.Kernels;
using AttentionLab.Training;
using AttentionLab.Words;

namespace AttentionLab.Trainer;

/// <summary>The batches of a run. Each is a function of seed and step alone, so that a resumed run reads what a whole one would.</summary>
/// <param name="settings">Length, batch, seed.</param>
/// <param name="text">The training part is read.</param>
/// <param name="pieces">Names the special pieces.</param>
internal sealed class EncoderBatches(EncoderSettings settings, EncoderText text, Vocabulary pieces)
{
    private const ulong EpochStream = 1000;
    private readonly SequencePacking _packing = new(text.Training, pieces, settings.Length);
    private IReadOnlyList<int[]> _epoch = [];
    private long _epochStart;
    private ulong _epochNumber;

    /// <summary>Tokens of the training part, special ones included.</summary>
    public long Tokens => _packing.Tokens;

    /// <summary>The batch of a step, counted from 0; steps may only grow.</summary>
    /// <returns>(B,T) ids, and false for padding; null if there is none.</returns>
    /// <exception cref="CourseException">The text does not fill one batch.</exception>
    public (int[,] Ids, bool[,]? Visible) Of(long step)
    {
        while (_epoch.Count == 0 || step >= _epochStart + _epoch.Count / settings.Batch)
        {
            _epochStart += _epoch.Count / settings.Batch;
            _epoch = _packing.Epoch(new CounterRandom(settings.Seed, EpochStream + _epochNumber++));
            if (_epoch.Count < settings.Batch)
            {
                throw new CourseException(
                    $"the text fills {_epoch.Count} sequences of {settings.Length} tokens but a batch takes {settings.Batch}: lower --batch or --length.");
            }
        }

        int start = (int)(step - _epochStart) * settings.Batch;
        return _packing.Batch([.. _epoch.Skip(start).Take(settings.Batch)]);
    }
}
