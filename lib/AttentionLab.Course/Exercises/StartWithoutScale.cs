using AttentionLab.Course.Experiments;
using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 03.4: without any scale, which standard deviation must W_Q and W_K have at the start so that the scores have the variance 1?
/// With x ~ N(0, 1) of width C and σ²: Var(q) = C·σ², Var(q·k) = D·(C·σ²)² = 1, so σ = 1/(√C·D^¼). The check measures it too.
/// </summary>
public static class StartWithoutScale
{
    private const int Tokens = 200, Draws = 4;

    // The scores of one draw share their weights, so their variance scatters by about 2/√D; over four draws with D ≥ 16 the ratio
    // of measured to wanted stayed within 0.7 … 1.4 for 200 seeds. The mistakes that the check names are off by a factor 4 or more.
    private const double Low = 0.6, High = 1.6;

    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("03.4", "Start calm without a scale", Difficulty: 2, Minutes: 15, Hints:
    [
        "Go in two steps. A number of q is a sum of d_model products x·W. Which variance has it, if the numbers of W have the variance σ²? Then: a score is a "
        + "sum of d_head products of a number of q and a number of k.",
        "Var(number of q) = d_model·σ². Var(score) = d_head·(d_model·σ²)². Set it to 1 and solve for σ.",
        "d_model·σ² = 1/√d_head. So σ² = 1 / (d_model·√d_head). You want σ: one more root.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's formula by numbers and by measuring scores.</summary>
    /// <param name="deviation">(d_model, d_head) → σ of the entries of W_Q and W_K.</param>
    public static Feedback Check(Func<int, int, double> deviation) => About.Check(trial =>
    {
        trial.Call("d_model = 1, d_head = 1", () => deviation(1, 1))
            .Expect(1, "With a single number each, score = x·W_Q·x′·W_K: σ = 1 gives the variance 1. Use the two arguments, not the numbers of one model.");

        trial.Call("d_model = 256, d_head = 1", () => deviation(256, 1))
            .Finite("Your formula gives NaN or ∞.")
            .Refuse(0, "Your σ is 0: in C#, `1 / dModel` of two whole numbers is a whole number. Write `1.0 / dModel`.")
            .Refuse(Math.Sqrt(2.0 / 257), "This is Glorot's start, √(2/(inputs + outputs)). It knows nothing of scores: derive σ from their variance.")
            .Refuse(1.0 / 256, "This is 1/d_model. Variances add, and σ is the root of a variance: √d_model.")
            .Refuse(1, "Your σ does not depend on d_model. A number of q is a sum of d_model products.")
            .Refuse(1 / Math.Sqrt(Math.Sqrt(256)), "The root of d_model was taken twice. A number of q has the variance d_model·σ², and it must be 1 here.")
            .Expect(1.0 / 16, "With d_head = 1 only the numbers of q and k need the variance 1: σ = 1/√256.");

        Answer<double> wide = trial.Call("d_model = 256, d_head = 64: the scores are measured", () => deviation(256, 64))
            .Refuse(1.0 / 16, "This is the usual 1/√d_model. It makes the numbers of q and k calm, but the scores then have the variance d_head = 64.")
            .Refuse(1.0 / 16 / 8,
                "You put the whole factor 1/√d_head into *both* matrices. A score holds W_Q and W_K, so each takes only the root of that factor.")
            .Refuse(1.0 / 16 / 64, "You divided by d_head. The variance of a score holds σ to the fourth power: only the fourth root of d_head is needed.")
            .Refuse(1.0 / 256 / Math.Sqrt(64), "This is the variance σ². You were asked for the standard deviation σ: one more root.");
        double measured = Variance(256, 64, wide.Value);
        wide.Require(measured is > Low and < High, "scores of variance 1", "With your σ the scores start with another variance.",
            $"scores of variance {PowerOfTen.Text(measured, 3)}");

        Answer<double> narrow = trial.Call("d_model = 64, d_head = 16: the scores are measured", () => deviation(64, 16));
        measured = Variance(64, 16, narrow.Value);
        narrow.Require(measured is > Low and < High, "scores of variance 1",
            "The formula fits d_model = 256 with d_head = 64, but not this pair. Use the two arguments, not fixed numbers.",
            $"scores of variance {PowerOfTen.Text(measured, 3)}");

        trial.Call("d_model = 768, d_head = 64: BERT", () => deviation(768, 64))
            .Expect(1 / Math.Sqrt(768 * Math.Sqrt(64)), "Var(score) = d_head·(d_model·σ²)² = 1.");
    });

    /// <summary>Mean square of (x·W_Q)·(y·W_K) for inputs of unit variance.</summary>
    internal static double Variance(int width, int size, double sigma, ulong seed = 34)
    {
        CounterRandom random = new(seed);
        double squares = 0;
        for (int draw = 0; draw < Draws; draw++)
        {
            Tensor query = Tensor.Gaussian(random, 1, Tokens, width).MatMul(Tensor.Gaussian(random, sigma, width, size));
            Tensor key = Tensor.Gaussian(random, 1, Tokens, width).MatMul(Tensor.Gaussian(random, sigma, width, size));
            Tensor scores = query.MatMulTransposed(key);
            foreach (float score in scores.Span)
            {
                squares += (double)score * score / scores.Length / Draws;
            }
        }

        return squares;
    }
}
