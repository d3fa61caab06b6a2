using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// A dictionary task for one layer of multi-head attention. A sequence holds T pairs (key symbol, value symbol), drawn anew for
/// each batch; every key is asked for, and the model must answer with its value. It has to learn which keys match: W_Q, W_K, W_V
/// and the read-out W_O start random, the embeddings are random and stay. The experiment of chapter 03.
/// </summary>
/// <remarks>
/// Q = E·W_Q, K = E·W_K, V = U·W_V with the embeddings E (key symbols, C) and U (value symbols, C); each sequence gathers its rows.
/// Logits = merge(softmax(scale·Q·Kᵀ)·V)·W_O, loss = mean cross-entropy, backward by hand, step by <see cref="Adam"/>.
/// </remarks>
public sealed class KeyValueLookup
{
    private const int Averaged = 5;

    private readonly LookupSettings _settings;
    private readonly CounterRandom _draws;
    private readonly Tensor _keys, _values;
    private readonly Adam _adam;
    private readonly Adam? _scaleAdam;
    private readonly Workspace _workspace = new();

    /// <summary>A model before its first step.</summary>
    /// <param name="settings">Task and start.</param>
    /// <param name="seed">Decides embeddings, initial weights and batches; the draws are the same whatever the settings of scale, gain and rate.</param>
    /// <exception cref="ArgumentException">A sequence needs more different keys than there are symbols.</exception>
    public KeyValueLookup(LookupSettings settings, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Pairs > settings.Symbols)
        {
            throw new ArgumentException(
                $"a sequence has {settings.Pairs} different keys but there are {settings.Symbols} key symbols: raise Symbols or lower Pairs.",
                nameof(settings));
        }

        _settings = settings;
        CounterRandom random = new(seed);
        _draws = random.Split(1);
        int width = settings.Heads * settings.HeadSize;
        double usual = 1 / Math.Sqrt(width);
        _keys = Tensor.Gaussian(random, 1, settings.Symbols, width);
        _values = Tensor.Gaussian(random, 1, settings.Answers, width);
        Query = new Linear(width, width, random, bias: false, deviation: settings.InitialGain * usual, name: "W_Q");
        Key = new Linear(width, width, random, bias: false, deviation: settings.InitialGain * usual, name: "W_K");
        Value = new Linear(width, width, random, bias: false, name: "W_V");
        Output = new Linear(width, settings.Answers, random, bias: false, name: "W_O");
        LogScale = new Parameter("log_scale", new Tensor(settings.Heads));
        LogScale.Value.Span.Fill((float)Math.Log(settings.Scale));

