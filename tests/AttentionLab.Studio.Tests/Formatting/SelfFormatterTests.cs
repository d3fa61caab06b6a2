using AttentionLab.Formatting;
using AttentionLab.Tensors;
using Microsoft.DotNet.Interactive.Formatting;

namespace AttentionLab.Studio.Tests.Formatting;

/// <summary>The real formatter of .NET Interactive finds our types by convention alone.</summary>
public class SelfFormatterTests
{
    [Fact]
    public void RealFormatter_SelfShowingType_GetsItsHtmlAndText()
    {
        Card card = new("1 < 2");
        Assert.Equal("<b>1 &lt; 2</b>", card.ToDisplayString("text/html"));
        Assert.Equal("card 1 < 2", card.ToDisplayString("text/plain"));
    }

    [Fact]
    public void RealFormatter_Tensor_IsATableUnderItsShape()
    {
        Tensor tensor = Tensor.Matrix(new float[,] { { 0, 3 }, { 4, 0.5f } });
        Assert.Equal(tensor.ToHtml(), tensor.ToDisplayString("text/html"));
        Assert.Equal("Tensor (2, 2) [0, 3, 4, 0.5]", tensor.ToDisplayString("text/plain"));
    }

    [Fact]
    public void RealFormatter_NoPreferenceStated_ChoosesHtml() =>
        Assert.Equal("text/html", Formatter.GetPreferredMimeTypesFor(typeof(Tensor)).First());

    [AttentionLab.Formatting.TypeFormatterSource(typeof(SelfFormatterSource))]
    private sealed class Card(string text) : IShowsItself
    {
        public string ToHtml() => $"<b>{HtmlText.Encode(text)}</b>";

        public string ToPlainText() => $"card {text}";
    }
}
