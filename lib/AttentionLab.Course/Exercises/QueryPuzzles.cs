namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 02.2: find a query for a wish. Four keys point east, north, west and south; the score is the plain dot product.
/// </summary>
public static class QueryPuzzles
{
    private static readonly string[] Names = ["east", "north", "west", "south"];

    /// <summary>The four keys: east (1, 0), north (0, 1), west (−1, 0), south (0, −1).</summary>
    public static IReadOnlyList<float[]> Keys { get; } = [[1, 0], [0, 1], [-1, 0], [0, -1]];

    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("02.2", "Ask so that you get what you want", Difficulty: 1, Minutes: 12, Hints:
    [
        "For a query (x, y) the four scores are x, y, −x and −y. Write down what each wish says about them. Remember: a difference of 1 between two scores "
        + "multiplies the ratio of their weights by e = 2.7.",
        "Select: make one score larger than the others by far; the direction chooses, the length decides how sharply. Average: two scores must be *equal*, the "
        + "two others far below. Avoid: one score far below, but the others must not be far apart, so the query may not be long.",
        "Select: (0, y) with y large. Average: (x, x) with x large. Avoid: (0, y) gives the scores 0, y, 0, −y; try y = 1 (south gets too much), y = 3 (north "
        + "takes all), and a number between.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>The weights that a query gives to <see cref="Keys"/>: softmax of the dot products.</summary>
    /// <param name="query">Two numbers.</param>
    /// <returns>Four weights: east, north, west, south.</returns>
    /// <exception cref="ArgumentException">The query does not have two numbers.</exception>
    public static float[] Weights(float[] query)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.Length != 2)
        {
            throw new ArgumentException($"query has {query.Length} numbers but the keys have 2: return [x, y].");
        }

        double[] scores = [.. Keys.Select(key => (double)query[0] * key[0] + (double)query[1] * key[1])];
        double top = scores.Max();
        double total = scores.Sum(score => Math.Exp(score - top));
        return Array.ConvertAll(scores, score => (float)(Math.Exp(score - top) / total));
    }

    /// <summary>Checks the three queries.</summary>
    /// <param name="select">North gets at least 0.99.</param>
    /// <param name="average">East and north get 0.49 to 0.51 each.</param>
    /// <param name="avoid">South gets at most 0.02, each other key at least 0.1.</param>
    public static Feedback Check(Func<float[]> select, Func<float[]> average, Func<float[]> avoid) => About.Check(trial =>
    {
        (Answer<float[]> answer, float[] query, float[] weights) = Ask("select north", select);
        answer.Require(Array.IndexOf(weights, weights.Max()) != 3 || query[1] >= 0, "north ≥ 0.99",
            "The sign is wrong: the query points away from north, so south gets the most. A key gets a large weight if the query points *towards* it.",
            Show(weights))
            .Require(weights.Max() < 0.999f || weights[1] == weights.Max(), "north ≥ 0.99",
                "Your query selects sharply, but another key: look at the order of the two numbers.", Show(weights))
            .Require(weights[1] >= 0.99f, "north ≥ 0.99", weights[1] == weights.Max() && query[0] == 0
                ? "The direction is right, but the query is too short: its length decides how sharply it selects."
                : "North must win clearly. Point the query to the north, then make it longer.", Show(weights));

        (answer, query, weights) = Ask("average east and north", average);
        answer.Require(weights[2] + weights[3] <= 0.02f || query[0] != query[1] || query[0] < 0, "east and north 0.49 to 0.51",
            "East and north get the same, as they should, but the query is too short: west and south still get a share.", Show(weights))
            .Require(query[0] >= 0 && query[1] >= 0 || query[0] == query[1], "east and north 0.49 to 0.51",
                "The query points to another pair of keys: east needs x above 0, north needs y above 0.", Show(weights))
            .Require(MathF.Abs(weights[0] - weights[1]) <= 0.02f, "east and north 0.49 to 0.51",
                "East and north must have *equal* scores. With long queries a small difference decides everything.", Show(weights))
            .Require(weights[0] is >= 0.49f and <= 0.51f && weights[1] is >= 0.49f and <= 0.51f, "east and north 0.49 to 0.51",
                "East and north are equal, but do not get half each: both must be far above west and south.", Show(weights));

        (answer, query, weights) = Ask("avoid south, but look at all the others", avoid);
        answer.Require(query[1] >= 0, "south ≤ 0.02, each other ≥ 0.1",
            "The sign is wrong: the query points *towards* south, so south gets more. Point it to the north.", Show(weights))
            .Require(query[0] != 0 || query[1] != 0, "south ≤ 0.02, each other ≥ 0.1",
                "The query (0, 0) gives every key the same. It must point away from south, and must not be long.", Show(weights))
            .Require(weights[3] <= 0.02f || query[0] != 0, "south ≤ 0.02, each other ≥ 0.1",
                "The direction is right, but the query is too short: south still gets too much. A longer one pushes it down.", Show(weights))
            .Require(weights[3] <= 0.02f, "south ≤ 0.02, each other ≥ 0.1",
                "South gets too much: its score must be well below the others, so the query must point away from it.", Show(weights))
            .Require(weights.AsSpan(0, 3)
                .ContainsAnyInRange(0, 0.1f) is false, "south ≤ 0.02, each other ≥ 0.1",
                    "South is out, but so is another key: the query is too long, or points to one side. There is no query that pushes *only* south away; find "
                    + "the middle.", Show(weights));

        (Answer<float[]>, float[], float[]) Ask(string tried, Func<float[]> ask)
        {
            Answer<float[]> answer = trial.Call(tried, ask);
            answer.Require(answer.Value.Length == 2, "two numbers", $"A query for these keys has two numbers, [x, y]; yours has {answer.Value.Length}.")
                .Finite("A query is made of finite numbers. Try 10 instead of ∞.");
            return (answer, answer.Value, Weights(answer.Value));
        }
    });

    private static string Show(float[] weights) => string.Join(", ", Names.Zip(weights, (name, weight) => $"{name} {weight:0.000}"));
}
