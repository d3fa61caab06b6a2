using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Kernels;

/// <summary>What stands under a hidden key reaches no query that cannot see it, forward and backward, on every road; what a query sees, it shows.</summary>
public class HiddenNaNTests
{
    private static readonly string[] Kinds = ["keys", "pairs", "causal", "bias", "all"];
    private static readonly (int Queries, int Keys)[] Sizes = [(3, 3), (40, 40), (7, 150), (150, 300)];

    public static TheoryData<string, int, int> Cases => [.. from kind in Kinds from size in Sizes select (kind, size.Queries, size.Keys)];

    [Theory, MemberData(nameof(Cases))]
    public void AllRoads_NaNOrInfinityInKOrV_ReachesOnlyWhoSeesIt(string kind, int queries, int keys)
    {
        foreach (float poison in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            foreach ((bool inKeys, bool inValues) in new[] { (false, true), (true, false), (true, true) })
            {
                AttentionRoads clean = Roads(kind, queries, keys), roads = Roads(kind, queries, keys);
                int[] spoilt = [.. new[] { 0, keys / 3, keys / 2, keys - 1 }.Distinct()];
                foreach (int j in spoilt)
                {
                    roads.K[j, 1] = inKeys ? poison : roads.K[j, 1];
                    roads.V[j, 2] = inValues ? poison : roads.V[j, 2];
                }

                string what = $"{poison} in {(inKeys ? "K" : "")}{(inValues ? "V" : "")}: ";
                (double[] output, _, double[][] gradients) = clean.Exact();
                bool[] touched = [.. Enumerable.Range(0, queries).Select(i => spoilt.Any(j => roads.Sees(i, j)))];
                foreach ((string road, float[] actual) in roads.Outputs())
                {
                    // An infinite K may make a score of −∞, whose weight is 0.
                    Rows(actual, output, queries, i => !touched[i] ? false : inKeys && !float.IsNaN(poison) ? null : true, what + road);

                    // In V, what is seen shows in its column and in no other.
                    for (int i = 0; i < queries && !inKeys; i++)
                    {
                        Assert.Equal(touched[i], !float.IsFinite(actual[i * 5 + 2]));
                        Assert.True(float.IsFinite(actual[i * 5 + 1]), what + road);
                    }
                }

                foreach ((string road, float[][] actual) in roads.Gradients())
                {
                    // A key takes part in the gradients of whoever sees it, and through the softmax in those of all that they see.
                    bool Reached(int j) => Enumerable.Range(0, queries).Any(i => touched[i] && roads.Sees(i, j));
                    Rows(actual[0], gradients[0], queries, i => touched[i] ? null : false, what + road + ": ∂L/∂Q");
                    Rows(actual[1], gradients[1], keys, j => Reached(j) ? null : false, what + road + ": ∂L/∂K");
                    Rows(actual[2], gradients[2], keys, j => Reached(j) ? null : false, what + road + ": ∂L/∂V");
                    Rows(
                        actual[3], gradients[3], actual[3].Length == 0 ? 0 : queries * keys,
                        at => touched[at / keys] && roads.Sees(at / keys, at % keys) ? null : false, what + road + ": ∂L/∂bias");
                }
            }
        }
    }

    [Theory, InlineData("keys"), InlineData("pairs"), InlineData("bias")]
    public void Heads_MemoryUnderHiddenKeysIsNaN_AllRoadsAreClean(string kind)
    {
        const int batch = 2, tokens = 37;
        MultiHeadAttention attention = new(12, 3, new CounterRandom(1));
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, batch, 9, 12), memory = Tensor.Gaussian(new CounterRandom(3), 1, batch, tokens, 12);
        Tensor dy = Tensor.Gaussian(new CounterRandom(4), 1, batch, 9, 12);
        bool Hidden(int j) => j is 0 or 17 or > 30;
        AttentionMask mask = kind switch
        {
            "keys" => AttentionMask.Keys([.. Enumerable.Range(0, tokens).Select(j => !Hidden(j))]),
            "pairs" => AttentionMask.Pairs(Table(9, tokens, (_, j) => !Hidden(j))),
            _ =>
                AttentionMask.Bias(
                    new Tensor([.. Enumerable.Range(0, 9 * tokens).Select(at => Hidden(at % tokens) ? float.NegativeInfinity : 0.1f * (at % 7))], 9, tokens)),
        };
        (Tensor expected, var cleanSaved) = attention.ForwardCross(x, memory, mask);
        (Tensor expectedDx, Tensor expectedDMemory) = attention.BackwardCross(dy, cleanSaved);
        for (int row = 0; row < memory.Rows; row++)
        {
            if (Hidden(row % tokens))
            {
                memory.Row(row).Fill(float.NaN);
            }
        }

