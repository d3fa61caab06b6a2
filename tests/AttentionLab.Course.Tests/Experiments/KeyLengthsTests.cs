using AttentionLab.Course.Data;
using AttentionLab.Course.Experiments;
using AttentionLab.Models;

namespace AttentionLab.Course.Tests.Experiments;

/// <summary>Section 2.7, as the chapter measures it: 60 sentences of data/small-text.txt.</summary>
public class KeyLengthsTests
{
    private static readonly Lazy<Bert> Bert = new(() => MaskedWordModel.Load(CourseData.Path("encoder")).Bert);

    [Fact]
    public void Of_TheCoursesEncoder_KeysDifferLessThanWordVectors_AndStillMatter()
    {
        KeyLengths real =
            KeyLengths.Of(Bert.Value, CourseData.WordVectors(), [.. SmallText.Load().Where((_, i) => i % 25 == 0).Select(line => string.Join(' ', line))]);
        Assert.Equal(4, real.Layers.Count);
        Assert.InRange(Factor(real.Words), 4.2, 4.8);
        Assert.All(real.Layers, layer => Assert.InRange(Factor(layer), 1.25, 1.75));
        Assert.All(real.Layers, layer => Assert.Equal(1, layer.Mean, 1e-6));
        Assert.All(real.Moved, moved => Assert.InRange(moved, 0.06, 0.28));

        static double Factor(Spread lengths) => lengths.Quantile(0.95) / lengths.Quantile(0.05);
    }

    [Fact]
    public void Of_NoSentence_IsRefused() =>
        Assert.Contains("no sentence was given", Assert.Throws<ArgumentException>(() => KeyLengths.Of(Bert.Value, CourseData.WordVectors(), [])).Message);
}
