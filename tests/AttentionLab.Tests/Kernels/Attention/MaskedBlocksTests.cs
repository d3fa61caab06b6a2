using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

/// <summary>Masks whose hidden keys fused attention passes over: windows, holes, padding, alone and together with the causal rule and a bias.</summary>
public class MaskedBlocksTests
{
    private const int Batch = 2, Heads = 2, Dim = 5, ValueDim = 7;

    private static readonly string[] Masks =
    [
        "window 1", "window 20", "window 200", "second half", "holes", "first and last key", "some queries see nothing", "nothing hidden", "all hidden",
    ];

    public static TheoryData<string, int, int> Cases =>
        [.. from mask in Masks from size in new[] { (70, 301), (50, 50), (33, 15), (1, 160) } select (mask, size.Item1, size.Item2)];

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_HiddenPairs_AgreeWithReference(string mask, int queries, int keys)
    {
        // The second sequence has the mask upside down.
        bool[] pairs =
        [
            .. from i in Enumerable.Range(0, Batch * queries)
               from j in Enumerable.Range(0, keys)
               select Sees(mask, i < queries ? i : 2 * queries - 1 - i, j, queries, keys)
        ];
        Check(queries, keys, new() { Pairs = pairs });
        Check(queries, keys, new() { Pairs = pairs.AsSpan(0, queries * keys), Causal = true });
        Check(queries, keys, new() { Pairs = pairs, Keys = Padding(keys, keys / 3), Causal = true }, hasBias: true);
    }

    [Theory, InlineData(70, 301), InlineData(5, 7), InlineData(1, 16)]
    public void ForwardAndBackward_HiddenKeys_AgreeWithReference(int queries, int keys)
    {
        foreach (int hidden in new[] { 0, 1, keys / 2, keys })
        {
            Check(queries, keys, new() { Keys = Padding(keys, hidden) });
            Check(queries, keys, new() { Keys = Padding(keys, hidden).AsSpan(0, keys), Causal = true });
            Check(queries, keys, new() { Keys = Padding(keys, hidden) }, hasBias: true);
        }
    }

    [Fact]
    public void Forward_NothingHiddenByAMask_SameBitsAsWithout()
    {
        const int tokens = 150;
        float[] q = Inputs.Gaussian(1, tokens * Dim), k = Inputs.Gaussian(2, tokens * Dim), v = Inputs.Gaussian(3, tokens * Dim);
        bool[] pairs = [.. Enumerable.Repeat(true, tokens * tokens)];
        float[] plain = Run(default), masked = Run(new() { Pairs = pairs, Keys = pairs.AsSpan(0, tokens) });
        Assert.Equal(plain, masked);

        float[] Run(AttendMask mask)
        {
            float[] output = new float[tokens * Dim];
            FlashAttend.Forward(AttendInput.Split<float>(q, k, v, new(1, 1, tokens, tokens, Dim, Dim), 0.4f, mask), output, default);
            return output;
        }
    }

    [Fact]
    public void ForwardAndBackward_MaskAfterWarmUp_AllocateNothing()
    {
        const int tokens = 150;
        float[] x = Inputs.Gaussian(1, tokens * Dim), output = new float[x.Length], statistics = new float[2 * tokens], dq = new float[x.Length];
        float[] dk = new float[x.Length], dv = new float[x.Length];
        bool[] pairs = [.. Enumerable.Range(0, tokens * tokens).Select(at => at % 7 > 2)];

        Assert.Equal(0, Allocations.OfTenCalls(() =>
        {
            AttendInput<float> input = AttendInput.Split<float>(x, x, x, new(1, 1, tokens, tokens, Dim, Dim), 1, new() { Pairs = pairs });
            FlashAttend.Forward(input, output, statistics);
            FlashAttend.Backward(input, output, statistics, x, new AttendGradients<float> { Q = dq, K = dk, V = dv });
        }));
    }

    private static bool Sees(string mask, int i, int j, int queries, int keys) => mask switch
    {
        "window 1" => Math.Abs(i - j) <= 1,
        "window 20" => Math.Abs(i - j) <= 20,
        "window 200" => Math.Abs(i - j) <= 200,
        "second half" => j >= keys / 2,
        "holes" => (i / 32 * 5 + j / 24) % 3 == 0 && (i + j) % 11 != 0,
        "first and last key" => j == 0 || j == keys - 1,
        "some queries see nothing" => i % 3 != 0 && i < queries / 2,
        "nothing hidden" => true,
        _ => false,
    };

