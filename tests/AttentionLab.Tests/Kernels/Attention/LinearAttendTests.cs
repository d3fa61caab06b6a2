using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Kernels;

/// <summary>Linear attention and Lightning Attention-2.</summary>
public class LinearAttendTests
{
    public static TheoryData<string> Cases => Golden.Names("linear_attention");

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_AgainstPyTorch_Agree(string name)
    {
        Golden g = Golden.Read("linear_attention", name);
        Tensor q = g.Input("query"), k = g.Input("key"), v = g.Input("value"), dOutput = g.Input("d:output");
        Tensor output = new(dOutput.Shape), dq = new(q.Shape), dk = new(k.Shape), dv = new(v.Shape);
        if (g.Text("map") is { } map)
        {
            FeatureMap phi = Enum.Parse<FeatureMap>(map);
            LinearAttend.Forward(q.Span, k.Span, v.Span, output.Span, q.Rows, k.Rows, q.Columns, v.Columns, phi, g.Flag("causal"));
            LinearAttend.Backward(q.Span, k.Span, v.Span, dOutput.Span, dq.Span, dk.Span, dv.Span, q.Rows, k.Rows, q.Columns, v.Columns, phi, g.Flag("causal"));
        }
        else
        {
            float decay = (float)g.Number("decay");
            LightningAttend.Forward(q.Span, k.Span, v.Span, output.Span, q.Rows, q.Columns, v.Columns, decay);
            LightningAttend.Backward(q.Span, k.Span, v.Span, dOutput.Span, dq.Span, dk.Span, dv.Span, q.Rows, q.Columns, v.Columns, decay);
        }

        g.Output("output", output);
        g.Gradient("query", dq);
        g.Gradient("key", dk);
        g.Gradient("value", dv);
        g.Done();
    }

    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void Linear_AwkwardLength_AgreesWithReference(int n)
    {
        foreach ((int queries, int keys, int dim, int valueDim, bool causal) in new[] { (n, n, 8, 8, true), (5, n, 9, 7, false), (6, 7, n, n, false), (6, 6, n, n, true) })
        {
            foreach (FeatureMap map in Enum.GetValues<FeatureMap>())
            {
                string what = $"({queries}, {keys}, {dim}, {valueDim}) {map} causal {causal}: ";
                float[] q = Inputs.Gaussian(1, queries * dim, 0.5), k = Inputs.Gaussian(2, keys * dim, 0.5), v = Inputs.Gaussian(3, keys * valueDim), dOutput = Inputs.Gaussian(4, queries * valueDim);
                float[] output = new float[dOutput.Length], dq = new float[q.Length], dk = new float[k.Length], dv = new float[v.Length];
                double[] eOutput = new double[output.Length], eq = new double[q.Length], ek = new double[k.Length], ev = new double[v.Length];
                LinearAttend.Forward(q, k, v, output, queries, keys, dim, valueDim, map, causal);
                LinearAttend.Backward(q, k, v, dOutput, dq, dk, dv, queries, keys, dim, valueDim, map, causal);
                LinearAttend.Reference<double>(Inputs.Widen(q), Inputs.Widen(k), Inputs.Widen(v), eOutput, queries, keys, dim, valueDim, map, causal);
                LinearAttend.BackwardReference<double>(Inputs.Widen(q), Inputs.Widen(k), Inputs.Widen(v), Inputs.Widen(dOutput), eq, ek, ev, queries, keys, dim, valueDim, map, causal);
                Compare.Close(output, eOutput, Tolerances.Chain, what + "output");
                Compare.Close(dv, ev, Tolerances.Chain, what + "∂L/∂V");
                if (keys > 1 && dim > 1)
                {
                    // With one key, or one positive channel, the weights do not depend on q: rounding around 0.
                    Compare.Close(dq, eq, Tolerances.Quotient, what + "∂L/∂Q");
                    Compare.Close(dk, ek, Tolerances.Quotient, what + "∂L/∂K");
                }
            }
        }
    }

    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void Lightning_AwkwardLength_EqualsItsQuadraticDefinition(int n)
    {
        foreach ((int tokens, int dim, int valueDim) in new[] { (n, 8, 8), (n, 5, 7), (200, n, 3), (70, 4, n) })
        {
            foreach (float decay in new[] { 0f, 0.5f, 0.97f, 1f })
            {
                string what = $"({tokens}, {dim}, {valueDim}) λ = {decay}: ";
                float[] q = Inputs.Gaussian(1, tokens * dim), k = Inputs.Gaussian(2, tokens * dim), v = Inputs.Gaussian(3, tokens * valueDim), dOutput = Inputs.Gaussian(4, tokens * valueDim);
                float[] output = new float[dOutput.Length], dq = new float[q.Length], dk = new float[k.Length], dv = new float[v.Length];
                double[] eOutput = new double[output.Length], eq = new double[q.Length], ek = new double[k.Length], ev = new double[v.Length];
                LightningAttend.Forward(q, k, v, output, tokens, dim, valueDim, decay);
                LightningAttend.Backward(q, k, v, dOutput, dq, dk, dv, tokens, dim, valueDim, decay);
                LightningAttend.Reference<double>(Inputs.Widen(q), Inputs.Widen(k), Inputs.Widen(v), eOutput, tokens, dim, valueDim, decay);
                LightningAttend.BackwardReference<double>(Inputs.Widen(q), Inputs.Widen(k), Inputs.Widen(v), Inputs.Widen(dOutput), eq, ek, ev, tokens, dim, valueDim, decay);
                Compare.Close(output, eOutput, Tolerances.Chain, what + "output");
                Compare.Close(dq, eq, Tolerances.Chain, what + "∂L/∂Q");
                Compare.Close(dk, ek, Tolerances.Chain, what + "∂L/∂K");
                Compare.Close(dv, ev, Tolerances.Chain, what + "∂L/∂V");
            }
        }
    }

