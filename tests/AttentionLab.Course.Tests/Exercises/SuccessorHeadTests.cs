using AttentionLab.Course.Exercises;
using AttentionLab.Kernels;
using AttentionLab.Tensors;
using Matrices = System.Func<(float[,] Query, float[,] Key)>;

namespace AttentionLab.Course.Tests.Exercises;

public class SuccessorHeadTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Matrices>(SuccessorHead.About, SuccessorHead.Check, () => (Unit(20), Shift(1)),
        new("zeros", () => (new float[6, 6], new float[6, 6]), "All scores are equal"),
        new("the same matrix twice", () => (Unit(9), Unit(9)), "no circle can have a direction"),
        new("two unit matrices, one longer", () => (Unit(20), Unit(1)), "looks at itself"),
        new("predecessor", () => (Unit(20), Shift(-1)), "token *before*"),
        new("two steps", () => (Unit(20), Shift(2)), "Token 0 looks at token 2"),
        new("too soft", () => (Unit(1), Shift(1)), "still soft"),
        new("circle left open", () => (Unit(20), Open()), "modulo 6"),
        new("only token 0 and 5 thought of", () => (Unit(20), Two()), "Token 1 looks at"),
        new("five rows", () => (new float[5, 6], new float[5, 6]), "own row in both"),
        new("widths differ", () => (Of(6, 6, (i, c) => i == c ? 20 : 0), Of(6, 5, (i, c) => 1)), "equally wide"),
        new("no column", () => (new float[6, 0], new float[6, 0]), "at least one number"),
        new("not a number", () => (Of(6, 6, (i, c) => float.NaN), Shift(1)), "W_Q is not finite"),
        new("infinite key", () => (Unit(1), Of(6, 6, (i, c) => float.PositiveInfinity)), "W_K is not finite"),
        new("far too large", () => (Unit(1e30f), Of(6, 6, (i, c) => Shift(1)[i, c] * 1e30f)), "not finite any more"));

    [Fact]
    public void Check_UnusualAnswers_Pass()
    {
        // The shift may stand in W_Q; six angles in the plane are enough, and so is any turn of the space of queries and keys.
        Pass(() => (Shift(-1), Unit(20)));
        Pass(() => (Circle(60, 20), Circle(0, 20)));
        Pass(() => (Of(6, 6, (i, c) => (i + 1) % 6 == c ? 0 : -30), Unit(1)));
        float[,] turn = Gaussian(6, 9), query = Times(Shift(-1), turn), key = Times(Unit(60), turn);
        Pass(() => (query, key));
        Pass(() => (Of(6, 12, (i, c) => c == i + 6 ? 30 : 0), Of(6, 12, (i, c) => c == (i + 5) % 6 + 6 ? 1 : 0)));

        static void Pass(Matrices matrices)
        {
            Feedback feedback = SuccessorHead.Check(matrices);
            Assert.True(feedback.State == FeedbackState.Passed, feedback.ToString());
        }
    }

    private static float[,] Of(int rows, int columns, Func<int, int, float> value)
    {
        float[,] result = new float[rows, columns];
        for (int at = 0; at < result.Length; at++)
        {
            result[at / columns, at % columns] = value(at / columns, at % columns);
        }

        return result;
    }

    private static float[,] Unit(float size) => Of(6, 6, (i, c) => i == c ? size : 0);

    private static float[,] Shift(int by) => Of(6, 6, (j, c) => (j + 6 - by) % 6 == c ? 1 : 0);

    private static float[,] Open() => Of(6, 6, (j, c) => j - 1 == c ? 1 : 0);

    private static float[,] Two() => Of(6, 6, (j, c) => (j == 1 && c == 0) || (j == 0 && c == 5) || (j == 4 && c is > 0 and < 5) ? 1 : 0);

    private static float[,] Circle(double degrees, double size) =>
        Of(6, 2, (i, c) => (float)(size * Math.Cos((60 * i + degrees - 90 * c) * Math.PI / 180)));

    private static float[,] Gaussian(int rows, int columns) => Tensor.Gaussian(new CounterRandom(4), 1, rows, columns).ToMatrix();

    private static float[,] Times(float[,] a, float[,] b) => Tensor.Matrix(a).MatMul(Tensor.Matrix(b)).ToMatrix();
}
