namespace AttentionLab.Benchmarks.Tests;

public sealed class ScaleTests
{
    [Fact]
    public void Slope_PowersOfN_AreFound()
    {
        Assert.Equal(2, Scale.Slope([(1024, 3e6), (2048, 12e6), (4096, 48e6)]), 6);
        Assert.Equal(1, Scale.Slope([(1024, 0.5), (2048, 1.0), (4096, 2.0)]), 6);
        Assert.True(double.IsNaN(Scale.Slope([(1024, 1)])));
    }

    [Fact]
    public void Table_MemoryThatStaysSmall_IsCalledFlat()
    {
        Dictionary<(string Way, int Tokens), Scale.Point> points = [];
        foreach (int n in new[] { 1024, 2048, 4096 })
        {
            points[("fused", n)] = new(n * n / 1e6, 4096);
            points[("stored", n)] = new(n * n / 1e6, 4.0 * n * n);
            points[("lightning", n)] = new(n / 1e3, 0);
        }

        string table = Scale.Table(points, 1);
        Assert.Contains("| slope | 2.00 | flat | 2.00 | 2.00 | 1.00 | flat |", table);
        Assert.Contains("| 1024 | 1.049 | < 1 | 1.049 | 4.2 | 1.024 | < 1 |", table);
        Assert.Contains("| 32768 | does not fit | |", table);
    }
}
