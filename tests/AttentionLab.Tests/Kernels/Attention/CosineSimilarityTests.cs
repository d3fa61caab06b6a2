using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

public class CosineSimilarityTests
{
    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void Forward_AwkwardLength_AgreesWithReference(int n)
    {
        float[] a = Inputs.Gaussian(1, n), b = Inputs.Gaussian(2, n), da = new float[n], db = new float[n];
        double[] ea = new double[n], eb = new double[n];
        Assert.Equal(CosineSimilarity.Reference<double>(Inputs.Widen(a), Inputs.Widen(b)), CosineSimilarity.Forward(a, b), 1e-6);
        CosineSimilarity.Backward(a, b, 0.5f, da, db);
        CosineSimilarity.BackwardReference<double>(Inputs.Widen(a), Inputs.Widen(b), 0.5, ea, eb);
        if (n > 1)
        {
            // In one dimension the cosine is ±1 and its gradient is rounding around 0.
            Compare.Close(da, ea, 10 * Tolerances.Kernel, "∂L/∂a");
            Compare.Close(db, eb, 10 * Tolerances.Kernel, "∂L/∂b");
        }
    }

    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void Pairs_AwkwardLength_AgreesWithReference(int n)
    {
        float[] a = Inputs.Gaussian(3, 5 * n), b = Inputs.Gaussian(4, 7 * n), c = new float[35];
        double[] expected = new double[35];
        CosineSimilarity.Pairs(a, b, c, 5, n, 7);
        CosineSimilarity.PairsReference<double>(Inputs.Widen(a), Inputs.Widen(b), expected, 5, n, 7);
        Compare.Close(c, expected, Tolerances.Kernel, "pairs");
    }

    [Fact]
    public void Forward_AppleAndOrange_IsOneOverRootTwo()
    {
        Assert.Equal(1 / Math.Sqrt(2), CosineSimilarity.Forward([2, 2], [0, 3]), 1e-7);
        Assert.Equal(1 / Math.Sqrt(2), CosineSimilarity.Forward([2, 2], [4, 0]), 1e-7);
    }

    [Fact]
    public void Forward_ZeroVector_IsZeroWithZeroGradient()
    {
        float[] da = [9, 9], db = [9, 9];
        Assert.Equal(0, CosineSimilarity.Forward([0, 0], [1, 2]));
        CosineSimilarity.Backward([0, 0], [1, 2], 1, da, db);
        Assert.All(da.Concat(db), x => Assert.Equal(0, x));
        float[] pairs = new float[1];
        CosineSimilarity.Pairs([0, 0], [1, 2], pairs, 1, 2, 1);
        Assert.Equal(0, pairs[0]);
    }

    [Fact]
    public void BackwardReference_AgainstDifferences_Agrees()
    {
        double[] a = Inputs.GaussianDouble(5, 6), b = Inputs.GaussianDouble(6, 6), da = new double[6], db = new double[6];
        double Loss() => 1.3 * CosineSimilarity.Reference<double>(a, b);
        CosineSimilarity.BackwardReference<double>(a, b, 1.3, da, db);
        Compare.Close(da, Numerical.Gradient(a, Loss), Tolerances.Numerical, "∂L/∂a");
        Compare.Close(db, Numerical.Gradient(b, Loss), Tolerances.Numerical, "∂L/∂b");
    }

    [Fact]
    public void Pairs_WrongLength_Throws() => Assert.Throws<ArgumentException>(() => CosineSimilarity.Pairs(new float[4], new float[4], new float[3], 2, 2, 2));
}
