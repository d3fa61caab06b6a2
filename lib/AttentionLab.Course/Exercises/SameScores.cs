using AttentionLab.Tensors;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 04.2: the scores depend on W_Q·W_Kᵀ alone. Somebody changes W_Q to W_Q·A with an invertible A (2, 2); the reader finds the W_K that keeps every
/// score:
/// (W_Q·A)·(W_K·A⁻ᵀ)ᵀ = W_Q·A·A⁻¹·W_Kᵀ.
/// </summary>
public static class SameScores
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("04.2", "Other matrices, the same attention", Difficulty: 2, Minutes: 12, Hints:
    [
        "You want (W_Q·A)·Yᵀ = W_Q·W_Kᵀ for your new matrix Y, whatever W_Q is. Take W_Q away on both sides: A·Yᵀ = W_Kᵀ.",
        "Yᵀ = A⁻¹·W_Kᵀ. Transpose both sides, and remember that transposing a product turns its order around: Y = W_K·(A⁻¹)ᵀ.",
        "For A = (a, b; c, d) with D = ad − bc: A⁻¹ = (d, −b; −c, a)/D, and its transpose is (d, −c; −b, a)/D. Build that as a tensor `t`; then "
        + "`wk.MatMul(t)`.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's new keys.</summary>
    /// <param name="keys">(W_K (n, 2), A (2, 2)) → the new W_K (n, 2).</param>
    public static Feedback Check(Func<Tensor, Tensor, Tensor> keys) => About.Check(trial =>
    {
        Tensor wk = Tensor.FromRows([1, 0], [0, 1], [2, -1]);

        Answer<Tensor> Ask(string tried, Tensor a) => trial.Call(tried, () => keys(wk, a), wk, a);

        Ask("A is the unit matrix: nothing has to change", Matrix(1, 0, 0, 1))
            .Refuse(wk.Transpose(), "You returned W_Kᵀ. The new W_K has the shape of the old one: a row for each token.")
            .Refuse(wk * 0, "All your numbers are 0: then all scores are 0.")
            .Refuse(wk * -1, "All signs are turned around. For D = ad − bc take care of the order.")
            .Expect(wk, "With A = 1 the old W_K is right.");

        Tensor stretch = Matrix(2, 0, 0, 4);
        Ask("A stretches: queries become (2·q₀, 4·q₁)", stretch)
            .Refuse(wk, "You did not change W_K. Then the scores are 2 and 4 times as large.")
            .Refuse(wk.MatMul(stretch), "You stretched the keys too. Then each score is stretched twice; the keys must shrink as the queries grow.")
            .Refuse(wk.MatMul(Matrix(4, 0, 0, 2)), "The division by the determinant ad − bc is missing.")
            .Refuse(wk.MatMul(Matrix(0.25f, 0, 0, 0.5f)),
                "The numbers on the diagonal have changed places: the first column must shrink by 2, the second by 4.")
            .Refuse(wk.MatMul(Matrix(0.25f, 0, 0, 0.0625f)), "You inverted twice: A⁻¹·A⁻¹. One inverse is enough.")
            .Expect(wk.MatMul(Matrix(0.5f, 0, 0, 0.25f)), "Queries times 2 and 4, keys divided by 2 and 4: the products stay.");

        Tensor shear = Matrix(1, 3, 0, 2);
        Ask("A shears: queries become (q₀, 3·q₀ + 2·q₁)", shear)
            .Refuse(wk.MatMul(Matrix(1, -1.5f, 0, 0.5f)), "You took A⁻¹ where its transpose is needed. The key stands transposed in the score: W_Q·A·Yᵀ.")
            .Refuse(wk.MatMul(shear.Transpose()), "You transposed A but did not invert it.")
            .Refuse(wk.MatMul(Matrix(1, 0, 1.5f, 0.5f)), "A sign is wrong outside the diagonal of the inverse: (d, −b; −c, a)/D.")
            .Refuse(wk.MatMul(Matrix(1, 0, 0, 0.5f)), "You only used the diagonal of A.")
            .Expect(wk.MatMul(Matrix(1, 0, -1.5f, 0.5f)), "The new key is W_K·A⁻ᵀ.");

        Tensor whole = wk.MatMul(Matrix(1, -1, -1, 2));
        Ask("A is (2, 1; 1, 1), without a 0", Matrix(2, 1, 1, 1))
            .Refuse(whole * (1 / 3f), "You divided by 3 = 2·1 + 1·1. The determinant is ad − bc, with a minus: here 1.")
            .Expect(whole, "The shear was right, but here all four numbers of A count. Check the place and the sign of each; the determinant is 1.");

        Tensor rotation = Matrix(0, 1, -1, 0);
        Ask("A turns by a right angle", rotation)
            .Refuse(wk.MatMul(rotation.Transpose()), "You turned the keys back. Queries and keys must turn together, or their angles change.")
            .Expect(wk.MatMul(rotation), "For a rotation A⁻ᵀ = A: queries and keys turn together.");

        Tensor any = Matrix(1, 2, -1, 3);
        Answer<Tensor> last = Ask("any A, (1, 2; −1, 3), with the scores of three queries", any);
        last.Require(last.Value.Shape.SequenceEqual(wk.Shape), "shape (3, 2)", "The new W_K has the shape of the old one.", Tensor.Describe(last.Value.Shape));
        Tensor wq = Tensor.FromRows([1, 2], [-3, 1], [0, 2]), wanted = wq.MatMulTransposed(wk), got = wq.MatMul(any).MatMulTransposed(last.Value);
        last.Require(wanted.Values.Zip(got.Values, (x, y) => Math.Abs(x - y)).Max() < 1e-4, "the scores of W_Q and W_K",
            "The other four were right, but for this matrix the scores change. Check the place and the sign of each number, and the determinant, here 5.",
            $"scores that differ by up to {wanted.Values.Zip(got.Values, (x, y) => Math.Abs(x - y)).Max():0.##}");
    });

    private static Tensor Matrix(float a, float b, float c, float d) => Tensor.FromRows([a, b], [c, d]);
}
