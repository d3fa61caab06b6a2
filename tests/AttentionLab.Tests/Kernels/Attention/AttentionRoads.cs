using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Kernels;

/// <summary>One head on every road that the library has from Q, K and V to an output and back: what one road gives, all must give.</summary>
internal sealed class AttentionRoads(int queries, int keys, int dim, int valueDim, float scale)
{
    public Tensor Q { get; } = new(Inputs.Gaussian(1, queries * dim), queries, dim);

    public Tensor K { get; } = new(Inputs.Gaussian(2, keys * dim), keys, dim);

    public Tensor V { get; } = new(Inputs.Gaussian(3, keys * valueDim), keys, valueDim);

    public Tensor DOutput { get; } = new(Inputs.Gaussian(4, queries * valueDim), queries, valueDim);

    /// <summary>Who may look at whom, row by row; empty for everybody.</summary>
    public bool[] Pairs { get; init; } = [];

    public bool[] Keys { get; init; } = [];

    public bool Causal { get; init; }

    public float[] Bias { get; init; } = [];

    private AttendMask Mask => new() { Causal = Causal, Keys = Keys, Pairs = Pairs };

    /// <summary>The same condition as a layer takes it.</summary>
    public AttentionMask? LayerMask
    {
        get
        {
            AttentionMask?[] parts =
            [
                Causal ? AttentionMask.Causal : null, Keys.Length == 0 ? null : AttentionMask.Keys(Keys),
                Pairs.Length == 0 ? null : AttentionMask.Pairs(Square(Pairs)),
                Bias.Length == 0 ? null : AttentionMask.Bias(new Tensor(Bias, queries, keys)),
            ];
            return parts.Aggregate((a, b) => a is null ? b : b is null ? a : a & b);
        }
    }

    /// <summary>Whether a query may look at a key.</summary>
    public bool Sees(int query, int key) => Mask.Sees(query, key, queries, keys) && (Bias.Length == 0 || !float.IsNegativeInfinity(Bias[query * keys + key]));

    /// <summary>By loops in double: what exact arithmetic would give.</summary>
    public (double[] Output, double[] Weights, double[][] Gradients) Exact()
    {
        double[] output = new double[queries * valueDim], weights = new double[queries * keys], bias = Inputs.Widen(Bias);
        double[] q = Inputs.Widen(Q.Span), k = Inputs.Widen(K.Span), v = Inputs.Widen(V.Span), dOutput = Inputs.Widen(DOutput.Span);
        double[][] gradients = [new double[q.Length], new double[k.Length], new double[v.Length], new double[bias.Length]];
        for (int i = 0; i < queries; i++)
        {
            double[] scores = [.. Enumerable.Range(0, keys).Select(j => !Sees(i, j) ? double.NegativeInfinity
                : scale * Enumerable.Range(0, dim).Sum(c => q[i * dim + c] * k[j * dim + c]) + (Bias.Length == 0 ? 0 : bias[i * keys + j]))];
            double top = scores.Max(), sum = scores.Sum(s => double.IsNegativeInfinity(s) ? 0 : Math.Exp(s - top));
            int[] seen = [.. Enumerable.Range(0, keys).Where(j => Sees(i, j))];
            foreach (int j in seen)
            {
                weights[i * keys + j] = Math.Exp(scores[j] - top) / sum;
                for (int c = 0; c < valueDim; c++)
                {
                    output[i * valueDim + c] += weights[i * keys + j] * v[j * valueDim + c];
                }
            }

            double DWeight(int j) => Enumerable.Range(0, valueDim).Sum(c => dOutput[i * valueDim + c] * v[j * valueDim + c]);
            double mean = seen.Sum(j => weights[i * keys + j] * DWeight(j));
            foreach (int j in seen)
            {
                double dScore = weights[i * keys + j] * (DWeight(j) - mean);
                for (int c = 0; c < dim; c++)
                {
                    gradients[0][i * dim + c] += scale * dScore * k[j * dim + c];
                    gradients[1][j * dim + c] += scale * dScore * q[i * dim + c];
                }

                for (int c = 0; c < valueDim; c++)
                {
                    gradients[2][j * valueDim + c] += weights[i * keys + j] * dOutput[i * valueDim + c];
                }

                if (Bias.Length > 0)
                {
                    gradients[3][i * keys + j] += dScore;
                }
            }
        }

        return (output, weights, gradients);
    }

