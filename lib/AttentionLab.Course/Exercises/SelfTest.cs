namespace AttentionLab.Course.Exercises;

/// <summary>Exercise 00.5: five questions with a number for an answer. A wrong one says which mistake gives it and where to read.</summary>
public static class SelfTest
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("00.5", "Are you ready? Five questions", Difficulty: 1, Minutes: 5, Hints:
    [
        "All five answers follow from section 0.4. Use pencil and paper; the check tells you which question to look at again.",
        "1: outer derivative times inner derivative. 2: a row of W with dL/dy. 3: the mean of the squared distances. 4: variances of independent numbers add. "
        + "5: a row of A with a column of B.",
        "1: 2·(3x + 1)·3 at x = 1. 2: 1·1 + 2·10. 3: (1 + 0 + 1)/3. 4: 64 times 1. 5: row (3, 4) with column (0, 1).",
    ]);

    /// <summary>What rounding 2/3 to two digits, or cutting it after them, may lose: a hundredth of it.</summary>
    private const double TwoDigits = 1e-2;

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the five answers, in the order of the questions.</summary>
    /// <param name="answers">Gives five numbers.</param>
    public static Feedback Check(Func<double[]> answers) => About.Check(trial =>
    {
        Answer<double> Ask(int number, string question)
        {
            Answer<double[]> all = trial.Call($"question {number}: {question}", answers);
            return all.Require(all.Value.Length == 5, "five numbers", "Return five numbers, one a question, in their order.").Part(five => five[number - 1]);
        }

        Ask(1, "the derivative of (3x + 1)² at x = 1")
            .Refuse(8, "You forgot the inner derivative: (3x + 1) itself grows three times as fast as x. Read *chain rule* in section 0.4.")
            .Refuse(16, "This is the value (3·1 + 1)². The question is how fast it grows. Read *chain rule* in section 0.4.")
            .Refuse(6, "You differentiated the square at x instead of at 3x + 1. The outer derivative is taken at the *inner value*, 4.")
            .Expect(24, "2·(3x + 1)·3 at x = 1. Read *chain rule* in section 0.4.");
        Ask(2, "dL/dx_0 for y = x·W, W = ((1, 2), (3, 4)), dL/dy = (1, 10)")
            .Refuse(31, "You used column 0 of W. x_0 is tied to the outputs by *row* 0. Read *vector-Jacobian product* in section 0.4.")
            .Refuse(3, "You left dL/dy out: multiply each number of row 0 by the gradient of its output.")
            .Refuse(43, "This is dL/dx_1: you used row 1.")
            .Expect(21, "Row 0 of W with dL/dy. Read *vector-Jacobian product* in section 0.4.");
        Ask(3, "the variance of a number that is -1, 0 or 1, each with probability 1/3")
            .Refuse(0, "0 is the mean; the variance is the mean of the *squared* distances from it. Or did you write `2 / 3`? Between whole numbers this is 0: "
                + "write `2.0 / 3`.")
            .Refuse(2, "This is the *sum* of the squared distances. Each has the probability 1/3: divide by 3.")
            .Refuse(1, "You divided by 2 instead of 3, or left the 0 out: it counts too.")
            .Refuse(Math.Sqrt(2.0 / 3), "This is the standard deviation. The variance is its square.", tolerance: 5e-3)
            .Refuse(0.7, "You rounded 2/3 too far: give two digits or more (0.67), or write `2.0 / 3`.")
            .Refuse(0.6, "You cut 2/3 off: give two digits or more (0.67), or write `2.0 / 3`.")
            .Expect(2.0 / 3, "The squares are 1, 0 and 1. Read *expectation and variance* in section 0.4. (Write `2.0 / 3`; in C#, `2 / 3` is 0.)",
                tolerance: TwoDigits);
        Ask(4, "the variance of the sum of 64 independent numbers, each of variance 1")
            .Refuse(8, "8 is the standard deviation of the sum. Its square is the variance.")
            .Refuse(1, "That holds for one of them. Variances of independent numbers add.")
            .Refuse(4096, "64² belongs to 64 times the *same* number: Var(64·X) = 64²·Var(X). Independent numbers partly cancel.")
            .Refuse(128.0 / 3, "You took the variance 2/3 of question 3. Here each number has the variance 1.", TwoDigits)
            .Expect(64, "Variances of independent numbers add. Section 0.6 shows it.");
        Ask(5, "row 1, column 0 of A·B, A = ((1, 2), (3, 4)), B = ((0, 1), (1, 0)), counted from 0")
            .Refuse(3, "3 stands in row 1, column *1* of the product. Take row 1 of A with column 0 of B.")
            .Refuse(1, "This is B·A: it exchanges the rows. A·B exchanges the columns of A.")
            .Refuse(2, "This stands in row 0, column 0. Row 1 is the second row, because we count from 0.")
            .Refuse(0, "You multiplied number by number, or with the wrong column: take row (3, 4) with column (0, 1).")
            .Expect(4, "Row (3, 4) with column (0, 1): 3·0 + 4·1.");
    });
}
