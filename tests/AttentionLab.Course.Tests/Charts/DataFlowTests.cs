using System.Globalization;
using System.Xml.Linq;
using AttentionLab.Course.Charts;

namespace AttentionLab.Course.Tests.Charts;

public class DataFlowTests
{
    public static TheoryData<int> Chapters => [.. Enumerable.Range(0, 14)];

    [Fact]
    public void Table_HasEveryChapter_AndEveryBoxIsOpenedByOne()
    {
        Assert.Equal(14, EncoderBoxes.Chapters.Count);
        Assert.All(EncoderBoxes.Chapters, opened => Assert.NotEmpty(opened));
        Assert.Equal(EncoderBoxes.All.Order(Comparer<EncoderBoxes.Box>.Create((a, b) => string.CompareOrdinal(a.Name, b.Name))),
            EncoderBoxes.Chapters.SelectMany(opened => opened).Distinct().OrderBy(box => box.Name, StringComparer.Ordinal));
        Assert.Equal(EncoderBoxes.All.Count, EncoderBoxes.All.Select(box => box.Name).Distinct().Count());
        Assert.Equal(6, EncoderBoxes.Example.Count);
    }

    [Theory]
    [MemberData(nameof(Chapters))]
    public void ToHtml_IsTwoDrawingsWithTitleAndDescription(int chapter)
    {
        DataFlow flow = DataFlow.OfChapter(chapter);
        XElement[] drawings = [.. Html(flow).Elements("svg")];
        Assert.Equal(2, drawings.Length);
        Assert.All(drawings, drawing =>
        {
            Assert.Equal("img", (string?)drawing.Attribute("role"));
            Assert.Equal((string?)drawing.Attribute("aria-label"), (string?)drawing.Element("title"));
            Assert.NotEmpty((string)drawing.Element("desc")!);
        });
        Assert.Equal((flow.Title, flow.Summary), ((string?)drawings[1].Element("title"), (string?)drawings[1].Element("desc")));
    }

    [Theory]
    [MemberData(nameof(Chapters))]
    public void Boxes_OfTheChapterAreFilled_OfEarlierOnesNumbered_OfLaterOnesDashed(int chapter)
    {
        XElement[] boxes = [.. Html(DataFlow.OfChapter(chapter)).Elements("svg").Last().Elements("g")];
        Assert.Equal(EncoderBoxes.All.Count, boxes.Length);
        foreach ((EncoderBoxes.Box box, XElement drawn) in EncoderBoxes.All.Zip(boxes))
        {
            int first = EncoderBoxes.FirstChapter(box);
            bool now = EncoderBoxes.Chapters[chapter].Contains(box);
            XElement edge = drawn.Element("rect")!;
            Assert.Equal(now, (string?)edge.Attribute("fill") != "none");
            Assert.Equal(!now && first > chapter, edge.Attribute("stroke-dasharray") is not null);
            string? mark = drawn.Elements("text").Select(text => text.Value).Skip(2).SingleOrDefault();
            Assert.Equal(!now && first < chapter ? first.ToString("00", CultureInfo.InvariantCulture) : null, mark);
        }
    }

    [Fact]
    public void OfCourse_NumbersEveryBox_AndDashesNone()
    {
        XElement drawing = XElement.Parse(DataFlow.OfCourse());
        Assert.Equal(EncoderBoxes.All.Select(box => EncoderBoxes.FirstChapter(box).ToString("00", CultureInfo.InvariantCulture)),
            drawing.Elements("g").Select(box => box.Elements("text").Last().Value));
        Assert.DoesNotContain(drawing.Descendants("rect"), edge => edge.Attribute("stroke-dasharray") is not null);
        Assert.Contains("scores: chapter 02", (string)drawing.Element("desc")!);
    }

    /// <summary>Letters of 13 units are at most 8.2 wide in a wide font (DejaVu Sans, bold): each text stays in its box.</summary>
    [Fact]
    public void Texts_FitIntoTheirBoxes()
    {
        foreach (XElement text in Html(DataFlow.OfChapter(13)).Elements("svg").Last().Descendants("text"))
        {
            double width = text.Value.Length * (double)text.Attribute("font-size")! * 0.63;
            Assert.True(width <= 102, $"“{text.Value}” is about {width:0} units wide.");
        }
    }

    [Fact]
    public void ToHtml_HasNoColourOfPageOrText_AndNoScript()
    {
        string html = DataFlow.OfChapter(3).ToHtml();
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("id=", html);
        Assert.Equal(["#3d85b8", "currentColor", "none"],
            Html(DataFlow.OfChapter(3)).Descendants().SelectMany(e => e.Attributes()).Where(a => a.Name.LocalName is "fill" or "stroke").Select(a => a.Value)
                .Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ToPlainText_SaysTheSame()
    {
        string text = DataFlow.OfChapter(3).ToPlainText();
        Assert.StartsWith("Chapter 03 opens: scale, softmax\n", text);
        Assert.Contains("Opened before: words (00), vectors (01), scores (02), weighted mean (02).", text);
        Assert.Contains("apple (2, 2)", text);
        Assert.Contains("Later: positions, Q, K, V, mask", text);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(14)]
    public void OfChapter_ThatIsNot_IsRefused(int chapter) =>
        Assert.Contains($"chapter {chapter} was asked for but the course has 0 to 13",
            Assert.Throws<ArgumentOutOfRangeException>(() => DataFlow.OfChapter(chapter)).Message);

    private static XElement Html(DataFlow flow) => XElement.Parse(flow.ToHtml());
}
