using AttentionLab.Course.Experiments;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Tests.Experiments;

/// <summary>Nearest centroid, heads switched off and what heads look at, on planted numbers.</summary>
public sealed class SensesTests
{
    [Fact]
    public void LeaveOneOut_PlantedVectors_CountsByHand()
    {
        // On a line: false at 0, 1, 9; true at 10, 12. Left out, 9 is nearer to 11 than to 0.5; the others are right:
        // 0 → (1+9)/2 = 5 against 11; 1 → 4.5 against 11; 10 → 12 against 3.3; 12 → 10 against 3.3.
        Share share = NearestCentroid.LeaveOneOut(new Tensor([0, 1, 9, 10, 12], 5, 1), [false, false, false, true, true]);
        Assert.Equal((4, 5), (share.Right, share.Count));
    }

    [Fact]
    public void LeaveOneOut_OwnVectorIsTheWholeSum_DoesNotHelpItself()
    {
        // With its own vector in the mean each would be right; without it none is.
        Share share = NearestCentroid.LeaveOneOut(new Tensor([0, 10, 0, 10], 4, 1), [false, false, true, true]);
        Assert.Equal(0, share.Right);
        Assert.Contains(
            "at least 2 vectors",
            Assert.Throws<ArgumentException>(() => NearestCentroid.LeaveOneOut(new Tensor([0, 1, 2], 3, 1), [false, false, true])).Message);
    }

    [Theory, InlineData(9, 10, 0.5958, 0.9821), InlineData(0, 10, 0, 0.2775), InlineData(50, 100, 0.4038, 0.5962)]
    public void Share_Wilson_IsWhereTheScoreTestTurns(int right, int count, double low, double high)
    {
        // The roots x of (p − x)² = z²·x(1 − x)/n, solved apart as a quadratic equation.
        Share share = new(right, count);
        Assert.Equal(low, share.Low, 4);
        Assert.Equal(high, share.High, 4);
    }

    [Fact]
    public void Off_OneHead_TakesExactlyItsPartAndGivesItBack()
    {
        MultiHeadAttention attention = new(12, 3, new CounterRandom(1));
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 5, 12);
        Tensor all = attention.Forward(x).Y;
        float[] weight = [.. attention.Output.Weight.Value.Values];
        Tensor sum = new(5, 12);
        for (int head = 0; head < 3; head++)
        {
            using HeadSwitch off = HeadSwitch.Off(attention, head);
            Tensor without = attention.Forward(x).Y;
            for (int i = 0; i < weight.Length; i++)
            {
                Assert.Equal(i / (4 * 12) == head ? 0 : weight[i], attention.Output.Weight.Value.Values[i]);
            }

            // The parts of the heads add up to y − b.
            Multiply.AddScaled((all - without).Span, 1, sum.Span);
            Assert.True((all - without).Values.Max(Math.Abs) > 0.01);
        }

        Assert.Equal(weight, attention.Output.Weight.Value.Values);
        Assert.True((all - sum).Values.Max(Math.Abs) < 1e-5);
        Assert.Contains("heads 0 to 2", Assert.Throws<ArgumentOutOfRangeException>(() => HeadSwitch.Off(attention, 3)).Message);
    }

    [Fact]
    public void Habits_PlantedWeights_AreMeansOverQueries()
    {
        // One sequence: word, word, separator, padding. Queries 0 and 1 count.
        Tensor weights = new([
            0.1f, 0.6f, 0.3f, 0,
            0.5f, 0.2f, 0.3f, 0,
            0.9f, 0.1f, 0, 0,
            1, 0, 0, 0,
            ], 1, 1, 4, 4);
        HeadHabits habits = HeadHabits.Of(weights, new[,] { { 7, 8, 3, 0 } }, new[,] { { true, true, true, false } }, id => id == 3)[0];
        Assert.Equal(0.5, habits.Before, 6);
        Assert.Equal((0.1 + 0.2) / 2, habits.Itself, 6);
        Assert.Equal((0.6 + 0.3) / 2, habits.After, 6);
        Assert.Equal(0.3, habits.Separator, 6);
        Assert.Equal((0.6 + 2 * 0.3 + 0.5 + 0.3) / 2, habits.Distance, 6);
    }
}
