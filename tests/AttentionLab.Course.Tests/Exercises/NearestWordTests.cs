using AttentionLab.Course.Exercises;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using AttentionLab.Words;
using Search = System.Func<float[][], int, int>;

namespace AttentionLab.Course.Tests.Exercises;

public class NearestWordTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Search>(NearestWord.About, NearestWord.Check, (rows, word) => Best(rows, word, Cosine),
        new("itself", (rows, word) => word, "That is the word itself. Everybody"),
        new("remembers the number only", (rows, word) => Enumerable.Range(0, rows.Length).Last(j => j != word), "That is the last word"),
        new("begins at 1", (rows, word) => Enumerable.Range(1, rows.Length - 1).Where(j => j != word).MaxBy(j => Cosine(rows[word], rows[j])),
            "Row 0 was never looked at"),
        new("ends before the last", (rows, word) => Enumerable.Range(0, rows.Length - 1).Where(j => j != word).MaxBy(j => Cosine(rows[word], rows[j])),
            "Row 3, the last"),
        new("starts at row 0 with 0", (rows, word) => Start(rows, word, 0), "start at row 0 with a cosine of 0"),
        new("leaves out equal numbers", (rows, word) => Enumerable.Range(0, rows.Length).Where(j => !rows[j].SequenceEqual(rows[word]))
            .MaxBy(j => Cosine(rows[word], rows[j])), "not by its cosine or its numbers"),
        new("second of the sorted", (rows, word) => Enumerable.Range(0, rows.Length).OrderByDescending(j => Cosine(rows[word], rows[j])).Skip(1).First(),
            "after sorting, the first"),
        new("starts at −1, nobody", (rows, word) => Start(rows, word, -1, -1), "a cosine can be exactly −1, and"),
        new("starts at −1, itself", (rows, word) => Start(rows, word, word, -1), "a cosine can be exactly −1. Start"),
        new("furthest", (rows, word) => Best(rows, word, (a, b) => -Cosine(a, b)), "the *furthest* word"),
        new("counts from 1", (rows, word) => Best(rows, word, Cosine) + 1, "Do you count from 1"),
        new("leaves row 0 out", (rows, word) => Enumerable.Range(1, rows.Length - 1).MaxBy(j => Cosine(rows[word], rows[j])), "not row 0"),
        new("dot product", (rows, word) => Best(rows, word, Dot), "wins by its length"),
        new("distance", (rows, word) => Best(rows, word, (a, b) => -a.Zip(b, (x, y) => (x - y) * (x - y)).Sum()), "You took the distance"),
        new("starts at 0, nobody", (rows, word) => Start(rows, word, -1), "Nobody was found: your best"),
        new("starts at 0, itself", (rows, word) => Start(rows, word, word), "the word itself came out"),
        new("smallest angle from a right one", (rows, word) => Best(rows, word, (a, b) => Cosine(a, b) < 0 ? -2 - Cosine(a, b) : Cosine(a, b)),
            "You lost a sign"),
        new("squares", (rows, word) => Best(rows, word, (a, b) => Cosine(a, b) is var c && c < 0 && c > -0.999 ? c : Math.Abs(c)), "exactly the *opposite*"),
        new("two places", (rows, word) => Best([.. rows.Select(row => row[..2])], word, Cosine), "Only the first two numbers"),
        new("out of range", (rows, word) => Cosine(rows[word], rows[rows.Length]) > 0 ? 0 : 1, "IndexOutOfRangeException"),
        new("makes unit vectors in place", (rows, word) => { rows[0][0] += 1; return 2; }, "changed one of its inputs"));

    /// <summary>Of words whose cosines differ in the sign only it names the last: that is no search for the furthest.</summary>
    [Fact]
    public void Check_LastOfTheLargestAbsoluteCosines_IsToldOfTheSign()
    {
        Feedback feedback = NearestWord.Check((rows, word) => Enumerable.Range(0, rows.Length).Where(j => j != word).Reverse()
            .MaxBy(j => Math.Abs(Cosine(rows[word], rows[j]))));
        Assert.Contains("You lost a sign", feedback.Message);
    }

    [Fact]
    public void Check_UnusualAnswers_Pass()
    {
        Pass((rows, word) => Enumerable.Range(0, rows.Length).Where(j => j != word).OrderByDescending(j => CosineSimilarity.Forward(rows[word],
            rows[j])).First());
        Pass((rows, word) => Enumerable.Range(0, rows.Length).OrderByDescending(j => Cosine(rows[word], rows[j])).First(j => j != word));
        Pass((rows, word) => Best([.. rows.Select(Unit)], word, Dot));
        Pass((rows, word) => Best([.. rows.Select(Unit)], word, (a, b) => -a.Zip(b, (x, y) => (x - y) * (x - y)).Sum()));
        Pass((rows, word) =>
        {
            float[] cosines = [.. Scoring.Cosine(Tensor.FromRows(rows[word]), Tensor.FromRows(rows)).Values];
            cosines[word] = float.NegativeInfinity;
            return Array.IndexOf(cosines, cosines.Max());
        });
        Pass((rows, word) => int.Parse(new WordVectors(new Vocabulary(Enumerable.Range(0, rows.Length).Select(j => $"{j}")),
            Tensor.FromRows(rows)).Nearest($"{word}", 1)[0].Word, System.Globalization.CultureInfo.InvariantCulture));

        static void Pass(Search search)
        {
            Feedback feedback = NearestWord.Check(search);
            Assert.True(feedback.State == FeedbackState.Passed, feedback.ToString());
        }
    }

    private static int Best(float[][] rows, int word, Func<float[], float[], double> score) =>
        Enumerable.Range(0, rows.Length).Where(j => j != word).MaxBy(j => score(rows[word], rows[j]));

    private static int Start(float[][] rows, int word, int nobody, double from = 0)
    {
        (int best, double top) = (nobody, from);
        for (int j = 0; j < rows.Length; j++)
        {
            if (j != word && Cosine(rows[word], rows[j]) > top)
            {
                (best, top) = (j, Cosine(rows[word], rows[j]));
            }
        }

        return best;
    }

    private static float[] Unit(float[] row) => [.. row.Select(x => (float)(x / Math.Sqrt(Dot(row, row))))];

    private static double Cosine(float[] a, float[] b) => Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b));

    private static double Dot(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();
}
