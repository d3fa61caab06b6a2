using AttentionLab.Kernels;

namespace AttentionLab.Tests;

/// <summary>Why the step of the numerical gradients is what it is: the measured U-curve.</summary>
public class NumericalTests
{
    [Fact]
    public void Gradient_ErrorAgainstStep_IsLowestAtTheChosenStep()
    {
        double[] x = Inputs.GaussianDouble(1, 12), dy = Inputs.GaussianDouble(2, 12), y = new double[12], dx = new double[12];
        double Loss()
        {
            Softmax.Reference<double>(x, y, 2, 6);
            return Numerical.Weighted(y, dy);
        }

        Loss();
        Softmax.BackwardReference<double>(y, dy, dx, 2, 6);
        double Error(double step)
        {
            Compare.Difference(Numerical.Gradient(x, Loss, step), dx, 0, out double error);
            TestContext.Current.TestOutputHelper?.WriteLine($"step {step:E0}: error {error:E1}");
            return error;
        }

        // Left arm: rounding 1e-16/h. Right arm: h²·f'''/6. Measured: 1e-2 6e-6, 1e-3 6e-8, 1e-5 1e-11, 1e-7 3e-9, 1e-8 1e-8, 1e-9 1e-7.
        double chosen = Error(Tolerances.Step);
        Assert.True(chosen < 1e-10, $"{chosen:E1}");
        Assert.All((double[])[1e-2, 1e-3, 1e-7, 1e-8, 1e-9], step => Assert.True(Error(step) > chosen, $"step {step:E0} is better"));
    }
}
