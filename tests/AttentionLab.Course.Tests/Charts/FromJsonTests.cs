using System.Text.Json.Nodes;
using AttentionLab.Course.Charts;

namespace AttentionLab.Course.Tests.Charts;

public sealed class FromJsonTests
{
    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("{\"data\":", "not JSON")]
    [InlineData("[]", "no object")]
    [InlineData("null", "no object")]
    [InlineData("{\"data\":{}}", "data is Object but a figure's is an array")]
    [InlineData("{\"data\":[{\"y\":[1]}],\"layout\":[]}", "layout is Array but a figure's is an object")]
    [InlineData("{\"data\":[{\"y\":[1]}],\"layout\":{\"meta\":[\"words\"]}}", "layout.meta is Array but a figure's is an object")]
    [InlineData("{}", "no trace")]
    [InlineData("{\"data\":[1]}", "data[0] is no trace")]
    [InlineData("{\"data\":[{\"y\":[1]},{\"type\":\"surface\"}]}", "data[1] is a trace 'surface'")]
    [InlineData("{\"data\":[{\"y\":[1]}],\"frames\":[{\"data\":[{\"y\":[1]}],\"traces\":[1]}]}", "trace 1 as 'scatter' but that trace does not exist")]
    [InlineData("{\"data\":[{\"y\":[1]}],\"frames\":[{\"data\":[{\"type\":\"bar\"}]}]}", "trace 0 as 'bar' but that trace is 'scatter'")]
    public void Json_ThatIsNoFigure_IsRefusedWithTheReason(string json, string reason) =>
        Assert.Contains(reason, Assert.Throws<ArgumentException>(() => Chart.FromJson(json, "Title", "Summary.")).Message);

    [Fact]
    public void Text_Missing_IsAskedFor()
    {
        const string Untitled = """{"data":[{"y":[1]}]}""";
        Assert.Contains("title is empty", Assert.Throws<ArgumentException>(() => Chart.FromJson(Untitled, null, "Summary.")).Message);
        Assert.Contains("title is empty", Assert.Throws<ArgumentException>(() => Chart.FromJson(Untitled, " ", "Summary.")).Message);
        Assert.Contains("summary is empty", Assert.Throws<ArgumentException>(() => Chart.FromJson(Untitled, "Title", "")).Message);
    }

    [Theory]
    [InlineData("""{"data":[{"y":[1]}],"layout":{"title":"A <b>bold</b> title"}}""")]
    [InlineData("""{"data":[{"y":[1]}],"layout":{"title":{"text":"A <b>bold</b> title","x":0.5}}}""")]
    public void Title_OfTheJson_IsKeptWhereNoneIsGiven(string json)
    {
        Figure figure = Chart.FromJson(json, null, "Summary.");
        Assert.Equal("A  bold  title", figure.Title);
        Assert.Equal("A <b>bold</b> title", (string?)Layout(figure)["title"]!["text"]);
    }

    [Fact]
    public void Figure_WithLittleLayout_GetsWhatAPageNeeds()
    {
        JsonObject layout = Layout(Chart.FromJson("""{"data":[{"y":[1]}],"layout":{"width":900,"height":300.0}}""", "Title", "Summary."));
        Assert.Equal((300, true, 900), ((int)layout["height"]!, (bool)layout["autosize"]!, (int)layout["meta"]!["maxWidth"]!));
        Assert.False(layout.ContainsKey("width"));
        Assert.Equal(Page.TopMargin("Title"), (int)layout["margin"]!["t"]!);
        Assert.Equal("#0072B2", (string?)layout["colorway"]![0]);
        Assert.Equal("plotly: scatter", (string?)layout["meta"]!["kind"]);
    }

    [Fact]
    public void Colours_OfTheJson_AreLeftAlone()
    {
        JsonObject own = Layout(Chart.FromJson("""{"data":[{"y":[1]}],"layout":{"colorway":["#123456"]}}""", "Title", "Summary."));
        Assert.Equal("""["#123456"]""", own["colorway"]!.ToJsonString());
        JsonObject template = Layout(Chart.FromJson("""{"data":[{"y":[1]}],"layout":{"template":{}}}""", "Title", "Summary."));
        Assert.False(template.ContainsKey("colorway"));
    }

    [Fact]
    public void Title_ThatGrew_GetsItsRoom()
    {
        Figure brief = Chart.Lines([new Series("loss", [1, 2], [2, 1])], "Short", "Summary.", "x", "y");
        string longer = string.Join(' ', Enumerable.Repeat("longer", 20));
        JsonObject before = Layout(brief), after = Layout(Chart.FromJson(brief.ToJson(), longer, "Summary."));
        int grown = Page.TopMargin(longer) - Page.TopMargin("Short");
        Assert.True(grown > 0);
        Assert.Equal(((int)before["height"]! + grown, (int)before["margin"]!["t"]! + grown), ((int)after["height"]!, (int)after["margin"]!["t"]!));
    }

    [Fact]
    public void Steps_MadeElsewhere_ShareTheRangesThatTheySay()
    {
        static Figure Step(string y, string range) =>
            Chart.FromJson($$"""{ "data": [{ "y": {{y}} }], "layout": { "xaxis": {}, "yaxis": { "range": {{range}} } } }""", "Title", "Summary.");
        JsonObject slider = Layout(Chart.Slider("d", [("4", Step("[1,2]", "[0,2]")), ("8", Step("[1,5]", "[1,5]"))]));
        Assert.Equal("[0,5]", slider["yaxis"]!["range"]!.ToJsonString());
        Assert.Null(slider["xaxis"]!["range"]);
    }

    [Fact]
    public void Steps_WithoutAxes_KeepTheirOwn()
    {
        Figure pie = Chart.FromJson("""{"data":[{"type":"pie","values":[1,2]}]}""", "Title", "Summary.");
        JsonObject slider = Layout(Chart.Slider("d", [("4", pie), ("8", pie)]));
        Assert.False(slider.ContainsKey("xaxis"));
        Assert.True(slider.ContainsKey("sliders"));
    }

    private static JsonObject Layout(Figure figure) => JsonNode.Parse(figure.ToJson())!["layout"]!.AsObject();
}
