namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 05.3: the pairs of a factorisation machine, Σ_{i&lt;j} (v_i·v_j)·x_i·x_j, which are half of a tied score without its diagonal:
/// ½(q·q − Σ_i ‖v_i‖²·x_i²) with q = x·V (Rendle 2010, lemma 3.1).
/// </summary>
public static class MachinePairs
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("05.3", "A factorisation machine is a tied score", Difficulty: 2, Minutes: 15, Hints:
    [
        "Let W_Q = W_K = V and score x with itself: q = x·V, score q·q = Σ_i Σ_j (v_i·v_j)·x_i·x_j. Which of these terms do you not want, and which do you "
            + "have twice?",
        "i = j gives ‖v_i‖²·x_i²: take these away. Each other pair stands there as (i, j) and as (j, i): halve the rest.",
        "`double q = 0, own = 0;` for each column f: for every i add `x[i] * v[i, f]` to q and the square of this product to own, "
            + "then add `(q * q - own) / 2` to the answer. Begin both anew for each f.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's sum over pairs.</summary>
    /// <param name="pairs">(x (n), V (n, k)) → Σ_{i&lt;j} (v_i·v_j)·x_i·x_j.</param>
    public static Feedback Check(Func<double[], double[,], double> pairs) => About.Check(trial =>
    {
        Answer<double> Ask(string tried, double[] x, double[,] v) => trial.Call(tried, () => pairs(x, v), x, v);

        Ask("one feature: there is no pair", [3], new double[,] { { 2 } })
            .Refuse(36, "This is q·q, the score of the feature with itself. i < j leaves it out.")
            .Refuse(18, "This is half of the score of the feature with itself. i < j leaves it out.")
            .Refuse(-18, "You halved q·q only. Take Σ ‖v_i‖²·x_i² away first, then halve the rest.")
            .Refuse(12, "You took ‖v_i‖²·x_i away: square the feature too.")
            .Refuse(15, "You took v_i·x_i away: square it, it is the term of the feature with itself.")
            .Refuse(9, "You took ‖v_i‖·x_i² away: square v too.")
            .Expect(0, "A single feature has no partner: 0.");

        double[,] two = { { 1, 4 }, { 5, -3 } };
        Ask("two features: x = (2, 3), v_0 = (1, 4), v_1 = (5, −3)", [2, 3], two)
            .Refuse(-84, "Every pair is counted twice, as (i, j) and as (j, i). Halve it, or count only i < j.")
            .Refuse(-7, "This is v_0·v_1. The features x_0 and x_1 are missing.")
            .Refuse(6, "This is x_0·x_1. The factor v_0·v_1 is missing.")
            .Refuse(30, "Only the first column of V counts: sum over the columns f too.")
            .Refuse(-72, "Only the last column of V counts: add over f with `+=`.")
            .Refuse(Shared([2, 3], two), "q is not begun anew for each column f: set it to 0 inside the loop over f.")
            .Refuse(-59, "You added q over all columns before squaring. Each column f has its own q, and q·q is the sum of their squares.")
            .Refuse(-66, "Your factors run down the columns of V. The vector of feature i is *row* i.")
            .Refuse(-14, "The feature x_1 is missing: each pair has two.")
            .Refuse(-21, "The feature x_0 is missing: each pair has two.")
            .Refuse(0, "0 is right for one feature, but here there is a pair.")
            .Expect(-42, "v_0·v_1 = 5 − 12 = −7, times x_0·x_1 = 6.");

        double[,] three = { { 1 }, { 2 }, { 3 } };
        Ask("three features, k = 1: x = (1, 1, 1), v = 1, 2, 3", [1, 1, 1], three)
            .Refuse(2 + 6, "Only neighbours are paired. Every i meets every later j, also 0 and 2.")
            .Expect(2 + 3 + 6, "Three pairs: 1·2 + 1·3 + 2·3.");

        Ask("a feature that is not 0 or 1: x = (2, 0, −3), v = 1, 2, 3", [2, 0, -3], three)
            .Expect(-18, "Only features 0 and 2 are there: 2·(−3)·(1·3).");

        double[] x = [.. Enumerable.Range(0, 7).Select(i => Math.Sin(i + 1))];
        double[,] v = new double[7, 3];
        for (int i = 0; i < 21; i++)
        {
            v[i / 3, i % 3] = Math.Cos(2 * i);
        }

        Ask("seven features, k = 3", x, v).Expect(Right(x, v), "Mind which index runs over the 7 features and which over the 3 factors.");
    });

    private static double Right(double[] x, double[,] v)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            for (int j = i + 1; j < x.Length; j++)
            {
                for (int f = 0; f < v.GetLength(1); f++)
                {
                    sum += v[i, f] * v[j, f] * x[i] * x[j];
                }
            }
        }

        return sum;
    }

    /// <summary>The mistake of a q and an own that go on from column to column.</summary>
    private static double Shared(double[] x, double[,] v)
    {
        double q = 0, own = 0, sum = 0;
        for (int f = 0; f < v.GetLength(1); f++)
        {
            for (int i = 0; i < x.Length; i++)
            {
                q += x[i] * v[i, f];
                own += x[i] * x[i] * v[i, f] * v[i, f];
            }

            sum += (q * q - own) / 2;
        }

        return sum;
    }
}
