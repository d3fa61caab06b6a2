using AttentionLab.Course.Exercises;
using AttentionLab.Kernels;
using AttentionLab.Tensors;
using Jacobian = System.Func<float[], float[,]>;

namespace AttentionLab.Course.Tests.Exercises;

public class SoftmaxJacobianTests
{
    [Fact]
    public void Check_TellsMutantsApart() =>
        Mutants.Prove<Jacobian>(SoftmaxJacobian.About, SoftmaxJacobian.Check, s => Fill(Weights(s), (wi, wj, same) => wi * (same - wj)),
        new("scores for weights", s => Fill(s, (wi, wj, same) => wi * (same - wj)), "as if they were weights"),
        new("forgets the sum", s => Fill(Weights(s), (wi, wj, same) => same * wi), "also stands in the sum"),
        new("diagonal only", s => Fill(Weights(s), (wi, wj, same) => same * wi * (1 - wi)), "Only the diagonal"),
        new("all signs", s => Fill(Weights(s), (wi, wj, same) => wi * (wj - same)), "All signs are wrong"),
        new("plus off the diagonal", s => Fill(Weights(s), (wi, wj, same) => same * wi * (1 - wi) + (1 - same) * wi * wj), "sign off the diagonal"),
        new("w on the diagonal", s => Fill(Weights(s), (wi, wj, same) => s.Length == 1 ? 0 : same * wi - (1 - same) * wi * wj), "w_i² is missing"),
        new("w_j squared", s => Fill(Weights(s), (wi, wj, same) => wj * (same - wj)), "you used w_j²"),
        new("w_i squared", s => Fill(Weights(s), (wi, wj, same) => wi * (same - wi)), "you used w_i²"),
        new("without w_i", s => Fill(Weights(s), (wi, wj, same) => same - wj), "The factor w_i in front"),
        new("softmax twice", s => Fill(Weights(Weights(s)), (wi, wj, same) => wi * (same - wj)), "softmax twice"),
        new("three scores at most", s => Fill(Weights(s)[..Math.Min(3, s.Length)], (wi, wj, same) => wi * (same - wj)), "`scores.Length`"),
        new("overflows", s => Fill(s.Max() > 88 ? [.. s.Select(_ => float.NaN)] : Weights(s), (wi, wj, same) => wi * (same - wj)), "e^1000"),
        new("one number for all", s => Fill(Weights(s), (wi, wj, same) => (same - (1f / s.Length)) / s.Length), "small steps"),
        new("unstable", s => Fill(s.Max() > 20 ? [.. s.Select(_ => float.NaN)] : Weights(s), (wi, wj, same) => wi * (same - wj)), "is your softmax stable"),
        new("too warm", s => Fill(s.Max() > 20 ? [0.25f, 0.25f, 0.25f, 0.25f] : Weights(s), (wi, wj, same) => wi * (same - wj)), "gradient that starves"));

    [Fact]
    public void Check_UnusualAnswers_Pass() => Mutants.Accept<Jacobian>(SoftmaxJacobian.Check,
        s => Fill(Tensor.FromRows(s).Softmax().Values, (wi, wj, same) => same * wi - wi * wj),
        s => Fill(Weights(s), (wi, wj, same) => wj * (same - wi)),
        s => Fill(Weights(s), (wi, wj, same) => (float)((double)wi * (same - (double)wj))),
        s =>
        {
            // Row i is the gradient of weight i.
            float[] weights = Weights(s);
            return Tensor.FromRows([.. Enumerable.Range(0, s.Length).Select(i =>
            {
                float[] pick = new float[s.Length], row = new float[s.Length];
                pick[i] = 1;
                Softmax.Backward(weights, pick, row, 1, s.Length);
                return row;
            })]).ToMatrix();
        },
        s =>
        {
            float[] w = Weights(s);
            Tensor column = new(w, w.Length, 1);
            float[,] jacobian = (column.MatMulTransposed(column) * -1).ToMatrix();
            for (int i = 0; i < w.Length; i++)
            {
                jacobian[i, i] += w[i];
            }

            return jacobian;
        });

    private static float[] Weights(float[] scores)
    {
        float[] powers = [.. scores.Select(x => MathF.Exp(x - scores.Max()))];
        return [.. powers.Select(x => x / powers.Sum())];
    }

    private static float[,] Fill(float[] w, Func<float, float, float, float> entry)
    {
        float[,] matrix = new float[w.Length, w.Length];
        for (int i = 0; i < w.Length; i++)
        {
            for (int j = 0; j < w.Length; j++)
            {
                matrix[i, j] = entry(w[i], w[j], i == j ? 1 : 0);
            }
        }

        return matrix;
    }
}
