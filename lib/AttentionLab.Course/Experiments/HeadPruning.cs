using AttentionLab.Kernels;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Words;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// What a trained encoder loses without some of its heads (Michel et al. 2019, "Are sixteen heads really better than one?", §3; Voita et al. 2019).
/// Every token of some texts is hidden behind [MASK], one at a time, and is to be found; a head is removed by <see cref="HeadSwitch"/>.
/// </summary>
public sealed class HeadPruning
{
    private readonly MaskedWordModel _model;
    private readonly EncodedBatch _questions;
    private readonly int[] _rows, _targets;
    private readonly Lazy<double[]> _whole;

    /// <summary>The questions about some texts.</summary>
    /// <param name="model">Its weights are changed while a question runs, and are then as they were.</param>
    /// <param name="texts">At least one token in all of them.</param>
    /// <exception cref="ArgumentException">The texts have no token.</exception>
    public HeadPruning(MaskedWordModel model, IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(texts);
        _model = model;
        Vocabulary pieces = model.Bert.Tokenizer.Pieces;
        List<EncodedText> questions = [];
        List<int> places = [];
        foreach (EncodedText text in texts.Select(text => model.Bert.Tokenizer.Encode(text)))
        {
            for (int place = 1; place < text.Length - 1; place++)                  // not [CLS], not [SEP]
            {
                questions.Add(text);
                places.Add(place);
            }
        }

        if (questions.Count == 0)
        {
            throw new ArgumentException("texts have no token but a loss is a mean over hidden tokens: pass at least one word.", nameof(texts));
        }

        _questions = EncodedBatch.Of(questions, pieces[Vocabulary.Padding]);
        int length = _questions.Ids.GetLength(1);
        _rows = [.. places.Select((place, i) => i * length + place)];
        _targets = [.. places.Select((place, i) => _questions.Ids[i, place])];
        for (int i = 0; i < places.Count; i++)
        {
            _questions.Ids[i, places[i]] = pieces["[MASK]"];
        }

        _whole = new(() => Losses());
    }

    /// <summary>How many tokens are to be found.</summary>
    public int Places => _targets.Length;

    /// <summary>−ln of the probability of each hidden token, in nats.</summary>
    /// <param name="without">Heads that are removed: layer and head, from 0.</param>
    public double[] Losses(params IEnumerable<(int Layer, int Head)> without)
    {
        ArgumentNullException.ThrowIfNull(without);
        List<HeadSwitch> off = [];
        try
        {
            off.AddRange(without.Select(at => HeadSwitch.Off(_model.Bert.Encoder.Layers.Layers[at.Layer].Attention, at.Head)));
            Tensor vectors = Pooling.Rows(_model.Bert.Encoder.Infer(_questions.Ids, _questions.Visible, _questions.Types), _rows);
            Tensor logits = _model.Head.Forward(vectors).Logits;
            float[] total = new float[Places];
            LogSumExp.Forward(logits.Span, total, logits.Rows, logits.Columns);
            return [.. total.Select((sum, i) => (double)sum - logits[i, _targets[i]])];
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
    public (double Mean, double Half) Lost(params IEnumerable<(int Layer, int Head)> without)
    {
        double[] lost = [.. Losses(without).Zip(_whole.Value, (now, before) => now - before)];
        double mean = lost.Average();
        return (mean, 1.96 * Math.Sqrt(lost.Average(x => (x - mean) * (x - mean)) / lost.Length));
    }

    /// <summary>How much the mean loss grows without each head alone, in nats: (layers, heads).</summary>
    public float[,] LostWithoutEach()
    {
        (int layers, int heads) = (_model.Bert.Config.Layers, _model.Bert.Config.Heads);
        double whole = _whole.Value.Average();
        float[,] lost = new float[layers, heads];
        for (int layer = 0; layer < layers; layer++)
        {
            for (int head = 0; head < heads; head++)
            {
                lost[layer, head] = (float)(Losses((layer, head)).Average() - whole);
            }
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
}
