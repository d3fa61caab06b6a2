using AttentionLab.Tensors;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 04.4: read literally, the sources project Q twice, by W_Q and then by W_i^Q. Two linear maps in a row are one:
/// (x·W₁ + b₁)·W₂ + b₂ = x·(W₁·W₂) + (b₁·W₂ + b₂).
/// </summary>
public static class FoldedProjections
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("04.4", "Two projections are one", Difficulty: 1, Minutes: 8, Hints:
    [
        "Multiply out: (x·W₁ + b₁)·W₂ + b₂ has three terms. Which of them holds x? What stands beside x there is the new W.",
        "W = W₁·W₂, in this order, because x comes from the left. The other two terms together are the new b.",
        "`b1.MatMul(w2) + b2` is the new b: the first b goes through the second matrix. For W use `MatMul` too.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's map.</summary>
    /// <param name="fold">(W₁ (c, d), b₁ (1, d), W₂ (d, e), b₂ (1, e)) → W (c, e) and b (1, e).</param>
    public static Feedback Check(Func<Tensor, Tensor, Tensor, Tensor, (Tensor W, Tensor B)> fold) => About.Check(trial =>
    {
        Tensor w1 = Tensor.FromRows([1, 2], [0, 1]), w2 = Tensor.FromRows([1, 0], [3, -1]), none = new(1, 2), b1 = Tensor.FromRows([1, 2]),
            b2 = Tensor.FromRows([10, 20]);

        Answer<(Tensor W, Tensor B)> Ask(string tried, Tensor w1, Tensor b1, Tensor w2, Tensor b2) => trial.Call(tried, () => fold(w1, b1, w2, b2), w1, b1,
            w2, b2);

        Answer<(Tensor W, Tensor B)> plain = Ask("two square matrices, b₁ = b₂ = 0", w1, none, w2, none);
        plain.Part(both => both.W)
            .Refuse(w2.MatMul(w1), "This is W₂·W₁. With tokens in rows x meets W₁ first, so W₁ stands on the left.")
            .Refuse(w1 + w2, "You added the matrices. One map *after* the other is their product.")
            .Refuse(w1 * w2, "You multiplied number by number. Use the matrix product, `MatMul`.")
            .Refuse(w1.MatMulTransposed(w2), "This is W₁·W₂ᵀ. Nothing is transposed here: `w1.MatMul(w2)`.")
            .Refuse(w1.MatMul(w2).Transpose(), "This is the transpose of the right matrix: the formula of the books that write W·x.")
            .Refuse(w2, "This is W₂ alone: x goes through W₁ too.")
            .Expect(w1.MatMul(w2), "W = W₁·W₂.");
        Row(plain).Expect(none.Reshape(2), "Without b₁ and b₂ the new b is 0.");

        Row(Ask("only b₂", w1, none, w2, b2)).Refuse(new Tensor(2), "You forgot b₂.")
            .Refuse(b2.MatMul(w2).Reshape(2), "You sent b₂ through W₂. It is added after W₂.")
            .Expect(b2.Reshape(2), "b₂ is added at the end and stays as it is.");

        Row(Ask("both b₁ and b₂", w1, b1, w2, b2)).Refuse((b1 + b2).Reshape(2),
            "You added b₁ as it is. But after b₁ was added, everything goes through W₂: b₁ too.")
            .Refuse(b2.Reshape(2), "You forgot b₁.")
            .Refuse((b1.MatMul(w1).MatMul(w2) + b2).Reshape(2), "You sent b₁ through W₁ too. It is added after W₁.")
            .Refuse((b1.MatMul(w1) + b2).Reshape(2), "You sent b₁ through W₁. It is added after W₁, and only W₂ comes then.")
            .Refuse((b1.MatMulTransposed(w2) + b2).Reshape(2), "You sent b₁ through W₂ᵀ. It is a row, as x is: `b1.MatMul(w2)`.")
            .Expect((b1.MatMul(w2) + b2).Reshape(2), "b = b₁·W₂ + b₂.");

        Tensor tall = Tensor.FromRows([1], [2], [-1]), wide = Tensor.FromRows([2, 0, 1, 3]);
        Answer<(Tensor W, Tensor B)> sizes = Ask("3 → 1 → 4 numbers", tall, new Tensor(1, 1), wide, new Tensor(1, 4));
        sizes.Part(both => both.W).Expect(tall.MatMul(wide), "The new W leads from the first width straight to the last, here (3, 4).");

        static Answer<Tensor> Row(Answer<(Tensor W, Tensor B)> answer) => answer.Part(both => both.B?.Reshape(both.B.Length)!);
    });
}