        (Tensor y, var saved) = attention.ForwardCross(x, memory, mask);
        (Tensor dx, Tensor dMemory) = attention.BackwardCross(dy, saved);
        Compare.Close(y, expected, Tolerances.Chain, "forward");
        Compare.Close(attention.InferCross(x, memory, mask), expected, Tolerances.Chain, "inference");
        Compare.Close(saved.Weights(), cleanSaved.Weights(), Tolerances.Kernel, "weights");
        Compare.Close(dx, expectedDx, Tolerances.Chain, "∂L/∂x");
        Compare.Close(dMemory, expectedDMemory, Tolerances.Chain, "∂L/∂memory");
        KeyValueCache cache = attention.Cache(batch, tokens);
        attention.Remember(memory, cache);
        Compare.Close(attention.Recall(x, cache, mask), expected, Tolerances.Chain, "cache");
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Packed_TokenUnderHiddenKeyIsNaN_OtherRowsAreClean(bool causal)
    {
        const int tokens = 40;
        MultiHeadAttention attention = new(12, 3, new CounterRandom(1));
        PackedAttention packed = new(attention);
        bool[] visible = [.. Enumerable.Range(0, tokens).Select(j => j is not 5 and < 33)];
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 1, tokens, 12), expected = new(1, tokens, 12), y = new(1, tokens, 12);
        packed.Infer(x.Span, expected.Span, 1, new AttendMask { Causal = causal, Keys = visible });
        for (int j = 0; j < tokens; j++)
        {
            if (!visible[j])
            {
                x.Row(j).Fill(float.NaN);
            }
        }

