using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Course.Experiments;

/// <summary>Which matrices stand between the tokens and the output of a <see cref="PayloadHead"/>.</summary>
public enum PayloadMaps
{
    /// <summary>V = X: the tokens themselves are averaged.</summary>
    None,

    /// <summary>V = X·W_V.</summary>
    Value,

    /// <summary>V = X, and the average goes through W_O.</summary>
    Output,
}

/// <summary>
/// What is W_V for? Eight symbols are four pairs of partners; a sequence holds two pairs, and every token must bring home something of its partner.
/// Tokens are unit vectors of 16 numbers: 8 for the symbols, 8 for their names in another alphabet. Loss: mean ‖output − target‖².
/// </summary>
/// <remarks>
/// Without W_V and W_O the output is an average of four unit vectors, so its nearest point to the target is known: copy 0; negate 4/3 (a third on each of the
/// three others); relabel 5/4 (a quarter on each).
/// </remarks>
public sealed class PayloadHead
{
    private const int Symbols = 8, Width = 2 * Symbols, Present = 4, StepCount = 800;
    private const double Rate = 0.03;

    private static readonly (int First, int Second)[] Pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];

    private readonly PayloadMaps _maps;
    private readonly Linear _query, _key, _map;
    private readonly Tensor _tokens, _targets;

    /// <summary>A head before its first step.</summary>
    /// <param name="task">What to bring home.</param>
    /// <param name="maps">Which matrices there are.</param>
    /// <param name="seed">Decides the start; the six sequences are always all there.</param>
    public PayloadHead(PayloadTask task, PayloadMaps maps, ulong seed)
    {
        CounterRandom random = new(seed);
        _maps = maps;
        _query = new Linear(Width, Width, random, bias: false, name: "W_Q");
        _key = new Linear(Width, Width, random, bias: false, name: "W_K");
        _map = new Linear(Width, Width, random, bias: false, name: maps == PayloadMaps.Output ? "W_O" : "W_V");
        Parameters = maps == PayloadMaps.None ? [_query.Weight, _key.Weight] : [_query.Weight, _key.Weight, _map.Weight];
        (_tokens, _targets) = (new Tensor(Pairs.Length, Present, Width), new Tensor(Pairs.Length, Present, Width));
        for (int row = 0; row < _tokens.Rows; row++)
        {
            (int first, int second) = Pairs[row / Present];
            int symbol = 2 * (row % Present < 2 ? first : second) + row % 2, partner = symbol ^ 1;
            _tokens.Row(row)[symbol] = 1;
            _targets.Row(row)[task == PayloadTask.Relabel ? Symbols + partner : partner] = task == PayloadTask.Negate ? -1 : 1;
        }
    }

    /// <summary>The matrices that are trained.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The lowest loss that an average of the four tokens can have: what no training without W_V and W_O can beat.</summary>
    /// <param name="task">What to bring home.</param>
    public static double LowestOfAnAverage(PayloadTask task) => task switch
    {
        PayloadTask.Negate => 1 + 1.0 / (Present - 1),
        PayloadTask.Relabel => 1 + 1.0 / Present,
        _ => 0,
    };

    /// <summary>Trains a new head: 800 steps of Adam at the rate 0.03, falling to 0 over the second half.</summary>
    /// <param name="task">What to bring home.</param>
    /// <param name="maps">Which matrices there are.</param>
    /// <param name="seed">See the constructor.</param>
    /// <returns>Mean ‖output − target‖² at the end.</returns>
    public static double Train(PayloadTask task, PayloadMaps maps, ulong seed)
    {
        PayloadHead head = new(task, maps, seed);
        Adam adam = new(head.Parameters, Rate);
        for (int step = 0; step < StepCount; step++)
        {
            Gradients.Clear(head.Parameters);
            head.Gradient();
            adam.LearningRate = Rate * Math.Min(1, 2 - 2.0 * step / StepCount);
            adam.Step();
        }

        return head.Gradient();
    }

    /// <summary>Forward and backward: adds to the gradients.</summary>
    /// <returns>Mean ‖output − target‖².</returns>
    public double Gradient()
    {
        (Tensor q, Linear.Saved query) = _query.Forward(_tokens);
        (Tensor k, Linear.Saved key) = _key.Forward(_tokens);
        (Tensor v, Linear.Saved value) = _maps == PayloadMaps.Value ? _map.Forward(_tokens) : (_tokens, default);
        (Tensor mixed, ScaledDotProductAttention.Saved attention) = ScaledDotProductAttention.Forward(q, k, v);
        (Tensor y, Linear.Saved output) = _maps == PayloadMaps.Output ? _map.Forward(mixed) : (mixed, default);
        Tensor difference = y - _targets, dY = difference * (2f / y.Rows);
        (Tensor dQ, Tensor dK, Tensor dV) = ScaledDotProductAttention.Backward(_maps == PayloadMaps.Output ? _map.Backward(dY, output) : dY, attention);
        _query.Backward(dQ, query);
        _key.Backward(dK, key);
        if (_maps == PayloadMaps.Value)
        {
            _map.Backward(dV, value);
        }

        return difference.Values.Sum(x => (double)x * x) / y.Rows;
    }
}
