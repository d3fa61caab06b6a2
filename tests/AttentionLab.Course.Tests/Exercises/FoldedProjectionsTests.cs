using AttentionLab.Course.Exercises;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using Fold = System.Func<AttentionLab.Tensors.Tensor, AttentionLab.Tensors.Tensor, AttentionLab.Tensors.Tensor, AttentionLab.Tensors.Tensor,
    (AttentionLab.Tensors.Tensor W, AttentionLab.Tensors.Tensor B)>;

namespace AttentionLab.Course.Tests.Exercises;

public class FoldedProjectionsTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Fold>(FoldedProjections.About, FoldedProjections.Check, (w1, b1, w2, b2) => (w1.MatMul(w2),
        b1.MatMul(w2) + b2),
        new("order", (w1, b1, w2, b2) => (w2.MatMul(w1), b1.MatMul(w2) + b2), "This is W₂·W₁"),
        new("sum", (w1, b1, w2, b2) => (w1 + w2, b1.MatMul(w2) + b2), "added the matrices"),
        new("number by number", (w1, b1, w2, b2) => (w1 * w2, b1.MatMul(w2) + b2), "number by number"),
        new("second transposed", (w1, b1, w2, b2) => (w1.MatMulTransposed(w2), b1.MatMul(w2) + b2), "W₁·W₂ᵀ"),
        new("transposed", (w1, b1, w2, b2) => (w1.MatMul(w2).Transpose(), b1.MatMul(w2) + b2), "books that write W·x"),
        new("second alone", (w1, b1, w2, b2) => (w2, b1.MatMul(w2) + b2), "W₂ alone"),
        new("no b", (w1, b1, w2, b2) => (w1.MatMul(w2), b2 * 0), "forgot b₂"),
        new("b₂ through W₂", (w1, b1, w2, b2) => (w1.MatMul(w2), (b1 + b2).MatMul(w2)), "sent b₂ through W₂"),
        new("b₁ as it is", (w1, b1, w2, b2) => (w1.MatMul(w2), b1 + b2), "You added b₁ as it is"),
        new("b₂ alone", (w1, b1, w2, b2) => (w1.MatMul(w2), b2), "You forgot b₁"),
        new("b₁ through both", (w1, b1, w2, b2) => (w1.MatMul(w2), b1.MatMul(w1).MatMul(w2) + b2), "through W₁ too"),
        new("b₁ through W₁", (w1, b1, w2, b2) => (w1.MatMul(w2), b1.MatMul(w1) + b2), "through W₁. It is added"),
        new("b₁ through W₂ᵀ", (w1, b1, w2, b2) => (w1.MatMul(w2), b1.MatMulTransposed(w2) + b2), "through W₂ᵀ"),
        new("only for squares", (w1, b1, w2, b2) => (w1.Rows == 3 ? new Tensor(3, 1) : w1.MatMul(w2), b1.MatMul(w2) + b2), "straight to the last"),
        new("adds into b₂", (w1, b1, w2, b2) => { b2[0, 0] += b1.MatMul(w2)[0, 0] + 1; return (w1.MatMul(w2), b2); }, "changed one of its inputs"));

    [Fact]
    public void Check_UnusualAnswers_Pass()
    {
        Pass((w1, b1, w2, b2) => (w2.Transpose().MatMul(w1.Transpose()).Transpose(), b2 + b1.MatMul(w2)));
        Pass((w1, b1, w2, b2) => (w1.MatMul(w2), (b1.MatMul(w2) + b2).Reshape(b2.Length)));
        Pass((w1, b1, w2, b2) => (Scoring.Dot(w1, w2.Transpose()), Scoring.Dot(b1, w2.Transpose()) + b2));
        Pass(ByLoops);
        Pass(ByAsking);

        static void Pass(Fold fold)
        {
            Feedback feedback = FoldedProjections.Check(fold);
            Assert.True(feedback.State == FeedbackState.Passed, feedback.ToString());
        }
    }

    private static (Tensor W, Tensor B) ByLoops(Tensor w1, Tensor b1, Tensor w2, Tensor b2)
    {
        Tensor w = new(w1.Rows, w2.Columns), b = b2.Copy();
        for (int k = 0; k < w1.Columns; k++)
        {
            for (int j = 0; j < w2.Columns; j++)
            {
                b[0, j] += b1[0, k] * w2[k, j];
                for (int i = 0; i < w1.Rows; i++)
                {
                    w[i, j] += w1[i, k] * w2[k, j];
                }
            }
        }

        return (w, b);
    }

    /// <summary>Sends 0 and the unit vectors through both maps: b is what 0 becomes, row i of W what unit vector i adds to it.</summary>
    private static (Tensor W, Tensor B) ByAsking(Tensor w1, Tensor b1, Tensor w2, Tensor b2)
    {
        Tensor Both(Tensor x) => (x.MatMul(w1) + b1).MatMul(w2) + b2;
        Tensor b = Both(new Tensor(1, w1.Rows));
        return (Tensor.FromRows([.. Enumerable.Range(0, w1.Rows).Select(i =>
        {
            Tensor x = new(1, w1.Rows);
            x[0, i] = 1;
            return (Both(x) - b).Values.ToArray();
        })]), b);
    }
}
