using AttentionLab.Course.Experiments;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 11.4: build a case in which attention and ablation disagree. The key with the largest weight can be taken away and the output hardly moves;
/// a key with a small weight is taken away and it moves far. Taking key j away changes the output by w_j/(1 − w_j)·(y − v_j): it depends on the *value* too.
/// </summary>
public static class LoudAndUseless
{
    /// <summary>The loud key: at least this weight, and at most this movement.</summary>
    public const double Loud = 0.5, Still = 0.01;

    /// <summary>The quiet key: at most this weight, and at least this movement.</summary>
    public const double Quiet = 0.1, Moved = 0.5;

    /// <summary>Numbers of a value lie between −10 and 10.</summary>
    public const double Largest = 10;

    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("11.4", "Attention and ablation disagree", Difficulty: 3, Minutes: 15, Hints:
    [
        "When key j goes, the others share its weight, so the output becomes y′, their weighted mean. With key j it is y = w_j·v_j + (1 − w_j)·y′. Solved for "
            + "y′, and y taken away from both sides: y′ − y = w_j/(1 − w_j)·(y − v_j). For the loud key this must be 0 although w_j is large. So where must "
            + "its value lie?",
        "The loud value must equal the weighted mean of all the others: then y is the same with it and without it. The quiet value must lie far from y. But "
            + "the others must "
        + "balance the quiet one, or the mean moves away. Try three keys: loud in the middle, two quiet ones on opposite sides.",
        "Weights 0.8, 0.1, 0.1 are the scores ln 8, 0, 0 (softmax of ln 8, 0, 0 is 8/10, 1/10, 1/10). Values: loud (0, 0), the quiet ones (10, 0) and (−10, "
            + "0). Check: what "
        + "is y without the first quiet key? To be safely below 0.1, take a loud score of 2.2.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's case.</summary>
    /// <param name="build">One score for each key, and one value of two numbers.</param>
    public static Feedback Check(Func<(float[] Scores, float[][] Values)> build) => About.Check(trial =>
    {
        Answer<(float[] Scores, float[][] Values)> answer = trial.Call("your keys", build);
        (float[] scores, float[][] values) = answer.Value;
        answer
            .Require(scores is not null && values is not null, "scores and values", "Scores or values are `null`.", "null")
            .Require(scores!.Length == values!.Length, "as many values as scores",
                $"You gave {scores.Length} scores and {values.Length} values: each key has one of each.", "different counts")
            .Require(scores.Length >= 3, "at least three keys",
                $"{scores.Length} keys cannot do it: if one of two goes, the output becomes the value of the other.", $"{scores.Length} keys")
            .Require(Array.TrueForAll(values, value => value?.Length == 2), "two numbers in each value", "A value here has two numbers, [x, y].",
                "another length")
            .Require(scores.All(float.IsFinite) && values.All(value => value.All(float.IsFinite)), "finite numbers",
                "A score or value is not finite. A score of 2.2 above two of 0 is loud enough.", "NaN or ∞")
            .Require(values.All(value => value.All(x => Math.Abs(x) <= Largest)), $"numbers from −{Largest} to {Largest}",
                $"A value is larger than {Largest}: anything moves the output then. Stay "
                + $"between −{Largest} and {Largest}.", $"{values.Max(value => value.Max(Math.Abs)):0.##}");

        KeyRemoval[] keys = KeyRemoval.Of(scores, values);
        KeyRemoval loud = keys.MaxBy(key => key.Weight)!;
        string got = string.Join("; ", keys.Select((key, j) => $"key {j}: weight {key.Weight:0.000}, moves {key.Moves:0.000}"));
        double[] quiet = [.. keys.Select(key => key.Weight).Where(weight => weight <= Quiet)];
        double needed = Moved * (1 - quiet.DefaultIfEmpty(1).Max()) / quiet.DefaultIfEmpty(1).Max();
        bool asWeights = scores.All(score => score >= 0) && Math.Abs(scores.Sum() - 1) < 0.01;
        answer
            .Require(loud.Weight < 0.999 || loud.Moves > Still, "other keys that are heard",
                "The loudest key has all the weight, so no other key can matter. Lower its score: softmax makes 3 a factor of 20, and 9 one of 8000.", got)
            .Require(keys.Any(key => key.Moves > Still), "a key that matters",
                "Nothing moves, whatever goes: all values are the same. Move one of them away.", got)
            .Require(!asWeights || loud.Weight >= Loud && keys.Min(key => key.Weight) <= Quiet,
                $"softmax of the scores: a weight of {Loud} or more and one of {Quiet} or less",
                "Your scores look like weights: they sum to 1. Softmax comes after them, and makes them nearly equal. Give logarithms: 0.8 and 0.1 differ by "
                    + "ln 8 = 2.08.", got)
            .Require(loud.Weight >= Loud, $"a weight of {Loud} or more", "No key is loud: raise one score above the others.", got)
            .Require(loud.Moves <= Still, $"the loudest moves at most {Still}", loud.Weight > 0.99
                ? "The loudest key has nearly everything. When it goes, the others take all: its value must be *their* mean, or it matters after all."
                : "The loudest key matters: without it the output moves. Put its value where the weighted mean of the *others* lies.", got)
            .Require(keys.Any(key => key.Weight <= Quiet), $"a weight of {Quiet} or less",
                "The loud key is useless, as it should be, but there is no quiet key: lower a score.", got)
            .Require(keys.Any(key => key.Weight <= Quiet && key.Moves >= Moved), $"a quiet key that moves {Moved} or more",
                "The loud key is useless and there is a quiet key, but the quiet one moves the output too little: " + (needed > Largest
                    ? $"it is too quiet. With a weight of {quiet.Max():0.000} its value would have to lie {needed:0.0} away from the output. Lower the loudest "
                        + "score: 2.2 above two of 0 leaves each of these nearly 0.1."
                    : "put its value far away, and balance it by another key on the other side."), got);
    });
}
