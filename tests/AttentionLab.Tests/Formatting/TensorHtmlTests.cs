using AttentionLab.Tensors;

namespace AttentionLab.Tests.Formatting;

public class TensorHtmlTests
{
    [Fact]
    public void ToHtml_Matrix_ShowsShapeIndicesAndValues()
    {
        string html = Tensor.Matrix(new float[,] { { 0, 3 }, { 4, 0.70710678f } }).ToHtml();
        Assert.Contains("Tensor (2, 2)<", html);
        Assert.Contains(">0.7071<", html);
        Assert.Equal(2, html.Split("scope=\"row\"").Length - 1);
        Assert.Equal(2, html.Split("scope=\"col\"").Length - 1);
    }

    [Fact]
    public void ToHtml_LargeTensor_IsCutAndSaysSo()
    {
        string html = new Tensor(2, 50, 100).ToHtml();
        Assert.Contains("first 12 of 100 rows, first 12 of 100 columns", html);
        Assert.Equal(12, html.Split("scope=\"row\"").Length - 1);
        Assert.True(html.Length < 20_000, $"the table of a large tensor has {html.Length} characters");
    }

    [Fact]
    public void ToHtml_Rank4_LabelsRowsByTheirOuterIndex()
    {
        string html = new Tensor(2, 2, 2, 3).ToHtml();
        Assert.Contains(">1, 0, 1</th>", html);
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    [InlineData(1.25e-5f, "1.25e-05")]
    [InlineData(123456f, "1.235e+05")]
    [InlineData(-2f, "-2")]
    public void ToHtml_UnusualValue_StaysReadable(float value, string shown) =>
        Assert.Contains($">{shown}<", Tensor.Vector(value).ToHtml());

    [Theory]
    [InlineData(9999f, "9999")]
    [InlineData(-9999.4f, "-9999")]
    [InlineData(9999.5f, "1e+04")]
    [InlineData(12346f, "1.235e+04")]
    [InlineData(99999.9f, "1e+05")]
    [InlineData(0.001f, "0.001")]
    [InlineData(-5e-7f, "-5e-07")]
    public void ToHtml_LargeOrSmallValue_HasOneNotation(float value, string shown) => Assert.Contains($">{shown}<", Tensor.Vector(value).ToHtml());

    [Fact]
    public void ToHtml_Empty_IsTheShapeAlone()
    {
        string html = new Tensor(0, 3).ToHtml();
        Assert.Contains("Tensor (0, 3)", html);
        Assert.DoesNotContain("<table", html);
    }

    [Fact]
    public void ToHtml_Vector_IsOneRowWithoutIndex() => Assert.Contains("\"></th>", Tensor.Vector(1, 2).ToHtml());
}
