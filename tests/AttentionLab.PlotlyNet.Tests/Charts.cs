using Plotly.NET;
using PlotlyChart = Plotly.NET.CSharp.Chart;

namespace AttentionLab.PlotlyNet.Tests;

/// <summary>Charts as a reader makes them.</summary>
internal static class Charts
{
    /// <summary>Ends a script element, or starts one, wherever it is not escaped.</summary>
    public const string Hostile = "</script><script>window.hacked = true</script><img src=x onerror=\"window.hacked = true\">";

    private static readonly string[] Queries = ["it", "she"];

    public static GenericChart Heatmap(string word = "apple", double value = 0.7, int? width = null)
    {
        GenericChart chart = PlotlyChart.Heatmap<double, string, string, string>(
            zData: [[value, 0.2, 0.1], [0.1, 0.8, 0.1]], X: new[] { word, "orange", "phone" }, Y: Queries, Name: "weights");
        return width is int pixels ? Plotly.NET.CSharp.GenericChartExtensions.WithSize(chart, pixels) : chart;
    }

    public static GenericChart Line(string name = "loss", params double[] y) =>
        PlotlyChart.Line<double, double, string>(x: Enumerable.Range(0, y.Length).Select(i => (double)i), y: y, Name: name);
}
