using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>Small heatmaps in the list of variables.</summary>
public sealed class VariablePictureTests
{
    [Fact]
    public void Numbers_OfATensor_GoFromTheDarkEndToTheBrightOne()
    {
        VariablePicture picture = VariablePicture.Of(new ValueMap(2, [-1, 0, null, 1], IsPart: false, IsCoarse: false));
        Assert.Equal((2, "Heatmap, from -1 to 1"), (picture.Columns, picture.Words));
        Assert.Equal(["#00204c", "#7c7b78", "", "#ffe945"], picture.Colours);
    }

    [Theory]
    [InlineData(false, true, "Heatmap, from 2 to 2, means of blocks")]
    [InlineData(true, false, "Heatmap, from 2 to 2, the first matrix of several")]
    public void Words_SayWhatIsNotShown(bool part, bool coarse, string words) =>
        Assert.Equal(words, VariablePicture.Of(new ValueMap(1, [2], part, coarse)).Words);

    [Fact]
    public void Numbers_WithoutAFiniteOne_HaveNoColour() =>
        Assert.Equal(("Heatmap, no finite number", ""),
            (VariablePicture.Of(new ValueMap(1, [null], false, false)).Words, VariablePicture.Of(new ValueMap(1, [null], false, false)).Colours[0]));
}
