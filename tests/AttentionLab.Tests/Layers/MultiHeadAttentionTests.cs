using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Layers;

public class MultiHeadAttentionTests
{
    public static TheoryData<string> Cases => Golden.Names("multihead");

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_AgainstPyTorch_Agree(string name)
    {
        Golden g = Golden.Read("multihead", name);
        int? Size(string setting) => double.IsNaN(g.Number(setting)) ? null : (int)g.Number(setting);
        int channels = (int)g.Number("channels"), heads = (int)g.Number("heads");
        Tensor x = g.Input("x");
        MultiHeadAttention attention = new(
            channels, heads, new CounterRandom(1),
            new()
            {
                MemoryChannels = g.Has("memory") ? g.Input("memory").Columns : null,
                HeadSize = Size("size"),
                ValueSize = Size("value_size"),
                Bias = g.Has("attention.query.bias"),
                Scale = double.IsNaN(g.Number("scale")) ? null : (float)g.Number("scale"),
                Rotary = g.Flag("rotary") ? new RotaryPositions(channels / heads) : null,
            });
        g.Load(attention.Parameters);
        AttentionMask? mask = g.Flag("causal") ? AttentionMask.Causal
            : g.Flag("alibi") ? AttentionMask.Bias(Alibi.Bias(heads, x.Shape[^2], x.Shape[^2]))
            : g.Has("keys") ? g.Keys() : null;
        if (g.Has("memory"))
        {
            (Tensor y, MultiHeadAttention.Saved saved) = attention.ForwardCross(x, g.Input("memory"), mask);
            g.Output("output", y);
            g.Output("weights", saved.Weights());
            (Tensor dx, Tensor dMemory) = attention.BackwardCross(g.Input("d:output"), saved);
            g.Gradient("x", dx);
            g.Gradient("memory", dMemory);
        }
        else
        {
            (Tensor y, MultiHeadAttention.Saved saved) = attention.Forward(x, mask);
            g.Output("output", y);
            g.Output("weights", saved.Weights().Span);
            g.Gradient("x", attention.Backward(g.Input("d:output"), saved));
        }

        // The bias of the keys moves all scores of a query alike: its gradient is 0, and PyTorch's is rounding noise.
        g.Finish(attention.Parameters.Where(p => p.Name != "attention.key.bias"), "attention.key.bias");
    }

    [Fact]
    public void Backward_BiasOfKeys_IsZeroUpToRounding()
    {
        MultiHeadAttention attention = new(12, 3, new CounterRandom(1));
        (Tensor y, MultiHeadAttention.Saved saved) = attention.Forward(Tensor.Gaussian(new CounterRandom(2), 1, 7, 12));
        attention.Backward(y, saved);
        Assert.All(attention.Key.Bias!.Gradient.Values, v => Assert.Equal(0, v, 1e-5f));
        Assert.Contains(attention.Query.Bias!.Gradient.Values, v => Math.Abs(v) > 1e-3f);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Backward_AgainstDifferences_Agrees(bool rotary)
    {
        MultiHeadAttention attention = new(8, 2, new CounterRandom(1), new() { Rotary = rotary ? new RotaryPositions(4) : null });
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 2, 3, 8);
        MultiHeadAttention.Saved saved = default;
        LayerProof.Differences(
            [x], [.. attention.Parameters.Where(p => p.Name != "attention.key.bias")],
            () => { (Tensor y, saved) = attention.Forward(x, AttentionMask.Causal); return y; }, dy => [attention.Backward(dy, saved)]);
    }

