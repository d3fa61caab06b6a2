using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// What a trained encoder loses without some of its heads (Michel et al. 2019, "Are sixteen heads really better than one?", §3; Voita et al. 2019).
/// Every token of some texts is hidden behind [MASK], one at a time, and is to be found; a head is removed by <see cref="HeadSwitch"/>.
/// </summary>
/// <remarks>
/// The questions about one text are a batch without padding, and the texts run side by side. The last layer is computed for hidden tokens alone, and
/// <see cref="LostWithoutEach"/> computes what lies before a head once for all heads of its layer.
/// </remarks>
public sealed class HeadPruning
{
    private readonly MaskedWordModel _model;
    private readonly int[][,] _questions;
    private readonly int[] _targets, _texts;
    private readonly Lazy<double[]> _whole;
    private readonly Lazy<double[,][]> _withoutEach;

    /// <summary>The questions about some texts.</summary>
    /// <param name="model">Its weights are changed while a question runs, and are then as they were.</param>
    /// <param name="texts">At least one token in all of them.</param>
    /// <exception cref="ArgumentException">The texts have no token.</exception>
    public HeadPruning(MaskedWordModel model, IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(texts);
        _model = model;
        int[][] ids = [.. texts.Select(text => model.Bert.Tokenizer.Encode(text).Ids)];
        _targets = [.. ids.SelectMany(text => text[1..^1])];                                  // not [CLS], not [SEP]
        if (_targets.Length == 0)
        {
            throw new ArgumentException("texts have no token but a loss is a mean over hidden tokens: pass at least one word.", nameof(texts));
        }

        _texts = [.. ids.SelectMany((text, i) => Enumerable.Repeat(i, text.Length - 2))];
        int mask = model.Bert.Tokenizer.Pieces["[MASK]"];
        _questions = [.. ids.Where(text => text.Length > 2).Select(text => Questions(text, mask))];
        _whole = new(() => Losses());
        _withoutEach = new(LossesWithoutEach);
    }

    /// <summary>How many tokens are to be found.</summary>
    public int Places => _targets.Length;

    private IReadOnlyList<EncoderLayer> Layers => _model.Bert.Encoder.Layers.Layers;

    /// <summary>−ln of the probability of each hidden token, in nats.</summary>
    /// <param name="without">Heads that are removed: layer and head, from 0.</param>
    public double[] Losses(params IEnumerable<(int Layer, int Head)> without)
    {
        ArgumentNullException.ThrowIfNull(without);
        List<HeadSwitch> off = [];
        try
        {
            off.AddRange(without.Select(at => HeadSwitch.Off(Layers[at.Layer].Attention, at.Head)));
            return Losses(Workers.Each(_questions, text => Found(Embedded(text), 0)));
        }
        finally
        {
            // The last first: a head that was named twice comes back whole.
            for (int i = off.Count - 1; i >= 0; i--)
            {
                off[i].Dispose();
            }
        }
    }

    /// <summary>
    /// How much the mean loss grows without some heads, in nats, and half of its 95 % interval: 1.96 standard errors of the paired differences.
    /// </summary>
    /// <param name="without">Heads that are removed: layer and head, from 0.</param>
    public (double Mean, double Half) Lost(params IEnumerable<(int Layer, int Head)> without) => Grown(Losses(without));

    /// <summary>The same without some rows of one layer's W_O, of whatever heads: the control of <see cref="Lost"/>.</summary>
    /// <param name="layer">From 0.</param>
    /// <param name="rows">0 to H·d_v−1.</param>
    public (double Mean, double Half) LostWithoutRows(int layer, IEnumerable<int> rows)
    {
        double[] losses;
        using (HeadSwitch.OffRows(Layers[layer].Attention, rows))
        {
            losses = Losses();
        }

        return Grown(losses);
    }

