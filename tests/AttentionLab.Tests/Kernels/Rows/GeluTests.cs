using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

/// <summary>Both forms of GELU.</summary>
public class GeluTests
{
    public static TheoryData<string> Cases => [.. Golden.Names("activations").Where(row => row.Data.StartsWith("gelu ", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_AgainstPyTorch_Agree(string name) =>
        Proof(tanh: name.Contains("tanh", StringComparison.Ordinal)).AgreesWithPyTorch(Golden.Read("activations", name));

    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void ForwardAndBackward_AwkwardLength_AgreeWithReference(int n)
    {
        Proof(tanh: false).AgreesWithReference(n);
        Proof(tanh: true).AgreesWithReference(n);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void BackwardReference_AgainstDifferences_Agrees(bool tanh) => Proof(tanh).AgreesWithDifferences();

    [Theory, InlineData(false), InlineData(true)]
    public void Forward_FarOut_OpensAndCloses(bool tanh)
    {
        float[] x = [-1000, -30, -10, 10, 30, 1000, 0, -0f, 1e30f, -1e30f, 7, 8, 9, 10, 11, 12, 13], y = new float[17];
        Gelu.Forward(x, y, tanh);
        for (int i = 0; i < x.Length; i++)
        {
            Assert.Equal(MathF.Max(x[i], 0), y[i], 1e-30f);
        }
    }

    [Fact]
    public void ForwardAndBackward_WholeRange_KeepTheirErrors()
    {
        float[] x = new float[20_001], y = new float[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = -10 + i * 0.001f;
        }

        double[] expected = new double[x.Length];
        Gelu.Forward(x, y);
        Gelu.Reference<double>(Inputs.Widen(x), expected);
        double worst = x.Select((_, i) => Math.Abs(y[i] - expected[i]) / Math.Max(1, Math.Abs(expected[i]))).Max();
        Assert.InRange(worst, 0, 4e-7);
        float[] ones = new float[x.Length];
        Array.Fill(ones, 1);
        Gelu.Backward(x, ones, y);
        Gelu.BackwardReference<double>(Inputs.Widen(x), Inputs.Widen(ones), expected);
        worst = y.Select((v, i) => Math.Abs(v - expected[i])).Max();
        Assert.InRange(worst, 0, 4e-7);
        Assert.All(y[..4000], v => Assert.Equal(0, v));
    }

    [Fact]
    public void ForwardAndBackward_EveryPieceOfTheTable_KeepsItsErrors()
    {
        // 32 pieces up to 5.4 and 6: some thousand numbers in each of them, on both sides of 0 and beyond the last.
        const int count = 262_144;
        float[] x = [.. Enumerable.Range(0, count).Select(i => (float)(14.0 * i / count - 7))];
        float[] y = new float[count], dx = new float[count], ones = new float[count];
        double[] expected = new double[count], slope = new double[count];
        Array.Fill(ones, 1);
        Gelu.Forward(x, y);
        Gelu.Backward(x, ones, dx);
        Gelu.Reference<double>(Inputs.Widen(x), expected);
        Gelu.BackwardReference<double>(Inputs.Widen(x), Inputs.Widen(ones), slope);
        double phi = x.Select((v, i) => Math.Abs(v) < 1e-3 ? 0 : Math.Abs(y[i] - expected[i]) / Math.Abs(v)).Max();
        double slopes = dx.Select((v, i) => Math.Abs(v - slope[i])).Max();

        // Measured: by the table 8.8e-8 and 1.55e-7, by the polynomials 1.81e-7 and 3.58e-7.
        Assert.InRange(phi, 0, Simd.Lanes == 16 ? 9e-8 : 1.9e-7);
        Assert.InRange(slopes, 0, Simd.Lanes == 16 ? 1.6e-7 : 3.7e-7);
    }

    [Theory]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity, 1)]
    [InlineData(float.MaxValue, float.MaxValue, 1)]
    [InlineData(float.MinValue, 0, 0)]
    [InlineData(float.Epsilon, 0, 0.5f)]
    public void ForwardAndBackward_Extremes_AreTheirLimits(float value, float expected, float slope)
    {
        float[] x = new float[33], y = new float[33], ones = new float[33], dx = new float[33];
        Array.Fill(x, value);
        Array.Fill(ones, 1);
        Gelu.Forward(x, y);
        Gelu.Backward(x, ones, dx);
        Assert.All(y, v => Assert.Equal(expected, v, 1e-30f));
        Assert.All(dx, v => Assert.Equal(slope, v, 1e-6f));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void ForwardAndBackward_NaN_StaysNaN(bool tanh)
    {
        float[] dy = Inputs.Gaussian(1, 35);
        ElementwiseProof.KeepsNaN((x, y) => Gelu.Forward(x, y, tanh));
        ElementwiseProof.KeepsNaN((x, dx) => Gelu.Backward(x, dy, dx, tanh));
    }

    [Fact]
    public void ForwardAndBackward_LengthsDiffer_Throw()
    {
        Assert.Throws<ArgumentException>(() => Gelu.Forward(new float[2], new float[3]));
        Assert.Throws<ArgumentException>(() => Gelu.Backward(new float[2], new float[3], new float[2]));
    }

    private static ElementwiseProof Proof(bool tanh) => new(
        tanh ? "gelu tanh" : "gelu",
        (x, y) => Gelu.Forward(x, y, tanh),
        (x, dy, dx) => Gelu.Backward(x, dy, dx, tanh),
        (x, y) => Gelu.Reference<double>(x, y, tanh),
        (x, dy, dx) => Gelu.BackwardReference<double>(x, dy, dx, tanh));
}
