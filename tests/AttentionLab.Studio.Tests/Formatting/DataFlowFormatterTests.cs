using AttentionLab.Course.Charts;
using AttentionLab.Studio.Book;
using Microsoft.DotNet.Interactive.Formatting;

namespace AttentionLab.Studio.Tests.Formatting;

public class DataFlowFormatterTests
{
    [Fact]
    public void RealFormatter_Html_IsTheDrawing_WhichTheBookTakesWhole()
    {
        DataFlow flow = DataFlow.OfChapter(2);
        string html = flow.ToDisplayString("text/html");
        Assert.Equal(flow.ToHtml(), html);

        string clean = SafeHtml.Output(html)!;
        Assert.Equal(2, clean.Split("<svg ").Length - 1);
        Assert.Contains("viewBox=\"0 0 340", clean);
        Assert.Contains("max-width: 340px", clean);
        Assert.Equal(clean, SafeHtml.Output(clean));
        foreach (string attribute in new[] { "fill-opacity=", "stroke-dasharray=", "text-anchor=", "font-size=", "rx=", " d=", "opacity=", "<desc>",
            "aria-label=" })
        {
            Assert.Equal(html.Split(attribute).Length, clean.Split(attribute).Length);
        }
    }

    [Fact]
    public void RealFormatter_PlainText_IsTheSentence() =>
        Assert.Equal(DataFlow.OfChapter(2).ToPlainText(), DataFlow.OfChapter(2).ToDisplayString("text/plain"));
}
