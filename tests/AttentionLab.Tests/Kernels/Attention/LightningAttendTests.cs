using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

/// <summary>Lightning Attention-2; PyTorch's values and what is refused are in <see cref="LinearAttendTests"/>.</summary>
public class LightningAttendTests
{
    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void Forward_AwkwardLength_EqualsItsQuadraticDefinition(int n)
    {
        foreach ((int tokens, int dim, int valueDim) in new[] { (n, 8, 8), (n, 5, 7), (200, n, 3), (70, 4, n) })
        {
            foreach (float decay in new[] { 0f, 0.5f, 0.97f, 1f })
            {
                string what = $"({tokens}, {dim}, {valueDim}) λ = {decay}: ";
                float[] q = Inputs.Gaussian(1, tokens * dim), k = Inputs.Gaussian(2, tokens * dim), v = Inputs.Gaussian(3, tokens * valueDim);
                float[] dOutput = Inputs.Gaussian(4, tokens * valueDim);
                float[] output = new float[dOutput.Length], dq = new float[q.Length], dk = new float[k.Length], dv = new float[v.Length];
                double[] eOutput = new double[output.Length], eq = new double[q.Length], ek = new double[k.Length], ev = new double[v.Length];
                AttendInput<float> input = AttendInput.Linear<float>(q, k, v, new(1, 1, tokens, tokens, dim, valueDim), causal: true);
                LightningAttend.Forward(input, output, [decay]);
                LightningAttend.Backward(input, dOutput, new() { Q = dq, K = dk, V = dv }, [decay]);
                AttendInput<double> exact = AttendInput.Linear<double>(
                    Inputs.Widen(q), Inputs.Widen(k), Inputs.Widen(v), new(1, 1, tokens, tokens, dim, valueDim), causal: true);
                LightningAttend.Reference<double>(exact, eOutput, [decay]);
                LightningAttend.BackwardReference<double>(exact, Inputs.Widen(dOutput), new() { Q = eq, K = ek, V = ev }, [decay]);
                Compare.Close(output, eOutput, Tolerances.Chain, what + "output");
                Compare.Close(dq, eq, Tolerances.Chain, what + "∂L/∂Q");
                Compare.Close(dk, ek, Tolerances.Chain, what + "∂L/∂K");
                Compare.Close(dv, ev, Tolerances.Chain, what + "∂L/∂V");
            }
        }
    }

    [Theory, InlineData(0.9f), InlineData(1f)]
    public void Forward_StepByStep_EqualsAllAtOnce(float decay)
    {
        const int tokens = 150, dim = 6, valueDim = 5;
        float[] q = Inputs.Gaussian(1, tokens * dim), k = Inputs.Gaussian(2, tokens * dim), v = Inputs.Gaussian(3, tokens * valueDim);
        float[] output = new float[tokens * valueDim], steps = new float[output.Length], state = new float[dim * valueDim];
        LightningAttend.Forward(AttendInput.Linear<float>(q, k, v, new(1, 1, tokens, tokens, dim, valueDim), causal: true), output, [decay]);
        for (int t = 0; t < tokens; t++)
        {
            LightningAttend.Step(
                q.AsSpan(t * dim, dim), k.AsSpan(t * dim, dim), v.AsSpan(t * valueDim, valueDim), state, steps.AsSpan(t * valueDim, valueDim), decay);
        }

        Compare.Close(steps, output, Tolerances.Chain, "step by step");
    }

    [Fact]
    public void Forward_LaterTokenChanged_LeavesEarlierOutputsBitEqual()
    {
        float[] x = Inputs.Gaussian(5, 100 * 8), before = new float[800], after = new float[800];
        AttendInput<float> input = AttendInput.Linear<float>(x, x, x, new(1, 1, 100, 100, 8, 8), causal: true);
        LightningAttend.Forward(input, before, [0.9f]);
        x[70 * 8 + 3] += 4;
        LightningAttend.Forward(input, after, [0.9f]);
        Compare.Same(after.AsSpan(0, 560), before.AsSpan(0, 560), "before token 70");
        Assert.NotEqual(before[560..], after[560..]);
    }

    [Fact]
    public void Forward_HeadsSideBySide_AgreeWithReference()
    {
        const int batch = 2, heads = 2, tokens = 40, dim = 5, width = heads * dim;
        float[] x = Inputs.Gaussian(1, batch * tokens * width), dOutput = Inputs.Gaussian(2, x.Length), decays = [0.5f, 0.9f], output = new float[x.Length];
        float[] dq = new float[x.Length], dk = new float[x.Length], dv = new float[x.Length];
        HeadLayout merged = HeadLayout.Merged(tokens, dim, width);
        HeadSpan<float> rows = new(x, merged);
        HeadSpan<double> wide = new(Inputs.Widen(x), merged);
        AttendSizes sizes = new(batch, heads, tokens, tokens, dim, dim);
        AttendMask causal = new() { Causal = true };
        AttendInput<float> input = new() { Q = rows, K = rows, V = rows, Sizes = sizes, Scale = 1, Mask = causal };
        AttendInput<double> exact = new() { Q = wide, K = wide, V = wide, Sizes = sizes, Scale = 1, Mask = causal };
        double[] expected = new double[x.Length], eq = new double[x.Length], ek = new double[x.Length], ev = new double[x.Length];
        LightningAttend.Forward(input, output, decays);
        LightningAttend.Backward(input, dOutput, new() { Q = dq, K = dk, V = dv }, decays);
        LightningAttend.Reference<double>(exact, expected, Inputs.Widen(decays));
        LightningAttend.BackwardReference<double>(exact, Inputs.Widen(dOutput), new() { Q = eq, K = ek, V = ev }, Inputs.Widen(decays));
        Compare.Close(output, expected, Tolerances.Chain, "output");
        Compare.Close(dq, eq, Tolerances.Chain, "∂L/∂Q");
        Compare.Close(dk, ek, Tolerances.Chain, "∂L/∂K");
        Compare.Close(dv, ev, Tolerances.Chain, "∂L/∂V");
    }

    [Fact]
    public void BackwardReference_AgainstDifferences_Agrees()
    {
        const int n = 4, dim = 6, valueDim = 2;
        double[] q = Inputs.GaussianDouble(1, n * dim), k = Inputs.GaussianDouble(2, n * dim), v = Inputs.GaussianDouble(3, n * valueDim);
        double[] dOutput = Inputs.GaussianDouble(4, n * valueDim);
        double[] output = new double[n * valueDim], dq = new double[q.Length], dk = new double[k.Length], dv = new double[v.Length];
        double Loss()
        {
            LightningAttend.Reference<double>(AttendInput.Linear<double>(q, k, v, new(1, 1, n, n, dim, valueDim), causal: true), output, [0.8]);
            return Numerical.Weighted(output, dOutput);
        }

        LightningAttend.BackwardReference<double>(
            AttendInput.Linear<double>(q, k, v, new(1, 1, n, n, dim, valueDim), causal: true), dOutput, new() { Q = dq, K = dk, V = dv }, [0.8]);
        Compare.Close(dq, Numerical.Gradient(q, Loss), Tolerances.Numerical, "∂L/∂Q");
        Compare.Close(dk, Numerical.Gradient(k, Loss), Tolerances.Numerical, "∂L/∂K");
        Compare.Close(dv, Numerical.Gradient(v, Loss), Tolerances.Numerical, "∂L/∂V");
    }
}
