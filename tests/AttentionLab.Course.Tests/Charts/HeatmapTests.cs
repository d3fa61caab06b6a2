using System.Text.Json.Nodes;
using AttentionLab.Course.Charts;

namespace AttentionLab.Course.Tests.Charts;

/// <summary>One matrix as colours: scale, numbers, labels.</summary>
public class HeatmapTests
{
    [Fact]
    public void Heatmap_Weights_ScaleGoesFrom0To1()
    {
        JsonNode colours = Heatmap(new float[,] { { 0.25f, 0.75f }, { 0.5f, 0.5f } }).Layout["coloraxis"]!;
        Assert.Equal((0, 1), ((double)colours["cmin"]!, (double)colours["cmax"]!));
        Assert.Equal("Cividis", (string?)colours["colorscale"]);
    }

    [Fact]
    public void Heatmap_BothSigns_ScaleIsSymmetricAndGreyAtZero()
    {
        JsonNode colours = Heatmap(new float[,] { { -1, 3 } }).Layout["coloraxis"]!;
        Assert.Equal((-3, 3), ((double)colours["cmin"]!, (double)colours["cmax"]!));
        string zero = (string)colours["colorscale"]![2]![1]!;
        Assert.True(zero[1..3] == zero[3..5] && zero[3..5] == zero[5..7], zero);
    }

    [Fact]
    public void Heatmap_BothSigns_GreyPrintTellsThem()
    {
        double[] lightness =
            [.. Heatmap(new float[,] { { -1, 3 } }).Layout["coloraxis"]!["colorscale"]!.AsArray().Select(stop => Lightness((string)stop![1]!))];
        Assert.Equal(lightness.Order(), lightness);
        Assert.All(Enumerable.Range(1, lightness.Length - 1), i => Assert.True(lightness[i] - lightness[i - 1] >= 12, string.Join(' ', lightness)));
        Assert.True(lightness[2] - lightness[0] >= 30 && lightness[^1] - lightness[2] >= 30, string.Join(' ', lightness));
    }

    [Fact]
    public void Heatmap_NumbersInCells_HaveTheMinusOfTheAxes_AndZeroHasNone()
    {
        JsonNode trace = Heatmap(new[,] { { -1.234f, 0.5f, -0.001f, float.NaN } }).Data[0]!;
        Assert.Equal("%{text}", (string?)trace["texttemplate"]);
        Assert.Equal(["−1.23", "0.50", "0.00", ""], trace["text"]![0]!.AsArray().Select(text => (string)text!));
    }

    [Fact]
    public void Heatmap_MaskedScoreAndNaN_AreEmptyCells_AndInfinityIsRefused()
    {
        JsonArray z = Heatmap(new float[,] { { 1, float.NegativeInfinity, float.NaN } }).Data[0]!["z"]![0]!.AsArray();
        Assert.Equal(1, (double)z[0]!);
        Assert.Null(z[1]);
        Assert.Null(z[2]);
        Assert.Contains("values[0, 1] is ∞", Assert.Throws<ArgumentException>(() => Heatmap(new[,] { { 1, float.PositiveInfinity } })).Message);
    }

    [Fact]
    public void Heatmap_SameWordTwice_KeepsTwoColumns()
    {
        Figure figure = Chart.Heatmap(new float[1, 3], "t", "s", "x", "y", ["an", "apple", "an"]);
        string[] labels = [.. figure.Data[0]!["x"]!.AsArray().Select(label => (string)label!)];
        Assert.Equal(3, labels.Distinct().Count());
        Assert.Equal(["an", "apple", "an"], labels.Select(label => label.Trim('\u200B')));
    }

    [Fact]
    public void Heatmap_WrongNumberOfLabels_NamesBothCounts() => Assert.Contains("xLabels has 1 labels but the matrix has 3 columns",
        Assert.Throws<ArgumentException>(() => Chart.Heatmap(new float[2, 3], "t", "s", "x", "y", ["one"])).Message);

    [Theory]
    [InlineData(12, 12, true)]
    [InlineData(13, 12, false)]
    public void Heatmap_NumbersInCells_OnlyWhereTheyFit(int rows, int columns, bool written) =>
        Assert.Equal(written, Heatmap(new float[rows, columns]).Data[0]!["texttemplate"] is not null);

    /// <summary>CIE L*, 0 for black to 100 for white: what a grey print keeps of "#rrggbb".</summary>
    private static double Lightness(string colour)
    {
        double[] linear =
        [
            .. new[] { colour[1..3], colour[3..5], colour[5..7] }.Select(part => Convert.ToInt32(part, 16) / 255.0)
                .Select(part => part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4)),
        ];
        double luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
        return luminance > 0.008856 ? 116 * Math.Cbrt(luminance) - 16 : 903.3 * luminance;
    }

    private static Figure Heatmap(float[,] values) => Chart.Heatmap(values, "t", "s", "x", "y");
}
