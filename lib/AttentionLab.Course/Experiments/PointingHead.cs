using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// A head of attention reduced to its question "who looks at whom": n tokens, each known by its number only (X is the unit matrix), W_Q and W_K
/// are learned, the output is the weights themselves (V = X), and the loss is the mean of −ln(weight on the token that has to be looked at).
/// The experiment of chapter 04: with W_K = W_Q the scores X·W·Wᵀ·Xᵀ are symmetric, and some tasks become impossible.
/// </summary>
public sealed class PointingHead
{
    private readonly PointingSettings _settings;
    private readonly Tensor _tokens;
    private readonly int[] _targets;
    private readonly AttentionMask? _mask;

    /// <summary>A head before its first step: entries of the matrices are N(0, 1/n).</summary>
    /// <param name="settings">Task and head.</param>
    /// <param name="seed">Decides the start; nothing else is random.</param>
    /// <exception cref="ArgumentException">The task cannot be done by such a head at all.</exception>
    public PointingHead(PointingSettings settings, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(settings);
        (_settings, _targets) = (settings, settings.Targets());
        int n = settings.Tokens;
        _tokens = new Tensor(n, n);
        for (int i = 0; i < n; i++)
        {
            _tokens[i, i] = 1;
        }

        CounterRandom random = new(seed);
        Query = new Linear(n, settings.Size, random, bias: false, name: "W_Q");
        Key = settings.Tied ? Query : new Linear(n, settings.Size, random, bias: false, name: "W_K");
        _mask = settings.HideSelf ? AttentionMask.Pairs(Others(n)) : null;
        _mask = !settings.Causal ? _mask : _mask is null ? AttentionMask.Causal : _mask & AttentionMask.Causal;
    }

    /// <summary>W_Q (n, d_k): row i is the query of token i.</summary>
    public Linear Query { get; }

    /// <summary>W_K (n, d_k); the same object as <see cref="Query"/> if they are tied.</summary>
    public Linear Key { get; }

    /// <summary>M = W_Q·W_Kᵀ (n, n): all that the scores depend on.</summary>
    public Tensor Product => Query.Weight.Value.MatMulTransposed(Key.Weight.Value);

    /// <summary><see cref="Product"/> without the mean of each row (n, n): what softmax sees of it, as it only sees how far scores lie apart.</summary>
    public Tensor CentredProduct
    {
        get
        {
            Tensor centred = Product;
            for (int i = 0; i < centred.Rows; i++)
            {
                float mean = centred.Row(i).ToArray().Average();
                foreach (ref float x in centred.Row(i))
                {
                    x -= mean;
                }
            }

            return centred;
        }
    }

    /// <summary>(n, n): row i says how token i looks at all tokens.</summary>
    public Tensor Weights => Forward().Attention.Weights;

    /// <summary>Mean of −ln(weight on the right token), in nats.</summary>
    public double Loss
    {
        get
        {
            Tensor weights = Weights;
            return Enumerable.Range(0, _targets.Length).Where(i => _targets[i] >= 0).Average(i => -Math.Log(weights[i, _targets[i]]));
        }
    }

    /// <summary>Trains a new head.</summary>
    /// <param name="settings">Task and head.</param>
    /// <param name="seed">See the constructor.</param>
    public static PointingHead Train(PointingSettings settings, ulong seed)
    {
        PointingHead head = new(settings, seed);
        Parameter[] parameters = settings.Tied ? [head.Query.Weight] : [head.Query.Weight, head.Key.Weight];
        Adam adam = new(parameters, settings.LearningRate);
        Workspace memory = new();
        for (int step = 0; step < settings.Steps; step++)
        {
            using Workspace.Scope scope = memory.Use();
            Gradients.Clear(parameters);
            head.Backward();
            adam.LearningRate = settings.LearningRate * Math.Min(1, 2 - 2.0 * step / settings.Steps);
            adam.Step();
        }

        return head;
    }

    /// <summary>Adds ∂loss/∂W_Q and ∂loss/∂W_K; a tied matrix gets both.</summary>
    internal void Backward()
    {
        (Linear.Saved query, Linear.Saved key, ScaledDotProductAttention.Saved attention) = Forward();
        Tensor dWeights = Workspace.Rent(attention.Weights.Shape);
        dWeights.Span.Clear();
        int counted = _targets.Count(target => target >= 0);
        for (int i = 0; i < _targets.Length; i++)
        {
            if (_targets[i] is int target and >= 0)
            {
                dWeights[i, target] = -1 / (counted * attention.Weights[i, target]);
            }
        }

        (Tensor dQuery, Tensor dKey, _) = ScaledDotProductAttention.Backward(dWeights, attention);
        Query.Backward(dQuery, query);
        Key.Backward(dKey, key);
    }

    private (Linear.Saved Query, Linear.Saved Key, ScaledDotProductAttention.Saved Attention) Forward()
    {
        (Tensor q, Linear.Saved query) = Query.Forward(_tokens);
        (Tensor k, Linear.Saved key) = Key.Forward(_tokens);
        return (query, key, ScaledDotProductAttention.Forward(q, k, _tokens, _mask).Saved);
    }

    private static bool[,] Others(int n)
    {
        bool[,] visible = new bool[n, n];
        for (int at = 0; at < n * n; at++)
        {
            visible[at / n, at % n] = at / n != at % n;
        }

        return visible;
    }
}
