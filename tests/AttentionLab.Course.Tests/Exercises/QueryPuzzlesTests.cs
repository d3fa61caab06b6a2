using AttentionLab.Course.Exercises;
using Queries = (System.Func<float[]> Select, System.Func<float[]> Average, System.Func<float[]> Avoid);

namespace AttentionLab.Course.Tests.Exercises;

public class QueryPuzzlesTests
{
    private static readonly float[] Select = [0, 10], Average = [10, 10], Avoid = [0, 2];

    private static Feedback Check(Queries queries) => QueryPuzzles.Check(queries.Select, queries.Average, queries.Avoid);

    private static Queries Answer(float[]? select = null, float[]? average = null, float[]? avoid = null) =>
        (() => select ?? Select, () => average ?? Average, () => avoid ?? Avoid);

    [Fact]
    public void Check_TellsMutantsApart() => Mutants.ProveRefusals(QueryPuzzles.About, Check, Answer(),
        new("select: sign", Answer(select: [0, -10]), "sign is wrong"),
        new("select: too short", Answer(select: [0, 1]), "too short: its length"),
        new("select: coordinates exchanged", Answer(select: [10, 0]), "order of the two numbers"),
        new("select: between two", Answer(select: [2, 3]), "Point the query to the north"),
        new("select: three numbers", Answer(select: [0, 10, 0]), "two numbers"),
        new("select: infinite", Answer(select: [0, float.PositiveInfinity]), "finite"),
        new("average: adds without length", Answer(average: [1, 1]), "west and south still get a share"),
        new("average: not equal", Answer(average: [10, 9]), "*equal* scores"),
        new("avoid: as long as the selecting query", Answer(avoid: [0, 5]), "the query is too long"),
        new("average: another pair", Answer(average: [10, -10]), "another pair of keys"),
        new("avoid: points at it", Answer(avoid: [0, -2]), "points *towards* south"),
        new("avoid: no direction", Answer(avoid: [0, 0]), "gives every key the same"),
        new("avoid: too short", Answer(avoid: [0, 1]), "the query is too short: south"),
        new("avoid: to the side", Answer(avoid: [2, 0.5f]), "its score must be well below"));

    [Fact]
    public void Check_RightButUnusual_Passes() => Mutants.Accept<Queries>(Check,
        Answer(select: [-0.5f, 8], average: [5, 5], avoid: [0, 1.9f]),
        Answer(select: [0, 1e6f], average: [1e6f, 1e6f]),
        Answer(average: [6, 5.97f], avoid: [0.05f, 1.92f]),
        (() => [.. Select.Select(x => 2 * x)], () => [.. new double[] { 7, 7 }.Select(x => (float)x)], () => [0, (float)Math.Sqrt(3.8)]),
        (() => Mix(1, 20), () => Mix(0, 10, other: 1, otherTimes: 10), () => Mix(1, 1.95f)));

    /// <summary>A query as a sum of keys, each times a number.</summary>
    private static float[] Mix(int key, float times, int other = 0, float otherTimes = 0) =>
        [.. Enumerable.Range(0, 2).Select(c => times * QueryPuzzles.Keys[key][c] + otherTimes * QueryPuzzles.Keys[other][c])];

    [Fact]
    public void Check_Starter_IsNotStarted_AndHalfSolvedSaysSo()
    {
        static float[] Starter() => throw new NotImplementedException();
        Assert.Equal(FeedbackState.NotStarted, QueryPuzzles.Check(Starter, Starter, Starter).State);
        Feedback half = QueryPuzzles.Check(() => Select, Starter, Starter);
        Assert.Equal(FeedbackState.NotYet, half.State);
        Assert.Contains("next part", half.Message);
        Assert.Contains("`null`", QueryPuzzles.Check(() => null!, Starter, Starter).Message);
    }

    [Fact]
    public void Check_Avoid_HasSolutionsOnlyInTheMiddle()
    {
        float[] lengths = [.. Enumerable.Range(1, 400).Select(i => i / 100f).Where(y => Check(Answer(avoid: [0, y])).State == FeedbackState.Passed)];
        Assert.InRange(lengths.Min(), 1.75f, 1.85f);
        Assert.InRange(lengths.Max(), 2.0f, 2.1f);
    }

    [Fact]
    public void Weights_WrongLength_SaysWhatIsNeeded() =>
        Assert.Contains("3 numbers", Assert.Throws<ArgumentException>(() => QueryPuzzles.Weights([1, 2, 3])).Message);
}
