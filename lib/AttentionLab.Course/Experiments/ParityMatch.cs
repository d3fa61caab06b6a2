using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Course.Experiments;

/// <summary>Where the nonlinear part of a <see cref="ParityMatch"/> stands.</summary>
public enum MatchMaps
{
    /// <summary>Nowhere: Q = X·W_Q, K = X·W_K.</summary>
    Linear,

    /// <summary>Q and K come from a two-layer perceptron each.</summary>
    Perceptrons,

    /// <summary>One feed-forward net changes the tokens, as the layer below does; then Q = Y·W_Q, K = Y·W_K.</summary>
    LinearAfterFeedForward,
}

/// <summary>
/// Would Q and K be better as perceptrons? The four tokens are x = (1, a, b) with a, b = ±1. A token sees two keys and must look at the one whose product a·b
/// equals its own. Loss: mean −ln(weight on it), over all 16 cases.
/// </summary>
/// <remarks>
/// With linear maps the score x·M·yᵀ is a sum of 1, a, b times 1, a′, b′; the wanted ±(a·b)(a′·b′) is orthogonal to all nine. The loss is convex in M, and at
/// M = 0 its gradient is 0: no M is better than guessing, ln 2 exactly.
/// </remarks>
public sealed class ParityMatch
{
    private const int Width = 3, Hidden = 8, StepCount = 800;
    private const double Rate = 0.02;

    private static readonly Tensor Tokens = Tensor.FromRows([1, -1, -1], [1, -1, 1], [1, 1, -1], [1, 1, 1]);

    private readonly MatchMaps _maps;
    private readonly FeedForward _first, _second;
    private readonly Linear _query, _key;

    /// <summary>A pair of maps before the first step.</summary>
    /// <param name="maps">Where the nonlinear part stands.</param>
    /// <param name="seed">Decides the start.</param>
    public ParityMatch(MatchMaps maps, ulong seed)
    {
        CounterRandom random = new(seed);
        _maps = maps;
        _first = new FeedForward(Width, Hidden, random, Activation.Gelu, "first");
        _second = new FeedForward(Width, Hidden, random, Activation.Gelu, "second");
        _query = new Linear(Width, Width, random, bias: false, name: "W_Q");
        _key = new Linear(Width, Width, random, bias: false, name: "W_K");
        Parameters = maps switch
        {
            MatchMaps.Linear => [_query.Weight, _key.Weight],
            MatchMaps.Perceptrons => [.. _first.Parameters, .. _second.Parameters],
            _ => [.. _first.Parameters, _query.Weight, _key.Weight],
        };
    }

    /// <summary>What is trained.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Trains a new pair of maps: 800 steps of Adam at the rate 0.02.</summary>
    /// <param name="maps">Where the nonlinear part stands.</param>
    /// <param name="seed">See the constructor.</param>
    /// <returns>The loss at the end, in nats; guessing gives ln 2.</returns>
    public static double Train(MatchMaps maps, ulong seed)
    {
        ParityMatch model = new(maps, seed);
        Adam adam = new(model.Parameters, Rate);
        for (int step = 0; step < StepCount; step++)
        {
            Gradients.Clear(model.Parameters);
            model.Gradient();
            adam.Step();
        }

        return model.Gradient();
    }

    /// <summary>Forward and backward: adds to the gradients.</summary>
    /// <returns>The loss in nats.</returns>
    public double Gradient()
    {
        if (_maps == MatchMaps.Perceptrons)
        {
            (Tensor q, FeedForward.Saved query) = _first.Forward(Tokens);
            (Tensor k, FeedForward.Saved key) = _second.Forward(Tokens);
            (double loss, Tensor dScores) = Loss(q.MatMulTransposed(k));
            _first.Backward(dScores.MatMul(k), query);
            _second.Backward(dScores.TransposedMatMul(q), key);
            return loss;
        }

        (Tensor y, FeedForward.Saved feed) = _maps == MatchMaps.Linear ? (Tokens, default) : _first.Forward(Tokens);
        (Tensor lq, Linear.Saved linearQuery) = _query.Forward(y);
        (Tensor lk, Linear.Saved linearKey) = _key.Forward(y);
        (double value, Tensor d) = Loss(lq.MatMulTransposed(lk));
        Tensor dy = _query.Backward(d.MatMul(lk), linearQuery) + _key.Backward(d.TransposedMatMul(lq), linearKey);
        if (_maps == MatchMaps.LinearAfterFeedForward)
        {
            _first.Backward(dy, feed);
        }

        return value;
    }

    /// <summary>Mean over query i, key j of the same product, key m of the other: ln(1 + exp(s_im − s_ij)), and ∂/∂s.</summary>
    private static (double Loss, Tensor DScores) Loss(Tensor scores)
    {
        Tensor d = new(scores.Shape);
        double loss = 0;
        for (int i = 0; i < 4; i++)
        {
            for (int j = 0; j < 4; j++)
            {
                for (int m = 0; m < 4; m++)
                {
                    if (Product(j) == Product(i) && Product(m) != Product(i))
                    {
                        double gap = scores[i, m] - scores[i, j], share = 1 / (1 + Math.Exp(-gap)) / 16;
                        loss += (Math.Max(gap, 0) + Math.Log(1 + Math.Exp(-Math.Abs(gap)))) / 16;
                        d[i, m] += (float)share;
                        d[i, j] -= (float)share;
                    }
                }
            }
        }

        return (loss, d);
    }

    private static int Product(int token) => (int)(Tokens[token, 1] * Tokens[token, 2]);
}