    /// <summary>So many keys of the first sequence are not there, and one more of the second.</summary>
    private static bool[] Padding(int keys, int hidden) =>
        [.. from b in Enumerable.Range(0, Batch) from j in Enumerable.Range(0, keys) select j < keys - hidden - b];

    /// <summary>Against loops in double; keys that nobody sees hold NaN.</summary>
    private static void Check(int queries, int keys, AttendMask mask, bool hasBias = false)
    {
        AttendSizes sizes = new(Batch, Heads, queries, keys, Dim, ValueDim);
        float[] q = Inputs.Gaussian(1, Batch * Heads * queries * Dim), k = Inputs.Gaussian(2, Batch * Heads * keys * Dim);
        float[] v = Inputs.Gaussian(3, Batch * Heads * keys * ValueDim), bias = hasBias ? Inputs.Gaussian(4, Heads * queries * keys) : [];
        for (int at = 0; at < bias.Length; at += 7)
        {
            bias[at] = float.NegativeInfinity;
        }

        AttendInput<float> input = AttendInput.Split<float>(q, k, v, sizes, 0.4f, mask, bias);
        bool[] isSeen = new bool[Batch * Heads * keys];
        for (int at = 0; at < isSeen.Length * queries; at++)
        {
            int m = at / queries / keys, i = at / keys % queries, j = at % keys;
            isSeen[m * keys + j] |= input.MaskOf(m / Heads).Sees(i, j, queries, keys, input.BiasOf(m / Heads, m % Heads));
        }

        for (int at = 0; at < isSeen.Length; at++)
        {
            k[at * Dim] = isSeen[at] ? k[at * Dim] : float.NaN;
            v[at * ValueDim] = isSeen[at] ? v[at * ValueDim] : float.NaN;
        }

        float[] output = new float[Batch * Heads * queries * ValueDim], dOutput = Inputs.Gaussian(5, output.Length);
        float[] statistics = new float[2 * Batch * Heads * queries], dq = new float[q.Length], dk = new float[k.Length], dv = new float[v.Length];
        float[] dBias = new float[bias.Length];
        FlashAttend.Forward(input, output, statistics);
        FlashAttend.Backward(input, output, statistics, dOutput, new() { Q = dq, K = dk, V = dv, Bias = dBias });

        double[] expected = new double[output.Length], exact = new double[statistics.Length], edq = new double[q.Length], edk = new double[k.Length];
        double[] edv = new double[v.Length], edBias = new double[bias.Length];
        AttendInput<double> wide = AttendInput.Split<double>(Inputs.Widen(q), Inputs.Widen(k), Inputs.Widen(v), sizes, 0.4f, mask, Inputs.Widen(bias));
        FlashAttend.Reference(wide, expected, exact);
        FlashAttend.BackwardReference(wide, expected, exact, Inputs.Widen(dOutput), new() { Q = edq, K = edk, V = edv, Bias = edBias });
        Compare.Close(output, expected, Tolerances.Chain, "output");
        Compare.Close(dq, edq, Tolerances.Chain, "∂L/∂Q");
        Compare.Close(dk, edk, Tolerances.Chain, "∂L/∂K");
        Compare.Close(dv, edv, Tolerances.Chain, "∂L/∂V");
        Compare.Close(dBias, edBias, Tolerances.Chain, "∂L/∂bias");
        for (int i = 0; i < exact.Length / 2; i++)
        {
            Assert.Equal(exact[2 * i + 1] == 0, statistics[2 * i + 1] == 0);
            Assert.True(exact[2 * i + 1] != 0 || !output.AsSpan(i * ValueDim, ValueDim).ContainsAnyExcept(0), $"query {i} sees nothing");
        }

        for (int at = 0; at < isSeen.Length; at++)
        {
            Assert.True(isSeen[at] || !dk.AsSpan(at * Dim, Dim).ContainsAnyExcept(0), $"nobody sees key {at}: ∂L/∂K is 0");
            Assert.True(isSeen[at] || !dv.AsSpan(at * ValueDim, ValueDim).ContainsAnyExcept(0), $"nobody sees key {at}: ∂L/∂V is 0");
        }
    }
}