    /// <summary>How much the mean loss grows without each head alone, in nats: (layers, heads). The questions are asked in the first call only.</summary>
    /// <param name="texts">Which texts count, by their number from 0; null for all.</param>
    /// <exception cref="InvalidOperationException">No text with a token counts.</exception>
    public float[,] LostWithoutEach(Func<int, bool>? texts = null)
    {
        int[] places = [.. Enumerable.Range(0, Places).Where(place => texts?.Invoke(_texts[place]) ?? true)];
        float[,] lost = new float[Layers.Count, _model.Bert.Config.Heads];
        foreach ((int layer, int head) in from l in Enumerable.Range(0, lost.GetLength(0)) from h in Enumerable.Range(0, lost.GetLength(1)) select (l, h))
        {
            double[] losses = _withoutEach.Value[layer, head];
            lost[layer, head] = (float)places.Average(place => losses[place] - _whole.Value[place]);
        }

        return lost;
    }

    /// <summary>The mean loss when the first heads of an order are gone, in nats.</summary>
    /// <param name="order">Layer and head, from 0.</param>
    /// <param name="counts">How many are gone: 0 to the length of the order.</param>
    public double[] LossWithoutFirst(IReadOnlyList<(int Layer, int Head)> order, IEnumerable<int> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        return [.. counts.Select(count => Losses(order.Take(count)).Average())];
    }

    /// <summary>One question for each token of a text, (questions, T): question i hides token i + 1.</summary>
    private static int[,] Questions(int[] text, int mask)
    {
        int[,] ids = new int[text.Length - 2, text.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            (int question, int place) = Math.DivRem(i, text.Length);
            ids[question, place] = place == question + 1 ? mask : text[place];
        }

        return ids;
    }

    private Tensor Embedded(int[,] text) => _model.Bert.Encoder.Embedding.Forward(text).Y;

    private (double Mean, double Half) Grown(double[] losses)
    {
        double[] lost = [.. losses.Zip(_whole.Value, (now, before) => now - before)];
        double mean = lost.Average();
        return (mean, 1.96 * Math.Sqrt(lost.Average(x => (x - mean) * (x - mean)) / lost.Length));
    }

    private double[,][] LossesWithoutEach()
    {
        double[,][] losses = new double[Layers.Count, _model.Bert.Config.Heads][];
        Tensor[] inputs = Workers.Each(_questions, Embedded);
        for (int layer = 0; layer < Layers.Count; layer++)
        {
            for (int head = 0; head < losses.GetLength(1); head++)
            {
                using HeadSwitch off = HeadSwitch.Off(Layers[layer].Attention, head);
                losses[layer, head] = Losses(Workers.Each(inputs, x => Found(x, layer)));
            }

            inputs = Workers.Each(inputs, x => Layers[layer].Infer(x));
        }

        return losses;
    }

    /// <summary>From the input of a layer (questions, T, C) to the vector of each hidden token, (questions, 1, C).</summary>
    private Tensor Found(Tensor x, int layer)
    {
        for (; layer < Layers.Count - 1; layer++)
        {
            x = Layers[layer].Infer(x);
        }

        // In the last layer the hidden token alone asks; all tokens answer.
        EncoderLayer last = Layers[^1];
        int questions = x.Shape[0], tokens = x.Shape[1];
        Tensor hidden = Pooling.Rows(x, [.. Enumerable.Range(0, questions).Select(i => i * tokens + i + 1)]).Reshape(questions, 1, x.Columns);
        Tensor mixed = last.Attention.InferCross(last.AttentionNorm.Before(hidden).Input, last.AttentionNorm.Before(x).Input);
        Tensor h = last.AttentionNorm.After(hidden, mixed, null).Y;
        return last.FeedForwardNorm.After(h, last.FeedForward.Infer(last.FeedForwardNorm.Before(h).Input), null).Y;
    }

    private double[] Losses(Tensor[] found)
    {
        Tensor logits = _model.Head.Forward(new Tensor([.. found.SelectMany(y => y.Values)], Places, found[0].Columns)).Logits;
        float[] total = new float[Places];
        LogSumExp.Forward(logits.Span, total, logits.Rows, logits.Columns);
        return [.. total.Select((sum, i) => (double)sum - logits[i, _targets[i]])];
    }
}
