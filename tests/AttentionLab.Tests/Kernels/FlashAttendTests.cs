using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

public class FlashAttendTests
{
    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void ForwardAndBackward_AwkwardLength_AgreeWithMaterialised(int n)
    {
        foreach ((int queries, int keys, int dim, int valueDim) in new[] { (n, n, 8, 8), (5, n, 9, 7), (n, 6, 5, 33), (7, 6, n, n) })
        {
            foreach (int kind in new[] { 0, 1, 2, 3 })
            {
                Check(queries, keys, dim, valueDim, kind);
            }
        }
    }

    // Across the borders of the blocks: 96 queries, 320 keys, 320 of dim.
    [Theory, InlineData(97, 321, 64, 64), InlineData(200, 700, 16, 40), InlineData(300, 130, 8, 8), InlineData(13, 25, 330, 350)]
    public void ForwardAndBackward_AcrossBlocks_AgreeWithMaterialised(int queries, int keys, int dim, int valueDim)
    {
        foreach (int kind in new[] { 0, 1, 2, 3 })
        {
            Check(queries, keys, dim, valueDim, kind);
        }
    }

    [Theory, InlineData(0), InlineData(1), InlineData(2), InlineData(3)]
    public void BackwardReference_AgainstDifferences_Agrees(int kind)
    {
        const int queries = 4, keys = 5, dim = 3, valueDim = 2;
        double[] q = Inputs.GaussianDouble(1, queries * dim), k = Inputs.GaussianDouble(2, keys * dim), v = Inputs.GaussianDouble(3, keys * valueDim);
        double[] bias = kind == 3 ? Inputs.GaussianDouble(4, queries * keys) : [], dOutput = Inputs.GaussianDouble(5, queries * valueDim);
        double[] output = new double[dOutput.Length], logSums = new double[queries];
        double[] dq = new double[q.Length], dk = new double[k.Length], dv = new double[v.Length], dBias = new double[bias.Length];
        double Loss()
        {
            FlashAttend.Reference<double>(q, k, v, output, logSums, queries, keys, dim, valueDim, 0.6, AttendTests.Mask(kind, queries, keys), bias);
            return Numerical.Weighted(output, dOutput);
        }

        Loss();
        FlashAttend.BackwardReference<double>(q, k, v, output, logSums, dOutput, dq, dk, dv, queries, keys, dim, valueDim, 0.6, AttendTests.Mask(kind, queries, keys), bias, dBias);
        Compare.Close(dq, Numerical.Gradient(q, Loss), Tolerances.Numerical, "∂L/∂Q");
        Compare.Close(dk, Numerical.Gradient(k, Loss), Tolerances.Numerical, "∂L/∂K");
        Compare.Close(dv, Numerical.Gradient(v, Loss), Tolerances.Numerical, "∂L/∂V");
        Compare.Close(dBias, Numerical.Gradient(bias, Loss), Tolerances.Numerical, "∂L/∂bias");
    }

    [Fact]
    public void Forward_PeakedScores_ExactWithinTolerance()
    {
        // Scores of some hundreds: most weights are smaller than any float.
        float[] q = Inputs.Gaussian(1, 40 * 16, 20), k = Inputs.Gaussian(2, 50 * 16, 20), v = Inputs.Gaussian(3, 50 * 16), output = new float[40 * 16], logSums = new float[40];
        double[] expected = new double[output.Length], expectedSums = new double[40];
        FlashAttend.Forward(q, k, v, output, logSums, 40, 50, 16, 16, 0.25f);
        FlashAttend.Reference<double>(Inputs.Widen(q), Inputs.Widen(k), Inputs.Widen(v), expected, expectedSums, 40, 50, 16, 16, 0.25);
        Compare.Close(output, expected, PeakedTolerance, "output");
        Compare.Close(logSums, expectedSums, Tolerances.Kernel, "log-sums");
    }

    [Fact]
    public void Forward_NaNInOneQuery_StaysInThatRow()
    {
        float[] q = Inputs.Gaussian(1, 20 * 8), k = Inputs.Gaussian(2, 20 * 8), v = Inputs.Gaussian(3, 20 * 8), output = new float[20 * 8], logSums = new float[20];
        q[3 * 8] = float.NaN;
        FlashAttend.Forward(q, k, v, output, logSums, 20, 20, 8, 8, 1);
        for (int i = 0; i < output.Length; i++)
        {
            Assert.Equal(i / 8 == 3, float.IsNaN(output[i]));
        }
    }

