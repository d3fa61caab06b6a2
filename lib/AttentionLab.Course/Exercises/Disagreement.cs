namespace AttentionLab.Course.Exercises;

/// <summary>Exercise 01.3: two words on which cosine and dot product disagree about who is nearer to (2, 1).</summary>
public static class Disagreement
{
    private const double CosineMargin = 0.1, DotMargin = 1;
    private static readonly float[] Asked = [2, 1];

    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("01.3", "Two words that divide the judges", Difficulty: 2, Minutes: 10, Hints:
    [
        "a·b = ‖a‖·‖b‖·cos. The cosine sees only the direction. What else does the dot product see, and how can a word with a worse direction win by it?",
        "Let A point exactly like (2, 1), but be short. Let B point a little away, but be long.",
        "A = (2, 1) itself has the cosine 1 and the dot product 5. For B take something like (x, 0): its cosine is 2/√5 = 0.894 for every x above 0. Which "
        + "x makes the dot product larger than 6?",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's pair.</summary>
    /// <param name="words">A and B, two numbers each: by cosine A must be nearer to (2, 1), by dot product B.</param>
    public static Feedback Check(Func<(float[] A, float[] B)> words) => About.Check(trial =>
    {
        Answer<(float[] A, float[] B)> pair = trial.Call("two words of two numbers, none of zeros", words);
        float[] a = pair.Part(both => both.A).Finite("A holds a number that is not finite.").Value,
            b = pair.Part(both => both.B).Finite("B holds a number that is not finite.").Value;
        pair.Require(a.Length == 2 && b.Length == 2, "two numbers each", "The words live in the plane of (2, 1): two numbers each.",
            $"{a.Length} and {b.Length} numbers")
            .Require(a.Any(x => x != 0) && b.Any(x => x != 0), "no vector of zeros", "A vector of zeros has no direction, so it has no cosine.",
                "a vector of zeros");
        double cosA = Cosine(a), cosB = Cosine(b), dotA = Dot(Asked, a), dotB = Dot(Asked, b);
        string cosines = $"cosine {cosA:0.000} for A, {cosB:0.000} for B", dots = $"dot product {dotA:0.##} for A, {dotB:0.##} for B";

        pair = trial.Call("both judges together", words);
        bool clear = cosB >= cosA + CosineMargin && dotA >= dotB + DotMargin;
        pair.Require(!(cosB > cosA + 1e-6 && dotA > dotB), "cosine prefers A",
            "You exchanged A and B: here the cosine prefers B and the dot product A."
                + (clear ? "" : $" And the differences are too small: {CosineMargin} and {DotMargin} are asked for."), $"{cosines}; {dots}")
            .Require(Math.Abs(cosA - cosB) > 1e-6, $"a cosine at least {CosineMargin} larger for A",
                "Both words point the same way, so the cosine sees no difference at all. Turn B away a little.", cosines)
            .Require(!(cosA < cosB && dotA < dotB), "cosine prefers A, the dot product B", "Both judges prefer B. A must have the better direction.",
                $"{cosines}; {dots}")
            .Require(!(cosA > cosB && dotA > dotB), "cosine prefers A, the dot product B",
                dotB <= 0
                    ? "Both judges prefer A: B points away from (2, 1), so a longer B would make its dot product smaller still. Turn B towards (2, 1)."
                    : "Both judges prefer A. Make B longer: that changes its dot product, not its cosine.", $"{cosines}; {dots}");

        trial.Call("the cosine is clearly larger for A", words)
            .Require(cosA >= cosB + CosineMargin, $"at least {CosineMargin} larger",
                "The order is right, but the cosines are too close to convince anybody. Turn B further away.", cosines);
        trial.Call("the dot product is clearly larger for B", words)
            .Require(dotB >= dotA + DotMargin, $"at least {DotMargin} larger", "The order is right, but the dot products are too close. Make B longer.", dots);
    });

    private static double Dot(float[] a, float[] b) => (double)a[0] * b[0] + (double)a[1] * b[1];

    private static double Cosine(float[] word) => Dot(Asked, word) / Math.Sqrt(Dot(Asked, Asked) * Dot(word, word));
}