        packed.Infer(x.Span, y.Span, 1, new AttendMask { Causal = causal, Keys = visible });
        Rows(y.Values, Inputs.Widen(expected.Span), tokens, i => !visible[i], "packed");
    }

    [Theory, InlineData(0f), InlineData(0.5f), InlineData(1f)]
    public void Lightning_NaNInOneToken_ReachesLaterTokensOnly(float decay)
    {
        const int tokens = 100, dim = 6, valueDim = 5;
        foreach (int at in new[] { 0, 10, 31, 32, 50, 99 })
        {
            foreach ((bool inKeys, bool inValues) in new[] { (false, true), (true, false), (true, true) })
            {
                float[] q = Inputs.Gaussian(1, tokens * dim), k = Inputs.Gaussian(2, tokens * dim), v = Inputs.Gaussian(3, tokens * valueDim);
                float[] dOutput = Inputs.Gaussian(4, tokens * valueDim);
                float[] expected = new float[dOutput.Length], output = new float[dOutput.Length], dq = new float[q.Length], dk = new float[k.Length];
                float[] dv = new float[v.Length], edq = new float[q.Length];
                AttendInput<float> input = AttendInput.Linear<float>(q, k, v, new(1, 1, tokens, tokens, dim, valueDim), causal: true);
                LightningAttend.Forward(input, expected, [decay]);
                LightningAttend.Backward(input, dOutput, new() { Q = edq, K = dk, V = dv }, [decay]);
                k[at * dim] = inKeys ? float.NaN : k[at * dim];
                v[at * valueDim] = inValues ? float.NaN : v[at * valueDim];
                LightningAttend.Forward(input, output, [decay]);
                LightningAttend.Backward(input, dOutput, new() { Q = dq, K = dk, V = dv }, [decay]);
                Rows(output, Inputs.Widen(expected), tokens, i => i >= at, $"token {at}: output");
                Rows(dq, Inputs.Widen(edq), tokens, i => i >= at, $"token {at}: ∂L/∂Q");
            }
        }
    }

    [Fact]
    public void Lightning_NaNInOneGradient_ReachesEarlierTokensOnly()
    {
        const int tokens = 100, dim = 6;
        float[] x = Inputs.Gaussian(1, tokens * dim), dOutput = Inputs.Gaussian(4, tokens * dim), ignored = new float[x.Length];
        float[] dk = new float[x.Length], dv = new float[x.Length], edk = new float[x.Length], edv = new float[x.Length];
        AttendInput<float> input = AttendInput.Linear<float>(x, x, x, new(1, 1, tokens, tokens, dim, dim), causal: true);
        LightningAttend.Backward(input, dOutput, new() { Q = ignored, K = edk, V = edv }, [0.9f]);
        dOutput[50 * dim] = float.NaN;
        LightningAttend.Backward(input, dOutput, new() { Q = ignored, K = dk, V = dv }, [0.9f]);
        Rows(dk, Inputs.Widen(edk), tokens, j => j <= 50, "∂L/∂K");
        Rows(dv, Inputs.Widen(edv), tokens, j => j <= 50, "∂L/∂V");
    }

    [Theory, InlineData(FeatureMap.EluPlusOne), InlineData(FeatureMap.Relu), InlineData(FeatureMap.Exp)]
    public void CausalLinear_NaNInOneToken_ReachesLaterTokensOnly(FeatureMap map)
    {
        const int tokens = 70, dim = 6, valueDim = 5;
        foreach (int at in new[] { 0, 20, 40, 69 })
        {
            foreach (bool inKeys in new[] { false, true })
            {
                float[] q = Inputs.Gaussian(1, tokens * dim), k = Inputs.Gaussian(2, tokens * dim), v = Inputs.Gaussian(3, tokens * valueDim);
                float[] dOutput = Inputs.Gaussian(4, tokens * valueDim);
                float[] expected = new float[dOutput.Length], output = new float[dOutput.Length], dq = new float[q.Length], edq = new float[q.Length];
                float[] dk = new float[k.Length], dv = new float[v.Length];
                AttendInput<float> input = AttendInput.Linear<float>(q, k, v, new(1, 1, tokens, tokens, dim, valueDim), causal: true);
                LinearAttend.Forward(input, expected, map);
                LinearAttend.Backward(input, dOutput, new() { Q = edq, K = dk, V = dv }, map);
                (inKeys ? k : v)[at * (inKeys ? dim : valueDim)] = float.NaN;
                LinearAttend.Forward(input, output, map);
                LinearAttend.Backward(input, dOutput, new() { Q = dq, K = dk, V = dv }, map);
                Rows(output, Inputs.Widen(expected), tokens, i => i < at ? false : null, $"token {at}: output");
                Assert.Contains(output[(at * valueDim)..], float.IsNaN);
                Rows(dq, Inputs.Widen(edq), tokens, i => i < at ? false : null, $"token {at}: ∂L/∂Q");
            }
        }
    }

    private static AttentionRoads Roads(string kind, int queries, int keys) => new(queries, keys, 4, 5, 0.5f)
    {
        Keys = kind is "keys" or "all" ? [.. Enumerable.Range(0, keys).Select(j => j != keys / 2 && j != keys - 1)] : [],
        Pairs = kind is "pairs" or "all" ? [.. Enumerable.Range(0, queries * keys).Select(at => (at / keys + at % keys) % 3 != 0)] : [],
        Causal = kind is "causal" or "all",
        Bias = kind is "bias" or "all"
            ? [.. Enumerable.Range(0, queries * keys).Select(at => (at / keys + at % keys) % 4 == 1 ? float.NegativeInfinity : 0.1f * (at % 5))]
            : [],
    };

    /// <summary>Rows that are spoilt hold something that is not finite, the others what is expected; null says that either may be.</summary>
    private static void Rows(float[] actual, double[] expected, int rows, Func<int, bool?> spoilt, string what)
    {
        for (int i = 0; i < rows; i++)
        {
            int width = actual.Length / rows;
            Span<float> row = actual.AsSpan(i * width, width);
            if (spoilt(i) is not { } spoils)
            {
                continue;
            }

            if (spoils)
            {
                Assert.Contains(row.ToArray(), value => !float.IsFinite(value));
                continue;
            }

            for (int c = 0; c < width; c++)
            {
                Check.That(
                    Math.Abs(row[c] - expected[i * width + c]) <= 3e-5,
                    $"{what}: row {i} of {rows}, column {c} is {row[c]:R}, not {expected[i * width + c]:R}");
            }
        }
    }

    private static bool[,] Table(int rows, int columns, Func<int, int, bool> value)
    {
        bool[,] table = new bool[rows, columns];
        for (int at = 0; at < table.Length; at++)
        {
            table[at / columns, at % columns] = value(at / columns, at % columns);
        }

        return table;
    }
}
