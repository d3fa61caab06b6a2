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
        "1: 3·(5x − 3)²·5 at x = 1. 2: 2·1 + 5·10. 3: the mean is 4, so (9 + 9)/2. 4: 64 times 1. 5: row (3, 4) with column (0, 1).",
    ]);

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

        Ask(1, "the derivative of (5x − 3)³ at x = 1")
            .Refuse(12, "You forgot the inner derivative: (5x − 3) itself grows five times as fast as x. Read *chain rule* in section 0.4.")
            .Refuse(8, "This is the value (5·1 − 3)³. The question is how fast it grows. Read *chain rule* in section 0.4.")
            .Refuse(15, "You differentiated the cube at x instead of at 5x − 3. The outer derivative is taken at the *inner value*, 2.")
            .Refuse(3, "You differentiated the cube at x instead of at 5x − 3, and forgot the inner derivative, 5. Read *chain rule* in section 0.4.")
            .Refuse(20, "The 3 of the cube is missing: the derivative of y³ is 3·y².")
            .Refuse(30, "The derivative of y³ is 3·y², not 3·y: here y is 2.")
            .Refuse(120, "You kept the exponent: the derivative of y³ is 3·y², not 3·y³.")
            .Expect(60, "3·(5x − 3)²·5 at x = 1. Read *chain rule* in section 0.4.");
        Ask(2, "dL/dx_0 for y = x·W, W = ((2, 5), (3, 1)), dL/dy = (1, 10)")
            .Refuse(32, "You used column 0 of W. x_0 is tied to the outputs by *row* 0. Read *vector-Jacobian product* in section 0.4.")
            .Refuse(7, "You left dL/dy out: multiply each number of row 0 by the gradient of its output.")
            .Refuse(13, "This is dL/dx_1: you used row 1.")
            .Expect(52, "Row 0 of W with dL/dy. Read *vector-Jacobian product* in section 0.4.");
        Ask(3, "the variance of a number that is 1 or 7, each with probability 1/2")
            .Refuse(4, "4 is the mean; the variance is the mean of the *squared* distances from it. Read *expectation and variance* in section 0.4.")
            .Refuse(25, "This is E[X²], the mean of 1 and 49. Take the mean, 4, away from each number *before* you square.")
            .Refuse(18, "This is the *sum* of the squared distances. Each has the probability 1/2: divide by 2. (To divide by n − 1 is for samples.)")
            .Refuse(3, "This is the standard deviation, the typical distance. The variance is its square.")
            .Refuse(0, "The distances −3 and 3 cancel: square each one first.")
            .Refuse(6, "This is the distance between the two numbers. The variance is the mean of the squared distances from their *mean*, 4.")
            .Refuse(36, "You squared the distance between the two numbers. Take the distances from their *mean*, 4.")
            .Expect(9, "The mean is 4, and the squared distances from it are 9 and 9. Read *expectation and variance* in section 0.4.");
        Ask(4, "the variance of the sum of 64 independent numbers, each of variance 1")
            .Refuse(8, "8 is the standard deviation of the sum. Its square is the variance.")
            .Refuse(1, "That holds for one of them. Variances of independent numbers add.")
            .Refuse(4096, "64² belongs to 64 times the *same* number: Var(64·X) = 64²·Var(X). Independent numbers partly cancel.")
            .Refuse(576, "You took the variance 9 of question 3. Here each number has the variance 1.")
            .Expect(64, "Variances of independent numbers add. Section 0.6 shows it.");
        Ask(5, "row 1, column 0 of A·B, A = ((1, 2), (3, 4)), B = ((0, 1), (1, 0)), counted from 0")
            .Refuse(3, "3 stands in row 1, column *1* of the product. Take row 1 of A with column 0 of B.")
            .Refuse(1, "This is B·A: it exchanges the rows. A·B exchanges the columns of A.")
            .Refuse(2, "This stands in row 0, column 0. Row 1 is the second row, because we count from 0.")
            .Refuse(0, "You multiplied number by number, or with the wrong column: take row (3, 4) with column (0, 1).")
            .Expect(4, "Row (3, 4) with column (0, 1): 3·0 + 4·1.");
    });
}
