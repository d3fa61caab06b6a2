using AttentionLab.Kernels;
using AttentionLab.Models;
using AttentionLab.Tensors;

namespace AttentionLab.Training;

/// <summary>Forward, loss and backward of the cloze task: encoder, then the head on the rows to be found only.</summary>
/// <param name="encoder">The encoder.</param>
/// <param name="head">Its head, which shares the encoder's table of words.</param>
public sealed class MaskedWordTraining(Encoder encoder, MaskedWordHead head)
{
    /// <summary>Of encoder and head, the shared table once.</summary>
    public IReadOnlyList<Parameter> Parameters { get; } = [.. encoder.Parameters.Concat(head.Parameters).Distinct()];

    /// <summary>Adds the gradients of one batch.</summary>
    /// <param name="batch">From <see cref="MaskedWords.Draw"/>.</param>
    /// <param name="visible">(B,T): false for padding; null for tokens everywhere.</param>
    /// <param name="random">Source of dropout; null for none.</param>
    /// <returns>Mean cross-entropy of the tokens to be found, in nats.</returns>
    public double Step(MaskedBatch batch, bool[,]? visible, CounterRandom? random = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        (Tensor y, Encoder.Saved saved) = encoder.Forward(batch.Ids, visible, random: random);
        (Tensor logits, MaskedWordHead.Saved kept) = head.Forward(Pooling.Rows(y, batch.Rows));
        float loss = CrossEntropyLoss.ForwardBackward(logits, batch.Targets);
        Tensor dRows = head.Backward(logits, kept);
        encoder.Backward(Pooling.RowsBackward(dRows, batch.Rows, new Tensor(y.Shape)), saved);
        return loss;
    }

    /// <summary>Scores of every word at the places to be found, without dropout and keeping nothing.</summary>
    /// <param name="batch">From <see cref="MaskedWords.Draw"/>.</param>
    /// <param name="visible">(B,T): false for padding; null for tokens everywhere.</param>
    /// <returns>(n, V).</returns>
    public Tensor Logits(MaskedBatch batch, bool[,]? visible)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return head.Forward(Pooling.Rows(encoder.Infer(batch.Ids, visible), batch.Rows)).Logits;
    }
}
