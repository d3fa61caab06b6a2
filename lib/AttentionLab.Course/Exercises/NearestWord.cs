namespace AttentionLab.Course.Exercises;

/// <summary>Exercise 01.4: the row, other than the one asked for, whose cosine with it is largest.</summary>
public static class NearestWord
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("01.4", "The nearest word", Difficulty: 2, Minutes: 12, Hints:
    [
        "You have a cosine from exercise 01.2 (or `CosineSimilarity.Forward(a, b)`). Loop over all rows and remember the best so far. Which row must be "
        + "left out?",
        "Two traps: the word itself always has the cosine 1, and the best so far must start below every cosine: a cosine can be −1.",
        "`int best = -1; double top = double.NegativeInfinity;` then for each row j other than `word`: if its cosine is above `top`, remember j and the "
        + "cosine. Return `best`.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's search.</summary>
    /// <param name="nearest">(vectors, one row for each word; number of the word) → number of the nearest other word.</param>
    public static Feedback Check(Func<float[][], int, int> nearest) => About.Check(trial =>
    {
        Answer<int> Ask(string tried, int word, params float[][] vectors) => trial.Call(tried, () => nearest(vectors, word), vectors);

        Ask("three words, word 0 asks: (1, 0), (0, 2), (2, 1)", 0, [1, 0], [0, 2], [2, 1])
            .Refuse(0, "That is the word itself. Everybody is nearest to themselves: leave row `word` out.")
            .Refuse(1, "That is the *furthest* word. The nearest has the largest cosine.")
            .Refuse(3, "There are three words, with the numbers 0, 1 and 2. Do you count from 1?")
            .Expect(2, "(2, 1) has the cosine 0.89 with (1, 0), (0, 2) has 0.");

        Ask("the nearest stands first: word 2 asks in (1, 1), (5, 0), (3, 2)", 2, [1, 1], [5, 0], [3, 2])
            .Refuse(2, "That is the word itself. Leave row `word` out, not row 0.")
            .Refuse(1, "You took the dot product: the long vector (5, 0) wins by its length. Divide by both lengths.")
            .Expect(0, "(1, 1) has the cosine 0.98 with (3, 2), (5, 0) has 0.83. The row before the word counts too.");

        Ask("near by distance is another: word 0 asks in (1, 1), (9, 8), (1, 0)", 0, [1, 1], [9, 8], [1, 0])
            .Refuse(2, "You took the distance: (1, 0) is close, but it points elsewhere. The cosine asks for the direction.")
            .Expect(1, "(9, 8) points almost exactly like (1, 1).");

        Ask("all cosines are below 0: word 1 asks in (−1, 1), (1, 0), (−1, −3)", 1, [-1, 1], [1, 0], [-1, -3])
            .Refuse(-1, "Nobody was found: your best so far starts at 0, but here every cosine is below 0. Start it at −2 or −∞.")
            .Refuse(1, "Nobody was found, so the word itself came out. Does your best so far start at 0? Here every cosine is below 0.")
            .Refuse(0, "You lost a sign: (−1, 1) has the cosine −0.71 and (−1, −3) has −0.32, and −0.32 is larger. Absolute values turn that around.")
            .Expect(2, "−0.32 is larger than −0.71.");

        Ask("opposite is not near: word 0 asks in (1, 2), (−2, −4), (2, 0)", 0, [1, 2], [-2, -4], [2, 0])
            .Refuse(1, "You took absolute values or squares: (−2, −4) points exactly the *opposite* way, its cosine is −1.")
            .Expect(2, "(2, 0) has the cosine 0.45, (−2, −4) has −1.");

        Ask("three numbers each: word 0 asks in (1, 1, 5), (1, 1, 0), (0, 1, 4)", 0, [1, 1, 5], [1, 1, 0], [0, 1, 4])
            .Refuse(1, "Only the first two numbers of each word were compared. Loop to the end of the vectors.")
            .Expect(2, "(0, 1, 4) has the cosine 0.98.");
    });
}
