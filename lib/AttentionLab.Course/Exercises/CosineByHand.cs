namespace AttentionLab.Course.Exercises;

/// <summary>Exercise 01.2: cos(a, b) = a·b / (‖a‖·‖b‖).</summary>
public static class CosineByHand
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("01.2", "The cosine", Difficulty: 1, Minutes: 8, Hints:
    [
        "You need three numbers: the dot product of a and b, the length of a, the length of b. What is the length of (3, 4)?",
        "The length is the root of the vector's dot product with itself: ‖a‖ = √(a·a). Divide the dot product of a and b by both lengths.",
        "One loop for three sums: `ab += a[i] * b[i]; aa += a[i] * a[i]; bb += b[i] * b[i];`. At the end `ab / Math.Sqrt(aa * bb)`.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's cosine.</summary>
    /// <param name="cosine">Two vectors of the same length, none of zeros → one number.</param>
    public static Feedback Check(Func<float[], float[], double> cosine) => About.Check(trial =>
    {
        Answer<double> Ask(string tried, float[] a, float[] b) => trial.Call(tried, () => cosine(a, b), a, b);

        Ask("a vector with itself: (3, 4) and (3, 4)", [3, 4], [3, 4])
            .Refuse(25, "This is the dot product: divide it by both lengths. (`ab / la * lb` divides by la only and multiplies by lb: write `ab / (la * lb)`.)")
            .Refuse(5, "You divided by one length only. There are two vectors.")
            .Refuse(0.04, "You forgot the root: a length is √(a·a), so divide by 5·5, not by 25·25.")
            .Refuse(0, "This is a distance or an angle: 0 for equal vectors. The cosine is then 1.")
            .Refuse(2.5, "You divided by the sum of the lengths. Divide by their product.")
            .Refuse(12.5, "You divided by the number of places. Divide by the lengths ‖a‖ and ‖b‖.")
            .Refuse(6.25, "You divided by the number of places, twice. The length ‖a‖ is √(a·a), not `a.Length`.")
            .Refuse(25 / Math.Sqrt(50), "You added the squared lengths under the root. Multiply them.")
            .Refuse(25.0 / 16, "You took the largest number for the length. The length of (3, 4) is √(9 + 16) = 5.")
            .Refuse(25.0 / 49, "You took the sum of the numbers for the length. The length of (3, 4) is √(9 + 16) = 5.")
            .Refuse(double.NaN, "Your answer is not a number: 0/0, or the root of a number below 0?")
            .Expect(1, "A vector points the same way as itself: 1.");

        Ask("the same direction, other lengths: (1, 2) and (10, 20)", [1, 2], [10, 20])
            .Refuse(10, "You divided by the length of the first vector twice.")
            .Refuse(0.1, "You divided by the length of the second vector twice.")
            .Expect(1, "Lengths do not matter to the cosine.");

        Ask("opposite directions: (1, 2) and (−1, −2)", [1, 2], [-1, -2])
            .Refuse(1, "You lost the sign: an absolute value or a square too many.")
            .Refuse(0, "0 for opposite directions: did you cut off what is below 0, or move the cosine into 0 to 1? It goes down to −1.")
            .Expect(-1, "Opposite directions: −1.");

        Ask("apple and orange: (2, 2) and (0, 3)", [2, 2], [0, 3])
            .Refuse(0.5, "This is the square of the cosine: one root is missing, or one too much is squared.")
            .Refuse(0, "The part after the point is lost: is there a cast to `int`?")
            .Refuse(Math.PI / 4, "This is the angle in radians. The cosine of it was asked for.")
            .Refuse(45, "This is the angle in degrees. The cosine of it was asked for.")
            .Refuse(0.71, "Do not round: 0.71 is not near enough to 1/√2.", tolerance: 1e-6)
            .Expect(1 / Math.Sqrt(2), "6 / (√8 · 3) = 0.7071.");

        Ask("(1, 0) and (1, 5)", [1, 0], [1, 5])
            .Refuse(0.19612, "Do not round, not even to five decimals.", tolerance: 1e-6)
            .Expect(1 / Math.Sqrt(26), "1 / (1 · √26), which is about 0.196.");

        Ask("four numbers: (1, 0, 0, 1) and (0, 0, 0, 2)", [1, 0, 0, 1], [0, 0, 0, 2])
            .Finite("Only the first two places seem to be there: the second vector has zeros in them. Loop to `a.Length`.")
            .Refuse(0, "Only some of the places are there: the last numbers meet, 1·2. Loop to `a.Length`.")
            .Expect(1 / Math.Sqrt(2), "2 / (√2 · 2) = 0.7071.");
    });
}
