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

        Ask("five words, word 0 asks: (1, 0), (2, 1), (0, 2), (−1, 1), (1, 2)", 0, [1, 0], [2, 1], [0, 2], [-1, 1], [1, 2])
            .Refuse(0, "That is the word itself. Everybody is nearest to themselves: leave row `word` out. (In a list without it, the numbers behind it have "
                + "moved down by one.)")
            .Refuse(3, "That is the *furthest* word. The nearest has the largest cosine.")
            .Refuse(2, "One too far: the words have the numbers 0 to 4. Do you count from 1?")
            .Refuse(4, "That is the last word. Does your loop remember the largest cosine so far, too, and not only the number of the word?")
            .Expect(1, "(2, 1) has the cosine 0.89 with (1, 0), (1, 2) has 0.45, (0, 2) has 0.");

        Ask("the nearest stands first: word 2 asks in (1, 1), (1, 0), (3, 2), (6, −1)", 2, [1, 1], [1, 0], [3, 2], [6, -1])
            .Refuse(2, "That is the word itself. Leave row `word` out, not row 0.")
            .Refuse(1, "Row 0 was never looked at: let the loop begin at 0.")
            .Refuse(3, "You took the dot product: the long vector (6, −1) wins by its length. Divide by both lengths.")
            .Expect(0, "(1, 1) has the cosine 0.98 with (3, 2), (1, 0) has 0.83. The row before the word counts too.");

        Ask("the nearest stands last: word 0 asks in (1, 1), (4, 0), (−5, 5), (2, 3)", 0, [1, 1], [4, 0], [-5, 5], [2, 3])
            .Refuse(1, "Row 3, the last, was never looked at: let the loop run while `j < vectors.Length`.")
            .Expect(3, "(2, 3) has the cosine 0.98 with (1, 1), (4, 0) has 0.71.");

        Ask("near by distance is another: word 0 asks in (1, 1), (9, 8), (1, 0)", 0, [1, 1], [9, 8], [1, 0])
            .Refuse(2, "You took the distance: (1, 0) is close, but it points elsewhere. The cosine asks for the direction.")
            .Expect(1, "(9, 8) points almost exactly like (1, 1).");

        Ask("all cosines are below 0: word 1 asks in (−1, −1), (1, 0), (−1, −3), (−9, 1)", 1, [-1, -1], [1, 0], [-1, -3], [-9, 1])
            .Refuse(-1, "Nobody was found: your best so far starts at 0, but here every cosine is below 0. Start it at −2 or −∞.")
            .Refuse(1, "Nobody was found, so the word itself came out. Does your best so far start at 0? Here every cosine is below 0.")
            .Refuse(0, "Row 0 came out, but its cosine −0.71 is not the largest. Does your best so far start at row 0 with a cosine of 0? Start at −2 or −∞.")
            .Refuse(3, "You lost a sign: (−9, 1) has the cosine −0.99 and (−1, −3) has −0.32, and −0.32 is larger. Absolute values turn that around.")
            .Expect(2, "−0.32 is larger than −0.71 and −0.99.");

        Ask("opposite is not near: word 0 asks in (1, 2), (−2, −4), (2, 0)", 0, [1, 2], [-2, -4], [2, 0])
            .Refuse(1, "You took absolute values or squares: (−2, −4) points exactly the *opposite* way, its cosine is −1.")
            .Expect(2, "(2, 0) has the cosine 0.45, (−2, −4) has −1.");

        Ask("three numbers each: word 0 asks in (1, 1, 5), (1, 1, 0), (0, 1, 4)", 0, [1, 1, 5], [1, 1, 0], [0, 1, 4])
            .Refuse(1, "Only the first two numbers of each word were compared. Loop to the end of the vectors.")
            .Expect(2, "(0, 1, 4) has the cosine 0.98.");

        Ask("another word with the same numbers: word 2 asks in (1, 2), (3, 0), (1, 2)", 2, [1, 2], [3, 0], [1, 2])
            .Refuse(1, "Row 0 has the same numbers as row 2, but it is another word. Leave out row `word` by its number, not by its cosine or its numbers.")
            .Refuse(2, "That is the word itself: after sorting, the first is not always the word that asks. Leave it out by its number.")
            .Expect(0, "Row 0 has the cosine 1.");

        Ask("two words that point opposite ways: word 0 asks in (1, 0), (−2, 0)", 0, [1, 0], [-2, 0])
            .Refuse(-1, "Nobody was found: a cosine can be exactly −1, and your best so far starts there. Start it at −2 or −∞.")
            .Refuse(0, "Nobody was found, so the word itself came out: a cosine can be exactly −1. Start the best so far at −2 or −∞.")
            .Expect(1, "The only other word is the nearest, whatever its cosine.");
    });
}
