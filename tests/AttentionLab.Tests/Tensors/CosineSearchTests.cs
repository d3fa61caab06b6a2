using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Tensors;

public class CosineSearchTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 3, 7)]
    [InlineData(2048, 5, 10)]
    [InlineData(6145, 17, 6145)]
    public void Nearest_OfManyRows_IsTheOrderOfTheReference(int rows, int columns, int count)
    {
        CounterRandom random = new(3);
        Tensor table = Tensor.Gaussian(random, 1, rows, columns), query = Tensor.Gaussian(random, 1, 1, columns);
        double[] wide = [.. query.Values.Select(v => (double)v)];
        double[] expected = [.. Enumerable.Range(0, rows).Select(row => CosineSimilarity.Reference<double>(wide, Wide(table.Row(row))))];
        IReadOnlyList<Found> found = CosineSearch.Nearest(query.Span, table, count);
        Assert.Equal(count, found.Count);
        Assert.Equal(count, found.Select(f => f.Row).Distinct().Count());
        foreach ((Found near, Found next) in found.Zip(found.Skip(1).Append(found[^1])))
        {
            Check.That(Math.Abs(near.Cosine - expected[near.Row]) < 1e-6, $"row {near.Row}: {near.Cosine}, expected {expected[near.Row]}");
            Check.That(near.Cosine >= next.Cosine, $"{near} before {next}");
        }

        double least = found[^1].Cosine;
        HashSet<int> taken = [.. found.Select(f => f.Row)];
        Assert.DoesNotContain(Enumerable.Range(0, rows), row => !taken.Contains(row) && expected[row] > least + 1e-6);
    }

    [Fact]
    public void Nearest_EqualsZerosAndNaN_HaveTheirPlaces()
    {
        Tensor rows = Tensor.FromRows([float.NaN, 1], [2, 0], [0, 0], [1, 0], [-1, 0], [1e30f, 0], [0, float.PositiveInfinity]);
        IReadOnlyList<Found> found = CosineSearch.Nearest([3, 0], rows);
        Assert.Equal([1, 3, 5, 2, 4, 0, 6], found.Select(f => f.Row));
        Assert.Equal([1, 1, 1, 0, -1, float.NaN, float.NaN], found.Select(f => f.Cosine));
        Assert.Equal([1, 3], CosineSearch.Nearest([3, 0], rows, 2).Select(f => f.Row));
        Assert.All(CosineSearch.Nearest([0, 0], Tensor.FromRows([1, 0], [0, 2])), f => Assert.Equal(0, f.Cosine));
        Assert.Empty(CosineSearch.Nearest([3, 0], rows, 0));
    }

    [Fact]
    public void Nearest_WhatDoesNotFit_IsRefused()
    {
        Tensor rows = new(2, 3);
        Assert.Contains("the query has 2 numbers but the rows have 3", Assert.Throws<ArgumentException>(() => CosineSearch.Nearest([1, 2], rows)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => CosineSearch.Nearest([1, 2, 3], rows, -1));
    }

    private static double[] Wide(ReadOnlySpan<float> row) => [.. row.ToArray().Select(v => (double)v)];
}
