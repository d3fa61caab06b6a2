using AttentionLab.Course.Exercises;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using Pair = System.Func<float[], float[], double>;

namespace AttentionLab.Course.Tests.Exercises;

public class CosineByHandTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Pair>(CosineByHand.About, CosineByHand.Check, Right,
        new("dot product", Dot, "This is the dot product"),
        new("one length", (a, b) => Dot(a, b) / Length(a), "one length only"),
        new("no root", (a, b) => Dot(a, b) / (Dot(a, a) * Dot(b, b)), "You forgot the root"),
        new("distance", (a, b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum()), "a distance or an angle"),
        new("sum of lengths", (a, b) => Dot(a, b) / (Length(a) + Length(b)), "sum of the lengths"),
        new("number of places", (a, b) => Dot(a, b) / a.Length, "number of places"),
        new("number of places, twice", (a, b) => Dot(a, b) / (a.Length * b.Length), "number of places, twice"),
        new("root of the sum", (a, b) => Dot(a, b) / Math.Sqrt(Dot(a, a) + Dot(b, b)), "under the root"),
        new("largest number", (a, b) => Dot(a, b) / (a.Max() * b.Max()), "the largest number"),
        new("cut at 0", (a, b) => Math.Max(0, Right(a, b)), "0 for opposite directions"),
        new("int", (a, b) => (int)Math.Round(Right(a, b), 6), "a cast to `int`"),
        new("sums for lengths", (a, b) => Dot(a, b) / (a.Sum() * b.Sum()), "sum of the numbers for the length"),
        new("not a number", (a, b) => double.NaN, "not finite"),
        new("first length twice", (a, b) => Dot(a, b) / Dot(a, a), "first vector twice"),
        new("second length twice", (a, b) => Dot(a, b) / Dot(b, b), "second vector twice"),
        new("sign lost", (a, b) => Math.Abs(Right(a, b)), "lost the sign"),
        new("square", (a, b) => Right(a, b) * Math.Abs(Right(a, b)), "square of the cosine"),
        new("angle", (a, b) => Math.Abs(Right(a, b)) > 0.999 ? Right(a, b) : Math.Acos(Right(a, b)), "in radians"),
        new("degrees", (a, b) => Math.Abs(Right(a, b)) > 0.999 ? Right(a, b) : Math.Acos(Right(a, b)) * 180 / Math.PI, "in degrees"),
        new("rounded", (a, b) => Math.Round(Right(a, b), 2), "Do not round"),
        new("rounded to four decimals", (a, b) => Math.Round(Right(a, b), 4), "rounded to 4 decimals"),
        new("rounded to five decimals", (a, b) => Math.Round(Right(a, b), 5), "not even to five decimals"),
        new("cosine of a steep direction", (a, b) => b[1] == 5 ? 0.3 : Right(a, b), "1 / (1 · √26)"),
        new("two places", (a, b) => Right(a[..2], b[..2]), "zeros in them"),
        new("three places", (a, b) => a.Length == 4 ? 0 : Right(a, b), "the last numbers meet"),
        new("makes unit vectors of its inputs", (a, b) =>
        {
            float l = (float)Length(a); for (int i = 0; i < a.Length; i++) { a[i] /= l; }
            return Dot(a,
            b) / Length(b);
        }, "changed one of its inputs"));

    [Fact]
    public void Check_UnusualAnswers_Pass()
    {
        Pass((a, b) => CosineSimilarity.Forward(a, b));
        Pass((a, b) => Scoring.Cosine(Tensor.FromRows(a), Tensor.FromRows(b))[0, 0]);
        Pass((a, b) => (float)(Dot(a, b) / Length(a) / Length(b)));
        Pass((a, b) => Dot([.. a.Select(x => (float)(x / Length(a)))], [.. b.Select(x => (float)(x / Length(b)))]));
        Pass((a, b) => Math.Cos(Math.Acos(Math.Clamp(Right(a, b), -1, 1))));
        Pass((a, b) => 1 - 0.5 * a.Zip(b, (x, y) => Math.Pow(x / Length(a) - y / Length(b), 2)).Sum());

        static void Pass(Pair cosine)
        {
            Feedback feedback = CosineByHand.Check(cosine);
            Assert.True(feedback.State == FeedbackState.Passed, feedback.ToString());
        }
    }

    private static double Right(float[] a, float[] b) => Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b));

    private static double Dot(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();

    private static double Length(float[] a) => Math.Sqrt(Dot(a, a));
}