    /// <summary>The outputs of all roads, by name.</summary>
    public IEnumerable<(string Road, float[] Output)> Outputs()
    {
        float[] output = new float[queries * valueDim];
        Attend.Forward(
            AttendInput.Split<float>(Q.Span, K.Span, V.Span, new(1, 1, queries, keys, dim, valueDim), scale, Mask, Bias), output, new float[queries * keys]);
        yield return ("materialised", output);
        yield return ("scaled dot-product attention", ScaledDotProductAttention.Forward(Q, K, V, LayerMask, scale).Output.Values);
        yield return ("fused", FusedAttention.Forward(Q, K, V, LayerMask, scale).Output.Values);
        yield return ("fused, inference", FusedAttention.Infer(Q, K, V, LayerMask, scale).Values);
        KeyValueCache cache = new(1, 1, keys, dim, valueDim);
        cache.Append(K.Reshape(1, 1, keys, dim), V.Reshape(1, 1, keys, valueDim));
        yield return ("cache", cache.Attend(Q.Reshape(1, 1, queries, dim), scale, LayerMask).Values);
        if (HasHeads)
        {
            MultiHeadAttention heads = Identity();
            yield return ("heads", heads.ForwardCross(Q, Memory(), LayerMask).Y.Values);
            yield return ("heads, inference", heads.InferCross(Q, Memory(), LayerMask).Values);
        }
    }

    /// <summary>The weights of all roads that form them.</summary>
    public IEnumerable<(string Road, float[] Weights)> Weights()
    {
        yield return ("scaled dot-product attention", ScaledDotProductAttention.Forward(Q, K, V, LayerMask, scale).Saved.Weights.Values);
        if (HasHeads)
        {
            yield return ("heads", Identity().ForwardCross(Q, Memory(), LayerMask).Saved.Weights().Values);
        }
    }

    /// <summary>∂Q, ∂K, ∂V and ∂bias of all roads, by name.</summary>
    public IEnumerable<(string Road, float[][] Gradients)> Gradients()
    {
        Tensor? dBias = Bias.Length == 0 ? null : new Tensor(queries, keys);
        var materialised = ScaledDotProductAttention.Backward(DOutput, ScaledDotProductAttention.Forward(Q, K, V, LayerMask, scale).Saved, dBias);
        yield return ("scaled dot-product attention", [materialised.DQuery.Values, materialised.DKey.Values, materialised.DValue.Values, dBias?.Values ?? []]);
        dBias = Bias.Length == 0 ? null : new Tensor(queries, keys);
        var fused = FusedAttention.Backward(DOutput, FusedAttention.Forward(Q, K, V, LayerMask, scale).Saved, dBias);
        yield return ("fused", [fused.DQuery.Values, fused.DKey.Values, fused.DValue.Values, dBias?.Values ?? []]);
        if (!HasHeads)
        {
            yield break;
        }

        MultiHeadAttention heads = Identity();
        (Tensor dx, Tensor dMemory) = heads.BackwardCross(DOutput, heads.ForwardCross(Q, Memory(), LayerMask).Saved);
        float[] Columns(Range range) => [.. Enumerable.Range(0, keys).SelectMany(j => dMemory.Row(j)[range].ToArray())];
        yield return ("heads", [dx.Values, Columns(..dim), Columns(dim..), []]);
    }

    /// <summary>K and V side by side: what the layer's memory looks like.</summary>
    private Tensor Memory()
    {
        Tensor memory = new(keys, dim + valueDim);
        for (int j = 0; j < keys; j++)
        {
            K.Row(j).CopyTo(memory.Row(j));
            V.Row(j).CopyTo(memory.Row(j)[dim..]);
        }

        return memory;
    }

    /// <summary>
    /// The layer's output is as wide as its input. And its maps are products, in which 0·NaN or 0·∞ is NaN: it is left out where K or V hold such numbers.
    /// </summary>
    private bool HasHeads => dim == valueDim;

    /// <summary>One head whose maps only pick columns.</summary>
    private MultiHeadAttention Identity()
    {
        MultiHeadAttention heads = new(
            dim, 1, new CounterRandom(1), new() { MemoryChannels = dim + valueDim, HeadSize = dim, ValueSize = valueDim, Bias = false, Scale = scale });
        Pick(heads.Query, 0);
        Pick(heads.Key, 0);
        Pick(heads.Value, dim);
        Pick(heads.Output, 0);
        return heads;

        static void Pick(Linear map, int from)
        {
            map.Weight.Value.Span.Clear();
            for (int c = 0; c < map.Outputs; c++)
            {
                map.Weight.Value[from + c, c] = 1;
            }
        }
    }

    private bool[,] Square(bool[] pairs)
    {
        bool[,] square = new bool[queries, keys];
        Buffer.BlockCopy(pairs, 0, square, 0, pairs.Length);
        return square;
    }
}
