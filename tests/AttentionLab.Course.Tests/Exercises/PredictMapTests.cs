using AttentionLab.Course.Exercises;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using Maps = (System.Func<int, float[,]> Rotate, System.Func<int, float[,]> Neighbours, System.Func<int, float[,]> Mean);

namespace AttentionLab.Course.Tests.Exercises;

public class PredictMapTests
{
    private static Feedback Check(Maps maps) => PredictMap.Check(maps.Rotate, maps.Neighbours, maps.Mean);

    private static Maps Answer(Func<int, int, int, float>? rotate = null, Func<int, int, int, float>? neighbours = null,
        Func<int, int, int, float>? mean = null) =>
        (Of(rotate ?? Rotate), Of(neighbours ?? Neighbours), Of(mean ?? Mean));

    private static float Rotate(int i, int j, int n) => j == (i + 3) % n ? 1 : 0;

    private static float Neighbours(int i, int j, int n) => j == ((i ^ 1) < n ? i ^ 1 : i) ? 1 : 0;

    private static float Mean(int i, int j, int n) => j <= i ? 1f / (i + 1) : 0;

    [Fact]
    public void Check_TellsMutantsApart() => Mutants.ProveRefusals(PredictMap.About, Check, Answer(),
        new("rotate: diagonal", Answer((i, j, n) => i == j ? 1 : 0), "This is the diagonal: every output repeats"),
        new("rotate: transposed", Answer((i, j, n) => Rotate(j, i, n)), "turns the other way"),
        new("rotate: no way round", Answer((i, j, n) => j == i + 3 ? 1 : 0), "last three rows are empty"),
        new("rotate: stops at the end", Answer((i, j, n) => j == Math.Min(i + 3, n - 1) ? 1 : 0), "stays at the last input"),
        new("rotate: counts from 1", Answer((i, j, n) => j == (i + 4) % n ? 1 : 0), "One too far"),
        new("rotate: one short", Answer((i, j, n) => j == (i + 2) % n ? 1 : 0), "One too short"),
        new("rotate: reverse", Answer((i, j, n) => j == n - 1 - i ? 1 : 0), "map of *reverse*"),
        new("rotate: fixed to 8", Answer((i, j, n) => j == (i + 3) % 8 ? 1 : 0), "a fixed number of digits"),
        new("neighbours: diagonal", Answer(null, (i, j, n) => i == j ? 1 : 0), "nobody changes places"),
        new("neighbours: next", Answer(null, (i, j, n) => j == (i + 1) % n ? 1 : 0), "the *next* one"),
        new("neighbours: before", Answer(null, (i, j, n) => j == (i + n - 1) % n ? 1 : 0), "the one *before*"),
        new("neighbours: both", Answer(null, (i, j, n) => (j == Math.Max(i - 1, 0) ? 0.5f : 0) + (j == Math.Min(i + 1, n - 1) ? 0.5f : 0)),
            "both of its neighbours"),
        new("neighbours: pairs from 1", Answer(null, (i, j, n) => j == (i == 0 ? 0 : i % 2 == 1 ? Math.Min(i + 1, n - 1) : i - 1) ? 1 : 0), "pairs begin at 1"),
        new("neighbours: half a swap", Answer(null, (i, j, n) => j == (i % 2 == 0 ? i + 1 : i) ? 1 : 0), "Only the first of each pair"),
        new("neighbours: last row empty", Answer(null, (i, j, n) => j == (i ^ 1) ? 1 : 0), "The last row is empty"),
        new("neighbours: last to the front", Answer(null, (i, j, n) => j == (i ^ 1) % n ? 1 : 0), "no digit from the front"),
        new("mean: ones", Answer(null, null, (i, j, n) => j <= i ? 1 : 0), "divide by their number"),
        new("mean: of all", Answer(null, null, (i, j, n) => 1f / n), "over *all* inputs"),
        new("mean: without itself", Answer(null, null, (i, j, n) => j < i ? 1f / i : 0), "i included"),
        new("mean: transposed", Answer(null, null, (i, j, n) => Mean(j, i, n)), "exchanged"),
        new("mean: of what comes", Answer(null, null, (i, j, n) => j >= i ? 1f / (n - i) : 0), "*after* them"),
        new("mean: divided by T", Answer(null, null, (i, j, n) => j <= i ? 1f / n : 0), "divided by T"),
        new("rotate: looks back, clipped", Answer((i, j, n) => j == Math.Max(0, i - 3) ? 1 : 0), "looks back"),
        new("rotate: scores", Answer((i, j, n) => 5 * Rotate(i, j, n)), "Row 0 sums to 5"),
        new("rotate: itself too", Answer((i, j, n) => (Rotate(i, j, n) + (i == j ? 1 : 0)) / 2), "looks at several inputs"),
        new("rotate: eight rows", Answer((i, j, n) => i < 7 ? Rotate(i, j, n) : 0), "Row 7 is empty"),
        new("neighbours: the other half", Answer(null, (i, j, n) => j == (i % 2 == 1 ? i - 1 : i) ? 1 : 0), "Only the second of each pair"),
        new("neighbours: reverse", Answer(null, (i, j, n) => j == n - 1 - i ? 1 : 0), "Only neighbours change places"),
        new("neighbours: halves", Answer(null, (i, j, n) => j == (i + n / 2) % n ? 1 : 0), "The two halves"),
        new("neighbours: last copies", Answer(null, (i, j, n) => j == (n % 2 == 1 ? Math.Min(i ^ 1, n - 2) : i ^ 1) ? 1 : 0), "does not copy the one before"),
        new("mean: whole numbers", Answer(null, null, (i, j, n) => j <= i ? 1 / (i + 1) : 0), "of whole numbers is 0"),
        new("mean: not itself, but row 0", Answer(null, null, (i, j, n) => j < Math.Max(1, i) ? 1f / Math.Max(1, i) : 0), "and there are i + 1 of them"),
        new("mean: divided by i", Answer(null, null, (i, j, n) => j <= i ? 1f / i : 0), "A weight is not finite"),
        new("mean: fading", Answer(null, null, (i, j, n) => j <= i ? MathF.Pow(0.5f, i - j) : 0), "Row 4 sums to 1.938"));

