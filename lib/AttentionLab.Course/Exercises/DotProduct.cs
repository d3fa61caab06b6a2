namespace AttentionLab.Course.Exercises;

/// <summary>Exercise 01.1: the dot product a·b = Σ_i a_i·b_i by a loop.</summary>
public static class DotProduct
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("01.1", "The dot product", Difficulty: 1, Minutes: 5, Hints:
    [
        "Take (1, 2) and (3, 4) on paper. Which two products are there, and what is their sum?",
        "Start with `double sum = 0;`. One loop over all places: multiply the two numbers that stand at the same place and add the product to the sum.",
        "`sum += a[i] * b[i];` inside `for (int i = 0; i < a.Length; i++)`. Return the sum after the loop.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's dot product.</summary>
    /// <param name="dot">Two vectors of the same length → one number.</param>
    public static Feedback Check(Func<float[], float[], double> dot) => About.Check(trial =>
    {
        Answer<double> Ask(string tried, float[] a, float[] b) => trial.Call(tried, () => dot(a, b), a, b);

        Ask("one number each: (3)·(5)", [3], [5])
            .Refuse(8, "You added the two numbers. A dot product multiplies first.")
            .Refuse(4, "This is the squared difference. A dot product multiplies the two numbers.")
            .Refuse(1, "With one number each you returned 1: that is the cosine. The dot product is not divided by anything.")
            .Refuse(0, "The first place is missing: let the loop begin at 0 and end before `a.Length`.")
            .Expect(15, "3 times 5.");

        Ask("(1, 2)·(3, 4)", [1, 2], [3, 4])
            .Refuse(8, "Only the last product is there: add with `+=`.")
            .Refuse(3, "Only the first product is there: does the loop return or end too early?")
            .Refuse(21, "You multiplied the sums: (1 + 2)·(3 + 4). Multiply place by place, then add.")
            .Refuse(24, "You multiplied the products with each other. Add them.")
            .Refuse(5.5, "This is the mean of the products. The dot product is their sum.")
            .Refuse(10, "You crossed the places: 1·4 + 2·3. Number i meets number i.")
            .Refuse(5, "You multiplied the first vector with itself.")
            .Expect(11, "1·3 + 2·4 = 11.");

        Ask("a right angle: (2, 1)·(−1, 2)", [2, 1], [-1, 2])
            .Refuse(4, "You took absolute values. Products below 0 must be subtracted: here they cancel.")
            .Expect(0, "2·(−1) + 1·2 = 0: vectors at a right angle.");

        Ask("four numbers: (1, 0, 2, −1)·(5, 7, 3, 2)", [1, 0, 2, -1], [5, 7, 3, 2])
            .Refuse(5, "Only the first two places are there. Loop to `a.Length`, not to 2.")
            .Refuse(11, "The last place is missing: the loop must run while `i < a.Length`.")
            .Expect(9, "5 + 0 + 6 − 2 = 9.");
    });
}
