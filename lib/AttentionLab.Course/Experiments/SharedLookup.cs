using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// Can one matrix give both the key and the value? A token is a pair: a key symbol and a value symbol, each as a unit vector, side by side (2·n numbers).
/// A sequence holds every key symbol once, with a value drawn anew. Each key symbol is asked for, and the head answers with its value:
/// logits = softmax(Q·Kᵀ/√d_k)·V·W_O, where Q = E·W_Q comes from the symbol alone, K = X·W_K and V = X·W_V. Shared: W_V = W_K.
/// </summary>
public sealed class SharedLookup
{
    private readonly SharedLookupSettings _settings;
    private readonly CounterRandom _draws;
    private readonly Tensor _asked;
    private readonly Adam _adam;

    /// <summary>A head before its first step.</summary>
    /// <param name="settings">The head.</param>
    /// <param name="seed">Decides start and batches.</param>
    public SharedLookup(SharedLookupSettings settings, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        (int n, int size) = (settings.Symbols, settings.Size);
        CounterRandom random = new(seed);
        _draws = random.Split(1);
        Query = new Linear(n, size, random, bias: false, name: "W_Q");
        Key = new Linear(2 * n, size, random, bias: false, name: "W_K");
        Value = settings.Shared ? Key : new Linear(2 * n, size, random, bias: false, name: "W_V");
        Output = new Linear(size, n, random, bias: false, name: "W_O");
        Parameters = [.. new[] { Query.Weight, Key.Weight, Value.Weight, Output.Weight }.Distinct()];
        _adam = new Adam(Parameters, settings.LearningRate);
        _asked = new Tensor(settings.Sequences, n, n);
        for (int row = 0; row < settings.Sequences * n; row++)
        {
            _asked.Row(row)[row % n] = 1;
        }
    }

    /// <summary>W_Q (n, d_k).</summary>
    public Linear Query { get; }

    /// <summary>W_K (2·n, d_k).</summary>
    public Linear Key { get; }

    /// <summary>W_V (2·n, d_k); the same object as <see cref="Key"/> if they are shared.</summary>
    public Linear Value { get; }

    /// <summary>W_O (d_k, n).</summary>
    public Linear Output { get; }

    /// <summary>Every matrix once.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Trains a new head and says how good it is.</summary>
    /// <param name="settings">The head.</param>
    /// <param name="seed">See the constructor.</param>
    /// <returns>Mean −ln(probability of the right value) over 20 new batches, in nats.</returns>
    public static double Train(SharedLookupSettings settings, ulong seed)
    {
        SharedLookup head = new(settings, seed);
        for (int step = 0; step < settings.Steps; step++)
        {
            Gradients.Clear(head.Parameters);
            head.Gradient();
            head._adam.LearningRate = settings.LearningRate * Math.Min(1, 2 - 2.0 * step / settings.Steps);
            head._adam.Step();
        }

        return Enumerable.Range(0, 20).Average(_ => head.Gradient());
    }

    /// <summary>Forward and backward of a new batch: adds to the gradients.</summary>
    /// <returns>The loss in nats.</returns>
    public double Gradient()
    {
        (Tensor tokens, int[] values) = Draw();
        (Tensor q, Linear.Saved query) = Query.Forward(_asked);
        (Tensor k, Linear.Saved key) = Key.Forward(tokens);
        (Tensor v, Linear.Saved value) = Value.Forward(tokens);
        (Tensor mixed, ScaledDotProductAttention.Saved attention) = ScaledDotProductAttention.Forward(q, k, v);
        (Tensor logits, Linear.Saved output) = Output.Forward(mixed);
        (float loss, CrossEntropyLoss.Saved lost) = CrossEntropyLoss.Forward(logits, values);
        (Tensor dQ, Tensor dK, Tensor dV) = ScaledDotProductAttention.Backward(Output.Backward(CrossEntropyLoss.Backward(lost), output), attention);
        Query.Backward(dQ, query);
        Key.Backward(dK, key);
        Value.Backward(dV, value);
        return loss;
    }

    /// <summary>Tokens (B, n, 2·n), the key symbols in order (attention does not see order), and the value of each.</summary>
    private (Tensor Tokens, int[] Values) Draw()
    {
        int n = _settings.Symbols;
        Tensor tokens = new(_settings.Sequences, n, 2 * n);
        int[] values = new int[tokens.Rows];
        for (int row = 0; row < values.Length; row++)
        {
            values[row] = _draws.NextInt(n);
            tokens.Row(row)[row % n] = 1;
            tokens.Row(row)[n + values[row]] = 1;
        }

        return (tokens, values);
    }
}
