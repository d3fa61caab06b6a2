using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

public class OrthogonalizeTests
{
    /// <summary>Small singular values are lifted by up to 3.44⁵ ≈ 480, and rounding with them. Measured: 1.0e-5 (17 × 17).</summary>
    private const double Lifted = 5e-5;

    [Theory]
    [InlineData(1, 1), InlineData(1, 7), InlineData(7, 1), InlineData(5, 17), InlineData(17, 5), InlineData(17, 17), InlineData(33, 128), InlineData(128, 64)]
    public void Forward_AnyShape_AgreesWithReference(int rows, int columns)
    {
        float[] x = Inputs.Gaussian(1, rows * columns);
        double[] expected = Inputs.Widen(x);
        Orthogonalize.Forward(x, rows, columns);
        Orthogonalize.Reference<double>(expected, rows, columns);
        Compare.Close(x, expected, Lifted, "O(M)");
    }

    [Theory]
    [InlineData(8, 24), InlineData(24, 8)]
    public void Forward_FarFromOrthogonal_KeepsDirectionsAndEvensOutTheirLengths(int rows, int columns)
    {
        // M = Σ_i σ_i·e_i·e_jᵀ: the singular vectors are known, and off the diagonal nothing may appear.
        int side = Math.Min(rows, columns);
        float[] x = new float[rows * columns];
        for (int i = 0; i < side; i++)
        {
            x[i * columns + i] = MathF.Pow(0.5f, i);
        }

        Orthogonalize.Forward(x, rows, columns);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                if (i == j)
                {
                    Assert.InRange(x[i * columns + j], 0.66f, 1.2f);
                }
                else
                {
                    Assert.Equal(0, x[i * columns + j], 1e-5f);
                }
            }
        }
    }

    [Fact]
    public void Forward_ScaledInput_GivesTheSame()
    {
        float[] x = Inputs.Gaussian(2, 35), large = [.. x.Select(v => 1024 * v)];
        Orthogonalize.Forward(x, 5, 7);
        Orthogonalize.Forward(large, 5, 7);
        Assert.Equal(x, large);
    }

    [Fact]
    public void Forward_ZerosAndEmpty_StayAsTheyAre()
    {
        float[] zeros = new float[12];
        Orthogonalize.Forward(zeros, 3, 4);
        Assert.All(zeros, x => Assert.Equal(0, x));
        Orthogonalize.Forward([], 0, 4);
        Orthogonalize.Reference<double>(new double[12], 3, 4);
        Assert.Contains("rows", Assert.Throws<ArgumentException>(() => Orthogonalize.Forward(new float[5], 2, 3)).Message);
    }

    [Theory, InlineData(1e-40f), InlineData(1e-42f), InlineData(1e38f)]
    public void Forward_TinyOrHugeNumbers_AgreeWithReference(float size)
    {
        float[] x = [.. Inputs.Gaussian(3, 35).Select(v => size * Math.Clamp(v, -3, 3))];
        double[] expected = Inputs.Widen(x);
        Orthogonalize.Forward(x, 5, 7);
        Orthogonalize.Reference<double>(expected, 5, 7);
        Compare.Close(x, expected, Lifted, $"O(M) of numbers around {size}");
    }

    [Fact]
    public void Forward_NaN_Shows()
    {
        float[] x = [1, float.NaN, 2, 3];
        Orthogonalize.Forward(x, 2, 2);
        Assert.All(x, v => Assert.True(float.IsNaN(v)));
    }
}
