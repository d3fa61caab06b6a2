using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Models;

/// <content>From a vector for each piece to one for the text.</content>
public sealed partial class Bert
{
    private static readonly int[] DenseMemory = [Scratch.Reserve(), Scratch.Reserve()];

    /// <summary>One vector a text from the vectors of its pieces, by <see cref="Pooling"/> and <see cref="Normalize"/>.</summary>
    /// <param name="y">(B,T,C), from <see cref="Forward"/>.</param>
    /// <param name="visible">(B,T): true for a piece, false for padding, which stands at the end.</param>
    /// <returns>(B, <see cref="Width"/>).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or a text has no piece.</exception>
    /// <exception cref="InvalidOperationException">The pooler is asked for but the file has none.</exception>
    public Tensor Pool(Tensor y, bool[,] visible)
    {
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(visible);
        if (y.Rank != 3 || y.Columns != Config.Channels || y.Shape[0] != visible.GetLength(0) || y.Shape[1] != visible.GetLength(1))
        {
            throw new ArgumentException(
                $"y is {Tensor.Describe(y.Shape)} but visible ({visible.GetLength(0)}, {visible.GetLength(1)}) and the model has {Config.Channels} channels: "
                + "pass (B,T,C) and (B,T) of the same texts.",
                nameof(y));
        }

        RequirePooler();
        int tokens = y.Shape[1], channels = y.Columns;
        Tensor pooled = new(y.Shape[0], Width);
        for (int b = 0; b < y.Shape[0]; b++)
        {
            int length = 0;
            while (length < tokens && visible[b, length])
            {
                length++;
            }

            if (length == 0)
            {
                throw new ArgumentException($"text {b} has no piece that is visible at its beginning: every text has at least [CLS].", nameof(visible));
            }

            PoolRows(y.Span.Slice(b * tokens * channels, length * channels), pooled.Row(b));
        }

        return pooled;
    }

    /// <summary>The same for one text: pooling, Dense modules, length.</summary>
    /// <param name="rows">(T,C).</param>
    /// <param name="vector">(<see cref="Width"/>), overwritten.</param>
    private void PoolRows(ReadOnlySpan<float> rows, Span<float> vector)
    {
        if (_dense.Count == 0)
        {
            PoolAlone(rows, vector);
        }
        else
        {
            Span<float> now = Scratch.Span(DenseMemory[0], Config.Channels);
            PoolAlone(rows, now);
            for (int i = 0; i < _dense.Count; i++)
            {
                Span<float> next = i + 1 == _dense.Count ? vector : Scratch.Span(DenseMemory[(i + 1) % DenseMemory.Length], _dense[i].Outputs);
                _dense[i].Infer(now, next);
                now = next;
            }
        }

        if (Normalize)
        {
            CosineSimilarity.Unit(vector, vector);
        }
    }

    private void PoolAlone(ReadOnlySpan<float> rows, Span<float> pooled)
    {
        int channels = pooled.Length, tokens = rows.Length / channels;
        ReadOnlySpan<float> first = rows[..channels];
        switch (Pooling)
        {
            case SentencePooling.Pooler:
                Pooler!.Infer(first, pooled);
                for (int c = 0; c < channels; c++)
                {
                    pooled[c] = MathF.Tanh(pooled[c]);
                }

                break;
            case SentencePooling.Mean:
                pooled.Clear();
                for (int t = 0; t < tokens; t++)
                {
                    Multiply.AddScaled(rows.Slice(t * channels, channels), 1f / tokens, pooled);
                }

                break;
            default:
                first.CopyTo(pooled);
                for (int i = channels; Pooling == SentencePooling.Max && i < rows.Length; i++)
                {
                    pooled[i % channels] = MathF.Max(pooled[i % channels], rows[i]);
                }

                break;
        }
    }

    private void RequirePooler()
    {
        if (Pooling == SentencePooling.Pooler && Pooler is null)
        {
            throw new InvalidOperationException("Pooling is Pooler but the model's file has no pooler: choose Mean, Cls or Max.");
        }
    }
}
