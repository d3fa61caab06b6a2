using System.Collections;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 13.1: softmax and weighted mean in one pass. Pairs of score and value come one after the other, can be walked through once, and the
/// row of a value is used again for the next one: so nothing can be kept but a maximum, a sum, and the unfinished mean.
/// </summary>
public static class OnePass
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("13.1", "Softmax in one pass", Difficulty: 2, Minutes: 12, Hints:
    [
        "Keep three things: the largest score so far, the sum of the powers e^(score − largest), and the sum of the values times these powers. What must "
            + "happen to the two sums when a new score is larger than all before?",
        "The old powers were made with the old maximum. With the new one each of them is smaller by the same factor, e^(old maximum − new maximum). So "
            + "multiply *both* sums by it, then add the new power to one and the new power times the value to the other. At the end divide.",
        "`float top = float.NegativeInfinity, sum = 0; float[] mixed = [];` In the loop: `float higher = MathF.Max(top, score), shrink = MathF.Exp(top - "
            + "higher), power = MathF.Exp(score - higher);`, then `sum = sum * shrink + power;`, for each c `mixed[c] = mixed[c] * shrink + power * "
            + "value[c];`, and `top = higher;`. If `mixed` is still empty, make it as long as `value` first.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's one pass.</summary>
    /// <param name="mean">Pairs of score and value row (D) → Σ e^score·value / Σ e^score (D).</param>
    public static Feedback Check(Func<IEnumerable<(float Score, float[] Value)>, float[]> mean) => About.Check(trial =>
    {
        Answer<float[]> Ask(string tried, float[] scores, int width = 2) => trial.Call(tried, () => mean(new Once(scores, width)));

        Ask("one pair: its value comes back", [3])
            .Refuse(Value(0, MathF.Exp(3)), "Your result is not divided by the sum of the powers.")
            .Refuse(Value(0, 0.5f), "Half of the value: the sum of the powers starts at 1, or the first pair is added to it twice. It starts at 0.")
            .Refuse([0, 0], "The result is 0: was the value added?")
            .Refuse([1], "You returned the weights. Return the mean of the *values*, as long as one of them.")
            .Expect(Value(0), "With one pair the weight is 1, so the result is its value.");

        Ask("three pairs with equal scores: the mean of the values", [2, 2, 2])
            .Refuse(Value(2), "You got the last value. If you kept the rows in a list: it is the *same* array each time, filled anew. Keep sums, not rows.")
            .Refuse(Value(2, 2 / 3f), "`mixed = value` keeps the *same* array, which is filled anew for the next pair. Make an array of your own and add to "
                + "it.")
            .Refuse(Sum(1, 1, 1), "This is the sum of the values. Divide by the sum of the powers.")
            .Refuse(Value(0), "You got the first value only. A score that is *not* larger than the maximum must be added, too.")
            .Refuse(Sum(0.5, 0.25, 0.25), "The first pair counts twice: it was put into the sums before the loop, or at its start, and then added again.")
            .Refuse(Sum(1, 1 / 2.0, 1 / 3.0), "You divide each value by the sum of the powers *so far*. Divide once, at the end.")
            .Expect(Right([2, 2, 2]), "Equal scores give equal weights.");

        float[] rising = [0, 1, 3, 2];
        Ask("rising scores, and a lower one: the maximum changes twice", rising)
            .Refuse(Walk(rising, shrinkSum: false, shrinkMean: false),
                "Each power was made with the maximum of its time, and never made smaller when the maximum rose. Multiply both sums by e^(old − new maximum).")
            .Refuse(Walk(rising, shrinkSum: true, shrinkMean: false), "You shrink the sum of the powers, but not the sum of the values.")
            .Refuse(Walk(rising, shrinkSum: false, shrinkMean: true), "You shrink the sum of the values, but not the sum of the powers.")
            .Refuse(Walk(rising, sign: -1), "Your factor is e^(new − old maximum): it grows. Old powers must become *smaller* when the maximum rises.")
            .Refuse(Walk(rising, newOnly: true), "Whenever the maximum rises, everything before is thrown away. It must shrink, not vanish.")
            .Refuse(Walk(rising, addNew: false), "A pair with a new maximum shrinks the old sums, and then it must be added itself, with the power e^0 = 1.")
            .Refuse(Plain(rising, score => score), "You weighted the values by the scores. The exponential is missing.")
            .Refuse(Plain(rising, score => Math.Pow(2, score)), "You took powers of 2. Softmax takes powers of e: `MathF.Exp`.")
            .Refuse(Plain(rising, _ => 1), "All values got the same weight: the scores had no effect.")
            .Refuse(Sum([.. rising.Select(score => Math.Exp(score - 3) / 4)]), "You divided by the number of pairs. Divide by the sum of the powers.")
            .Refuse(Right(rising[..^1]), "A pair was left out. A score below the maximum shrinks nothing, but it still has a weight, e^(score − maximum).")
            .Expect(Right(rising), "When the maximum rises from m to m′, both sums are multiplied by e^(m − m′).");

        float[] falling = [3, 1, 0];
        Ask("falling scores: the first stays the maximum", falling)
            .Refuse(Walk(falling, follow: true, shrinkSum: false, shrinkMean: false),
                "Your maximum follows every score, downwards too, and all weights became equal.")
            .Expect(Right(falling), "A score below the maximum shrinks nothing: its power e^(score − maximum) is added.");

        float[] mixed = [1, 4, 2, 5, 4.5f, -3];
        Ask("scores up and down", mixed).Expect(Right(mixed), "Rising and falling alone were right. Is the maximum kept from pair to pair?");

        Ask("large scores, 10 000 and 10 001", [10_000, 10_001])
            .Finite("A power became ∞. Subtract the maximum *before* the exponential, and never form e^score itself.")
            .Refuse(Right([0, 0]), "Both weights are equal: large scores were cut off (`Min`, `Clamp`). Do not cut; subtract the maximum, so that only "
                + "differences count.")
            .Expect(Right([0, 1]), "Only the difference counts.");
        Ask("very negative scores, −10 000 and −9 999", [-10_000, -9_999])
            .Finite("The sum is 0, and 0/0 is NaN. Does your maximum start at 0? Start it at −∞, or at the first score.")
            .Refuse([0, 0], "All powers became 0. Does your maximum start at 0? Start it at −∞, or at the first score.")
            .Expect(Right([0, 1]), "Only the difference counts, also far below 0.");
        Ask("a jump up, from 0 to 200", [0, 200])
            .Finite("A factor became ∞: e^(new − old maximum) in place of e^(old − new maximum), a power made with the old maximum, or with the *smallest* "
                + "score.")
            .Expect(Value(1), "The first weight is e^−200, as a float 0.");

        Ask("a fall, from 200 to 0", [200, 0])
            .Finite("A factor became ∞. Does your maximum follow the scores downwards? It never falls.")
            .Expect(Value(0), "The second weight is e^−200, as a float 0.");

        Ask("values of five numbers", mixed, width: 5)
            .Expect(Right(mixed, width: 5), "Values of two numbers were right, values of five are not: take the length from `value.Length`.");

        float[] many = [.. Enumerable.Range(0, 1000).Select(i => MathF.Sin(i) * 3)];
        Ask("a thousand pairs", many).Expect(Right(many), "Few pairs were right, a thousand are not. Is something rounded, or a length fixed?");
    });

    /// <summary>Value i times a factor: no two values are parallel.</summary>
    private static float[] Value(int i, float factor = 1, int width = 2) =>
        [.. Enumerable.Range(0, width).Select(c => factor * (c % 2 == 0 ? 1 + i + c : 4 + c - i % 3 * 2))];

    /// <summary>Value 0 times the first weight, and so on.</summary>
    private static float[] Sum(params double[] weights) => Sum(weights, 2);

    private static float[] Sum(double[] weights, int width) =>
        [.. Enumerable.Range(0, width).Select(c => (float)weights.Select((w, i) => w * Value(i, width: width)[c]).Sum())];

    private static float[] Right(float[] scores, int width = 2)
    {
        float top = scores.Max();
        return Plain(scores, score => Math.Exp((double)score - top), width);
    }

    private static float[] Plain(float[] scores, Func<float, double> weight, int width = 2)
    {
        double[] weights = Array.ConvertAll(scores, score => weight(score));
        return Sum([.. weights.Select(w => w / weights.Sum())], width);
    }

    /// <summary>One pass with known mistakes.</summary>
    private static float[] Walk(
        float[] scores, bool shrinkSum = true, bool shrinkMean = true, int sign = 1, bool newOnly = false, bool follow = false, bool addNew = true)
    {
        double top = double.NegativeInfinity, sum = 0;
        double[] mean = [0, 0];
        for (int i = 0; i < scores.Length; i++)
        {
            double higher = follow ? scores[i] : Math.Max(top, scores[i]);
            double shrink = i == 0 ? 0 : newOnly && higher > top ? 0 : Math.Exp(sign * (top - higher));
            double power = i > 0 && !addNew && higher > top ? 0 : Math.Exp(scores[i] - higher);
            sum = (shrinkSum ? sum * shrink : sum) + power;
            for (int c = 0; c < 2; c++)
            {
                mean[c] = (shrinkMean ? mean[c] * shrink : mean[c]) + power * Value(i)[c];
            }

            top = higher;
        }

        return [.. mean.Select(m => (float)(m / sum))];
    }

    /// <summary>A stream of pairs that can be walked through once, with one row for all values.</summary>
    private sealed class Once(float[] scores, int width) : IEnumerable<(float Score, float[] Value)>
    {
        private bool _walked;

        public IEnumerator<(float Score, float[] Value)> GetEnumerator()
        {
            if (_walked)
            {
                throw new InvalidOperationException(
                    "the pairs were walked through a second time, but they come only once: do all the work in one loop (First, Count, Max and ToList walk, "
                        + "too).");
            }

            _walked = true;
            return Walk();
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private IEnumerator<(float Score, float[] Value)> Walk()
        {
            float[] row = new float[width];
            for (int i = 0; i < scores.Length; i++)
            {
                Value(i, width: width).CopyTo(row, 0);
                yield return (scores[i], row);
            }
        }
    }
}