    [Fact]
    public void Forward_NaNInOneKey_ReachesWhoeverSeesIt()
    {
        float[] q = Inputs.Gaussian(1, 20 * 8), k = Inputs.Gaussian(2, 20 * 8), v = Inputs.Gaussian(3, 20 * 8), output = new float[20 * 8], logSums = new float[20];
        k[7 * 8] = float.NaN;
        FlashAttend.Forward(q, k, v, output, logSums, 20, 20, 8, 8, 1, new AttendMask { Causal = true });
        for (int i = 0; i < output.Length; i++)
        {
            Assert.Equal(i / 8 >= 7, float.IsNaN(output[i]));
        }
    }

    [Fact]
    public void Forward_AfterWarmUp_AllocatesNothing()
    {
        float[] x = Inputs.Gaussian(1, 130 * 32), output = new float[130 * 32], logSums = new float[130];
        FlashAttend.Forward(x, x, x, output, logSums, 130, 130, 32, 32, 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        FlashAttend.Forward(x, x, x, output, logSums, 130, 130, 32, 32, 1);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Forward_WrongLength_NamesBothSides()
    {
        var error = Assert.Throws<ArgumentException>(() => FlashAttend.Forward(new float[6], new float[9], new float[9], new float[6], new float[3], 2, 3, 3, 3, 1));
        Assert.Contains("logSums holds 3", error.Message);
    }

    /// <summary>Scores of 300 carry a float error of 3e-5, which the exponential turns into a relative error of the weights. Measured: 3e-7, since peaked weights are near 0 or 1.</summary>
    private const double PeakedTolerance = 1e-5;

    private static void Check(int queries, int keys, int dim, int valueDim, int kind)
    {
        string at = $"({queries}, {keys}, {dim}, {valueDim}), mask {kind}: ";
        float scale = dim == 0 ? 1 : 1 / MathF.Sqrt(dim);
        float[] q = Inputs.Gaussian(1, queries * dim), k = Inputs.Gaussian(2, keys * dim), v = Inputs.Gaussian(3, keys * valueDim);
        float[] bias = kind == 3 ? Inputs.Gaussian(4, queries * keys) : [], dOutput = Inputs.Gaussian(5, queries * valueDim);
        float[] output = new float[queries * valueDim], logSums = new float[queries];
        float[] dq = new float[q.Length], dk = new float[k.Length], dv = new float[v.Length], dBias = new float[bias.Length];
        FlashAttend.Forward(q, k, v, output, logSums, queries, keys, dim, valueDim, scale, AttendTests.Mask(kind, queries, keys), bias);
        FlashAttend.Backward(q, k, v, output, logSums, dOutput, dq, dk, dv, queries, keys, dim, valueDim, scale, AttendTests.Mask(kind, queries, keys), bias, dBias);

        double[] wq = Inputs.Widen(q), wk = Inputs.Widen(k), wv = Inputs.Widen(v), wBias = Inputs.Widen(bias), wdOutput = Inputs.Widen(dOutput);
        double[] expected = new double[output.Length], weights = new double[queries * keys], expectedSums = new double[queries], online = new double[output.Length];
        double[] edq = new double[q.Length], edk = new double[k.Length], edv = new double[v.Length], edBias = new double[bias.Length];
        Attend.Reference<double>(wq, wk, wv, expected, weights, queries, keys, dim, valueDim, scale, AttendTests.Mask(kind, queries, keys), wBias);
        Attend.BackwardReference<double>(wq, wk, wv, weights, wdOutput, edq, edk, edv, queries, keys, dim, valueDim, scale, edBias);
        FlashAttend.Reference<double>(wq, wk, wv, online, expectedSums, queries, keys, dim, valueDim, scale, AttendTests.Mask(kind, queries, keys), wBias);

        Compare.Close(online, expected, 1e-13, at + "online reference");
        Compare.Close(output, expected, Tolerances.Chain, at + "output");
        Compare.Close(logSums, expectedSums, Tolerances.Chain, at + "log-sums");
        Compare.Close(dq, edq, Tolerances.Chain, at + "∂L/∂Q");
        Compare.Close(dk, edk, Tolerances.Chain, at + "∂L/∂K");
        Compare.Close(dv, edv, Tolerances.Chain, at + "∂L/∂V");
        Compare.Close(dBias, edBias, Tolerances.Chain, at + "∂L/∂bias");
    }
}