    [Fact]
    public void BackwardCross_AgainstDifferences_Agrees()
    {
        MultiHeadAttention attention = new(6, 2, new CounterRandom(1), new() { MemoryChannels = 5, HeadSize = 4, ValueSize = 3 });
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 3, 6), memory = Tensor.Gaussian(new CounterRandom(3), 1, 4, 5);
        MultiHeadAttention.Saved saved = default;
        LayerProof.Differences(
            [x, memory], [.. attention.Parameters.Where(p => p.Name != "attention.key.bias")],
            () => { (Tensor y, saved) = attention.ForwardCross(x, memory); return y; },
            dy => { (Tensor dx, Tensor dMemory) = attention.BackwardCross(dy, saved); return [dx, dMemory]; });
    }

    [Fact]
    public void Forward_ThreeHeads_EqualsALoopOverHeadsAndTokensInDouble()
    {
        const int tokens = 5, channels = 12, heads = 3, size = 4;
        MultiHeadAttention attention = new(channels, heads, new CounterRandom(1));
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, tokens, channels);
        double Project(Linear map, int t, int column) => Enumerable.Range(0, channels).Sum(c => (double)x[t, c] * map.Weight.Value[c, column]);
        double[,] merged = new double[tokens, channels];
        for (int h = 0; h < heads; h++)
        {
            for (int i = 0; i < tokens; i++)
            {
                double[] e = [.. Enumerable.Range(0, tokens).Select(j =>
                    Math.Exp(Enumerable.Range(h * size, size).Sum(c => Project(attention.Query, i, c) * Project(attention.Key, j, c)) / Math.Sqrt(size)))];
                for (int c = h * size; c < (h + 1) * size; c++)
                {
                    merged[i, c] = Enumerable.Range(0, tokens).Sum(j => e[j] / e.Sum() * Project(attention.Value, j, c));
                }
            }
        }

        double[] expected = new double[tokens * channels];
        for (int at = 0; at < expected.Length; at++)
        {
            expected[at] = Enumerable.Range(0, channels).Sum(c => merged[at / channels, c] * attention.Output.Weight.Value[c, at % channels]);
        }

        Compare.Close(attention.Forward(x).Y.Span, expected, Tolerances.GoldenForward, "y");
    }

    [Fact]
    public void InferCross_OwnSizesWithoutBatch_EqualsForwardCross()
    {
        MultiHeadAttention attention = new(6, 2, new CounterRandom(1), new() { MemoryChannels = 5, HeadSize = 4, ValueSize = 3, Scale = 0.9f });
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 7, 6), memory = Tensor.Gaussian(new CounterRandom(3), 1, 9, 5);
        AttentionMask mask = AttentionMask.Causal & AttentionMask.Keys([.. Enumerable.Range(0, 9).Select(j => j != 3)]);
        Compare.Close(attention.InferCross(x, memory, mask), attention.ForwardCross(x, memory, mask).Y, 2e-6, "y");
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Step_BiasOfEachHeadAndPaddedKeys_EqualsRecomputation(bool rotary)
    {
        // Own size of values and own scale, a slope for each head, padding in one of two sequences.
        const int tokens = 7;
        MultiHeadAttention attention = new(8, 2, new CounterRandom(1), new() { ValueSize = 3, Scale = 0.9f, Rotary = rotary ? new RotaryPositions(4) : null });
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 2, tokens, 8);
        bool[,] Keys(int count)
        {
            bool[,] keys = new bool[2, count];
            for (int j = 0; j < count; j++)
            {
                (keys[0, j], keys[1, j]) = (true, j != 1);
            }

            return keys;
        }

        Tensor expected = attention.Forward(x, AttentionMask.Causal & AttentionMask.Keys(Keys(tokens)) & AttentionMask.Bias(Alibi.Bias(2, tokens, tokens))).Y;
        KeyValueCache cache = attention.Cache(2, tokens);
        int done = 0;
        foreach (int count in new[] { 1, 3, 1, 2 })
        {
            Tensor next = new(2, count, 8);
            for (int b = 0; b < 2; b++)
            {
                x.Span.Slice((b * tokens + done) * 8, count * 8).CopyTo(next.Span[(b * count * 8)..]);
            }

            done += count;
            Tensor y = attention.Step(next, cache, AttentionMask.Keys(Keys(done)) & AttentionMask.Bias(Alibi.Bias(2, count, done)));
            for (int b = 0; b < 2; b++)
            {
                Compare.Close(
                    y.Span.Slice(b * count * 8, count * 8), expected.Span.Slice((b * tokens + done - count) * 8, count * 8), 2e-6,
                    $"sequence {b}, tokens to {done}");
            }
        }
    }

    [Fact]
    public void Forward_TokensInAnotherOrder_GivesOutputsInThatOrder()
    {
        MultiHeadAttention attention = new(12, 3, new CounterRandom(1));
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 9, 12), y = attention.Forward(x).Y;
        int[] order = new CounterRandom(3).Permutation(9);
        Tensor permuted = Rows(x, order);
        Compare.Close(attention.Forward(permuted).Y, Rows(y, order), 2e-6, "permuted");
        Assert.NotNull(
            Compare.Difference(Inputs.Widen(attention.Forward(permuted, AttentionMask.Causal).Y.Span), Inputs.Widen(Rows(y, order).Span), 1e-2, out _));
    }

    [Fact]
    public void Forward_CausalMask_NoLaterTokenLeaksIn()
    {
        MultiHeadAttention attention = new(12, 3, new CounterRandom(1));
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 9, 12), before = attention.Forward(x, AttentionMask.Causal).Y;
        Tensor changed = x.Copy();
        changed.Row(5).Fill(7);
        Tensor after = attention.Forward(changed, AttentionMask.Causal).Y;
        for (int t = 0; t < 9; t++)
        {
            Assert.Equal(t < 5, before.Row(t).SequenceEqual(after.Row(t)));
        }
    }

    [Fact]
    public void Forward_PaddedKeys_HaveNoInfluence()
    {
        MultiHeadAttention attention = new(12, 3, new CounterRandom(1));
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 9, 12), shorter = new([.. x.Span[..60]], 5, 12);
        Tensor expected = attention.Forward(shorter).Y;
        x.Span[60..].Fill(1e3f);
        Tensor y = attention.Forward(x, AttentionMask.Keys([.. Enumerable.Range(0, 9).Select(j => j < 5)])).Y;
        Compare.Close(y.Span[..60], expected.Span, 2e-6, "the first five rows");
    }

    [Fact]
    public void Forward_TiedQueryAndKey_ShareOneParameterAndItsGradient()
    {
        Linear shared = new(8, 8, new CounterRandom(4), name: "shared");
        MultiHeadAttention tied = new(8, 2, new CounterRandom(1)) { Query = shared, Key = shared };
        Assert.Equal(6, tied.Parameters.Count);
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 3, 8);
        MultiHeadAttention.Saved saved = default;
        LayerProof.Differences([x], tied.Parameters, () => { (Tensor y, saved) = tied.Forward(x); return y; }, dy => [tied.Backward(dy, saved)]);
    }

    [Fact]
    public void Forward_WrongSizes_NameBothSidesAndTheFix()
    {
        Assert.Contains(
            "channels is 10 but 3 heads do not divide it", Assert.Throws<ArgumentException>(() => new MultiHeadAttention(10, 3, new CounterRandom(1))).Message);
        MultiHeadAttention attention = new(8, 2, new CounterRandom(1), new() { MemoryChannels = 6 });
        Assert.Contains("build it with MemoryChannels: 8", Assert.Throws<ArgumentException>(() => attention.Forward(new Tensor(3, 8))).Message);
        Assert.Contains(
            "both need the same batch size", Assert.Throws<ArgumentException>(() => attention.ForwardCross(new Tensor(2, 3, 8), new Tensor(1, 3, 6))).Message);
        MultiHeadAttention.Saved saved = attention.ForwardCross(new Tensor(3, 8), new Tensor(3, 6)).Saved;
        Assert.Contains("call BackwardCross", Assert.Throws<ArgumentException>(() => attention.Backward(new Tensor(3, 8), saved)).Message);
    }

    public static TheoryData<string, string> ReplacedMaps => new()
    {
        { "query", "Query maps to 8 columns and Key to 16, but 4 heads of 4 take 16" },
        { "key", "Query maps to 16 columns and Key to 32, but 4 heads of 4 take 16" },
        { "value's inputs", "Value maps 17 columns and Key 16, but both read the same memory" },
        { "value's outputs", "Value maps to 18 columns but 4 heads do not divide them" },
        { "output", "Output maps 12 columns but Value gives the heads 16 to mix" },
    };

    [Theory, MemberData(nameof(ReplacedMaps))]
    public void AnyRoad_ReplacedMapDoesNotFit_NamesBothSides(string map, string message)
    {
        CounterRandom r = new(1);
        MultiHeadAttention attention = map switch
        {
            "query" => new(16, 4, r) { Query = new Linear(16, 8, r) },
            "key" => new(16, 4, r) { Key = new Linear(16, 32, r) },
            "value's inputs" => new(16, 4, r) { Value = new Linear(17, 16, r) },
            "value's outputs" => new(16, 4, r) { Value = new Linear(16, 18, r), Output = new Linear(18, 16, r) },
            _ => new(16, 4, r) { Output = new Linear(12, 16, r) },
        };
        Tensor x = new(1, 3, 16), memory = new(1, 2, 16);
        KeyValueCache cache = new(1, 4, 5, 4, 4);
        Action[] roads =
        [
            () => attention.Forward(x), () => attention.ForwardCross(x, memory), () => attention.Infer(x), () => attention.InferCross(x, memory),
            () => attention.Cache(1, 5), () => attention.Remember(memory, cache), () => attention.Recall(x, cache), () => attention.Step(x, cache),
            () => _ = new PackedAttention(attention),
        ];
        Assert.All(roads, road => Assert.StartsWith(message, Assert.Throws<ArgumentException>(road).Message));
        Assert.Equal(0, cache.Length);
    }

    [Fact]
    public void Forward_QueryOfAnotherWidthThanKeyAndValue_IsForCrossAttentionOnly()
    {
        CounterRandom r = new(1);
        MultiHeadAttention attention = new(16, 4, r) { Query = new Linear(9, 16, r) };
        Assert.Equal([2, 16], attention.ForwardCross(new Tensor(2, 9), new Tensor(3, 16)).Y.Shape.ToArray());
        Assert.Contains("x is (2, 16)", Assert.Throws<ArgumentException>(() => attention.Forward(new Tensor(2, 16))).Message);
        Assert.Contains("memory is (2, 9)", Assert.Throws<ArgumentException>(() => attention.Forward(new Tensor(2, 9))).Message);
        Assert.Contains("one map has 16 inputs", Assert.Throws<ArgumentException>(() => new PackedAttention(attention)).Message);
    }

    [Fact]
    public void Forward_ReplacedMapsThatFit_AreUsed()
    {
        // Values of 3 numbers a head and an output of 5 columns, which the constructor would not build.
        CounterRandom r = new(1);
        MultiHeadAttention attention = new(16, 4, r) { Value = new Linear(16, 12, r), Output = new Linear(12, 5, r) };
        Tensor x = Tensor.Gaussian(r, 1, 1, 6, 16), y = attention.Forward(x, AttentionMask.Causal).Y;
        Assert.Equal([1, 6, 5], y.Shape.ToArray());
        Compare.Close(attention.Infer(x, AttentionMask.Causal), y, 2e-6, "inference");
        Compare.Close(attention.Step(x, attention.Cache(1, 6)), y, 2e-6, "from a cache");
    }

    [Fact]
    public void Step_SomethingDoesNotFit_AddsNothing()
    {
        MultiHeadAttention attention = new(8, 2, new CounterRandom(1), new() { Rotary = new RotaryPositions(4, capacity: 4) });
        KeyValueCache cache = attention.Cache(1, 9);
        attention.Step(new Tensor(1, 2, 8), cache);
        (string Message, Action Step)[] steps =
        [
            ("the mask's Keys", () => attention.Step(new Tensor(1, 1, 8), cache, AttentionMask.Keys(true, true))),
            ("the mask's bias", () => attention.Step(new Tensor(1, 1, 8), cache, AttentionMask.Bias(new Tensor(2, 2)))),
            ("x is (1, 1, 7)", () => attention.Step(new Tensor(1, 1, 7), cache)),
            ("x holds 2 sequences but the cache was made for 1", () => attention.Step(new Tensor(2, 1, 8), cache)),
            ("positions 2 to 4 are asked for", () => attention.Step(new Tensor(1, 3, 8), cache)),
        ];
        foreach ((string message, Action step) in steps)
        {
            Assert.Contains(message, Assert.Throws<ArgumentException>(step).Message);
            Assert.Equal(2, cache.Length);
        }

        attention.Step(new Tensor(1, 1, 8), cache, AttentionMask.Keys(true, true, true));
        Assert.Equal(3, cache.Length);
    }

    [Fact]
    public void Step_LongStartOfAText_FormsNoWeights()
    {
        const int tokens = 1500, heads = 8;
        MultiHeadAttention attention = new(16, heads, new CounterRandom(1));
        KeyValueCache cache = attention.Cache(1, tokens);
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 1, tokens, 16);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Tensor y = attention.Step(x, cache);
        long used = GC.GetAllocatedBytesForCurrentThread() - before;
        Compare.Close(y, attention.Infer(x, AttentionMask.Causal), 2e-6, "all at once");
        Assert.InRange(used, 1, heads * (long)tokens * tokens * sizeof(float) / 10);
    }

    [Fact]
    public void CacheAttend_QueryOfAnotherShape_NamesBothSides()
    {
        KeyValueCache cache = new(1, 2, 5, 4, 4);
        cache.Append(new Tensor(1, 2, 3, 4), new Tensor(1, 2, 3, 4));
        foreach (int[] shape in new int[][] { [1, 2, 1, 8], [1, 1, 1, 4], [1, 4, 1, 4], [2, 2, 1, 4] })
        {
            string message = $"query is {Tensor.Describe(shape)} but the cache expects (1, 2, n, 4)";
            Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => cache.Attend(new Tensor(shape), 1)).Message);
        }
    }

    private static Tensor Rows(Tensor x, int[] order)
    {
        Tensor y = new(x.Shape);
        for (int i = 0; i < order.Length; i++)
        {
            x.Row(order[i]).CopyTo(y.Row(i));
        }

        return y;
    }
}
