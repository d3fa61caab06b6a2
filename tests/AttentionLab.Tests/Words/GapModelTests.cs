using AttentionLab.Kernels;
using AttentionLab.Words;

namespace AttentionLab.Tests.Words;

/// <summary>The n-gram baseline: probabilities by hand, sums, and that it knows only what it counted.</summary>
public sealed class GapModelTests
{
    [Fact]
    public void Predict_AnyGap_SumsToOne()
    {
        CounterRandom random = new(1);
        int[][] text = [.. Enumerable.Range(0, 200).Select(_ => Enumerable.Range(0, 12).Select(_ => random.NextInt(9)).ToArray())];
        Gap[] gaps = [Gap.At([1, 2, 3, 4, 5, 6, 7], 3), Gap.At([1, 2], 0), new(-1, -1, -1, -1, -1, -1), new(8, 8, 8, 8, 8, 8), new(0, -1, 3, 4, -1, 2)];
        GapModel model = new(10);
        model.Announce(gaps);
        model.Count(text);
        double[] p = new double[10];
        foreach (Gap gap in gaps)
        {
            model.Predict(gap, p);
            Assert.Equal(1, p.Sum(), 12);
            Assert.All(p, value => Assert.True(value > 0));
            model.Left(gap, p);
            Assert.Equal(1, p.Sum(), 12);
        }

        model.Unigram(p);
        Assert.Equal(1, p.Sum(), 12);
    }

    [Fact]
    public void Left_OneContext_IsAbsoluteDiscountingByHand()
    {
        // After 0: twice 1, once 2. d = 0.5: P(1) = (2 − 0.5)/3 + 0.5·2/3·P₀(1).
        GapModel model = new(3) { Weights = new(SideDiscount: 0.5) };
        Gap gap = new(-1, -1, 0, -1, -1, -1);
        model.Announce([gap]);
        model.Count([[0, 1], [0, 1], [0, 2]]);
        double[] p = new double[3];
        model.Left(gap, p);
        double prior = (2 + 1.0) / (6 + 3);
        Assert.Equal(1.5 / 3 + 0.5 * 2 / 3 * prior, p[1], 12);
        Assert.Equal(0.5 / 3 + 0.5 * 2 / 3 * (1 + 1.0) / 9, p[2], 12);
    }

    [Fact]
    public void Predict_BothSidesTogether_IsFoundByTheJointContext()
    {
        // Neither neighbour alone tells 4 from 5, both together do.
        int[][] text = [.. Enumerable.Range(0, 50).SelectMany(_ => new int[][] { [0, 4, 2], [0, 5, 3], [1, 5, 2], [1, 4, 3] })];
        Gap gap = Gap.At([0, 9, 2], 1);
        GapModel model = new(10);
        model.Announce([gap]);
        model.Count(text);
        double[] p = new double[10];
        model.Predict(gap, p);
        Assert.True(p[4] > 0.95, $"P(4) = {p[4]}");
        model.Left(gap, p);
        Assert.InRange(p[4], 0.4, 0.6);
    }

    [Fact]
    public void Count_TokensThatMayNotStandInAGap_AreContextOnly()
    {
        GapModel model = new(4);
        Gap gap = new(-1, -1, 3, -1, -1, -1);
        model.Announce([gap]);
        model.Count([[3, 3, 1], [3, 0]], id => id != 3);
        double[] p = new double[4];
        model.Left(gap, p);
        Assert.True(p[3] < p[2] + 1e-12 && p[1] > p[2], string.Join(", ", p));
    }

    [Fact]
    public void Tune_OnlyTheLeftTells_TurnsTheRightDown()
    {
        CounterRandom random = new(1);
        int[][] text =
        [
            .. Enumerable.Range(0, 3000).Select(_ => new[] { random.NextInt(5), 0, random.NextInt(5) }).Select(s => new[] { s[0], s[0] + 5, s[2] })
        ];
        (Gap, int)[] questions = [.. text[..300].Select(s => (Gap.At(s, 1), s[1]))];
        GapModel model = new(10);
        model.Announce(questions.Select(q => q.Item1));
        model.Count(text[300..]);
        double before = Loss();
        double after = model.Tune(questions);
        Assert.Equal(Loss(), after, 9);
        Assert.True(after < before, $"{before} to {after}");

        double Loss()
        {
            double[] p = new double[10];
            return questions.Average(q =>
            {
                model.Predict(q.Item1, p);
                return -Math.Log(p[q.Item2]);
            });
        }
    }

    [Fact]
    public void At_MaskNearby_IsNoContext()
    {
        Assert.Equal(new(-1, 7, -1, 9, -1, -1), Gap.At([7, 4, 8, 9], 2, hidden: 4));
        Assert.Equal(new(5, 6, 7, -1, -1, -1), Gap.At([5, 6, 7, 8], 3));
    }

    [Fact]
    public void Count_UnknownId_IsRefused()
    {
        Assert.Contains("holds 3 but the model knows the ids 0 to 2", Assert.Throws<ArgumentOutOfRangeException>(() => new GapModel(3).Count([[3]])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new GapModel(40_000));
    }

    [Fact]
    public void Predict_NothingCounted_IsUniform()
    {
        GapModel model = new(4);
        double[] p = new double[4];
        model.Predict(new(-1, -1, 1, 2, -1, -1), p);
        Assert.All(p, value => Assert.Equal(0.25, value, 12));
        model.Unigram(p);
        Assert.All(p, value => Assert.Equal(0.25, value, 12));
    }

    [Fact]
    public void Ask_WithWhatDoesNotFit_IsRefused()
    {
        GapModel model = new(4);
        Gap gap = new(-1, -1, 1, 2, -1, -1);
        Assert.Contains("questions is empty but", Assert.Throws<ArgumentException>(() => model.Tune([])).Message);
        Assert.Contains("question 1 asks for token 9 but the model knows", Assert.Throws<ArgumentException>(() => model.Tune([(gap, 0), (gap, 9)])).Message);
        Assert.All<Action>(
            [() => model.Unigram(new double[5]), () => model.Left(gap, new double[3]), () => model.Predict(gap, new double[3])],
            ask => Assert.Contains("numbers but the model knows 4 tokens", Assert.Throws<ArgumentException>(ask).Message));
    }
}
