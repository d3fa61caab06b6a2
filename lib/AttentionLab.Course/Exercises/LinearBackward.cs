namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 06.2: backward of y = x·W + b on n rows: dx = dy·Wᵀ, dW = xᵀ·dy, db = Σ_rows dy. Expected answers are finite differences
/// of the forward in double, so that the formulas stand nowhere but in the reader's code.
/// </summary>
public static class LinearBackward
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("06.2", "Backward of a linear layer", Difficulty: 1, Minutes: 12, Hints:
    [
        "Look at the shapes. dx is as large as x, (n, a); dW as large as W, (a, m); dy is (n, m). Which product of two of the three gives (n, a)? Which "
            + "gives (a, m)?",
        "dx = dy·Wᵀ: the sum runs over the m outputs. dW = xᵀ·dy: the sum runs over the n *rows*, because every row used the same W. b was added in every "
            + "row too.",
        "Three loops over row i, input p, output j: `dx[i, p] += dy[i, j] * w[p, j];` and `dW[p, j] += x[i, p] * dy[i, j];`. The line for db needs only i "
            + "and j.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's backward.</summary>
    /// <param name="backward">(x (n, a), W (a, m), dy (n, m)) → (dx (n, a), dW (a, m), db (m)).</param>
    public static Feedback Check(Func<double[,], double[,], double[,], (double[,] DX, double[,] DW, double[] DB)> backward) => About.Check(trial =>
    {
        Answer<(double[,] DX, double[,] DW, double[] DB)> Ask(string tried, double[,] x, double[,] w, double[,] dy) =>
            trial.Call(tried, () => backward(x, w, dy), x, w, dy);

        Answer<(double[,] DX, double[,] DW, double[] DB)> one = Ask(
            "one number: x = 2, W = 3, dy = 10", new double[,] { { 2 } }, new double[,] { { 3 } }, new double[,] { { 10 } });
        one.Part(d => d.DX)
            .Refuse(new double[,] { { 20 } }, "dx and dW are exchanged: dx is dy·W.")
            .Refuse(new double[,] { { 3 } }, "dx is dy/dx alone. The chain rule multiplies it by dy.")
            .Expect(new double[,] { { 30 } }, "dx = dy·W = 10·3.");
        one.Part(d => d.DW)
            .Refuse(new double[,] { { 2 } }, "dW is dy/dW alone. The chain rule multiplies it by dy.")
            .Refuse(new double[,] { { 60 } }, "You multiplied by W as well. y = x·W, so dW is x times dy, without W.")
            .Expect(new double[,] { { 20 } }, "dW = x·dy = 2·10.");
        one.Part(d => d.DB)
            .Refuse([0], "db is still 0: nothing is added to it. y = … + b, so each dy goes to db as it is.")
            .Refuse([1], "db is dy/db alone: multiply by dy.")
            .Expect([10], "y = … + b, so db = dy.");

        double[,] w = { { 1, 2 }, { 3, 4 } };
        Answer<(double[,] DX, double[,] DW, double[] DB)> row = Ask(
            "one row: x = (5, 7), W = ((1, 2), (3, 4)), dy = (1, 10)", new double[,] { { 5, 7 } }, w, new double[,] { { 1, 10 } });
        row.Part(d => d.DX)
            .Refuse(new double[,] { { 31, 42 } }, "This is dy·W. The way back uses W *transposed*.")
            .Refuse(new double[,] { { 1, 40 } }, "Only the diagonal of W is used: x_0 reached both outputs.")
            .Refuse(new double[,] { { 20, 40 } }, "dx: only the last output counts. Add with `+=`.")
            .Expect(new double[,] { { 21, 43 } }, "dx_p = Σ_j dy_j·W_pj.");
        row.Part(d => d.DW)
            .Refuse(new double[,] { { 5, 7 }, { 50, 70 } }, "This is dyᵀ·x: transposed. dW has the shape of W, inputs as rows.")
            .Expect(new double[,] { { 5, 50 }, { 7, 70 } }, "dW_pj = x_p·dy_j.");

        double[,] x = { { 1, 2 }, { 3, -1 }, { 0, 4 } }, dy = { { 1, 0 }, { 2, -1 }, { 5, 3 } };
        Answer<(double[,] DX, double[,] DW, double[] DB)> rows = Ask("three rows, which share W and b", x, w, dy);
        rows.Part(d => d.DX).Expect(Difference(x, moved => Loss(moved, w, dy)), "Each row of dx has its own row of dy: dx_ip = Σ_j dy_ij·W_pj.");
        rows.Part(d => d.DW)
            .Refuse(Scaled(1.0 / 3), "You took the mean over the rows. The chain rule adds: all rows used the same W.")
            .Refuse(Last(x, dy), "Only the last row counts. Every row used the same W: add with `+=`.")
            .Expect(Difference(w, moved => Loss(x, moved, dy)), "dW = xᵀ·dy: the sum over all rows.");
        rows.Part(d => d.DB)
            .Refuse([8 / 3.0, 2 / 3.0], "You took the mean over the rows. b was added in each row: the chain rule adds.")
            .Refuse([5, 3], "Only the last row of dy counts: add with `+=`.")
            .Refuse([1, 0], "Only the first row of dy counts: add over all rows.")
            .Expect([8, 2], "db_j = Σ_i dy_ij: down the columns of dy.");

        double[,] narrow = { { 1, -2, 3 } }, tall = { { 2 }, { 0 }, { -1 } }, up = { { 4 } };
        Answer<(double[,] DX, double[,] DW, double[] DB)> other = Ask("3 inputs, 1 output", narrow, tall, up);
        other.Part(d => d.DX).Expect(Difference(narrow, moved => Loss(moved, tall, up)), "dx is as wide as x (3), not as dy (1).");
        other.Part(d => d.DW).Expect(Difference(tall, moved => Loss(narrow, moved, up)), "dW has the shape of W: 3 rows of 1 number.");
        other.Part(d => d.DB).Expect([4], "db is as long as a row of dy.");

        double[,] Scaled(double factor)
        {
            double[,] right = Difference(w, moved => Loss(x, moved, dy));
            return new[,] { { right[0, 0] * factor, right[0, 1] * factor }, { right[1, 0] * factor, right[1, 1] * factor } };
        }
    });

    /// <summary>Σ dy ⊙ (x·W): its gradients are what backward must give.</summary>
    private static double Loss(double[,] x, double[,] w, double[,] dy)
    {
        double loss = 0;
        for (int i = 0; i < x.GetLength(0); i++)
        {
            for (int j = 0; j < w.GetLength(1); j++)
            {
                for (int p = 0; p < w.GetLength(0); p++)
                {
                    loss += dy[i, j] * x[i, p] * w[p, j];
                }
            }
        }

        return loss;
    }

    /// <summary>Central differences of a function that is linear in what is moved: exact up to rounding, whatever the step.</summary>
    private static double[,] Difference(double[,] at, Func<double[,], double> loss)
    {
        double[,] moved = (double[,])at.Clone(), gradient = (double[,])at.Clone();
        for (int i = 0; i < at.GetLength(0); i++)
        {
            for (int j = 0; j < at.GetLength(1); j++)
            {
                moved[i, j] = at[i, j] + 1;
                double above = loss(moved);
                moved[i, j] = at[i, j] - 1;
                gradient[i, j] = (above - loss(moved)) / 2;
                moved[i, j] = at[i, j];
            }
        }

        return gradient;
    }

    private static double[,] Last(double[,] x, double[,] dy)
    {
        int last = x.GetLength(0) - 1;
        return new[,] { { x[last, 0] * dy[last, 0], x[last, 0] * dy[last, 1] }, { x[last, 1] * dy[last, 0], x[last, 1] * dy[last, 1] } };
    }
}
