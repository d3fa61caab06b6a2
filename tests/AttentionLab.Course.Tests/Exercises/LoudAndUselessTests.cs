using AttentionLab.Course.Exercises;
using AttentionLab.Course.Experiments;
using Build = System.Func<(float[] Scores, float[][] Values)>;

namespace AttentionLab.Course.Tests.Exercises;

public class LoudAndUselessTests
{
    private static readonly float[] Scores = [2.2f, 0, 0];
    private static readonly float[][] Values = [[0, 0], [10, 0], [-10, 0]];

    private static Build Case(float[]? scores = null, float[][]? values = null) => () => (scores ?? Scores, values ?? Values);

    [Fact]
    public void Check_TellsMutantsApart() => Mutants.ProveRefusals<Build>(LoudAndUseless.About, LoudAndUseless.Check, Case(),
        new("no values", () => (Scores, null!), "`null`"),
        new("counts differ", Case(scores: [2, 0]), "2 scores and 3 values"),
        new("two keys", Case([3, 0], [[0, 0], [1, 0]]), "2 keys cannot do it"),
        new("values of one number", Case(values: [[0], [10], [-10]]), "two numbers, [x, y]"),
        new("an infinite score", Case(scores: [float.PositiveInfinity, 0, 0]), "A score of 2.2 above two of 0"),
        new("giant values", Case(values: [[0, 0], [1000, 0], [-1000, 0]]), "larger than 10"),
        new("all values the same", Case(values: [[1, 1], [1, 1], [1, 1]]), "Nothing moves"),
        new("weights for scores", Case(scores: [0.8f, 0.1f, 0.1f]), "look like weights"),
        new("no loud key", Case(scores: [0.1f, 0, 0]), "No key is loud"),
        new("the loud key matters", Case(values: [[5, 0], [0, 0], [0, 0]]), "The loudest key matters"),
        new("the loud key has all", Case(scores: [20, 0, 0], values: [[5, 0], [10, 0], [-10, 0]]), "nearly everything"),
        new("so loud that nothing else is heard", Case(scores: [9, 0, 0]), "has all the weight"),
        new("no quiet key", Case(scores: [1.5f, 0, 0]), "there is no quiet key"),
        new("the quiet ones are too quiet, their values at the limit", Case(scores: [3, 0, 0]), "lie 10.5 away"),
        new("the quiet ones are much too quiet", Case(scores: [5, 0, 0]), "it is too quiet"),
        new("the quiet one hardly moves", Case(values: [[0, 0], [0.5f, 0], [-0.5f, 0]]), "put its value far away"));

    [Fact]
    public void Check_RightButUnusual_Passes()
    {
        Build[] all =
        [
            Case(scores: [0, 2.2f, 0], values: [[10, 3], [0, 3], [-10, 3]]),
            Case([MathF.Log(16), 0, 0, 0, 0], [[0, 0], [10, 0], [-10, 0], [0, 10], [0, -10]]),
            Case(scores: [102.2f, 100, 100]),
            Case([2.2f, 0, 0, 0], [[2, 2], [10, 2], [-4, 2], [0, 2]]),
            Case([MathF.Log(8), MathF.Log(2), 0], [[2, 0], [-1, 0], [8, 0]]),
        ];
        Assert.All(all, build => Assert.True(LoudAndUseless.Check(build).State == FeedbackState.Passed, LoudAndUseless.Check(build).ToString()));
    }

    /// <summary>w/(1 − w)·‖y − v‖, by the formula of the exercise.</summary>
    [Fact]
    public void KeyRemoval_IsTheFormula()
    {
        KeyRemoval[] keys = KeyRemoval.Of([MathF.Log(2), 0, 0], [[4, 0], [0, 8], [0, 0]]);
        Assert.Equal([0.5, 0.25, 0.25], keys.Select(key => Math.Round(key.Weight, 6)));
        Assert.Equal(Math.Sqrt((2 - 4) * (2 - 4) + 2 * 2), keys[0].Moves, 5);
        Assert.Equal(Math.Sqrt(2 * 2 + (2 - 8) * (2 - 8)) / 3, keys[1].Moves, 5);
        Assert.Contains("pass two keys or more", Assert.Throws<ArgumentException>(() => KeyRemoval.Of([1], [[1, 1]])).Message);
    }
}
