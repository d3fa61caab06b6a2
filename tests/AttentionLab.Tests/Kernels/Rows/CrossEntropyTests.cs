using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Kernels;

public class CrossEntropyTests
{
    public static TheoryData<string> Cases =>
        [.. Golden.Names("losses").Select(row => row.Data).Where(name => Golden.Read("losses", name).Has("logits"))];

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_AgainstPyTorch_Agree(string name)
    {
        Golden g = Golden.Read("losses", name);
        Tensor logits = g.Input("logits"), dLogits = new(logits.Shape);
        float smoothing = (float)g.Number("smoothing");
        g.Output("output", CrossEntropy.Forward(logits.Span, g.Integers("targets"), [], logits.Rows, logits.Columns, smoothing));
        CrossEntropy.Backward(logits.Span, g.Integers("targets"), 1, dLogits.Span, logits.Rows, logits.Columns, smoothing);
        g.Gradient("logits", dLogits);
        g.Done();
    }

    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void Forward_AwkwardLength_AgreesWithReference(int n)
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
    }

    [Fact]
    public void Forward_AllIgnored_IsZeroWithZeroGradient()
    {
        float[] dLogits = [1, 2, 3];
        Assert.Equal(0, CrossEntropy.Forward([1, 2, 3], [-100], [], 1, 3));
        CrossEntropy.Backward([1, 2, 3], [-100], 1, dLogits, 1, 3);
        Assert.All(dLogits, v => Assert.Equal(0, v));
    }

    [Fact]
    public void Forward_BadTargetOrSmoothing_NamesBothSides()
    {
        Assert.Contains(
            "targets[0] is 3 but the logits have classes 0 to 2",
            Assert.Throws<ArgumentOutOfRangeException>(() => CrossEntropy.Forward([1, 2, 3], [3], [], 1, 3)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => CrossEntropy.Forward([1, 2, 3], [-1], [], 1, 3));
        Assert.Throws<ArgumentException>(() => CrossEntropy.Forward([1, 2, 3], [1], [], 1, 3, float.NaN));
        Assert.Throws<ArgumentException>(() => CrossEntropy.Forward([1, 2, 3], [1, 2], [], 1, 3));
    }
}
