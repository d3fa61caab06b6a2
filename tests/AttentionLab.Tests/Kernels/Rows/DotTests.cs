using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

public class DotTests
{
    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void Forward_AwkwardLength_AgreesWithReference(int n)
    {
        float[] a = Inputs.Gaussian(1, n), b = Inputs.Gaussian(2, n);
        double scale = Math.Sqrt(Dot.Reference<double>(Inputs.Widen(a), Inputs.Widen(a)) * Dot.Reference<double>(Inputs.Widen(b), Inputs.Widen(b)));
        double error = Math.Abs(Dot.Forward(a, b) - Dot.Reference<double>(Inputs.Widen(a), Inputs.Widen(b)));
        Assert.True(error <= Tolerances.Kernel * Math.Max(scale, 1), $"n = {n}: {error:E2}");

        float[] da = new float[n], db = new float[n];
        double[] ea = new double[n], eb = new double[n];
        Dot.Backward(a, b, 1.5f, da, db);
        Dot.BackwardReference<double>(Inputs.Widen(a), Inputs.Widen(b), 1.5, ea, eb);
        Compare.Close(da, ea, Tolerances.Kernel, "∂L/∂a");
        Compare.Close(db, eb, Tolerances.Kernel, "∂L/∂b");
    }

    [Fact]
    public void BackwardReference_AgainstDifferences_Agrees()
    {
        double[] a = Inputs.GaussianDouble(3, 9), b = Inputs.GaussianDouble(4, 9), da = new double[9], db = new double[9];
        double Loss() => 0.7 * Dot.Reference<double>(a, b);
        Dot.BackwardReference<double>(a, b, 0.7, da, db);
        Compare.Close(da, Numerical.Gradient(a, Loss), Tolerances.Numerical, "∂L/∂a");
        Compare.Close(db, Numerical.Gradient(b, Loss), Tolerances.Numerical, "∂L/∂b");
    }

    [Fact]
    public void Forward_NaN_IsNaN() => Assert.True(float.IsNaN(Dot.Forward([1, float.NaN, 2], [1, 0, 2])));

    [Fact]
    public void Forward_LengthsDiffer_NamesBoth() =>
        Assert.Contains("b holds 3 numbers but a holds 2", Assert.Throws<ArgumentException>(() => Dot.Forward(new float[2], new float[3])).Message);
}
