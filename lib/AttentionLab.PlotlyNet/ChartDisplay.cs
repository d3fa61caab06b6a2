using System.Runtime.CompilerServices;
using AttentionLab.Course.Charts;
using Microsoft.DotNet.Interactive.Formatting;
using Plotly.NET;

namespace AttentionLab.PlotlyNet;

/// <summary>
/// Shows a <see cref="GenericChart"/> as a notebook shows a figure of the course: inline, offline, escaped. Plotly.NET's own ways to show itself
/// (its <c>ToString</c>, Plotly.NET.Interactive) are HTML that loads plotly.js from the network and writes names into a script as they are.
/// </summary>
public static class ChartDisplay
{
    /// <summary>
    /// Call once in a notebook, before anything of Plotly.NET is used: <c>notebooks/plotly-net.dib</c> does. It makes Plotly.NET's assemblies known
    /// to the process and registers the formatters; the last registration wins, so call it again behind another package that shows charts.
    /// </summary>
    public static void Register()
    {
        GuestContext.Open();
        RegisterFormatters();
    }

    /// <summary>A method of its own: the runtime looks for Plotly.NET when it compiles this one, not before.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RegisterFormatters()
    {
        Formatter.Register<GenericChart>((chart, writer) => writer.Write(chart.Described().ToHtml()), HtmlFormatter.MimeType);
        Formatter.Register<GenericChart>((chart, writer) => writer.Write(chart.Described().ToPlainText()), PlainTextFormatter.MimeType);
        Formatter.Register<GenericChart>((chart, writer) => writer.Write(chart.Described().ToJson()), FigureFormatterSource.PlotlyMimeType);
        Formatter.SetPreferredMimeTypesFor(typeof(GenericChart), FigureFormatterSource.PlotlyMimeType, HtmlFormatter.MimeType);
    }
}
