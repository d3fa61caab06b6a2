namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 05.1: the d² terms of one score, T_ab = x_a·M_ab·x′_b with M = W_Q·W_Kᵀ, whose sum is (x·W_Q)·(x′·W_K).
/// Each question isolates one mechanism: the sum over the columns of W, which token stands left, the transpose, other widths.
/// </summary>
public static class ScoreTerms
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("05.1", "Open the score", Difficulty: 2, Minutes: 12, Hints:
    [
        "Write q_c = Σ_a x_a·W_Q[a, c] and k_c = Σ_b x′_b·W_K[b, c] into q·k = Σ_c q_c·k_c. Which sums remain if you hold a and b fixed?",
        "Hold a and b: what remains is x_a·x′_b·Σ_c W_Q[a, c]·W_K[b, c]. The sum over c is M[a, b]: row a of W_Q times row b of W_K. It runs over the "
            + "*columns* of both.",
        "Three loops: a and b over `x.Length`, c over `wQ.GetLength(1)`. In the innermost: `terms[a, b] += x[a] * wQ[a, c] * wK[b, c] * other[b];`.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's terms.</summary>
    /// <param name="terms">(x (d), x′ (d), W_Q (d, d_k), W_K (d, d_k)) → T (d, d).</param>
    public static Feedback Check(Func<double[], double[], double[,], double[,], double[,]> terms) => About.Check(trial =>
    {
        Answer<double[,]> Ask(string tried, double[] x, double[] other, double[,] wQ, double[,] wK) =>
            trial.Call(tried, () => terms(x, other, wQ, wK), x, other, wQ, wK);

        Ask("one feature: x = 2, x′ = 5, W_Q = 3, W_K = 7", [2], [5], new double[,] { { 3 } }, new double[,] { { 7 } })
            .Refuse(new double[,] { { 21 } }, "This is M alone. A term is x_a·M_ab·x′_b: multiply by both inputs.")
            .Refuse(new double[,] { { 10 } }, "This is x_a·x′_b. The factor M_ab is missing.")
            .Refuse(new double[,] { { 42 } }, "You multiplied by x but not by x′.")
            .Refuse(new double[,] { { 105 } }, "You multiplied by x′ but not by x.")
            .Refuse(new double[,] { { 90 } }, "You took W_Q for both. The key of x′ is made by W_K.")
            .Refuse(new double[,] { { 490 } }, "You took W_K for both. The query of x is made by W_Q.")
            .Refuse(new double[,] { { 84 } }, "You multiplied by x twice. The other input is x′.")
            .Refuse(new double[,] { { 525 } }, "You multiplied by x′ twice. The other input is x.")
            .Expect(new double[,] { { 210 } }, "2 · 3 · 7 · 5 = 210: the only term, and so the whole score.");

        double[,] one = { { 1, 0 }, { 0, 1 } };
        Ask("W_Q = W_K = identity, x = (2, 3), x′ = (5, 7)", [2, 3], [5, 7], one, one)
            .Refuse(new double[,] { { 10, 14 }, { 15, 21 } }, "Every product is there with the factor 1, but with the identity M_01 = 0. Multiply by M_ab.")
            .Refuse(new double[,] { { 31, 0 }, { 0, 0 } }, "This is the sum in one place. Keep the terms apart: T[a, b] is one product of inputs.")
            .Refuse(new double[,] { { 0, 0 }, { 0, 21 } }, "Only the last column counts: add over c with `+=`.")
            .Refuse(new double[,] { { 10, 14 }, { 15, 42 } }, "The sum over c goes on from cell to cell: begin it at 0 for each a and b.")
            .Refuse(new double[,] { { 10 / Math.Sqrt(2), 0 }, { 0, 21 / Math.Sqrt(2) } },
                "You divided by √2. Here the terms of q·k itself are asked, before any scale.")
            .Expect(new double[,] { { 10, 0 }, { 0, 21 } }, "With the identity only equal features meet: 2·5 and 3·7.");

        double[] x = [1, 2], other = [3, -1];
        double[,] wQ = { { 1, 2 }, { 0, 1 } }, wK = { { 2, 1 }, { 0, 3 } };
        Ask("x = (1, 2), x′ = (3, −1), W_Q = ((1, 2), (0, 1)), W_K = ((2, 1), (0, 3))", x, other, wQ, wK)
            .Refuse(Of(x, other, (a, b) => wQ[a, b] * wK[a, b]),
                "You multiplied W_Q and W_K number by number. M_ab is a sum over c: row a of W_Q times row b of W_K.")
            .Refuse(Of(x, other, (a, b) => Sum(c => wQ[a, c] * wK[c, b])),
                "You took W_Q·W_K. Both have features as rows, so M = W_Q·W_Kᵀ: the second index of both is summed.")
            .Refuse(Of(x, other, (a, b) => Sum(c => wQ[c, a] * wK[c, b])),
                "You took W_Qᵀ·W_K: the *first* index of both is summed. With rows as features it is W_Q·W_Kᵀ.")
            .Refuse(Of(x, other, (a, b) => Sum(c => wQ[b, c] * wK[a, c])), "You took M transposed. W_Q belongs to x, which asks; W_K belongs to x′.")
            .Refuse(Of(other, x, (a, b) => Sum(c => wQ[a, c] * wK[b, c])), "x and x′ are exchanged: x asks, so it is multiplied by W_Q.")
            .Refuse(Transposed(Of(x, other, (a, b) => Sum(c => wQ[a, c] * wK[b, c]))), "T[a, b] and T[b, a] are exchanged: a, the feature of x, is the row.")
            .Refuse(new double[,] { { 6, 0 }, { 0, 0 } },
                "These are the products q_c·k_c. Here the products of *features* are asked: open each q_c and each k_c into its sum over the features.")
            .Refuse(Of(x, other, (a, b) => a == b ? Sum(c => wQ[a, c] * wK[b, c]) : 0),
                "Only the diagonal is filled. Feature a of x meets *every* feature b of x′.")
            .Expect(Of(x, other, (a, b) => Sum(c => wQ[a, c] * wK[b, c])), "T_ab = x_a·x′_b·Σ_c W_Q[a, c]·W_K[b, c]. All terms together are q·k.");

        Ask("two features, d_k = 3", [1, 2], [3, 4], new double[,] { { 1, 0, 2 }, { 0, 1, 1 } }, new double[,] { { 1, 1, 0 }, { 0, 1, 1 } })
            .Expect(new double[,] { { 3, 8 }, { 6, 16 } }, "The sum over c runs over the columns of W_Q (d_k = 3), not over the features (2).");

        Ask("three features, d_k = 1", [1, 2, 3], [1, 1, 2], new double[,] { { 1 }, { 2 }, { 0 } }, new double[,] { { 3 }, { 0 }, { 1 } })
            .Expect(new double[,] { { 3, 0, 2 }, { 12, 0, 8 }, { 0, 0, 0 } }, "There are d² = 9 terms, also if d_k = 1: a and b run over the features.");

        static double Sum(Func<int, double> term) => term(0) + term(1);
    });

    private static double[,] Of(double[] x, double[] other, Func<int, int, double> m)
    {
        double[,] terms = new double[x.Length, x.Length];
        for (int a = 0; a < x.Length; a++)
        {
            for (int b = 0; b < x.Length; b++)
            {
                terms[a, b] = x[a] * m(a, b) * other[b];
            }
        }

        return terms;
    }

    private static double[,] Transposed(double[,] t) => new[,] { { t[0, 0], t[1, 0] }, { t[0, 1], t[1, 1] } };
}
