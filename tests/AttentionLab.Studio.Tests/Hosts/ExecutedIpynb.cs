namespace AttentionLab.Studio.Tests.Hosts;

/// <summary>A notebook file that Jupyter executed.</summary>
internal static class ExecutedIpynb
{
    /// <summary>True for an output that is a chart: Plotly's JSON, or the HTML in which a figure shows itself.</summary>
    public static bool IsChart(string mimeType, string value) =>
        mimeType == Studio.Kernel.CellOutput.Plotly || (mimeType == "text/html" && value.Contains("class=\"attention-figure\"", StringComparison.Ordinal));
}
