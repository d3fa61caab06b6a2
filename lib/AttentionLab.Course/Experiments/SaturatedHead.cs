using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// One block whose head can be saturated from the start: h = x + attention(x), y = read(h + feedforward(h)). A token holds a name, the
/// name of its partner and a payload, 8 numbers each. It must say two things: the size |payload| of its own numbers, and its partner's payload.
/// The first needs no attention; the second needs the head to find the partner. The experiment of chapter 06.
/// </summary>
/// <remarks>
/// One head of size C = 24; scores are q·k·factor/√C. Loss: mean squared error of all 16 numbers. Optimiser: <see cref="Adam"/>.
/// </remarks>
public sealed class SaturatedHead
{
    /// <summary>Numbers in a name and in a payload; width of a token; tokens in a sequence; sequences in a batch.</summary>
    public const int Part = 8, Width = 3 * Part, Tokens = 8, Sequences = 16;

    private readonly CounterRandom _draws;
    private readonly Linear _query, _key, _value, _output, _read;
    private readonly FeedForward _net;
    private readonly float _scale;
    private readonly Adam _adam;
    private readonly Workspace _workspace = new();

    /// <summary>A block before its first step.</summary>
    /// <param name="factor">Scores are multiplied by it on top of 1/√C: 1 is the usual start, more saturates.</param>
    /// <param name="seed">Decides weights and batches, the same whatever the factor.</param>
    /// <param name="learningRate">Of Adam.</param>
    public SaturatedHead(double factor, ulong seed, double learningRate = 0.003)
    {
        CounterRandom random = new(seed);
        _draws = random.Split(1);
        _scale = (float)(factor / Math.Sqrt(Width));
        _query = new(Width, Width, random, bias: false, name: "W_Q");
        _key = new(Width, Width, random, bias: false, name: "W_K");
        _value = new(Width, Width, random, bias: false, name: "W_V");
        _output = new(Width, Width, random, bias: false, name: "W_O");
        _net = new(Width, 64, random, name: "FFN");
        _read = new(Width, 2 * Part, random, name: "read");
        _adam = new([.. Matrices, .. _net.Parameters.Where(p => p.Value.Rank == 1), .. _read.Parameters], learningRate);
    }

    /// <summary>W_Q, W_K, W_V, W_O and the two matrices of the feed-forward net; after <see cref="Gradient"/> with their gradients.</summary>
    public IReadOnlyList<Parameter> Matrices => [_query.Weight, _key.Weight, _value.Weight, _output.Weight, _net.Expand.Weight, _net.Contract.Weight];

    /// <summary>‖∂L/∂q‖ of every query of the last batch.</summary>
    public IReadOnlyList<double> QueryNorms { get; private set; } = [];

    /// <summary>‖∂L/∂x‖ of every token of the last batch: what goes on to whatever stands before the block.</summary>
    public IReadOnlyList<double> InputNorms { get; private set; } = [];

    /// <summary>The parts of ∂L/∂x of every token of the last batch, by the ways that lead back to it: past the head (residual connection), through its
    /// values, and through its choice (queries and keys). Their sum is ∂L/∂x.</summary>
    public (IReadOnlyList<double> Past, IReadOnlyList<double> Values, IReadOnlyList<double> Choice) WayNorms { get; private set; } = ([], [], []);

    /// <summary>Trains a new block.</summary>
    /// <param name="factor">See the constructor.</param>
    /// <param name="seed">See the constructor.</param>
    /// <param name="steps">Steps of one batch each.</param>
    /// <returns>Share of the variance that is explained, of the own sizes and of the partner's payload, mean of the last 20 batches.</returns>
    public static (double Own, double Fetched) Train(double factor, ulong seed, int steps)
    {
        SaturatedHead block = new(factor, seed);
        List<(double Own, double Fetched)> last = [];
        for (int step = 0; step < steps; step++)
        {
            (double, double) explained = block.Gradient();
            block._adam.Step();
            if (step >= steps - 20)
            {
                last.Add(explained);
            }
        }

        return (last.Average(e => e.Own), last.Average(e => e.Fetched));
    }

    /// <summary>Forward and backward of a new batch; the gradients are those of this batch alone.</summary>
    /// <returns>Share of the variance that the answers explain: own sizes, partner's payload.</returns>
    public (double Own, double Fetched) Gradient()
    {
        (Tensor x, Tensor target) = Draw();
        using Workspace.Scope scope = _workspace.Use();
        (Tensor q, Linear.Saved savedQuery) = _query.Forward(x);
        (Tensor k, Linear.Saved savedKey) = _key.Forward(x);
        (Tensor v, Linear.Saved savedValue) = _value.Forward(x);
        (Tensor mixed, ScaledDotProductAttention.Saved savedAttention) = ScaledDotProductAttention.Forward(q, k, v, scale: _scale);
        (Tensor joined, Linear.Saved savedOutput) = _output.Forward(mixed);
        Tensor h = x + joined;
        (Tensor wide, FeedForward.Saved savedNet) = _net.Forward(h);
        (Tensor y, Linear.Saved savedRead) = _read.Forward(h + wide);

        Gradients.Clear(_adam.Parameters);
        Tensor d = _read.Backward(SquaredErrorLoss.Backward(SquaredErrorLoss.Forward(y, target).Saved), savedRead);
        Tensor dh = d + _net.Backward(d, savedNet);
        (Tensor dq, Tensor dk, Tensor dv) = ScaledDotProductAttention.Backward(_output.Backward(dh, savedOutput), savedAttention);
        Tensor choice = _query.Backward(dq, savedQuery) + _key.Backward(dk, savedKey), values = _value.Backward(dv, savedValue);
        (QueryNorms, InputNorms, WayNorms) = (Norms(dq), Norms(dh + choice + values), (Norms(dh), Norms(values), Norms(choice)));
        return (Explained(y, target, 0), Explained(y, target, Part));
    }

    /// <summary>Sequences of tokens, and what each token must say.</summary>
    private (Tensor X, Tensor Target) Draw()
    {
        Tensor x = Tensor.Gaussian(_draws, 1, Sequences, Tokens, Width), target = new(Sequences, Tokens, 2 * Part);
        for (int s = 0; s < Sequences; s++)
        {
            int[] partner = _draws.Permutation(Tokens);
            for (int i = 0; i < Tokens; i++)
            {
                Span<float> own = x.Row(s * Tokens + i), other = x.Row(s * Tokens + partner[i]), say = target.Row(s * Tokens + i);
                other[..Part].CopyTo(own[Part..]);
                other[(2 * Part)..].CopyTo(say[Part..]);
                for (int c = 0; c < Part; c++)
                {
                    say[c] = Math.Abs(own[2 * Part + c]);
                }
            }
        }

        return (x, target);
    }

    private static double[] Norms(Tensor t) => [.. Enumerable.Range(0, t.Rows).Select(i => Math.Sqrt(Reduce.SquareSum(t.Row(i))))];

    /// <summary>1 − Σ(y − t)² / Σ(t − mean)² over one half of the answers.</summary>
    private static double Explained(Tensor y, Tensor target, int first)
    {
        (double error, double sum, double squares) = (0, 0, 0);
        for (int row = 0; row < y.Rows; row++)
        {
            for (int c = first; c < first + Part; c++)
            {
                (double said, double wanted) = (y.Row(row)[c], target.Row(row)[c]);
                (error, sum, squares) = (error + (said - wanted) * (said - wanted), sum + wanted, squares + wanted * wanted);
            }
        }

        return 1 - error / (squares - sum * sum / (y.Rows * Part));
    }
}
