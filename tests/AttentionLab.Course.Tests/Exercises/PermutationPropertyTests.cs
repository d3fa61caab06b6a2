using AttentionLab.Course.Exercises;
using Test = System.Func<AttentionLab.Course.Exercises.AttendFunction, float[], float[][], float[][], bool>;

namespace AttentionLab.Course.Tests.Exercises;

public class PermutationPropertyTests
{
    [Fact]
    public void Check_TellsMutantsApart() =>
        Mutants.Prove<Test>(PermutationProperty.About, PermutationProperty.Check, (attend, q, k, v) => Shuffles(attend, q, k, v),
        new("shuffles the keys only", (attend, q, k, v) => Close(attend(q, k, v), attend(q, Rotate(k, 1), v)), "both in the same way"),
        new("compares by ==", (attend, q, k, v) => Shuffles(attend, q, k, v, tolerance: 0), "rounding"),
        new("never shuffles", (attend, q, k, v) => Close(attend(q, k, v), attend(q, k, v)), "did not notice"),
        new("only reverses", (attend, q, k, v) => Close(attend(q, k, v), attend(q, [.. k.Reverse()], [.. v.Reverse()])), "middle stays the middle"),
        new("compares the first number", (attend, q, k, v) => Shuffles(attend, q, k, v, numbers: 1), "only the last number"),
        new(
            "exchanges the first two keys", (attend, q, k, v) =>
                Close(attend(q, k, v), attend(q, Exchange(k, 0, 1), Exchange(v, 0, 1))), "last three keys only"),
        new("rotates by one", (attend, q, k, v) => Close(attend(q, k, v), attend(q, Rotate(k, 1), Rotate(v, 1))), "exchange two keys, or shuffle"),
        new(
            "compares the sum",
            (attend, q, k, v) => Orders(k.Length).All(order => MathF.Abs(attend(q, k, v).Sum() - attend(q, Pick(k, order), Pick(v, order)).Sum()) <= 1e-4f),
            "not their sum"),
        new("allows 0.01", (attend, q, k, v) => Shuffles(attend, q, k, v, tolerance: 0.01f), "let it pass"),
        new(
            "forgets that a difference may be below 0",
            (attend, q, k, v) => Orders(k.Length).All(order => attend(q, k, v).Zip(attend(q, Pick(k, order), Pick(v, order)), (a, b) => a - b).Max() <= 1e-4f),
            "Math.Abs"),
        new(
            "one order that agrees is enough",
            (attend, q, k, v) => Orders(k.Length).Any(order => Close(attend(q, k, v), attend(q, Pick(k, order), Pick(v, order)))), "only if *all* agree"),
        new(
            "exchanges all neighbours but the last two",
            (attend, q, k, v) =>
                Enumerable.Range(0, k.Length - 2).All(i => Close(attend(q, k, v), attend(q, Exchange(k, i, i + 1), Exchange(v, i, i + 1)))),
            "the keys 7 and 8 comes first"),
        new(
            "reverses in place",
            (attend, q, k, v) => { float[] before = attend(q, k, v); Array.Reverse(k); Array.Reverse(v); return Close(before, attend(q, k, v)); },
            "changed one of its inputs"));

    [Fact]
    public void Check_AllRotations_AreToldThatTheyKeepNeighbours()
    {
        Feedback feedback = PermutationProperty.Check(
            (attend, q, k, v) => Enumerable.Range(1, k.Length - 1).All(by => Close(attend(q, k, v), attend(q, Rotate(k, by), Rotate(v, by)))));
        Assert.Equal(FeedbackState.NotYet, feedback.State);
        Assert.Contains("keep the neighbours", feedback.Message);
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5)]
    public void Check_OneRandomOrder_IsNeverEnough(int seed)
    {
        Feedback feedback = PermutationProperty.Check((attend, q, k, v) =>
        {
            int[] order = [.. Enumerable.Range(0, k.Length)];
            new Random(seed).Shuffle(order);
            return Close(attend(q, k, v), attend(q, Pick(k, order), Pick(v, order)));
        });
        Assert.Equal(FeedbackState.NotYet, feedback.State);
        Assert.Contains("one order is not enough", feedback.Message, StringComparison.OrdinalIgnoreCase);
    }

    public static TheoryData<string> RightTests => ["shuffles", "adjacent exchanges", "all exchanges", "reverse and sort by hand", "LINQ, double"];

    [Theory, MemberData(nameof(RightTests))]
    public void Check_RightButUnusual_Passes(string name)
    {
        Test test = name switch
        {
            "shuffles" => (attend, q, k, v) => Shuffles(attend, q, k, v, tolerance: 1e-3f),
            "adjacent exchanges" =>
                (attend, q, k, v) =>
                    Enumerable.Range(0, k.Length - 1).All(i => Close(attend(q, k, v), attend(q, Exchange(k, i, i + 1), Exchange(v, i, i + 1)))),
            "all exchanges" =>
                (attend, q, k, v) =>
                    Enumerable.Range(0, k.Length * k.Length).All(
                        ij => Close(attend(q, k, v), attend(q, Exchange(k, ij / k.Length, ij % k.Length), Exchange(v, ij / k.Length, ij % k.Length)))),
            "reverse and sort by hand" => (attend, q, k, v) => new[]
            {
                Enumerable.Range(0, k.Length).OrderBy(j => k[j][0]), Enumerable.Range(0, k.Length).OrderBy(j => v[j][1]),
                Enumerable.Range(0, k.Length).Reverse(),
            }
                .All(order => Close(attend(q, k, v), attend(q, Pick(k, [.. order]), Pick(v, [.. order])))),
            _ =>
                (attend, q, k, v) =>
                    Orders(k.Length).Max(
                        order => attend(q, k, v).Zip(attend(q, Pick(k, order), Pick(v, order)), (a, b) => Math.Abs((double)a - b)).Max()) < 1e-5,
        };
        Feedback feedback = PermutationProperty.Check(test);
        Assert.True(feedback.State == FeedbackState.Passed, $"{name}: {feedback}");
    }

    private static bool Shuffles(AttendFunction attend, float[] q, float[][] k, float[][] v, float tolerance = 1e-4f, int numbers = 3) =>
        Orders(k.Length).All(order => Close(attend(q, k, v), attend(q, Pick(k, order), Pick(v, order)), tolerance, numbers));

    private static IEnumerable<int[]> Orders(int length)
    {
        Random random = new(1);
        for (int i = 0; i < 20; i++)
        {
            int[] order = [.. Enumerable.Range(0, length)];
            random.Shuffle(order);
            yield return order;
        }
    }

    private static float[][] Pick(float[][] rows, int[] order) => [.. order.Select(j => rows[j])];

    private static float[][] Exchange(float[][] rows, int i, int j)
    {
        float[][] copy = [.. rows];
        (copy[i], copy[j]) = (rows[j], rows[i]);
        return copy;
    }

    private static float[][] Rotate(float[][] rows, int shift) => [.. rows.Skip(shift), .. rows.Take(shift)];

    private static bool Close(float[] a, float[] b, float tolerance = 1e-4f, int numbers = 3) =>
        a.Zip(b).Take(numbers).All(pair => MathF.Abs(pair.First - pair.Second) <= tolerance);
}
