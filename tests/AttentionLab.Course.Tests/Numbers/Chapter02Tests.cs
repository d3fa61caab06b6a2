using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using Score = System.Func<AttentionLab.Tensors.Tensor, AttentionLab.Tensors.Tensor, AttentionLab.Tensors.Tensor>;

namespace AttentionLab.Course.Tests.Numbers;

/// <summary>The numbers that chapter 02 states, from the library. A number stated with two digits may be off by half a unit of the second.</summary>
public class Chapter02Tests
{
    private static readonly float[] Orange = [0, 3], Apple = [2, 2], Phone = [4, 0], An = [0.5f, 0.5f], And = [0.5f, 0.4f];

    [Fact]
    public void Cosine_AppleOrangeAndApplePhone_IsOneOverRootTwo()
    {
        Assert.Equal(1 / Math.Sqrt(2), CosineSimilarity.Forward(Apple, Orange), 1e-6);
        Assert.Equal(1 / Math.Sqrt(2), CosineSimilarity.Forward(Apple, Phone), 1e-6);
    }

    [Fact]
    public void Mean_OfApple_AndItsNeighbour()
    {
        Moves((_, keys) => new Tensor(1, keys.Rows), Orange, 1, 2.5);
        Moves((_, keys) => new Tensor(1, keys.Rows), Phone, 3, 1);
    }

    [Fact]
    public void Cosine_Unrounded_MovesAppleAlikeToBothSides()
    {
        Moves(Scoring.Cosine, Orange, 1.15, 2.43);
        Moves(Scoring.Cosine, Phone, 2.85, 1.15);
        Near([0.427, 0.573], Weights(Scoring.Cosine, Orange, Apple), 3);
    }

    [Fact]
    public void Cosine_RoundedTo071AsInTheSource_GivesItsNumbers()
    {
        Tensor Rounded(Tensor query, Tensor keys) =>
            new(Array.ConvertAll(Scoring.Cosine(query, keys).Values, score => MathF.Round(score, 2)), query.Rows, keys.Rows);

        Moves(Rounded, Orange, 1.14, 2.43);
        Moves(Rounded, Phone, 2.86, 1.14);
    }

    [Fact]
    public void Dot_ScoresAndMoves_PhoneWinsByItsLength()
    {
        Assert.Equal([6, 8, 8], Scoring.Dot(Tensor.FromRows(Apple), Tensor.FromRows(Orange, Apple, Phone)).Values);
        Moves(Scoring.Dot, Orange, 1.76, 2.12);
        Moves(Scoring.Dot, Phone, 3, 1);
        Near([0.12, 0.88], Weights(Scoring.Dot, Orange, Apple), 2);
        Near([0.50, 0.50], Weights(Scoring.Dot, Phone, Apple), 2);
    }

    [Fact]
    public void ScaledDot_Moves()
    {
        Moves(Scoring.ScaledDot, Orange, 1.61, 2.20);
        Moves(Scoring.ScaledDot, Phone, 3, 1);
        Near([0.20, 0.80], Weights(Scoring.ScaledDot, Orange, Apple), 2);
    }

    [Fact]
    public void Distance_Moves_OrangeCountsMoreThanPhone()
    {
        Assert.Equal([-2.5f, 0, -4], Scoring.Distance(Tensor.FromRows(Apple), Tensor.FromRows(Orange, Apple, Phone)).Values);
        Moves(Scoring.Distance, Orange, 1.85, 2.08);
        Moves(Scoring.Distance, Phone, 2.04, 1.96);
        Near([0.076, 0.924], Weights(Scoring.Distance, Orange, Apple), 3);
        Near([0.018, 0.982], Weights(Scoring.Distance, Phone, Apple), 3);
    }

    [Fact]
    public void Cosine_FullSentence_GivesEachAnAsMuchAsApple()
    {
        double[] weights = Weights(Scoring.Cosine, An, Apple, And, An, Orange);
        Near([0.21, 0.21, 0.21, 0.21, 0.16], weights, 2);
        Assert.Equal(weights[1], weights[0], 1e-6);
        Near([0.74, 1.19], Output(Scoring.Cosine, An, Apple, And, An, Orange), 2);
    }

    [Fact]
    public void Dot_FullSentence_HardlySeesTheShortWords()
    {
        Near([0.002, 0.875, 0.002, 0.002, 0.118], Weights(Scoring.Dot, An, Apple, And, An, Orange), 3);
        Near([1.75, 2.11], Output(Scoring.Dot, An, Apple, And, An, Orange), 2);
    }

    [Theory]
    [InlineData(2, 0.135)]
    [InlineData(3, 1)]
    [InlineData(4, 7.39)]
    [InlineData(5, 54.6)]
    public void Dot_NormOfPhone_MultipliesItsWeightByESquaredAUnit(float norm, double ratio)
    {
        double[] weights = Weights(Scoring.Dot, Orange, Apple, [norm, 0]);
        Assert.Equal(ratio, weights[2] / weights[0], ratio * 0.005);
        Near(Weights(Scoring.Cosine, Orange, Apple, Phone), Weights(Scoring.Cosine, Orange, Apple, [norm, 0]), 6);
    }

