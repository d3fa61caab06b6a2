using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Layers;

public class FusedAttentionTests
{
    public static TheoryData<string> Cases => Golden.Names("attention");

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_AgainstPyTorch_Agree(string name)
    {
        Golden g = Golden.Read("attention", name);
        AttentionMask? mask = ScaledDotProductAttentionTests.MaskOf(g, out Tensor? bias);
        float? scale = g.Number("scale") is double s && !double.IsNaN(s) ? (float)s : null;
        Tensor? dBias = bias is null ? null : new(bias.Shape);

        (Tensor output, FusedAttention.Saved saved) = FusedAttention.Forward(g.Input("query"), g.Input("key"), g.Input("value"), mask, scale);
        (Tensor dQuery, Tensor dKey, Tensor dValue) = FusedAttention.Backward(g.Input("d:output"), saved, dBias);

        g.Output("output", output);
        g.Gradient("query", dQuery);
        g.Gradient("key", dKey);
        g.Gradient("value", dValue);
        if (dBias is not null)
        {
            g.Gradient("bias", dBias);
        }

        g.Done(except: "weights");
    }

    [Fact]
    public void ForwardAndBackward_EveryMaskInBatchAndHeads_EqualTheMaterialised()
    {
        CounterRandom random = new(1);
        Tensor q = Tensor.Gaussian(random, 1, 2, 3, 70, 8), k = Tensor.Gaussian(random, 1, 2, 3, 90, 8), v = Tensor.Gaussian(random, 1, 2, 3, 90, 5);
        Tensor dOutput = Tensor.Gaussian(random, 1, 2, 3, 70, 5);
        bool[,] keys = new bool[2, 90], pairs = new bool[70, 90];
        for (int i = 0; i < 70 * 90; i++)
        {
            pairs[i / 90, i % 90] = i / 90 != 4 && random.NextInt(5) > 0;
            keys[i % 2, i / 2 % 90] = i / 2 % 90 < 60 + 30 * (i % 2);
        }

        Tensor bias = Tensor.Gaussian(random, 1, 3, 70, 90);
        AttentionMask[] masks = [AttentionMask.Causal, AttentionMask.Keys(keys), AttentionMask.Pairs(pairs), AttentionMask.Bias(bias)];
        for (int choice = 0; choice < 16; choice++)
        {
            AttentionMask? mask = masks.Where((_, i) => (choice >> i & 1) == 1).Aggregate((AttentionMask?)null, (a, b) => a is null ? b : a & b);
            Tensor dBias = new(bias.Shape), dBiasExpected = new(bias.Shape);
            bool biased = choice >= 8;
            (Tensor expected, var kept) = ScaledDotProductAttention.Forward(q, k, v, mask);
            var expectedGradients = ScaledDotProductAttention.Backward(dOutput, kept, biased ? dBiasExpected : null);
            (Tensor output, var saved) = FusedAttention.Forward(q, k, v, mask);
            var gradients = FusedAttention.Backward(dOutput, saved, biased ? dBias : null);
            Compare.Close(output, expected, Tolerances.Chain, $"masks {choice:B4}: output");
            Compare.Close(gradients.DQuery, expectedGradients.DQuery, Tolerances.Chain, $"masks {choice:B4}: ∂L/∂Q");
            Compare.Close(gradients.DKey, expectedGradients.DKey, Tolerances.Chain, $"masks {choice:B4}: ∂L/∂K");
            Compare.Close(gradients.DValue, expectedGradients.DValue, Tolerances.Chain, $"masks {choice:B4}: ∂L/∂V");
            Compare.Close(dBias, dBiasExpected, Tolerances.Chain, $"masks {choice:B4}: ∂L/∂bias");
        }
    }