    [Theory, InlineData(0.9f), InlineData(1f)]
    public void Lightning_StepByStep_EqualsAllAtOnce(float decay)
    {
        const int tokens = 150, dim = 6, valueDim = 5;
        float[] q = Inputs.Gaussian(1, tokens * dim), k = Inputs.Gaussian(2, tokens * dim), v = Inputs.Gaussian(3, tokens * valueDim);
        float[] output = new float[tokens * valueDim], steps = new float[output.Length], state = new float[dim * valueDim];
        LightningAttend.Forward(q, k, v, output, tokens, dim, valueDim, decay);
        for (int t = 0; t < tokens; t++)
        {
            LightningAttend.Step(q.AsSpan(t * dim, dim), k.AsSpan(t * dim, dim), v.AsSpan(t * valueDim, valueDim), state, steps.AsSpan(t * valueDim, valueDim), decay);
        }

        Compare.Close(steps, output, Tolerances.Chain, "step by step");
    }

    [Fact]
    public void Lightning_LaterTokenChanged_LeavesEarlierOutputsBitEqual()
    {
        float[] x = Inputs.Gaussian(5, 100 * 8), before = new float[800], after = new float[800];
        LightningAttend.Forward(x, x, x, before, 100, 8, 8, 0.9f);
        x[70 * 8 + 3] += 4;
        LightningAttend.Forward(x, x, x, after, 100, 8, 8, 0.9f);
        Compare.Same(after.AsSpan(0, 560), before.AsSpan(0, 560), "before token 70");
        Assert.NotEqual(before[560..], after[560..]);
    }

    [Theory, InlineData(FeatureMap.EluPlusOne, false), InlineData(FeatureMap.EluPlusOne, true), InlineData(FeatureMap.Exp, true), InlineData(FeatureMap.Relu, false)]
    public void BackwardReference_AgainstDifferences_Agrees(FeatureMap map, bool causal)
    {
        const int n = 4, dim = 6, valueDim = 2;
        double[] q = Inputs.GaussianDouble(1, n * dim), k = Inputs.GaussianDouble(2, n * dim), v = Inputs.GaussianDouble(3, n * valueDim), dOutput = Inputs.GaussianDouble(4, n * valueDim);
        double[] output = new double[n * valueDim], dq = new double[q.Length], dk = new double[k.Length], dv = new double[v.Length];
        double Linear()
        {
            LinearAttend.Reference<double>(q, k, v, output, n, n, dim, valueDim, map, causal);
            return Numerical.Weighted(output, dOutput);
        }

        LinearAttend.BackwardReference<double>(q, k, v, dOutput, dq, dk, dv, n, n, dim, valueDim, map, causal);
        Compare.Close(dq, Numerical.Gradient(q, Linear), Tolerances.Numerical, "∂L/∂Q");
        Compare.Close(dk, Numerical.Gradient(k, Linear), Tolerances.Numerical, "∂L/∂K");
        Compare.Close(dv, Numerical.Gradient(v, Linear), Tolerances.Numerical, "∂L/∂V");

        double Lightning()
        {
            LightningAttend.Reference<double>(q, k, v, output, n, dim, valueDim, 0.8);
            return Numerical.Weighted(output, dOutput);
        }

        LightningAttend.BackwardReference<double>(q, k, v, dOutput, dq, dk, dv, n, dim, valueDim, 0.8);
        Compare.Close(dq, Numerical.Gradient(q, Lightning), Tolerances.Numerical, "∂L/∂Q");
        Compare.Close(dk, Numerical.Gradient(k, Lightning), Tolerances.Numerical, "∂L/∂K");
        Compare.Close(dv, Numerical.Gradient(v, Lightning), Tolerances.Numerical, "∂L/∂V");
    }

    [Fact]
    public void Linear_NothingMatches_GivesZeros()
    {
        float[] output = [9], dq = [9], dk = [9], dv = [9];
        LinearAttend.Forward([-1], [-2], [3], output, 1, 1, 1, 1, FeatureMap.Relu);
        LinearAttend.Backward([-1], [-2], [3], [1], dq, dk, dv, 1, 1, 1, 1, FeatureMap.Relu);
        Assert.All((float[])[output[0], dq[0], dk[0], dv[0]], x => Assert.Equal(0, x));
    }

    [Fact]
    public void Forward_BadSizes_NameBothSides()
    {
        Assert.Contains("pass as many queries as keys", Assert.Throws<ArgumentException>(() => LinearAttend.Forward(new float[2], new float[3], new float[3], new float[2], 2, 3, 1, 1, causal: true)).Message);
        Assert.Contains("decay is 1.5", Assert.Throws<ArgumentException>(() => LightningAttend.Forward(new float[2], new float[2], new float[2], new float[2], 2, 1, 1, 1.5f)).Message);
        Assert.Throws<ArgumentException>(() => LightningAttend.Step(new float[2], new float[2], new float[3], new float[5], new float[3], 1));
    }
}
