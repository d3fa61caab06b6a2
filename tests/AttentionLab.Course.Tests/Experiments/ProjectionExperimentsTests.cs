using AttentionLab.Course.Experiments;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Course.Tests.Experiments;

/// <summary>The small heads of chapter 04: their gradients are those of their losses, and their bounds are true.</summary>
public class ProjectionExperimentsTests
{
    [Theory]
    [InlineData(PayloadTask.Copy, PayloadMaps.None)]
    [InlineData(PayloadTask.Negate, PayloadMaps.Value)]
    [InlineData(PayloadTask.Relabel, PayloadMaps.Output)]
    public void Payload_Gradient_EqualsTheSlope(PayloadTask task, PayloadMaps maps)
    {
        PayloadHead head = new(task, maps, seed: 2);
        Compare(head.Parameters, head.Gradient);
    }

    [Theory, InlineData(MatchMaps.Linear), InlineData(MatchMaps.Perceptrons), InlineData(MatchMaps.LinearAfterFeedForward)]
    public void Parity_Gradient_EqualsTheSlope(MatchMaps maps)
    {
        ParityMatch match = new(maps, seed: 2);
        Compare(match.Parameters, match.Gradient);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Lookup_Gradient_EqualsTheSlope(bool shared)
    {
        // Each call draws a new batch, so every loss is asked of a new model with the same seed and, but for one number, the same start.
        SharedLookupSettings settings = new() { Size = 3, Shared = shared, Symbols = 4, Sequences = 2 };
        SharedLookup head = new(settings, 5);
        head.Gradient();
        Assert.Equal(shared ? 3 : 4, head.Parameters.Count);
        for (int p = 0; p < head.Parameters.Count; p++)
        {
            for (int i = 0; i < head.Parameters[p].Length; i += 5)
            {
                Assert.Equal((Loss(p, i, 1e-2f) - Loss(p, i, -1e-2f)) / 2e-2, head.Parameters[p].Gradient.Values[i], 2e-3);
            }
        }

        double Loss(int parameter, int index, float step)
        {
            SharedLookup other = new(settings, 5);
            other.Parameters[parameter].Value.Span[index] += step;
            return other.Gradient();
        }
    }

    /// <summary>No average of four of the unit vectors comes nearer to the target than the bound says: 2000 random ones, and the best itself.</summary>
    [Theory]
    [InlineData(PayloadTask.Negate, new[] { 0, 1.0 / 3, 1.0 / 3, 1.0 / 3 })]
    [InlineData(PayloadTask.Relabel, new[] { 0.25, 0.25, 0.25, 0.25 })]
    [InlineData(PayloadTask.Copy, new double[] { 1, 0, 0, 0 })]
    public void LowestOfAnAverage_IsReachedAndNeverBeaten(PayloadTask task, double[] best)
    {
        Assert.Equal(PayloadHead.LowestOfAnAverage(task), Distance(best), 1e-12);
        AttentionLab.Kernels.CounterRandom random = new(1);
        for (int draw = 0; draw < 2000; draw++)
        {
            double[] parts = [.. Enumerable.Range(0, 4).Select(_ => -Math.Log(1 - random.NextSingle()))];
            Assert.True(Distance([.. parts.Select(p => p / parts.Sum())]) >= PayloadHead.LowestOfAnAverage(task));
        }

        double Distance(double[] w) => task switch
        {
            PayloadTask.Copy => w.Select((x, j) => Math.Pow(x - (j == 0 ? 1 : 0), 2)).Sum(),
            PayloadTask.Negate => w.Select((x, j) => Math.Pow(x + (j == 0 ? 1 : 0), 2)).Sum(),
            _ => w.Sum(x => x * x) + 1,
        };
    }

    [Fact]
    public void Similarity_OfPairs_IsTheCorrelationOfEveryTwo()
    {
        Spread spread = Similarity.OfPairs([[1, 2, 4], [2, 4, 8], [-1, -2, -4]]);
        Assert.Equal((3, -1, 1), (spread.Count, Math.Round(spread.Smallest, 6), Math.Round(spread.Largest, 6)));
        Assert.Contains("one length", Assert.Throws<ArgumentException>(() => Similarity.OfPairs([[1, 2], [1]])).Message);
    }

    [Fact]
    public void CentredProduct_OfARow_DiffersByOneNumberFromTheProduct()
    {
        PointingHead head = new(new(), seed: 1);
        (Tensor product, Tensor centred) = (head.Product, head.CentredProduct);
        for (int i = 0; i < product.Rows; i++)
        {
            float taken = product[i, 0] - centred[i, 0];
            Assert.NotEqual(0, taken);
            Assert.Equal(0, centred.Row(i).ToArray().Sum(), 1e-5);
            Assert.All(Enumerable.Range(0, product.Columns), j => Assert.Equal(taken, product[i, j] - centred[i, j], 1e-5));
        }
    }

    private static void Compare(IReadOnlyList<Parameter> parameters, Func<double> gradient)
    {
        Gradients.Clear(parameters);
        gradient();
        float[][] slopes = [.. parameters.Select(parameter => parameter.Gradient.Values.ToArray())];
        foreach ((Parameter parameter, float[] slope) in parameters.Zip(slopes))
        {
            for (int i = 0; i < parameter.Length; i += 7)
            {
                Assert.Equal(PointingTests.Slope(gradient, parameter.Value, i), slope[i], 2e-3);
            }
        }
    }
}
