using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Kernels;

/// <summary>Linear attention, and what it has in common with Lightning Attention; the rest of that is in <see cref="LightningAttendTests"/>.</summary>
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
            AttendInput<float> input = AttendInput.Linear<float>(q.Span, k.Span, v.Span, new(1, 1, q.Rows, k.Rows, q.Columns, v.Columns), g.Flag("causal"));
            LinearAttend.Forward(input, output.Span, phi);
            LinearAttend.Backward(input, dOutput.Span, new() { Q = dq.Span, K = dk.Span, V = dv.Span }, phi);
        }
        else
        {
            float decay = (float)g.Number("decay");
            AttendInput<float> input = AttendInput.Linear<float>(q.Span, k.Span, v.Span, new(1, 1, q.Rows, q.Rows, q.Columns, v.Columns), causal: true);
            LightningAttend.Forward(input, output.Span, [decay]);
            LightningAttend.Backward(input, dOutput.Span, new() { Q = dq.Span, K = dk.Span, V = dv.Span }, [decay]);
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
        (int, int, int, int, bool)[] cases = [(n, n, 8, 8, true), (5, n, 9, 7, false), (6, 7, n, n, false), (6, 6, n, n, true)];
        foreach ((int queries, int keys, int dim, int valueDim, bool causal) in cases)
        {
            foreach (FeatureMap map in Enum.GetValues<FeatureMap>())
            {
                string what = $"({queries}, {keys}, {dim}, {valueDim}) {map} causal {causal}: ";
                float[] q = Inputs.Gaussian(1, queries * dim, 0.5), k = Inputs.Gaussian(2, keys * dim, 0.5), v = Inputs.Gaussian(3, keys * valueDim);
                float[] dOutput = Inputs.Gaussian(4, queries * valueDim);
                float[] output = new float[dOutput.Length], dq = new float[q.Length], dk = new float[k.Length], dv = new float[v.Length];
                double[] eOutput = new double[output.Length], eq = new double[q.Length], ek = new double[k.Length], ev = new double[v.Length];
                AttendInput<float> input = AttendInput.Linear<float>(q, k, v, new(1, 1, queries, keys, dim, valueDim), causal);
                LinearAttend.Forward(input, output, map);
                LinearAttend.Backward(input, dOutput, new() { Q = dq, K = dk, V = dv }, map);
                AttendInput<double> exact = AttendInput.Linear<double>(
                    Inputs.Widen(q), Inputs.Widen(k), Inputs.Widen(v), new(1, 1, queries, keys, dim, valueDim), causal);
                LinearAttend.Reference<double>(exact, eOutput, map);
                LinearAttend.BackwardReference<double>(exact, Inputs.Widen(dOutput), new() { Q = eq, K = ek, V = ev }, map);
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

    [
        Theory, InlineData(FeatureMap.EluPlusOne, false), InlineData(FeatureMap.EluPlusOne, true), InlineData(FeatureMap.Exp, true),
        InlineData(FeatureMap.Relu, false)
    ]
    public void BackwardReference_AgainstDifferences_Agrees(FeatureMap map, bool causal)
    {
        const int n = 4, dim = 6, valueDim = 2;
        double[] q = Inputs.GaussianDouble(1, n * dim), k = Inputs.GaussianDouble(2, n * dim), v = Inputs.GaussianDouble(3, n * valueDim);
        double[] dOutput = Inputs.GaussianDouble(4, n * valueDim);
        double[] output = new double[n * valueDim], dq = new double[q.Length], dk = new double[k.Length], dv = new double[v.Length];
        double Linear()
        {
            LinearAttend.Reference<double>(AttendInput.Linear<double>(q, k, v, new(1, 1, n, n, dim, valueDim), causal), output, map);
            return Numerical.Weighted(output, dOutput);
        }

        LinearAttend.BackwardReference<double>(
            AttendInput.Linear<double>(q, k, v, new(1, 1, n, n, dim, valueDim), causal), dOutput, new() { Q = dq, K = dk, V = dv }, map);
        Compare.Close(dq, Numerical.Gradient(q, Linear), Tolerances.Numerical, "∂L/∂Q");
        Compare.Close(dk, Numerical.Gradient(k, Linear), Tolerances.Numerical, "∂L/∂K");
        Compare.Close(dv, Numerical.Gradient(v, Linear), Tolerances.Numerical, "∂L/∂V");
    }

    [Fact]
    public void Linear_NothingMatches_GivesZeros()
    {
        float[] output = [9], dq = [9], dk = [9], dv = [9];
        AttendInput<float> input = AttendInput.Linear<float>([-1], [-2], [3], new(1, 1, 1, 1, 1, 1));
        LinearAttend.Forward(input, output, FeatureMap.Relu);
        LinearAttend.Backward(input, [1], new() { Q = dq, K = dk, V = dv }, FeatureMap.Relu);
        Assert.All((float[])[output[0], dq[0], dk[0], dv[0]], x => Assert.Equal(0, x));
    }

    // B = 2, H = 3: heads one after the other are the same as heads one at a time.
    [Fact]
    public void ForwardAndBackward_HeadsOfABatch_EqualOneHeadAtATime()
    {
        const int batch = 2, heads = 3, tokens = 37, dim = 5, valueDim = 4;
        AttendSizes all = new(batch, heads, tokens, tokens, dim, valueDim), one = new(1, 1, tokens, tokens, dim, valueDim);
        float[] q = Inputs.Gaussian(1, batch * heads * tokens * dim), k = Inputs.Gaussian(2, q.Length), decays = [0.5f, 0.9f, 1];
        float[] v = Inputs.Gaussian(3, batch * heads * tokens * valueDim), dOutput = Inputs.Gaussian(4, v.Length);
        foreach (bool lightning in new[] { true, false })
        {
            float[] output = new float[v.Length], dq = new float[q.Length], dk = new float[q.Length], dv = new float[v.Length];
            Run(AttendInput.Linear<float>(q, k, v, all, causal: true), output, dOutput, new() { Q = dq, K = dk, V = dv }, lightning ? decays : []);
            for (int m = 0; m < batch * heads; m++)
            {
                Range keys = (m * tokens * dim)..((m + 1) * tokens * dim), values = (m * tokens * valueDim)..((m + 1) * tokens * valueDim);
                AttendInput<float> head = AttendInput.Linear<float>(q.AsSpan(keys), k.AsSpan(keys), v.AsSpan(values), one, causal: true);
                float[] expected = new float[tokens * valueDim], eq = new float[tokens * dim], ek = new float[eq.Length], ev = new float[expected.Length];
                Run(head, expected, dOutput.AsSpan(values), new() { Q = eq, K = ek, V = ev }, lightning ? [decays[m % heads]] : []);
                Compare.Same(output.AsSpan(values), expected, $"head {m}");
                Compare.Same(dq.AsSpan(keys), eq, $"head {m}: ∂L/∂Q");
                Compare.Same(dk.AsSpan(keys), ek, $"head {m}: ∂L/∂K");
                Compare.Same(dv.AsSpan(values), ev, $"head {m}: ∂L/∂V");
            }
        }

        static void Run(in AttendInput<float> input, Span<float> output, ReadOnlySpan<float> dOutput, in AttendGradients<float> to, ReadOnlySpan<float> decays)
        {
            if (decays.IsEmpty)
            {
                LinearAttend.Forward(input, output);
                LinearAttend.Backward(input, dOutput, to);
            }
            else
            {
                LightningAttend.Forward(input, output, decays);
                LightningAttend.Backward(input, dOutput, to, decays);
            }
        }
    }

    [Fact]
    public void Forward_WhatHasNoMeaningHere_IsRefused()
    {
        static string Refused(Action run) => Assert.Throws<ArgumentException>(run).Message;
        static AttendInput<float> Input(bool causal = true) =>
            AttendInput.Linear<float>(new float[2], new float[2], new float[2], new(1, 1, 2, 2, 1, 1), causal);
        static AttendInput<float> With(float scale, AttendMask mask, float[] bias) => new()
        {
            Q = Input().Q,
            K = Input().K,
            V = Input().V,
            Sizes = Input().Sizes,
            Scale = scale,
            Mask = mask,
            Bias = bias,
        };
        Assert.Contains("scale is 0.5", Refused(() => LinearAttend.Forward(With(0.5f, default, []), new float[2])));
        Assert.Contains("keys, pairs or a bias", Refused(() => LinearAttend.Forward(With(1, new() { Keys = new bool[2] }, []), new float[2])));
        Assert.Contains("keys, pairs or a bias", Refused(() => LinearAttend.Forward(With(1, default, new float[4]), new float[2])));
        Assert.Contains("is not causal", Refused(() => LightningAttend.Forward(Input(causal: false), new float[2], [1])));
        Assert.Contains("decays holds 2 numbers but there are 1 heads", Refused(() => LightningAttend.Forward(Input(), new float[2], [1, 1])));
        Assert.Contains("to.Bias is given", Refused(() => LinearAttend.Backward(
            Input(), new float[2], new() { Q = new float[2], K = new float[2], V = new float[2], Bias = new float[4] })));
    }

    [Fact]
    public void Forward_BadSizes_NameBothSides()
    {
        Assert.Contains(
            "pass as many queries as keys",
            Assert.Throws<ArgumentException>(
                () =>
                    LinearAttend.Forward(
                        AttendInput.Linear<float>(new float[2], new float[3], new float[3], new(1, 1, 2, 3, 1, 1), causal: true), new float[2])).Message);
        Assert.Contains(
            "decay is 1.5",
            Assert.Throws<ArgumentException>(
                () =>
                    LightningAttend.Forward(
                        AttendInput.Linear<float>(new float[2], new float[2], new float[2], new(1, 1, 2, 2, 1, 1), causal: true), new float[2],
                        [1.5f])).Message);
        Assert.Throws<ArgumentException>(() => LightningAttend.Step(new float[2], new float[2], new float[3], new float[5], new float[3], 1));
    }
}
