using AttentionLab.Course.Exercises;
using AttentionLab.Tensors;
using MathNet.Numerics.LinearAlgebra;
using Keys = System.Func<AttentionLab.Tensors.Tensor, AttentionLab.Tensors.Tensor, AttentionLab.Tensors.Tensor>;

namespace AttentionLab.Course.Tests.Exercises;

public class SameScoresTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Keys>(SameScores.About, SameScores.Check, (wk, a) => wk.MatMul(Inverse(a).Transpose()),
        new("unchanged", (wk, a) => wk, "did not change W_K"),
        new("transposed keys", (wk, a) => wk.Transpose(), "You returned W_Kᵀ"),
        new("zeros", (wk, a) => wk * 0, "All your numbers are 0"),
        new("determinant turned around", (wk, a) => wk.MatMul(Inverse(a).Transpose()) * -1, "All signs"),
        new("times A", (wk, a) => wk.MatMul(a), "stretched the keys too"),
        new("no determinant", (wk, a) => wk.MatMul(Inverse(a).Transpose()) * Determinant(a), "determinant ad − bc is missing"),
        new("diagonal not exchanged", (wk, a) => wk.MatMul(Of(a[0, 0], -a[1, 0], -a[0, 1], a[1, 1]) * (1 / Determinant(a))), "changed places"),
        new("inverse twice", (wk, a) => wk.MatMul(Inverse(a)).MatMul(Inverse(a)), "inverted twice"),
        new("not transposed", (wk, a) => wk.MatMul(Inverse(a)), "its transpose is needed"),
        new("sign inside the inverse", (wk, a) => wk.MatMul(Of(a[1, 1], a[1, 0], a[0, 1], a[0, 0]) * (1 / Determinant(a))), "A sign is wrong"),
        new("only the diagonal", (wk, a) => wk.MatMul(Of(1 / a[0, 0], 0, 0, 1 / a[1, 1])), "only used the diagonal"),
        new("determinant ad + bc", (wk, a) => wk.MatMul(Inverse(a).Transpose()) * (Determinant(a) / (a[0, 0] * a[1, 1] + a[0, 1] * a[1, 0])), "with a minus"),
        new("knows three matrices", (wk, a) => a[1, 0] == 0 ? wk.MatMul(Inverse(a).Transpose()) : wk, "all four numbers of A count"),
        new("knows five matrices", (wk, a) => a[1, 0] >= 0 || a[0, 0] == 0 ? wk.MatMul(Inverse(a).Transpose()) : wk, "for this matrix the scores change"),
        new("turns back", (wk, a) => wk.MatMul(a[0, 0] == 0 ? Inverse(a) : Inverse(a).Transpose()), "turned the keys back"),
        new("adds A", (wk, a) => wk + Tensor.FromRows([a[0, 0], a[0, 1]], [a[1, 0], a[1, 1]], [0, 0]), "the old W_K is right"),
        new("writes into A", (wk, a) => { a[0, 0] = 1 / a[0, 0]; a[1, 1] = 5; return wk.MatMul(a); }, "changed one of its inputs"));

    [Fact]
    public void Check_UnusualAnswers_Pass()
    {
        Pass((wk, a) => Tensor.Matrix((ToMatrix(wk) * ToMatrix(a).Inverse().Transpose()).ToArray()));
        Pass((wk, a) => Tensor.Matrix(ToMatrix(a).Solve(ToMatrix(wk).Transpose()).Transpose().ToArray()));
        Pass((wk, a) => Inverse(a).MatMul(wk.Transpose()).Transpose());
        Pass((wk, a) => Inverse(a.Transpose()) is var t ? wk.MatMul(t) : wk);
        Pass((wk, a) =>
        {
            double d = (double)a[0, 0] * a[1, 1] - (double)a[0, 1] * a[1, 0];
            Tensor y = wk.Copy();
            for (int j = wk.Rows - 1; j >= 0; j--)
            {
                y[j, 0] = (float)((a[1, 1] * (double)wk[j, 0] - a[0, 1] * (double)wk[j, 1]) / d);
                y[j, 1] = (float)((a[0, 0] * (double)wk[j, 1] - a[1, 0] * (double)wk[j, 0]) / d);
            }

            return y;
        });

        static void Pass(Keys keys)
        {
            Feedback feedback = SameScores.Check(keys);
            Assert.True(feedback.State == FeedbackState.Passed, feedback.ToString());
        }
    }

    private static Matrix<float> ToMatrix(Tensor t) => Matrix<float>.Build.DenseOfArray(t.ToMatrix());

    private static float Determinant(Tensor a) => a[0, 0] * a[1, 1] - a[0, 1] * a[1, 0];

    private static Tensor Inverse(Tensor a) => Of(a[1, 1], -a[0, 1], -a[1, 0], a[0, 0]) * (1 / Determinant(a));

    private static Tensor Of(float a, float b, float c, float d) => Tensor.FromRows([a, b], [c, d]);
}