    [Fact]
    public void Forward_LongSequence_NeedsNoQuadraticMemory()
    {
        const int n = 6000;
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, n, 4);
        long before = GC.GetAllocatedBytesForCurrentThread();
        (Tensor y, var saved) = FusedAttention.Forward(x, x, x, AttentionMask.Causal);
        FusedAttention.Backward(y, saved);
        long used = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(used, 1, n * (long)n * sizeof(float) / 20);
    }

    [Fact]
    public void Forward_OneQueryOnACache_EqualsTheLastRow()
    {
        CounterRandom random = new(3);
        Tensor q = Tensor.Gaussian(random, 1, 1, 2, 40, 8), k = Tensor.Gaussian(random, 1, 1, 2, 40, 8), v = Tensor.Gaussian(random, 1, 1, 2, 40, 8);
        (Tensor all, _) = FusedAttention.Forward(q, k, v, AttentionMask.Causal);
        for (int t = 0; t < 40; t++)
        {
            Tensor step = FusedAttention.Forward(Cut(q, t, t + 1), Cut(k, 0, t + 1), Cut(v, 0, t + 1), AttentionMask.Causal).Output;
            Compare.Close(step.At(0, 0), Cut(all, t, t + 1).At(0, 0), Tolerances.Kernel, $"token {t}");
            Compare.Close(step.At(0, 1), Cut(all, t, t + 1).At(0, 1), Tolerances.Kernel, $"token {t}");
        }
    }

    [Fact]
    public void Forward_LaterTokenChanged_LeavesEarlierOutputsBitEqual()
    {
        CounterRandom random = new(4);
        Tensor q = Tensor.Gaussian(random, 1, 200, 8), k = Tensor.Gaussian(random, 1, 200, 8), v = Tensor.Gaussian(random, 1, 200, 8);
        (Tensor before, _) = FusedAttention.Forward(q, k, v, AttentionMask.Causal);
        k.Row(150)[3] += 9;
        v.Row(150)[2] -= 9;
        (Tensor after, _) = FusedAttention.Forward(q, k, v, AttentionMask.Causal);
        for (int t = 0; t < 200; t++)
        {
            Assert.Equal(t < 150, before.Row(t).SequenceEqual(after.Row(t)));
        }
    }

    [Fact]
    public void Forward_PaddingAdded_ChangesNothing()
    {
        CounterRandom random = new(5);
        Tensor q = Tensor.Gaussian(random, 1, 30, 8), k = Tensor.Gaussian(random, 1, 50, 8), v = Tensor.Gaussian(random, 1, 50, 8);
        (Tensor padded, var saved) = FusedAttention.Forward(q, k, v, AttentionMask.Keys([.. Enumerable.Range(0, 50).Select(j => j < 33)]));
        (Tensor cut, _) = FusedAttention.Forward(q, new Tensor(k.Span[..(33 * 8)].ToArray(), 33, 8), new Tensor(v.Span[..(33 * 8)].ToArray(), 33, 8));
        Compare.Close(padded, cut, Tolerances.Kernel, "padding");
        (_, Tensor dk, Tensor dv) = FusedAttention.Backward(padded, saved);
        Assert.All(dk.Values[(33 * 8)..].Concat(dv.Values[(33 * 8)..]), g => Assert.Equal(0, g));
    }

    [Fact]
    public void Backward_GradientOfOtherShape_NamesBothSides()
    {
        Tensor x = new(3, 4);
        (_, var saved) = FusedAttention.Forward(x, x, x);
        Assert.Contains(
            "dOutput is (2, 4) but the output was (3, 4)", Assert.Throws<ArgumentException>(() => FusedAttention.Backward(new Tensor(2, 4), saved)).Message);
        Assert.Contains("bias is (4, 3)", Assert.Throws<ArgumentException>(() => FusedAttention.Backward(x, saved, new Tensor(4, 3))).Message);
        Assert.Contains(
            "project both to the same width", Assert.Throws<ArgumentException>(() => FusedAttention.Forward(x, new Tensor(3, 5), new Tensor(3, 5))).Message);
    }

    /// <summary>A gradient of another shape than the bias would be written behind its end, or the gradients of all heads into the first.</summary>
    [Fact]
    public void Backward_GradientOfTheBiasHasAnotherShape_NamesBothInBothLayers()
    {
        Tensor x = new(2, 3, 4, 5);
        foreach ((int[] bias, int[] gradient) in new (int[], int[])[]
        {
            ([2, 3, 4, 4], [4, 4]), ([4, 4], [2, 3, 4, 4]), ([3, 4, 4], [4, 4]), ([2, 3, 4, 4], [3, 4, 4]),
        })
        {
            AttentionMask mask = AttentionMask.Causal & AttentionMask.Bias(new Tensor(bias));
            string message = $"dBias is {Tensor.Describe(gradient)} but the mask's bias is {Tensor.Describe(bias)}";
            Assert.StartsWith(message, Assert.Throws<ArgumentException>(
                () => FusedAttention.Backward(x, FusedAttention.Forward(x, x, x, mask).Saved, new Tensor(gradient))).Message);
            Assert.StartsWith(message, Assert.Throws<ArgumentException>(
                () => ScaledDotProductAttention.Backward(x, ScaledDotProductAttention.Forward(x, x, x, mask).Saved, new Tensor(gradient))).Message);
        }
    }

    /// <summary>Tokens from … to−1 of a (1, H, T, D) tensor.</summary>
    private static Tensor Cut(Tensor x, int from, int to)
    {
        int heads = x.Shape[1], tokens = x.Shape[2];
        Tensor result = new(1, heads, to - from, x.Columns);
        for (int r = 0; r < result.Rows; r++)
        {
            x.Row(r / (to - from) * tokens + from + r % (to - from)).CopyTo(result.Row(r));
        }

        return result;
    }
}
