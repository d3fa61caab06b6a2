using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

public class AdamStepTests
{
    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void Forward_AwkwardLength_AgreesWithReference(int n)
    {
        float[] value = Inputs.Gaussian(1, n), mean = new float[n], square = new float[n];
        double[] expected = Inputs.Widen(value), expectedMean = new double[n], expectedSquare = new double[n];
        for (int t = 1; t <= 4; t++)
        {
            AdamRates rates = new(0.01, 0.9, 0.999, 1e-8, t % 2 == 0 ? 0.1 : 0, t);
            float[] gradient = Inputs.Gaussian((ulong)t + 1, n);
            AdamStep.Forward(value, gradient, mean, square, rates);
            AdamStep.Reference<double>(expected, Inputs.Widen(gradient), expectedMean, expectedSquare, rates);
        }

        Compare.Close(value, expected, Tolerances.Kernel, "θ");
        Compare.Close(mean, expectedMean, Tolerances.Kernel, "m");
        Compare.Close(square, expectedSquare, Tolerances.Kernel, "v");
    }

    [Fact]
    public void Reference_FirstStep_IsThePapersByHand()
    {
        // m̂ = g and v̂ = g², so that a first step is η·g/(|g| + ε), whatever the size of g; decay takes η·λ·θ beside it.
        double[] value = [1, 1], mean = new double[2], square = new double[2];
        AdamStep.Reference<double>(value, [3, -0.5], mean, square, new(0.1, 0.9, 0.999, 0.5, 0.2, 1));
        Compare.Close(mean, [0.3, -0.05], 1e-12, "m");
        Compare.Close(square, [0.009, 0.00025], 1e-12, "v");
        Compare.Close(value, [1 - 0.02 - 0.1 * 3 / 3.5, 1 - 0.02 + 0.1 * 0.5 / 1], 1e-12, "θ");
    }

    [Fact]
    public void Forward_OtherLength_NamesBothSides()
    {
        AdamRates rates = new(0.1, 0.9, 0.999, 1e-8, 0, 1);
        Assert.Contains(
            "gradient holds 2 numbers but value holds 3",
            Assert.Throws<ArgumentException>(() => AdamStep.Forward(new float[3], new float[2], new float[3], new float[3], rates)).Message);
        Assert.Contains(
            "square holds 4 numbers but value holds 3",
            Assert.Throws<ArgumentException>(() => AdamStep.Reference<double>(new double[3], new double[3], new double[3], new double[4], rates)).Message);
    }

    [Fact]
    public void Forward_NoGradientAndLeastEpsilon_MovesNothing()
    {
        float[] value = [1, 2, 3];
        AdamStep.Forward(value, new float[3], new float[3], new float[3], new(0.1, 0.9, 0.999, float.Epsilon, 0, 1));
        Assert.Equal([1f, 2, 3], value);
    }

    [Theory, InlineData(0), InlineData(1e-50), InlineData(1e50), InlineData(-1e-8), InlineData(double.NaN)]
    public void Forward_EpsilonThatNoFloatHolds_IsRefusedSinceNoGradientWouldBe0By0(double epsilon)
    {
        AdamRates rates = new(0.1, 0.9, 0.999, epsilon, 0, 1);
        string message = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Epsilon is {epsilon} but must be above 0 and finite as Single");
        Assert.StartsWith(message, Assert.Throws<ArgumentOutOfRangeException>(
            () => AdamStep.Forward(new float[3], new float[3], new float[3], new float[3], rates)).Message);
        Assert.StartsWith(message, Assert.Throws<ArgumentOutOfRangeException>(
            () => AdamStep.Reference<float>(new float[3], new float[3], new float[3], new float[3], rates)).Message);
    }

    [Theory, InlineData(0), InlineData(-1)]
    public void Forward_StepBelowOne_IsRefusedSinceItWouldDivideByZero(long step)
    {
        AdamRates rates = new(0.1, 0.9, 0.999, 1e-8, 0, step);
        string message = $"Step is {step} but steps are counted from 1";
        Assert.StartsWith(message, Assert.Throws<ArgumentOutOfRangeException>(
            () => AdamStep.Forward(new float[3], new float[3], new float[3], new float[3], rates)).Message);
        Assert.StartsWith(message, Assert.Throws<ArgumentOutOfRangeException>(
            () => AdamStep.Reference<double>(new double[3], new double[3], new double[3], new double[3], rates)).Message);
    }
}
