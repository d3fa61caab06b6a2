using AttentionLab.Course.Exercises;
using AttentionLab.Kernels;
using AttentionLab.Tensors;
using Pair = System.Func<float[], float[], double>;

namespace AttentionLab.Course.Tests.Exercises;

public class DotProductTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Pair>(DotProduct.About, DotProduct.Check, Loop,
        new("adds", (a, b) => a.Sum() + b.Sum(), "You added"),
        new("squared difference", (a, b) => a.Zip(b, (x, y) => (x - y) * (x - y)).Sum(), "squared difference"),
        new("cosine", (a, b) => Loop(a, b) / Math.Sqrt(Loop(a, a) * Loop(b, b)), "that is the cosine"),
        new("begins at 1", (a, b) => Loop(a[1..], b[1..]), "never reached the only place"),
        new("ends one early", (a, b) => a.Length == 1 ? 15 : Loop(a[..^1], b), "Only the first product"),
        new("begins the sum at 1", (a, b) => 1 + Loop(a, b), "begin at 0, not at 1"),
        new("second with itself", (a, b) => Loop(b, b), "the second vector with itself"),
        new("distance", (a, b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum()), "This is the distance"),
        new("int products", (a, b) => a.Zip(b, (x, y) => (int)(x * y)).Sum(), "or a `Math.Round`"),
        new("int numbers", (a, b) => a.Zip(b, (x, y) => (int)x * (int)y).Sum(), "or an `int` variable for the sum?"),
        new("absolute value of the sum", (a, b) => Math.Abs(Loop(a, b)), "You lost the sign"),
        new("cut at 0", (a, b) => Math.Max(0, Loop(a, b)), "cut off what is below 0"),
        new("no sum", (a, b) => a[^1] * b[^1], "Only the last product"),
        new("product of sums", (a, b) => a.Sum() * b.Sum(), "multiplied the sums"),
        new("product of products", (a, b) => a.Zip(b, (x, y) => x * y).Aggregate(1f, (x, y) => x * y), "with each other"),
        new("mean", (a, b) => Loop(a, b) / a.Length, "the mean of the products"),
        new("crossed", (a, b) => Loop(a, [.. b.Reverse()]), "crossed the places"),
        new("with itself", (a, b) => Loop(a, a), "the first vector with itself"),
        new("absolute values", (a, b) => a.Zip(b, (x, y) => Math.Abs(x * y)).Sum(), "absolute values"),
        new("two places", (a, b) => Loop(a[..Math.Min(2, a.Length)], b[..Math.Min(2, b.Length)]), "first two places"),
        new("ends too early", (a, b) => Loop(a[..Math.Max(a.Length - 1, Math.Min(2, a.Length))], b), "last place is missing"),
        new("rounds", (a, b) => a.Length == 4 ? 8.99 : Loop(a, b), "5 + 0 + 6"),
        new("writes into a", (a, b) => { a[0] *= b[0]; return a.Sum(); }, "changed one of its inputs"));

    [Fact]
    public void Check_UnusualAnswers_Pass()
    {
        Pass((a, b) => a.Zip(b, (x, y) => x * y).Sum());
        Pass((a, b) => Dot.Forward(a, b));
        Pass((a, b) => Tensor.FromRows(a).MatMulTransposed(Tensor.FromRows(b))[0, 0]);
        Pass((a, b) => { double sum = 0; for (int i = a.Length - 1; i >= 0; i--) { sum += (double)a[i] * b[i]; } return sum; });
        Pass((a, b) => { float[] copy = [.. a]; for (int i = 0; i < b.Length; i++) { copy[i] *= b[i]; } return copy.Sum(); });

        static void Pass(Pair dot)
        {
            Feedback feedback = DotProduct.Check(dot);
            Assert.True(feedback.State == FeedbackState.Passed, feedback.ToString());
        }
    }

    private static double Loop(float[] a, float[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