        _adam = new Adam(
            settings.FreezeQueryAndKey ? [Value.Weight, Output.Weight] : [Query.Weight, Key.Weight, Value.Weight, Output.Weight], settings.LearningRate);
        _scaleAdam = settings.LearnScale ? new Adam([LogScale], settings.ScaleLearningRate) : null;
    }

    /// <summary>W_Q (C, H·D).</summary>
    public Linear Query { get; }

    /// <summary>W_K (C, H·D).</summary>
    public Linear Key { get; }

    /// <summary>W_V (C, H·D).</summary>
    public Linear Value { get; }

    /// <summary>W_O (H·D, value symbols): merges the heads and reads the answer.</summary>
    public Linear Output { get; }

    /// <summary>τ (H): head h multiplies its scores by e^τ_h.</summary>
    public Parameter LogScale { get; }

    /// <summary>The answers to the last batch and the values asked for, sequence by sequence.</summary>
    public (IReadOnlyList<int> Said, IReadOnlyList<int> Wanted) LastBatch { get; private set; } = ([], []);

    /// <summary>All parameters; after <see cref="Gradient"/> with their gradients.</summary>
    public IReadOnlyList<Parameter> Parameters => [Query.Weight, Key.Weight, Value.Weight, Output.Weight, LogScale];

    /// <summary>Trains a new model until its accuracy reaches the goal.</summary>
    /// <param name="settings">Task and start.</param>
    /// <param name="seed">See the constructor.</param>
    /// <param name="maximumSteps">Gives up after so many steps.</param>
    /// <param name="goal">Share of right answers, 0 to 1.</param>
    /// <param name="stopAtGoal">False goes on to the last step: for learning curves.</param>
    public static LookupRun Train(LookupSettings settings, ulong seed, int maximumSteps, double goal = 0.9, bool stopAtGoal = true)
    {
        KeyValueLookup model = new(settings, seed);
        List<double> batches = [], accuracy = [];
        int? reached = null;
        for (int step = 1; step <= maximumSteps && !(stopAtGoal && reached is not null); step++)
        {
            batches.Add(model.Step());
            accuracy.Add(batches.TakeLast(Averaged).Average());
            if (step >= Averaged && accuracy[^1] >= goal)
            {
                reached ??= step;
            }
        }

        return new LookupRun(accuracy, reached, [.. model.LogScale.Value.Values.Select(tau => Math.Exp(tau))]);
    }

    /// <summary>Answers a new batch, then learns from it.</summary>
    /// <returns>Share of right answers before the step, 0 to 1.</returns>
    public double Step()
    {
        double accuracy = Gradient();
        _adam.Step();
        _scaleAdam?.Step();
        return accuracy;
    }

    /// <summary>Forward and backward of a new batch; the gradients are those of this batch alone.</summary>
    /// <returns>Share of right answers, 0 to 1.</returns>
    public double Gradient()
    {
        (int batch, int heads, int pairs, int width) = (_settings.Sequences, _settings.Heads, _settings.Pairs, Query.Outputs);
        (int[] keyIds, int[] valueIds) = Draw();
        using Workspace.Scope scope = _workspace.Use();
        // (B,H,T,D)
        Tensor query = Rows(Query.Forward(_keys).Y, keyIds), key = Rows(Key.Forward(_keys).Y, keyIds), value = Rows(Value.Forward(_values).Y, valueIds);
        Tensor scaled = PerHead(query);
        (Tensor mixed, ScaledDotProductAttention.Saved attention) = ScaledDotProductAttention.Forward(scaled, key, value, scale: 1);
        Tensor merged = Heads.Merge(mixed).Reshape(batch * pairs, width);
        (Tensor logits, Linear.Saved savedOutput) = Output.Forward(merged);

        Gradients.Clear(Parameters);
        Tensor dLogits = Workspace.Rent(logits.Shape);
        CrossEntropy.Backward(logits.Span, valueIds, 1, dLogits.Span, logits.Rows, logits.Columns);
        Tensor dMixed = Heads.Split(Output.Backward(dLogits, savedOutput).Reshape(batch, pairs, width), heads);
        (Tensor dScaled, Tensor dKey, Tensor dValue) = ScaledDotProductAttention.Backward(dMixed, attention);
        AddScaleGradient(dScaled, scaled);
        AddWeightGradient(_keys, PerHead(dScaled), keyIds, Query);
        AddWeightGradient(_keys, dKey, keyIds, Key);
        AddWeightGradient(_values, dValue, valueIds, Value);
        int[] said = [.. Enumerable.Range(0, logits.Rows).Select(row => Highest(logits.Row(row)))];
        LastBatch = (said, valueIds);
        return said.Zip(valueIds).Count(pair => pair.First == pair.Second) / (double)said.Length;
    }

    /// <summary>B·T key symbols, all different within a sequence, and their value symbols.</summary>
    private (int[] Keys, int[] Values) Draw()
    {
        int[] keys = new int[_settings.Sequences * _settings.Pairs], values = new int[keys.Length];
        for (int b = 0; b < _settings.Sequences; b++)
        {
            _draws.Permutation(_settings.Symbols).AsSpan(0, _settings.Pairs).CopyTo(keys.AsSpan(b * _settings.Pairs));
        }

        for (int i = 0; i < values.Length; i++)
        {
            values[i] = _draws.NextInt(_settings.Answers);
        }

        return (keys, values);
    }

    private Tensor Rows(Tensor table, int[] ids)
    {
        Tensor rows = Workspace.Rent(_settings.Sequences, _settings.Pairs, table.Columns);
        Gather.Forward(table.Span, ids, rows.Span, table.Columns);
        return Heads.Split(rows, _settings.Heads);
    }

    /// <summary>dW += Eᵀ·dE′, with dE′ the sum of the gradients of all rows that were taken from a row of E·W. E stays, so it needs none.</summary>
    private static void AddWeightGradient(Tensor embedding, Tensor gradient, int[] ids, Linear map)
    {
        Tensor dTable = Workspace.Rent(embedding.Rows, map.Outputs);
        dTable.Span.Clear();
        Gather.Backward(Heads.Merge(gradient).Span, ids, dTable.Span, map.Outputs);
        MatMul.ForwardTN(embedding.Span, dTable.Span, map.Weight.Gradient.Span, embedding.Columns, embedding.Rows, map.Outputs, add: true);
    }

    /// <summary>e^τ_h times the rows of head h. Scaling q instead of the scores is the same, and gives τ its gradient.</summary>
    private Tensor PerHead(Tensor x)
    {
        Tensor y = Workspace.Rent(x.Shape);
        for (int row = 0; row < x.Rows; row++)
        {
            Multiply.Scale(x.Row(row), MathF.Exp(LogScale.Value[HeadOf(row)]), y.Row(row));
        }

        return y;
    }

    /// <summary>With q′ = e^τ·q: ∂L/∂τ_h = Σ ∂L/∂q′·q′ over the rows of head h.</summary>
    private void AddScaleGradient(Tensor dScaled, Tensor scaled)
    {
        for (int row = 0; row < scaled.Rows; row++)
        {
            LogScale.Gradient[HeadOf(row)] += Dot.Forward(dScaled.Row(row), scaled.Row(row));
        }
    }

    private int HeadOf(int row) => row / _settings.Pairs % _settings.Heads;

    private static int Highest(ReadOnlySpan<float> row)
    {
        int best = 0;
        for (int j = 1; j < row.Length; j++)
        {
            best = row[j] > row[best] ? j : best;
        }

        return best;
    }
}
