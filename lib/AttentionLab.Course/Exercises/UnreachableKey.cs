namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 02.3: of five keys one can never get the largest weight, whatever the query. The proof is a list of weights:
/// if k_i = Σ_j λ_j·k_j with λ_j ≥ 0 and Σ λ_j = 1, then q·k_i = Σ_j λ_j·(q·k_j) is an average of the other scores, so it never exceeds the largest of them.
/// </summary>
public static class UnreachableKey
{
    /// <summary>The five keys in the plane.</summary>
    public static IReadOnlyList<float[]> Keys { get; } = [[8, 0], [5, 5], [3, -1], [-4, 4], [0, -8]];

    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("02.3", "The key that no query can select", Difficulty: 2, Minutes: 12, Hints:
    [
        "Draw the five keys on paper and put a rubber band around them. Which one does the band not touch?",
        "The score q·k is linear in k. If a key is an average of the other keys, its score is the same average of their scores, and an average is never above "
        + "the largest. So look for weights λ_j ≥ 0 with sum 1 and Σ λ_j·k_j = that key. Three of the four others are enough: set one weight to 0.",
        "It is key 2, (3, −1). Use keys 0, 3 and 4 only, with weights a, c, d: 8a − 4c = 3, 4c − 8d = −1 and a + c + d = 1. Add the first two: "
        + "8a − 8d = 2, so d = a − 1/4. Put it into the third: c = 5/4 − 2a. Put that into the first: 16a − 5 = 3, so a = 1/2. Now c and d follow.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the key and the proof.</summary>
    /// <param name="proof">The key's number, 0 to 4, and five weights: the key as an average of the others, so its own weight is 0.</param>
    public static Feedback Check(Func<(int Key, float[] Weights)> proof) => About.Check(trial =>
    {
        Answer<(int Key, float[] Weights)> answer = trial.Call("which key can no query select?", proof);
        int key = answer.Value.Key;
        answer.Part(both => both.Key).Require(key >= 0 && key < Keys.Count, "a number from 0 to 4", "The keys have the numbers 0 to 4.");
        if (Selecting(key) is { } query)
        {
            answer.Part(both => both.Key)
                .Require(false, "a key inside the others",
                    $"Key {key} can be selected: the query ({query[0]:0.#}, {query[1]:0.#}) gives it the largest score. It is a corner of the hull.");
        }

        answer = trial.Call("the proof: that key as an average of the others", proof);
        Answer<float[]> weights = answer.Part(both => both.Weights);
        weights.Require(weights.Value.Length == Keys.Count, "five weights",
            $"Give one weight for each of the five keys (0 for the key itself); you gave {weights.Value.Length}.")
            .Finite("A weight is not a finite number.")
            .Require(MathF.Abs(weights.Value[key]) < 1e-5f, "weight 0 on the key itself",
                "You used the key to explain itself. Its own weight must be 0: it has to be an average of the *others*.")
            .Require(weights.Value.All(weight => weight >= 0), "weights of 0 or more",
                "A weight is below 0. Then it is not an average, and the proof fails: a negative weight would turn a small score into a large one.");
        float sum = weights.Value.Sum();
        float[] average = [Coordinate(0), Coordinate(1)];
        weights.Require(MathF.Abs(sum - 1) < 1e-4f || !Lands(average[0] / sum, average[1] / sum), "weights with sum 1",
            $"The weights stand in the right proportion, but they sum to {sum:0.####}: divide each by this number. (Per cent are hundredths.)")
            .Require(MathF.Abs(sum - 1) < 1e-4f, "weights with sum 1",
            "The weights do not sum to 1: without that it is no average, and the proof says nothing.", $"sum {sum:0.####}")
            .Require(Lands(average[0], average[1]), $"({Keys[key][0]}, {Keys[key][1]})",
                "The weights are an average, but it lands on another point. Solve the equations for both coordinates, and do not round the weights.",
                $"({average[0]:0.###}, {average[1]:0.###})");

        bool Lands(float x, float y) => MathF.Abs(x - Keys[key][0]) < 1e-3f && MathF.Abs(y - Keys[key][1]) < 1e-3f;

        float Coordinate(int d) => weights.Value.Zip(Keys, (weight, k) => weight * k[d]).Sum();
    });

    /// <summary>A query that gives the key the largest score of all, or null. Directions in steps of one degree: these keys leave no narrower gap.</summary>
    private static float[]? Selecting(int key)
    {
        for (int degree = 0; degree < 360; degree++)
        {
            (double sin, double cos) = Math.SinCos(degree * Math.PI / 180);
            double own = cos * Keys[key][0] + sin * Keys[key][1];
            if (Enumerable.Range(0, Keys.Count).All(other => other == key || cos * Keys[other][0] + sin * Keys[other][1] < own - 1e-9))
            {
                return [(float)cos, (float)sin];
            }
        }

        return null;
    }
}
