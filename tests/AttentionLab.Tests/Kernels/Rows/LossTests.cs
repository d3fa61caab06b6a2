using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Kernels;

/// <summary>Log-sum-exp and cross-entropy.</summary>
public class LossTests
{
    public static TheoryData<string> Cases => Golden.Names("losses");

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_AgainstPyTorch_Agree(string name)
    {
        Golden g = Golden.Read("losses", name);
        if (g.Has("x"))
        {
            Tensor x = g.Input("x"), y = new(x.Rows), dx = new(x.Shape);
            LogSumExp.Forward(x.Span, y.Span, x.Rows, x.Columns);
            LogSumExp.Backward(x.Span, y.Span, g.Input("d:output").Span, dx.Span, x.Rows, x.Columns);
            g.Output("output", y);
            g.Gradient("x", dx);
            return;
        }

        Tensor logits = g.Input("logits"), dLogits = new(logits.Shape);
        float smoothing = (float)g.Number("smoothing");
        g.Output("output", CrossEntropy.Forward(logits.Span, g.Integers("targets"), [], logits.Rows, logits.Columns, smoothing));
        CrossEntropy.Backward(logits.Span, g.Integers("targets"), 1, dLogits.Span, logits.Rows, logits.Columns, smoothing);
        g.Gradient("logits", dLogits);
        g.Done();
    }

    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void LogSumExp_AwkwardLength_AgreesWithReference(int n)
    {
        float[] x = Inputs.Gaussian(1, 3 * n, 4), y = new float[3], dy = Inputs.Gaussian(2, 3), dx = new float[3 * n];
        double[] ey = new double[3], edx = new double[3 * n];
        LogSumExp.Forward(x, y, 3, n);
        LogSumExp.Reference<double>(Inputs.Widen(x), ey, 3, n);
        LogSumExp.Backward(x, y, dy, dx, 3, n);
        LogSumExp.BackwardReference<double>(Inputs.Widen(x), ey, Inputs.Widen(dy), edx, 3, n);
        Compare.Close(y, ey, Tolerances.Kernel, "ℓ");
        Compare.Close(dx, edx, Tolerances.Kernel, "∂L/∂x");
    }

    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void CrossEntropy_AwkwardLength_AgreesWithReference(int n)
    {
        if (n == 0)
        {
            return; // no class, no target
        }

        CounterRandom random = new(3);
        int[] targets = [random.NextInt(n), CrossEntropy.Ignored, random.NextInt(n), n - 1];
        float[] logits = Inputs.Gaussian(4, 4 * n, 3), losses = new float[4], dLogits = new float[4 * n];
        double[] eLosses = new double[4], eLogits = new double[4 * n];
        foreach (float smoothing in new[] { 0, 0.125f, 1 })
        {
            float loss = CrossEntropy.Forward(logits, targets, losses, 4, n, smoothing);
            double expected = CrossEntropy.Reference<double>(Inputs.Widen(logits), targets, eLosses, 4, n, smoothing);
            CrossEntropy.Backward(logits, targets, 0.5f, dLogits, 4, n, smoothing);
            CrossEntropy.BackwardReference<double>(Inputs.Widen(logits), targets, 0.5, eLogits, 4, n, smoothing);
            Assert.Equal(expected, loss, 1e-5);
            Compare.Close(losses, eLosses, Tolerances.Kernel, "loss of each row");
            Compare.Close(dLogits, eLogits, Tolerances.Kernel, "∂L/∂logits");
            Assert.All(dLogits[n..(2 * n)], v => Assert.Equal(0, v));
            float[] copy = [.. logits];
            Assert.Equal(loss, CrossEntropy.ForwardBackward(copy, targets, 0.5f, copy, 4, n, smoothing), 1e-5f);
            Compare.Same(copy, dLogits, "both at once, in place");
        }
    }

    [Theory, InlineData(0), InlineData(0.2)]
    public void BackwardReference_AgainstDifferences_Agrees(double smoothing)
    {
        double[] logits = Inputs.GaussianDouble(5, 15), dLogits = new double[15];
        int[] targets = [2, CrossEntropy.Ignored, 4];
        CrossEntropy.BackwardReference<double>(logits, targets, 1.0, dLogits, 3, 5, smoothing);
        Compare.Close(
            dLogits, Numerical.Gradient(logits, () => CrossEntropy.Reference<double>(logits, targets, [], 3, 5, smoothing)), Tolerances.Numerical,
            "∂L/∂logits");
        double[] y = new double[3], dy = [0.3, -1, 2], dx = new double[15];
        double Loss()
        {
            LogSumExp.Reference<double>(logits, y, 3, 5);
            return Numerical.Weighted(y, dy);
        }

        Loss();
        LogSumExp.BackwardReference<double>(logits, y, dy, dx, 3, 5);
        Compare.Close(dx, Numerical.Gradient(logits, Loss), Tolerances.Numerical, "∂ℓ/∂x");
    }

    [Fact]
    public void LogSumExp_Extremes_NeverOverflow()
    {
        float[] y = new float[5];
        const float inf = float.PositiveInfinity;
        LogSumExp.Forward([1e4f, 1e4f, -1e4f, -1e4f, -inf, -inf, inf, 1, float.NaN, 1], y, 5, 2);
        Assert.Equal(1e4 + Math.Log(2), y[0], 1e-3);
        Assert.Equal(-1e4 + Math.Log(2), y[1], 1e-3);
        Assert.Equal(-inf, y[2]);
        Assert.Equal(inf, y[3]);
        Assert.True(float.IsNaN(y[4]));
        LogSumExp.Forward([inf, float.NaN, float.NaN, inf], y.AsSpan(0, 2), 2, 2);
        Assert.All(y[..2], v => Assert.True(float.IsNaN(v)));
    }

    [Fact]
    public void CrossEntropy_AllIgnored_IsZeroWithZeroGradient()
    {
        float[] dLogits = [1, 2, 3];
        Assert.Equal(0, CrossEntropy.Forward([1, 2, 3], [-100], [], 1, 3));
        CrossEntropy.Backward([1, 2, 3], [-100], 1, dLogits, 1, 3);
        Assert.All(dLogits, v => Assert.Equal(0, v));
    }

    [Fact]
    public void CrossEntropy_BadTargetOrSmoothing_NamesBothSides()
    {
        Assert.Contains(
            "targets[0] is 3 but the logits have classes 0 to 2",
            Assert.Throws<ArgumentOutOfRangeException>(() => CrossEntropy.Forward([1, 2, 3], [3], [], 1, 3)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => CrossEntropy.Forward([1, 2, 3], [-1], [], 1, 3));
        Assert.Throws<ArgumentException>(() => CrossEntropy.Forward([1, 2, 3], [1], [], 1, 3, float.NaN));
        Assert.Throws<ArgumentException>(() => CrossEntropy.Forward([1, 2, 3], [1, 2], [], 1, 3));
    }

    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void Reduce_AwkwardLength_AgreesWithLoops(int n)
    {
        float[] x = Inputs.Gaussian(6, 3 * n), rows = new float[n];
        Assert.Equal(x.Sum(v => (double)v), Reduce.Sum(x), 1e-4);
        Reduce.AddRows(x, rows, 3, n);
        for (int j = 0; j < n; j++)
        {
            Assert.Equal((double)x[j] + x[n + j] + x[2 * n + j], rows[j], 1e-5);
        }
    }
}
