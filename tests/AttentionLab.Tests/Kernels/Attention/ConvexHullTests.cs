using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

public class ConvexHullTests
{
    private static readonly float[] Square = [0, 0, 4, 0, 4, 4, 0, 4, 2, 2, 2, 0, 0, 0];

    [Fact]
    public void Outline_SquareWithInnerEdgeAndRepeatedPoints_KeepsFourCornersCounterClockwise() =>
        Assert.Equal([0, 1, 2, 3], ConvexHull.Outline(Square));

    [Fact]
    public void Outline_OnePointOrALine_KeepsItsEnds()
    {
        Assert.Equal([0], ConvexHull.Outline([3, 5]));
        Assert.Equal([0], ConvexHull.Outline([3, 5, 3, 5, 3, 5]));
        Assert.Equal([1, 2], ConvexHull.Outline([1, 1, 0, 0, 3, 3, 2, 2]));
    }

    [Theory]
    [InlineData(2, 3, 0)]
    [InlineData(4, 1, 0)]
    [InlineData(4, 4, 0)]
    [InlineData(6, 2, 2)]
    [InlineData(7, 8, 5)]
    [InlineData(-1, -1, 1.4142135623730951)]
    public void Distance_FromSquare_IsZeroInsideElseToTheNearestPoint(double x, double y, double expected) =>
        Assert.Equal(expected, ConvexHull.Distance(Square, x, y), 1e-12);

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(2, 0, 1.4142135623730951)]
    [InlineData(4, 4, 1.4142135623730951)]
    public void Distance_FromALine_IsToTheSegment(double x, double y, double expected) =>
        Assert.Equal(expected, ConvexHull.Distance([0, 0, 3, 3, 1, 1], x, y), 1e-12);

    [Fact]
    public void Distance_WeightedAveragesOfRandomPoints_LieInside_AndPushedOutTheyDoNot()
    {
        CounterRandom random = new(7);
        for (int trial = 0; trial < 200; trial++)
        {
            float[] points = new float[2 * (1 + random.NextInt(12))];
            random.FillGaussian(points);
            double total = 0, x = 0, y = 0, farthest = 0;
            for (int i = 0; i < points.Length; i += 2)
            {
                double weight = random.NextDouble();
                (total, x, y) = (total + weight, x + weight * points[i], y + weight * points[i + 1]);
                farthest = Math.Max(farthest, Math.Sqrt(points[i] * points[i] + points[i + 1] * points[i + 1]));
            }

            Assert.InRange(ConvexHull.Distance(points, x / total, y / total), 0, 1e-6);
            Assert.InRange(ConvexHull.Distance(points, farthest + 1, 0), 1, double.MaxValue);
            Assert.All(ConvexHull.Outline(points), corner => Assert.Equal(0, ConvexHull.Distance(points, points[2 * corner], points[2 * corner + 1]), 1e-12));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Outline_MissingCoordinate_SaysWhatIsNeeded(int length) =>
        Assert.Contains($"{length} numbers", Assert.Throws<ArgumentException>(() => ConvexHull.Outline(new float[length])).Message);
}
