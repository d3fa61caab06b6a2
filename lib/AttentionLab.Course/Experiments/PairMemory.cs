using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// How many pairs an attention can keep apart. n pairs of a random key and a random value, k, v ~ N(0, 1), come one after the other; then one of the
/// keys is asked as a query, and the value that is nearest to the answer (by cosine) should be its own.
/// </summary>
public sealed class PairMemory
{
    /// <summary>At most so many keys are asked, evenly chosen.</summary>
    private const int MostAsked = 128;

    private readonly Tensor _keys, _values, _queries;
    private readonly int[] _asked;

    /// <summary>Draws the pairs.</summary>
    /// <param name="pairs">n.</param>
    /// <param name="dim">Length of keys and values.</param>
    /// <param name="seed">Of the draw.</param>
    public PairMemory(int pairs, int dim, ulong seed = 1)
    {
        CounterRandom random = new(seed);
        (_keys, _values) = (Tensor.Gaussian(random, 1, pairs, dim), Tensor.Gaussian(random, 1, pairs, dim));
        int asked = Math.Min(pairs, MostAsked);
        _asked = [.. Enumerable.Range(0, asked).Select(i => (int)((long)i * pairs / asked))];
        _queries = Tensor.FromRows([.. _asked.Select(at => _keys.Row(at).ToArray())]);
    }

    /// <summary>Which pairs are asked, counted from the last one backwards: 0 is the newest.</summary>
    public IReadOnlyList<int> Ages => [.. _asked.Select(at => _keys.Rows - 1 - at)];

    /// <summary>Softmax attention to all keys that are kept, with the usual scale.</summary>
    /// <returns>For each asked pair whether it was found.</returns>
    public bool[] BySoftmax() => Found(FusedAttention.Infer(_queries, _keys, _values));

    /// <summary>Linear attention, φ(q)·φ(k) in place of e^(q·k/√D) (<see cref="LinearAttend"/>).</summary>
    /// <param name="map">φ.</param>
    /// <inheritdoc cref="BySoftmax"/>
    public bool[] ByLinear(FeatureMap map = FeatureMap.EluPlusOne)
    {
        Tensor output = new(_queries.Rows, _values.Columns);
        AttendSizes sizes = new(1, 1, _queries.Rows, _keys.Rows, _keys.Columns, _values.Columns);
        LinearAttend.Forward(AttendInput.Linear<float>(_queries.Span, _keys.Span, _values.Span, sizes), output.Span, map);
        return Found(output);
    }

    /// <summary>Lightning Attention, q·k without φ: all that is kept is one matrix S of D by D (<see cref="LightningAttend"/>).</summary>
    /// <param name="decay">λ: what one step leaves of the matrix; 1 for all.</param>
    /// <inheritdoc cref="BySoftmax"/>
    public bool[] ByState(float decay = 1)
    {
        // After the last pair S = Σ λ^(n−1−j)·k_jᵀ·v_j: what LightningAttend.Step makes one by one, as one product.
        Tensor decayed = new(_keys.Shape);
        for (int t = 0; t < _keys.Rows; t++)
        {
            Multiply.Scale(_keys.Row(t), MathF.Pow(decay, _keys.Rows - 1 - t), decayed.Row(t));
        }

        return Found(_queries.MatMul(decayed.TransposedMatMul(_values)));
    }

    /// <summary>The control: the plain mean of all values, whatever is asked.</summary>
    /// <inheritdoc cref="BySoftmax"/>
    public bool[] ByMean() => Found(FusedAttention.Infer(new Tensor(_queries.Shape), _keys, _values));

    private bool[] Found(Tensor answers)
    {
        // The length of an answer does not matter for which value is nearest by cosine; the length of the values does.
        Tensor likeness = answers.MatMulTransposed(_values);
        float[] lengths = [.. Enumerable.Range(0, _values.Rows).Select(j => MathF.Sqrt(Dot.Forward(_values.Row(j), _values.Row(j))))];
        return [.. _asked.Select((own, i) => Enumerable.Range(0, lengths.Length).All(j =>
            j == own || likeness[i, j] / lengths[j] < likeness[i, own] / lengths[own]))];
    }
}
