using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

/// <summary>
/// Attention with stored weights of several heads: enough work for a thread to take heads of its own, some keys hidden, and gradients of a bias.
/// </summary>
internal static class HeadCases
{
    /// <summary>Forward and backward; a bias of one, H or B·H matrices, or none.</summary>
    public static float[] Run(ThreadCases.Spoiled s, AttendSizes sizes, int biasMatrices)
    {
        (int batch, int heads, int queries, int keys, int dim, int valueDim) = sizes;
        int all = batch * heads;
        float[] q = s.Gaussian(1, all * queries * dim), k = s.Gaussian(2, all * keys * dim), v = s.Gaussian(3, all * keys * valueDim);
        float[] bias = s.Gaussian(5, biasMatrices * queries * keys);
        bool[] visible = [.. Enumerable.Range(0, batch * keys).Select(j => j % 7 != 3)];
        float[] output = new float[all * queries * valueDim], weights = new float[all * queries * keys];
        float[] dq = new float[q.Length], dk = new float[k.Length], dv = new float[v.Length], dBias = new float[bias.Length];
        Attend.Forward(AttendInput.Split<float>(q, k, v, sizes, 0.14f, new() { Keys = visible }, bias), output, weights);
        Attend.Backward(
            AttendInput.Split<float>(q, k, v, sizes, 0.14f, new() { Keys = visible }, bias), weights, s.Gaussian(4, output.Length),
            new AttendGradients<float> { Q = dq, K = dk, V = dv, Bias = dBias });
        return [.. output, .. weights, .. dq, .. dk, .. dv, .. dBias];
    }
}