    [Theory]
    [InlineData(2, 0.88, 2)]
    [InlineData(10, 0.45, 2)]
    [InlineData(100, 0.07, 2)]
    [InlineData(1000, 0.007, 3)]
    public void Cosine_LargestWeight_IsCapped_AndReachedOnlyIfAllOthersPointAway(int keys, double cap, int digits)
    {
        Tensor query = Tensor.FromRows([1, 2, -1]), best = new(keys, 3);
        for (int j = 0; j < keys; j++)
        {
            (query * (j == 0 ? 2 : -0.5f)).Span.CopyTo(best.Row(j));
        }

        float largest = Scoring.Cosine(query, best).Softmax()[0, 0];
        Near([cap], [largest], digits);
        Assert.Equal(Math.Exp(2) / (Math.Exp(2) + keys - 1), largest, 1e-6);

        Tensor random = Tensor.Gaussian(new CounterRandom(2), 1, keys, 3);
        Assert.All(Scoring.Cosine(query, random).Softmax().Values, weight => Assert.True(weight < largest, $"{weight} exceeds the cap {largest}"));
    }

    [Theory]
    [InlineData(2, 0.02)]
    [InlineData(4, 0.47)]
    [InlineData(6, 0.98)]
    public void Weights_OfThreeWords_AgainstTheLengthOfPhone(float length, double phone)
    {
        Near([phone], Weights(Scoring.Dot, Orange, Apple, [length, 0])[2..], 2);
        Near([0.30], Weights(Scoring.Cosine, Orange, Apple, [length, 0])[2..], 2);
    }

    [Fact]
    public void LargestWeight_OfThousandRandomKeys_IsTinyByCosineAndLargeByDot()
    {
        Assert.InRange(Median(Scoring.Cosine), 0.00145, 0.00155);
        Assert.InRange(Median(Scoring.Dot), 0.75, 0.77);

        static double Median(Score score)
        {
            CounterRandom random = new(seed: 26, stream: 1000);
            return Enumerable.Range(0, 100).Select(_ => score(Tensor.Gaussian(random, 1, 1, 64), Tensor.Gaussian(random, 1, 1000, 64)).Softmax().Values.Max())
                .Order().ElementAt(50);
        }
    }

    [Theory]
    [InlineData(0.1, 90, 115)]
    [InlineData(0.5, 380, 400)]
    [InlineData(1, 380, 400)]
    [InlineData(2, 380, 400)]
    [InlineData(10, 380, 400)]
    public void Output_WithoutSoftmax_LeavesTheHull(double length, int least, int most)
    {
        Tensor values = Tensor.FromRows([-3, -1], [-1, 3], [2, 2], [3, -2], [0, 0]), queries = Tensor.Gaussian(new CounterRandom(seed: 2), length, 400, 2);
        Assert.Equal(0, Outside(ScaledDotProductAttention.Forward(queries, values, values).Output));
        Assert.InRange(Outside(Scoring.ScaledDot(queries, values).MatMul(values)), least, most);

        int Outside(Tensor output) => Enumerable.Range(0, 400).Count(i => ConvexHull.Distance(values.Span, output[i, 0], output[i, 1]) > 1e-5);
    }

    [Theory]
    [InlineData(2, 0.21)]
    [InlineData(6, 0.04)]
    public void Dot_QueryThatPointsAway_HearsALongPhoneLess(float length, double phone) =>
        Near([phone], [Scoring.Dot(Tensor.FromRows([-0.5f, 0]), Tensor.FromRows(Orange, Apple, [length, 0])).Softmax()[0, 2]], 2);

    [Theory]
    [InlineData(0.1)]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(100)]
    public void Output_AnyQuery_StaysInTheHullOfTheValues(double length)
    {
        Tensor words = Tensor.FromRows(Orange, Apple, Phone, An, And), queries = Tensor.Gaussian(new CounterRandom(3), length, 300, 2);
        Tensor output = ScaledDotProductAttention.Forward(queries, words, words).Output;
        for (int i = 0; i < output.Rows; i++)
        {
            Assert.InRange(ConvexHull.Distance(words.Span, output[i, 0], output[i, 1]), 0, 1e-6);
        }
    }

    [Fact]
    public void ByName_EqualsScoreSoftmaxSum()
    {
        Tensor words = Tensor.FromRows(An, Apple, And, An, Orange);
        Near(Doubles(Scoring.ScaledDot(words, words).Softmax().MatMul(words)), Doubles(ScaledDotProductAttention.Forward(words, words, words).Output), 5);
        Near(Doubles(Scoring.Dot(words, words).Softmax().MatMul(words)), Doubles(ScaledDotProductAttention.Forward(words, words, words, scale: 1).Output), 5);
    }

    private static void Moves(Score score, float[] neighbour, double x, double y) => Near([x, y], Output(score, neighbour, Apple), 2);

    private static double[] Output(Score score, params float[][] words) =>
        Doubles(score(Tensor.FromRows(Apple), Tensor.FromRows(words)).Softmax().MatMul(Tensor.FromRows(words)));

    private static double[] Weights(Score score, params float[][] words) => Doubles(score(Tensor.FromRows(Apple), Tensor.FromRows(words)).Softmax());

    private static double[] Doubles(Tensor tensor) => Array.ConvertAll(tensor.Values, x => (double)x);

    /// <summary>Equal to the digits stated: within half a unit of the last one.</summary>
    private static void Near(double[] stated, double[] measured, int digits)
    {
        Assert.Equal(stated.Length, measured.Length);
        Assert.All(stated.Zip(measured), pair => Assert.Equal(pair.First, pair.Second, 0.5 * Math.Pow(10, -digits) + 1e-7));
    }
}
