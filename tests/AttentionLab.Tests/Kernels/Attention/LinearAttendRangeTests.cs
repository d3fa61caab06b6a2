using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

/// <summary>Linear attention where φ(q)·φ(k) is smaller or larger than a float holds: the quotient is not.</summary>
public class LinearAttendRangeTests
{
    private static readonly (float Query, float Key)[] s_levels = [(-48, -48), (-48, 0), (-60, -44), (-90, 1), (3, -95), (-100, -100), (-150, -170)];
    private static readonly (FeatureMap Map, bool Causal)[] s_ways = [(FeatureMap.EluPlusOne, false), (FeatureMap.EluPlusOne, true), (FeatureMap.Exp, false), (FeatureMap.Exp, true)];

    public static TheoryData<float, float, FeatureMap, bool> Cases => [.. from level in s_levels from way in s_ways select (level.Query, level.Key, way.Map, way.Causal)];

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_FeaturesFarBelowZero_AgreeWithReference(float query, float key, FeatureMap map, bool causal) => Check(query, key, map, causal, (_, _) => 0);

    // Early keys far below later ones: a query of the beginning sees nothing but them.
    [Theory, InlineData(FeatureMap.EluPlusOne), InlineData(FeatureMap.Exp)]
    public void ForwardAndBackward_CausalKeysThatRise_AgreeWithReference(FeatureMap map) => Check(-5, -110, map, causal: true, (j, _) => 3 * j);

    // One channel of q and another of k are large: where both meet, the product is ordinary.
    [Theory, InlineData(false), InlineData(true)]
    public void ForwardAndBackward_LargeMeetsSmall_AgreesWithReference(bool causal) => Check(-92, 0, FeatureMap.Exp, causal, (_, c) => c == 0 ? 85 : -100);

    [Theory, InlineData(false), InlineData(true)]
    public void ForwardAndBackward_ExponentialsBeyondFloat_AgreeWithReference(bool causal) => Check(70, 60, FeatureMap.Exp, causal, (_, _) => 0);

    [Fact]
    public void Relu_QueryWithoutAnyFeature_GivesZeros()
    {
        float[] q = [-1, -2, 1, 2], k = [1, 2, 3, 4], v = [5, 6], output = new float[2], dq = new float[4], dk = new float[4], dv = new float[2];
        LinearAttend.Forward(q, k, v, output, 2, 2, 2, 1, FeatureMap.Relu);
        Assert.Equal(0, output[0]);
        Assert.InRange(output[1], 5, 6);
        LinearAttend.Backward(q, k, v, [1, 1], dq, dk, dv, 2, 2, 2, 1, FeatureMap.Relu);
        Assert.Equal([0f, 0f], dq[..2]);
        Assert.All(dk.Concat(dv), value => Assert.True(float.IsFinite(value)));
    }

    private static void Check(float query, float key, FeatureMap map, bool causal, Func<int, int, float> rise)
    {
        const int n = 40, dim = 5, valueDim = 3;
        float[] q = Inputs.Gaussian(1, n * dim), k = Inputs.Gaussian(2, n * dim), v = Inputs.Gaussian(3, n * valueDim), dOutput = Inputs.Gaussian(4, n * valueDim);
        for (int at = 0; at < q.Length; at++)
        {
            q[at] += query;
            k[at] += key + rise(at / dim, at % dim);
        }

        float[] output = new float[dOutput.Length], dq = new float[q.Length], dk = new float[k.Length], dv = new float[v.Length];
        double[] eOutput = new double[output.Length], eq = new double[q.Length], ek = new double[k.Length], ev = new double[v.Length];
        LinearAttend.Forward(q, k, v, output, n, n, dim, valueDim, map, causal);
        LinearAttend.Backward(q, k, v, dOutput, dq, dk, dv, n, n, dim, valueDim, map, causal);
        LinearAttend.Reference<double>(Inputs.Widen(q), Inputs.Widen(k), Inputs.Widen(v), eOutput, n, n, dim, valueDim, map, causal);
        LinearAttend.BackwardReference<double>(Inputs.Widen(q), Inputs.Widen(k), Inputs.Widen(v), Inputs.Widen(dOutput), eq, ek, ev, n, n, dim, valueDim, map, causal);
        Compare.Close(output, eOutput, Tolerances.Chain, "output");
        Compare.Close(dv, ev, Tolerances.Chain, "∂L/∂V");

        // Where one channel alone counts, the weights do not depend on it: rounding around 0.
        static void Gradient(float[] actual, double[] expected, string name)
        {
            if (expected.Max(Math.Abs) < 1e-9)
            {
                Assert.All(actual, value => Assert.Equal(0, value, 1e-6f));
            }
            else
            {
                Compare.Close(actual, expected, Tolerances.Quotient, name);
            }
        }

        Gradient(dq, eq, "∂L/∂Q");
        Gradient(dk, ek, "∂L/∂K");
    }
}
