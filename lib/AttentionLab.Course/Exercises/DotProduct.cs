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
            .Refuse(0, "Your loop never reached the only place: it must begin at 0 and run while `i < a.Length`.")
            .Refuse(16, "One too much: let the sum begin at 0, not at 1.")
            .Refuse(9, "You multiplied the first vector with itself.")
            .Refuse(25, "You multiplied the second vector with itself.")
            .Refuse(2, "This is the distance. A dot product multiplies the two numbers.")
            .Expect(15, "3 times 5.");

        Ask("(1, 2)·(3, 4)", [1, 2], [3, 4])
            .Refuse(8, "Only the last product is there: add with `+=`.")
            .Refuse(3, "Only the first product is there: does the loop return or end too early?")
            .Refuse(21, "You multiplied the sums, (1 + 2)·(3 + 4), or each number with each. Multiply place by place, then add.")
            .Refuse(24, "You multiplied the products with each other. Add them.")
            .Refuse(5.5, "This is the mean of the products. The dot product is their sum.")
            .Refuse(10, "You crossed the places: 1·4 + 2·3. Number i meets number i.")
            .Expect(11, "1·3 + 2·4 = 11.");

        Ask("a right angle: (2, 1)·(−1, 2)", [2, 1], [-1, 2])
            .Refuse(4, "You took absolute values. Products below 0 must be subtracted: here they cancel.")
            .Expect(0, "2·(−1) + 1·2 = 0: vectors at a right angle.");

        Ask("four numbers: (1, 0, 2, −1)·(5, 7, 3, 2)", [1, 0, 2, -1], [5, 7, 3, 2])
            .Refuse(5, "Only the first two places are there. Loop to `a.Length`, not to 2.")
            .Refuse(11, "The last place is missing: the loop must run while `i < a.Length`.")
            .Expect(9, "5 + 0 + 6 − 2 = 9.");

        Ask("parts after the point, and below 0: (0.5, −1.5)·(1, 1.5)", [0.5f, -1.5f], [1, 1.5f])
            .Refuse(-2, "The parts after the point are lost: is there a cast to `int`, an `int` variable for the sum, or a `Math.Round`?")
            .Refuse(-1, "The parts after the point are lost: is there a cast to `int`, or an `int` variable for the sum?")
            .Refuse(1.75, "You lost the sign: a dot product may be below 0. Is there an absolute value?")
            .Refuse(0, "You cut off what is below 0. A dot product may be negative.")
            .Expect(-1.75, "0.5·1 − 1.5·1.5 = −1.75.");
    });
}
