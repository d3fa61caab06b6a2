namespace AttentionLab.Course.Exercises;

/// <summary>Exercise 00.3: the vector-Jacobian product of y = x·W, that is dx_i = Σ_j W_ij · dy_j.</summary>
public static class PullBack
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("00.3", "Pull a gradient back through y = x·W", Difficulty: 2, Minutes: 8, Hints:
    [
        "If x_i grows a little, which of the outputs change, and by how much each? Then: how much does each of these changes move the loss?",
        "x_i touches every y_j, with the factor W_ij. So dL/dx_i is a sum over j: W_ij times dL/dy_j. It has as many numbers as x.",
        "`dx[i] += w[i, j] * dy[j];` inside two loops, i over `w.GetLength(0)`, j over `w.GetLength(1)`.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's gradient.</summary>
    /// <param name="pullBack">(W (n, m), dy (m)) → dx (n).</param>
    public static Feedback Check(Func<float[,], float[], float[]> pullBack) => About.Check(trial =>
    {
        Answer<float[]> Ask(string tried, float[,] w, float[] dy) => trial.Call(tried, () => pullBack(w, dy), w, dy);

        Ask("one number: y = 3·x and dL/dy = 2", new float[,] { { 3 } }, [2])
            .Refuse([3], "This is dy/dx. The chain rule multiplies it by dL/dy.")
            .Refuse([2], "This is dL/dy. The chain rule multiplies it by dy/dx, here 3.")
            .Refuse([-6], "The sign is turned: this is the direction *down* the loss, as a training step takes it. The gradient itself is asked for.")
            .Refuse([5], "You added dy/dx and dL/dy. The chain rule multiplies them.")
            .Expect([6], "dL/dx = dy/dx · dL/dy = 3 · 2.");

        float[,] w = { { 1, 2 }, { 3, 4 } };
        Ask("W = ((1, 2), (3, 4)), dL/dy = (1, 10)", w, [1, 10])
            .Refuse([31, 42], "You computed dy·W. The way back uses W *transposed*: x_0 is tied to the outputs by row 0 of W, so 1·1 + 2·10 = 21.")
            .Refuse([3, 7], "You summed the Jacobian but left dL/dy out: each W_ij must be multiplied by dy_j.")
            .Refuse([1, 40], "Only the diagonal is used. x_0 reaches *both* outputs: sum over all j.")
            .Refuse([20, 40], "Only the last output counts: add over j with `+=`.")
            .Refuse([10.5f, 21.5f], "You took the mean over the outputs. The chain rule takes the sum.")
            .Refuse([3, 70], "You took `dy[i]` instead of `dy[j]`: each W_ij meets the gradient of *its* output, j.")
            .Refuse([1, 3], "Only the first output counts: sum over all j.")
            .Refuse([21, 64], "The second number still holds the first one: start again from 0 for each i.")
            .Refuse([33, 77], "You multiplied two sums, of W's row and of dL/dy. Multiply each W_ij by its dy_j first, then add.")
            .Expect([21, 43], "dx_0 = 1·1 + 2·10 and dx_1 = 3·1 + 4·10.");

        Ask("3 inputs, 2 outputs", new float[,] { { 1, 0 }, { 0, 1 }, { 2, -1 } }, [5, 7])
            .Expect([5, 7, 3], "dx has as many numbers as x: one for each *row* of W, here 3.");
    });
}
