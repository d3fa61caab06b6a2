using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

/// <summary>Linear attention where φ(q)·φ(k) is smaller or larger than a float holds: the quotient is not.</summary>
public class LinearAttendRangeTests
{
    private static readonly (float Query, float Key)[] Levels = [(-48, -48), (-48, 0), (-60, -44), (-90, 1), (3, -95), (-100, -100), (-150, -170)];
    private static readonly (FeatureMap Map, bool Causal)[] Ways =
    [
        (FeatureMap.EluPlusOne, false), (FeatureMap.EluPlusOne, true), (FeatureMap.Exp, false), (FeatureMap.Exp, true)
    ];

    public static TheoryData<float, float, FeatureMap, bool> Cases =>
        [.. from level in Levels from way in Ways select (level.Query, level.Key, way.Map, way.Causal)];

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_FeaturesFarBelowZero_AgreeWithReference(float query, float key, FeatureMap map, bool causal) =>
        Check(query, key, map, causal, (_, _) => 0);

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
        AttendInput<float> input = AttendInput.Linear<float>(q, k, v, new(1, 1, 2, 2, 2, 1));
        LinearAttend.Forward(input, output, FeatureMap.Relu);
        Assert.Equal(0, output[0]);
        Assert.InRange(output[1], 5, 6);
        LinearAttend.Backward(input, [1, 1], new() { Q = dq, K = dk, V = dv }, FeatureMap.Relu);
        Assert.Equal([0f, 0f], dq[..2]);
        Assert.All(dk.Concat(dv), value => Assert.True(float.IsFinite(value)));
    }

    private static void Check(float query, float key, FeatureMap map, bool causal, Func<int, int, float> rise)
    {
        const int n = 40, dim = 5, valueDim = 3;
        float[] q = Inputs.Gaussian(1, n * dim), k = Inputs.Gaussian(2, n * dim), v = Inputs.Gaussian(3, n * valueDim);
        float[] dOutput = Inputs.Gaussian(4, n * valueDim);
        for (int at = 0; at < q.Length; at++)
        {
            q[at] += query;
            k[at] += key + rise(at / dim, at % dim);
        }

        float[] output = new float[dOutput.Length], dq = new float[q.Length], dk = new float[k.Length], dv = new float[v.Length];
        double[] eOutput = new double[output.Length], eq = new double[q.Length], ek = new double[k.Length], ev = new double[v.Length];
        AttendInput<float> input = AttendInput.Linear<float>(q, k, v, new(1, 1, n, n, dim, valueDim), causal);
        LinearAttend.Forward(input, output, map);
        LinearAttend.Backward(input, dOutput, new() { Q = dq, K = dk, V = dv }, map);
        AttendInput<double> exact = AttendInput.Linear<double>(Inputs.Widen(q), Inputs.Widen(k), Inputs.Widen(v), new(1, 1, n, n, dim, valueDim), causal);
        LinearAttend.Reference<double>(exact, eOutput, map);
        LinearAttend.BackwardReference<double>(exact, Inputs.Widen(dOutput), new() { Q = eq, K = ek, V = ev }, map);
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
