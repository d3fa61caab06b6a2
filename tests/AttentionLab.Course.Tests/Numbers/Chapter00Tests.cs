using AttentionLab.Kernels;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Course.Tests.Numbers;

/// <summary>The numbers that chapter 00 states. Times and the register width are the machine's own: the chapter prints them.</summary>
public class Chapter00Tests
{
    private static readonly float[,] Scores = { { 2, 1, 0 }, { 1, 2, 1 }, { 0, 1, 2 } };

    [Fact]
    public void Dot_OfTheTinyVectors_Is32() => Assert.Equal(32, Dot.Forward([1, 2, 3], [4, 5, 6]));

    [Theory]
    [InlineData(0, 0.333, 0.333, 0.333)]
    [InlineData(1, 0.665, 0.245, 0.090)]
    [InlineData(5, 0.993, 0.007, 0.000)]
    public void Softmax_FirstRow(float sharpness, double first, double second, double third)
    {
        ReadOnlySpan<float> row = (Tensor.Matrix(Scores) * sharpness).Softmax().Row(0);
        Assert.Equal(first, row[0], 0.0006);
        Assert.Equal(second, row[1], 0.0006);
        Assert.Equal(third, row[2], 0.0006);
    }

    [Fact]
    public void Softmax_RowsSumToOne_ColumnsNot()
    {
        Tensor weights = Tensor.Matrix(Scores).Softmax();
        Assert.All(Enumerable.Range(0, 3), i => Assert.Equal(1, weights[i, 0] + weights[i, 1] + weights[i, 2], 1e-6));
        Assert.Equal([0.97, 1.07, 0.97], Enumerable.Range(0, 3).Select(j => Math.Round(weights[0, j] + weights[1, j] + weights[2, j], 2)));
    }

    [Fact]
    public void WorkedProduct_IsTheOneInTheBox() =>
        Assert.Equal([19, 22, 43, 50], Tensor.Matrix(new float[,] { { 1, 2 }, { 3, 4 } }).MatMul(Tensor.Matrix(new float[,] { { 5, 6 }, { 7, 8 } })).Values);

    [Fact]
    public void Gradient_OfTheBox_Is27And61()
    {
        Tensor w = Tensor.Matrix(new float[,] { { 1, 2 }, { 3, 4 } }), y = Tensor.FromRows([1, 2]).MatMul(w);
        Assert.Equal([7, 10], y.Values);
        Assert.Equal([27, 61], y.MatMulTransposed(w).Values);
    }

    /// <summary>Section 0.5: a step turns y into (1 − 5η)·y, so that the loss is multiplied by the square of it.</summary>
    [Theory]
    [InlineData(0.01, 44.6)]
    [InlineData(0.1, 0.07)]
    [InlineData(0.5, 4296)]
    public void FiveStepsOfGradientDescent_EndWhereTheChapterSays(double rate, double stated)
    {
        Tensor x = Tensor.FromRows([1, 2]);
        Parameter w = new("W", Tensor.Matrix(new float[,] { { 1, 2 }, { 3, 4 } }));
        Sgd descent = new([w], rate);
        double Loss() => 0.5 * x.MatMul(w.Value).Values.Sum(v => (double)v * v);
        Assert.Equal(74.5, Loss());
        for (int step = 1; step <= 5; step++)
        {
            x.TransposedMatMul(x.MatMul(w.Value)).Span.CopyTo(w.Gradient.Span);
            if (step == 1)
            {
                Assert.Equal([7, 10, 14, 20], w.Gradient.Values);
            }

            descent.Step();
            Assert.Equal(74.5 * Math.Pow(1 - 5 * rate, 2 * step), Loss(), 1e-5 * Loss());
        }

        Assert.Equal(stated, Loss(), 0.001 * stated + 0.005);
    }

    /// <summary>The draws of section 0.6: 4000 sums of n numbers that are −1, 0 or 1.</summary>
    [Theory]
    [InlineData(1, 0.66)]
    [InlineData(4, 2.59)]
    [InlineData(16, 10.86)]
    [InlineData(64, 41.58)]
    public void VarianceOfASum_GrowsLikeTheNumberOfTerms(int n, double stated)
    {
        CounterRandom random = new(seed: 5, stream: (ulong)n);
        double[] sums = [.. Enumerable.Range(0, 4000).Select(_ => (double)Enumerable.Range(0, n).Sum(_ => random.NextInt(3) - 1))];
        double mean = sums.Average(), variance = sums.Average(s => (s - mean) * (s - mean));
        Assert.Equal(stated, variance, 0.005);
        Assert.InRange(variance / (n * 2 / 3.0), 0.95, 1.05);
        Assert.InRange(sums.Max(Math.Abs), 0, 40);
    }
}
