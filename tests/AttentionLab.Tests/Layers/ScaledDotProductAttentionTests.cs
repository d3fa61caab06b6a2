using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Layers;

public class ScaledDotProductAttentionTests
{
    public static TheoryData<string> Cases => Golden.Names("attention");

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_AgainstPyTorch_Agree(string name)
    {
        Golden g = Golden.Read("attention", name);
        AttentionMask? mask = MaskOf(g, out Tensor? bias);

        (Tensor output, ScaledDotProductAttention.Saved saved) = ScaledDotProductAttention.Forward(
            g.Input("query"), g.Input("key"), g.Input("value"), mask, g.Number("scale") is double s && !double.IsNaN(s) ? (float)s : null);
        Tensor? dBias = bias is null ? null : new(bias.Shape);
        (Tensor dQuery, Tensor dKey, Tensor dValue) = ScaledDotProductAttention.Backward(g.Input("d:output"), saved, dBias);

        g.Output("output", output);
        g.Output("weights", saved.Weights);
        g.Gradient("query", dQuery);
        g.Gradient("key", dKey);
        g.Gradient("value", dValue);
        if (dBias is not null)
        {
            g.Gradient("bias", dBias);
        }

        g.Done();
    }

    [Fact]
    public void Forward_CourseExample_GivesTheNumbersOfChapter02()
    {
        Tensor words = Tensor.Matrix(new float[,] { { 2, 2 }, { 0, 3 } });
        (Tensor orange, var saved) = ScaledDotProductAttention.Forward(words.Copy(), words, words, scale: 1);
        Assert.Equal([1.76f, 2.12f], orange.Row(0).ToArray(), (a, b) => Math.Abs(a - b) < 0.005);
        Assert.Equal(1, saved.Weights.Row(0).ToArray().Sum(), 1e-6);
        words = Tensor.Matrix(new float[,] { { 2, 2 }, { 4, 0 } });
        (Tensor phone, _) = ScaledDotProductAttention.Forward(words, words, words, scale: 1);
        Assert.Equal([3f, 1f], phone.Row(0).ToArray(), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Forward_FullyMaskedRow_GivesZerosAndNoGradient()
    {
        Tensor x = Tensor.Gaussian(new CounterRandom(1), 1, 3, 4);
        AttentionMask mask = AttentionMask.Pairs(new bool[,] { { true, false, true }, { false, false, false }, { true, true, true } });
        (Tensor output, var saved) = ScaledDotProductAttention.Forward(x, x, x, mask);
        (Tensor dq, Tensor dk, Tensor dv) = ScaledDotProductAttention.Backward(output, saved);
        Assert.All(output.Row(1).ToArray(), v => Assert.Equal(0, v));
        Assert.All(saved.Weights.Row(1).ToArray(), v => Assert.Equal(0, v));
        Assert.All(dq.Row(1).ToArray(), v => Assert.Equal(0, v));
        Assert.All(dq.Values.Concat(dk.Values).Concat(dv.Values), v => Assert.True(float.IsFinite(v)));
    }

    [Fact]
    public void Forward_CausalAndLaterTokenChanged_LeavesEarlierOutputsBitEqual()
    {
        CounterRandom random = new(2);
        Tensor q = Tensor.Gaussian(random, 1, 2, 3, 9, 5), k = Tensor.Gaussian(random, 1, 2, 3, 9, 5), v = Tensor.Gaussian(random, 1, 2, 3, 9, 5);
        (Tensor before, _) = ScaledDotProductAttention.Forward(q, k, v, AttentionMask.Causal);
        for (int m = 0; m < 6; m++)
        {
            k.Row(m * 9 + 6)[2] += 5;
            v.Row(m * 9 + 6)[1] -= 5;
        }

        (Tensor after, _) = ScaledDotProductAttention.Forward(q, k, v, AttentionMask.Causal);
        for (int row = 0; row < 54; row++)
        {
            Assert.Equal(row % 9 < 6, before.Row(row).SequenceEqual(after.Row(row)));
        }
    }

    [Fact]
    public void Forward_PaddedKeys_ChangeNothing()
    {
        CounterRandom random = new(3);
        Tensor q = Tensor.Gaussian(random, 1, 4, 8), k = Tensor.Gaussian(random, 1, 7, 8), v = Tensor.Gaussian(random, 1, 7, 8);
        (Tensor masked, _) = ScaledDotProductAttention.Forward(q, k, v, AttentionMask.Keys(true, true, true, true, true, false, false));
        (Tensor cut, _) = ScaledDotProductAttention.Forward(q, new Tensor(k.Span[..40].ToArray(), 5, 8), new Tensor(v.Span[..40].ToArray(), 5, 8));
        Compare.Close(masked, cut, Tolerances.Kernel, "padding");
    }

    [Fact]
    public void Forward_PermutedTokens_PermutesTheOutput()
    {
        Tensor x = Tensor.Gaussian(new CounterRandom(4), 1, 6, 8);
        int[] order = new CounterRandom(5).Permutation(6);
        Tensor shuffled = Tensor.FromRows([.. order.Select(i => x.Row(i).ToArray())]);
        (Tensor y, _) = ScaledDotProductAttention.Forward(x, x, x);
        (Tensor z, _) = ScaledDotProductAttention.Forward(shuffled, shuffled, shuffled);
        Compare.Close(z, Tensor.FromRows([.. order.Select(i => y.Row(i).ToArray())]), Tolerances.Kernel, "permutation");
    }

    [Fact]
    public void And_TwoMasks_RequiresBoth()
    {
        Tensor x = Tensor.Gaussian(new CounterRandom(6), 1, 2, 3, 4);
        bool[,] keys = { { true, true, false }, { true, true, true } };
        bool[,] pairs = { { true, true, true }, { false, true, true }, { true, false, true } };
        AttentionMask mask = AttentionMask.Causal & AttentionMask.Keys(keys) & AttentionMask.Pairs(pairs) & AttentionMask.Keys(true, true, true);
        Tensor weights = ScaledDotProductAttention.Forward(x, x, x, mask).Saved.Weights;
        for (int b = 0; b < 2; b++)
        {
            for (int i = 0; i < 3; i++)
            {
                for (int j = 0; j < 3; j++)
                {
                    Assert.Equal(j <= i && keys[b, j] && pairs[i, j], weights[b, i, j] > 0);
                }
            }
        }
    }

    [Fact]
    public void Forward_PairsForEachElement_MasksEachItsOwnWay()
    {
        Tensor x = Tensor.Gaussian(new CounterRandom(7), 1, 2, 2, 4);
        bool[,,] pairs = { { { true, false }, { true, true } }, { { false, true }, { true, false } } };
        Tensor weights = ScaledDotProductAttention.Forward(x, x, x, AttentionMask.Pairs(pairs)).Saved.Weights;
        Assert.Equal([1f, 0f], weights.Row(0).ToArray());
        Assert.Equal([0f, 1f], weights.Row(2).ToArray());
        Assert.Equal([1f, 0f], weights.Row(3).ToArray());
    }

    public static TheoryData<int[], int[], int[], string> BadShapes => new()
    {
        { [4], [4], [4], "query is (4) but attention expects" },
        { [2, 4], [2, 2, 4], [2, 2, 4], "need the same rank" },
        { [2, 3, 4], [3, 3, 4], [3, 3, 4], "batch and heads must be the same" },
        { [3, 4], [3, 5], [3, 5], "project both to the same width (4 is not 5)" },
        { [3, 4], [3, 4], [2, 4], "as many values as keys (3 is not 2)" },
    };

    [Theory, MemberData(nameof(BadShapes))]
    public void Forward_WrongShapes_NamesBothSides(int[] q, int[] k, int[] v, string part)
    {
        var error = Assert.Throws<ArgumentException>(() => ScaledDotProductAttention.Forward(new Tensor(q), new Tensor(k), new Tensor(v)));
        Assert.Contains(part, error.Message);
    }

    [Fact]
    public void Forward_MaskOfOtherSize_NamesBothSides()
    {
        Tensor x = new(3, 4);
        Assert.Contains(
            "(1, 2) but the attention has (1, 3)",
            Assert.Throws<ArgumentException>(() => ScaledDotProductAttention.Forward(x, x, x, AttentionMask.Keys(true, false))).Message);
        Assert.Contains(
            "(1, 2, 2) but the attention has (1, 3, 3)",
            Assert.Throws<ArgumentException>(() => ScaledDotProductAttention.Forward(x, x, x, AttentionMask.Pairs(new bool[2, 2]))).Message);
        Assert.Contains(
            "bias is (4, 3)", Assert.Throws<ArgumentException>(() => ScaledDotProductAttention.Forward(x, x, x, AttentionMask.Bias(new Tensor(4, 3)))).Message);
        Assert.Throws<ArgumentException>(() => AttentionMask.Bias(new Tensor(4)));
        Assert.Throws<ArgumentException>(() => AttentionMask.Keys(true) & AttentionMask.Keys(true, true));
    }

    [Theory, InlineData(0, 3, 4), InlineData(3, 0, 4), InlineData(3, 2, 0)]
    public void Forward_EmptySizes_GiveZerosWithoutComplaint(int queries, int keys, int dim)
    {
        (Tensor y, var saved) = ScaledDotProductAttention.Forward(new Tensor(queries, dim), new Tensor(keys, dim), new Tensor(keys, 5));
        Assert.Equal([queries, 5], y.Shape.ToArray());
        Assert.All(y.Values, v => Assert.Equal(0, v));
        ScaledDotProductAttention.Backward(y, saved);
    }

    internal static AttentionMask? MaskOf(Golden g, out Tensor? bias)
    {
        bias = g.Has("bias") ? g.Input("bias") : null;
        List<AttentionMask> masks = [];
        if (g.Flag("causal"))
        {
            masks.Add(AttentionMask.Causal);
        }

        if (g.Has("keys"))
        {
            masks.Add(AttentionMask.Keys(Square(g, "keys")));
        }

        if (g.Has("pairs"))
        {
            masks.Add(AttentionMask.Pairs(Square(g, "pairs")));
        }

        if (bias is not null)
        {
            masks.Add(AttentionMask.Bias(bias));
        }

        return masks.Count == 0 ? null : masks.Aggregate((a, b) => a & b);
    }

    private static bool[,] Square(Golden g, string name)
    {
        int[] shape = g.Shape(name);
        bool[,] result = new bool[shape[0], shape[1]];
        Buffer.BlockCopy(g.Booleans(name), 0, result, 0, result.Length);
        return result;
    }
}