    /// <summary>Whatever the last output does, or the first: it goes round, stays, turns back, or has an empty row.</summary>
    [Fact]
    public void Check_AllTakeTheNextOrTheOneBefore_IsNamed()
    {
        Func<int, int, int>[] next = [(i, n) => i + 1, (i, n) => (i + 1) % n, (i, n) => Math.Min(i + 1, n - 1), (i, n) => i + 1 < n ? i + 1 : i - 1],
            before = [(i, n) => i - 1, (i, n) => (i + n - 1) % n, (i, n) => Math.Max(i - 1, 0), (i, n) => Math.Abs(i - 1)];
        Assert.All(next, column => Assert.Contains("the *next* one", Check(Answer(null, (i, j, n) => j == column(i, n) ? 1 : 0)).Message));
        Assert.All(before, column => Assert.Contains("the one *before*", Check(Answer(null, (i, j, n) => j == column(i, n) ? 1 : 0)).Message));
    }

    [Fact]
    public void Check_RightButUnusual_Passes()
    {
        Maps[] all =
        [
            Answer((i, j, n) => (j - i - 3 + 2 * n) % n == 0 ? 1 : 0),
            Answer((i, j, n) => j - i == 3 || i - j == n - 3 ? 1 : 0),
            Answer(null, (i, j, n) => (i / 2 == j / 2 && i != j) || (i == j && i == n - 1 && n % 2 == 1) ? 1 : 0),
            Answer(null, null, (i, j, n) => MathF.Exp(j <= i ? -MathF.Log(i + 1) : float.NegativeInfinity)),
            Answer() with { Mean = ByMask },
        ];
        Assert.All(all, maps => Assert.Equal(FeedbackState.Passed, Check(maps).State));

        // Causal attention without scores (section 8.6).
        static float[,] ByMask(int tokens)
        {
            Tensor zero = new(tokens, 1);
            return ScaledDotProductAttention.Forward(zero, zero, zero, AttentionMask.Causal).Saved.Weights.ToMatrix();
        }
    }

    [Fact]
    public void Check_Starter_IsNotStarted()
    {
        static float[,] Starter(int tokens) => throw new NotImplementedException();
        Assert.Equal(FeedbackState.NotStarted, PredictMap.Check(Starter, Starter, Starter).State);
        Assert.Contains("next part", Check(Answer() with { Neighbours = Starter }).Message);
    }

    private static Func<int, float[,]> Of(Func<int, int, int, float> at) => tokens =>
    {
        float[,] map = new float[tokens, tokens];
        for (int i = 0; i < map.Length; i++)
        {
            map[i / tokens, i % tokens] = at(i / tokens, i % tokens, tokens);
        }

        return map;
    };
}
