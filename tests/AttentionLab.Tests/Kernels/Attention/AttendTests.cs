using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

public class AttendTests
{
    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void ForwardAndBackward_AwkwardLength_AgreeWithReference(int n)
    {
        foreach ((int queries, int keys, int dim, int valueDim) in new[] { (n, n, 8, 8), (5, n, 9, 7), (7, 6, n, n) })
        {
            foreach (int kind in new[] { 0, 1, 2, 3 })
            {
                Check(queries, keys, dim, valueDim, kind);
            }
        }
    }

    [Theory, InlineData(0), InlineData(1), InlineData(2), InlineData(3)]
    public void BackwardReference_AgainstDifferences_Agrees(int kind)
    {
        const int queries = 4, keys = 5, dim = 3, valueDim = 2;
        double[] q = Inputs.GaussianDouble(1, queries * dim), k = Inputs.GaussianDouble(2, keys * dim), v = Inputs.GaussianDouble(3, keys * valueDim);
        double[] bias = kind == 3 ? Inputs.GaussianDouble(4, queries * keys) : [], dOutput = Inputs.GaussianDouble(5, queries * valueDim);
        double[] output = new double[dOutput.Length], weights = new double[queries * keys];
        double[] dq = new double[q.Length], dk = new double[k.Length], dv = new double[v.Length], dBias = new double[bias.Length];
        double Loss()
        {
            Attend.Reference<double>(
                AttendInput.Split<double>(q, k, v, new(1, 1, queries, keys, dim, valueDim), 0.6, Mask(kind, queries, keys), bias), output, weights);
            return Numerical.Weighted(output, dOutput);
        }

        Loss();
        Attend.BackwardReference<double>(
            AttendInput.Split<double>(q, k, v, new(1, 1, queries, keys, dim, valueDim), 0.6), weights, dOutput,
            new AttendGradients<double> { Q = dq, K = dk, V = dv, Bias = dBias });
        Compare.Close(dq, Numerical.Gradient(q, Loss), Tolerances.Numerical, "∂L/∂Q");
        Compare.Close(dk, Numerical.Gradient(k, Loss), Tolerances.Numerical, "∂L/∂K");
        Compare.Close(dv, Numerical.Gradient(v, Loss), Tolerances.Numerical, "∂L/∂V");
        Compare.Close(dBias, Numerical.Gradient(bias, Loss), Tolerances.Numerical, "∂L/∂bias");
    }

    /// <summary>0 none, 1 causal, 2 keys and pairs with fully masked rows, 3 causal and bias.</summary>
    internal static AttendMask Mask(int kind, int queries, int keys)
    {
        if (kind != 2)
        {
            return new AttendMask { Causal = kind is 1 or 3 };
        }

        bool[] visible = new bool[keys], pairs = new bool[queries * keys];
        CounterRandom random = new(99);
        for (int j = 0; j < keys; j++)
        {
            visible[j] = random.NextInt(4) > 0;
        }

        for (int i = 0; i < pairs.Length; i++)
        {
            pairs[i] = i / keys != 1 && random.NextInt(3) > 0;
        }

        return new AttendMask { Keys = visible, Pairs = pairs };
    }

    private static void Check(int queries, int keys, int dim, int valueDim, int kind)
    {
        string what = $"({queries}, {keys}, {dim}, {valueDim}) kind {kind}: ";
        float[] q = Inputs.Gaussian(1, queries * dim), k = Inputs.Gaussian(2, keys * dim), v = Inputs.Gaussian(3, keys * valueDim);
        float[] bias = kind == 3 ? Inputs.Gaussian(4, queries * keys) : [], dOutput = Inputs.Gaussian(5, queries * valueDim);
        float[] output = new float[dOutput.Length], weights = new float[queries * keys];
        float[] dq = new float[q.Length], dk = new float[k.Length], dv = new float[v.Length], dBias = new float[bias.Length];
        double[] eOutput = new double[output.Length], eWeights = new double[weights.Length];
        double[] eq = new double[q.Length], ek = new double[k.Length], ev = new double[v.Length], eBias = new double[bias.Length];
        AttendMask mask = Mask(kind, queries, keys);

        Attend.Forward(AttendInput.Split<float>(q, k, v, new(1, 1, queries, keys, dim, valueDim), 0.25f, mask, bias), output, weights);
        Attend.Backward(
            AttendInput.Split<float>(q, k, v, new(1, 1, queries, keys, dim, valueDim), 0.25f), weights, dOutput,
            new AttendGradients<float> { Q = dq, K = dk, V = dv, Bias = dBias });
        Attend.Reference<double>(
            AttendInput.Split<double>(
                Inputs.Widen(q), Inputs.Widen(k), Inputs.Widen(v), new(1, 1, queries, keys, dim, valueDim), 0.25, mask, Inputs.Widen(bias)),
            eOutput, eWeights);
        Attend.BackwardReference<double>(
            AttendInput.Split<double>(Inputs.Widen(q), Inputs.Widen(k), Inputs.Widen(v), new(1, 1, queries, keys, dim, valueDim), 0.25), eWeights,
            Inputs.Widen(dOutput), new AttendGradients<double> { Q = eq, K = ek, V = ev, Bias = eBias });

        Compare.Close(weights, eWeights, Tolerances.Kernel, what + "weights");
        Compare.Close(output, eOutput, Tolerances.Kernel, what + "output");
        Compare.Close(dv, ev, Tolerances.Kernel, what + "∂L/∂V");
        if (keys > 1)
        {
            // With one key its weight is 1 whatever the score: gradients of Q and K are rounding around 0.
            Compare.Close(dq, eq, Tolerances.Chain, what + "∂L/∂Q");
            Compare.Close(dk, ek, Tolerances.Chain, what + "∂L/∂K");
            Compare.Close(dBias, eBias, Tolerances.Chain, what + "∂L/∂bias");
        }
    }
}
