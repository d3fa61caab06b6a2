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
    public void ForwardAndReference_LengthsDiffer_NameBothAlsoBesideAZeroVector()
    {
        foreach (float[] a in new float[][] { [0, 0, 0], [1, 2, 3], [] })
        {
            string message = $"b holds 2 numbers but a holds {a.Length}";
            Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => CosineSimilarity.Forward(a, [1, 2])).Message);
            Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => CosineSimilarity.Reference<float>(a, [1, 2])).Message);
        }
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

    [
        Theory, InlineData(1e-23f, 1), InlineData(1e-23f, 1e-23f), InlineData(1e19f, 1e19f), InlineData(1e38f, 1e-38f), InlineData(1e-42f, 1),
        InlineData(2e38f, 2e38f)
    ]
    public void Everywhere_SquaresBeyondFloat_GivesTheCosine(float first, float second)
    {
        foreach (int n in new[] { 1, 2, 5, 16, 33, 100 })
        {
            float[] a = Array.ConvertAll(Inputs.Gaussian(1, n), v => Math.Clamp(v, -1.5f, 1.5f) * first);
            float[] b = Array.ConvertAll(Inputs.Gaussian(2, n), v => Math.Clamp(v, -1.5f, 1.5f) * second);
            double[] wideA = Inputs.Widen(a), wideB = Inputs.Widen(b), one = new double[1];
            double dot = wideA.Zip(wideB, (x, y) => x * y).Sum(), normA = Math.Sqrt(wideA.Sum(x => x * x)), normB = Math.Sqrt(wideB.Sum(x => x * x));
            double cosine = dot / normA / normB;
            float[] pairs = new float[1], da = new float[n], db = new float[n];
            Assert.Equal(cosine, CosineSimilarity.Forward(a, b), 1e-6);
            Assert.Equal(cosine, CosineSimilarity.Reference<float>(a, b), 1e-6);
            CosineSimilarity.Pairs(a, b, pairs, 1, n, 1);
            Assert.Equal(cosine, pairs[0], 1e-6);
            CosineSimilarity.PairsReference<float>(a, b, pairs, 1, n, 1);
            Assert.Equal(cosine, pairs[0], 1e-6);
            if (n == 1)
            {
                // In one dimension the gradient is rounding around 0.
                continue;
            }

            // A small upstream gradient: ∂c/∂a is as large as 1/‖a‖, which no float holds for 1e-42.
            const float dc = 1e-20f;
            double[] ea = [.. wideA.Zip(wideB, (x, y) => dc * (y / normB - cosine * x / normA) / normA)];
            double[] eb = [.. wideA.Zip(wideB, (x, y) => dc * (x / normA - cosine * y / normB) / normB)];
            CosineSimilarity.Backward(a, b, dc, da, db);
            Close(da, ea, "∂L/∂a");
            Close(db, eb, "∂L/∂b");
            CosineSimilarity.BackwardReference<float>(a, b, dc, da, db);
            Close(da, ea, "reference's ∂L/∂a");
            Close(db, eb, "reference's ∂L/∂b");
        }

        // What lies below the smallest normal float has fewer digits: those are compared as they are.
        static void Close(float[] actual, double[] expected, string what) =>
            Assert.All(
                actual.Zip(expected),
                pair =>
                    Assert.True(
                        Math.Abs(pair.First - pair.Second) <= 10 * Tolerances.Kernel * expected.Max(Math.Abs) + 2 * float.Epsilon,
                        $"{what} is {pair.First:R}, not {pair.Second:R}"));
    }

    [Fact]
    public void Unit_AnyFiniteVector_HasLengthOneAndZeroStaysZero()
    {
        foreach (float size in new[] { 1e-44f, 1e-23f, 1, 1e19f, 3e38f })
        {
            float[] x = [size, -size, size], unit = new float[3];
            CosineSimilarity.Unit(x, unit);
            Compare.Close(unit, [1 / Math.Sqrt(3), -1 / Math.Sqrt(3), 1 / Math.Sqrt(3)], Tolerances.Kernel, "unit vector");
        }

        float[] zero = [9, 9];
        CosineSimilarity.Unit([0, 0], zero);
        Assert.Equal([0, 0], zero);
        Assert.Throws<ArgumentException>(() => CosineSimilarity.Unit([1, 2], new float[1]));
    }
}
