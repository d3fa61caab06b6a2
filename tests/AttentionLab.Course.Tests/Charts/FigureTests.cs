using System.Globalization;
using System.Text.Json.Nodes;
using AttentionLab.Course.Charts;

namespace AttentionLab.Course.Tests.Charts;

public class FigureTests
{
    private const string Hostile = "</script><img src=x onerror=alert(1)>\"&'";

    public static TheoryData<string> Names => [.. ChartGallery.All.Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void ToJson_EveryKind_IsValidAccessibleAndWithoutColourOfPage(string name)
    {
        (_, Figure figure, int traces) = ChartGallery.All.Single(entry => entry.Name == name);
        JsonNode json = JsonNode.Parse(figure.ToJson())!;
        JsonObject layout = json["layout"]!.AsObject();
        Assert.Equal(traces, json["data"]!.AsArray().Count);
        Assert.Equal(figure.Summary, (string?)layout["meta"]!["summary"]);
        Assert.Equal(figure.Title, ((string)layout["title"]!["text"]!).Replace("<br>", " "));
        Assert.Equal("rgba(0,0,0,0)", (string?)layout["paper_bgcolor"]);
        Assert.Null(layout["template"]);
        Assert.Null(layout["font"]!["color"]);
        Assert.All(layout.Where(part => part.Key is "xaxis" or "yaxis"), axis => Assert.True((bool)axis.Value!["automargin"]!));
        Assert.Contains(layout, part => part.Key.StartsWith("xaxis", StringComparison.Ordinal) && part.Value!["title"] is not null);
        Assert.Contains(layout, part => part.Key.StartsWith("yaxis", StringComparison.Ordinal) && part.Value!["title"] is not null);
    }

    [Fact]
    public void TitleAndSummary_NegativeNumbers_HaveTheMinusOfTheAxes()
    {
        Figure figure = Chart.Lines([new("a", [1, 2], [3, 4])], $"Gradient {-0.95:0.00} at key-2, 1e-8 to (-∞) in 2-3 steps", $"x-axis: {-1}", "x", "y");
        Assert.Equal(("Gradient −0.95 at key-2, 1e-8 to (−∞) in 2-3 steps", "x-axis: −1"), (figure.Title, figure.Summary));
        JsonNode layout = JsonNode.Parse(figure.ToJson())!["layout"]!;
        Assert.Equal((figure.Title, figure.Summary), (((string)layout["title"]!["text"]!).Replace("<br>", " "), (string?)layout["meta"]!["summary"]));
    }

    [Fact]
    public void Title_Long_IsBrokenBetweenWordsAndGetsRoom()
    {
        string title = "Without the scale half of the queries receive no gradient at all while a few receive everything";
        Figure shortTitle = Lines(title: "Short"), longTitle = Lines(title: title);
        string text = (string)longTitle.Layout["title"]!["text"]!;
        Assert.Equal(title, text.Replace("<br>", " "));
        Assert.All(text.Split("<br>"), line => Assert.InRange(line.Length, 1, Page.TitleWidth));
        Assert.True((int)longTitle.Layout["margin"]!["t"]! >= (int)shortTitle.Layout["margin"]!["t"]! + 40);
        Assert.Equal(title, longTitle.Title);
    }

    [Theory]
    [InlineData("title")]
    [InlineData("summary")]
    [InlineData("xTitle")]
    [InlineData("yTitle")]
    public void AnyChart_EmptyText_IsRefusedByName(string which)
    {
        string Text(string name) => name == which ? " " : "text";
        (string t, string s, string x, string y) = (Text("title"), Text("summary"), Text("xTitle"), Text("yTitle"));
        Func<Figure>[] charts =
        [
            () => Chart.Lines([new("a", [1], [1])], t, s, x, y),
            () => Chart.Scatter([new("a", [1], [1])], t, s, x, y),
            () => Chart.Arrows([new("a", 1, 1)], t, s, x, y),
            () => Chart.Bars([new("a", ["k"], [1])], t, s, x, y),
            () => Chart.Histogram([new("a", [1])], t, s, x, y),
            () => Chart.Heatmap(new float[1, 1], t, s, x, y),
            () => Chart.HeatmapGrid([("a", new float[1, 1])], t, s, x, y),
        ];
        Assert.All(charts, chart => Assert.StartsWith($"{which} is empty", Assert.Throws<ArgumentException>(chart).Message));
    }

    [Fact]
    public void ToHtml_HostileTexts_StayText()
    {
        Figure figure = Chart.Scatter([new(Hostile, [1], [1]) { Labels = [Hostile] }], Hostile, Hostile, Hostile, Hostile);
        string html = FigureHtml.Write(figure, "f", bundle: "var a = '</script><!--';");
        Assert.Equal(1, html.Split("</script", StringSplitOptions.None).Length - 1);
        Assert.DoesNotContain("<img", html);
        Assert.DoesNotContain("<!--", html);
        Assert.Contains(@"'<\/script><\!--'", html);
        // plotly reads a little HTML in every text: there, too, it must be text.
        Assert.StartsWith("&lt;/script&gt;", (string)figure.Data[0]!["name"]!);
    }

    [Fact]
    public void ToHtml_HoldsTheSummaryBeforeAnyScriptRuns()
    {
        string html = FigureHtml.Write(Lines(summary: "a < b & c"), "figure-1", bundle: null);
        Assert.StartsWith("<div id=\"figure-1\" class=\"attention-figure\"><p>a &lt; b &amp; c</p></div>", html);
        Assert.Contains(Figure.PlotlyCdn, html);
        Assert.DoesNotContain("type=\"module\"", html);
        Assert.DoesNotContain("<script src", html);
    }

    [Fact]
    public void ToHtml_TwoFigures_HaveTwoIds()
    {
        Figure figure = Lines();
        string Id(string html) => html[..html.IndexOf(' ', "<div ".Length)];
        Assert.NotEqual(Id(figure.ToHtml()), Id(figure.ToHtml()));
    }

    [Fact]
    public void ToHtml_ManyFigures_BundleAtMostOnce()
    {
        Figure figure = Lines();
        int large = Enumerable.Range(0, 5).Count(_ => figure.ToHtml().Length > 1_000_000);
        Assert.InRange(large, 0, 1);
        Assert.True(figure.ToHtml().Length < 20_000, "a later figure is small");
    }

    [Fact]
    public void PlotlyVersion_IsTheOneOfTheLockedPackage()
    {
        string package = File.ReadAllText(Path.Combine(Repository.Root, "lib", "npm", "package.json"));
        Assert.Equal(Figure.PlotlyCdn,
            $"https://cdn.plot.ly/plotly-cartesian-{JsonNode.Parse(package)!["dependencies"]!["plotly.js-cartesian-dist-min"]}.min.js");
    }

    [Fact]
    public void ToPlainText_IsTitleAndSummary() => Assert.Equal("Finding\nsummary", Lines(title: "Finding").ToPlainText());

    [Fact]
    public void ToJson_NumbersKeepSevenDigitsInEveryCulture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = "," } };
            string json = Chart.Lines([new("a", [0.1f, 2], [1 / 3.0, 1e-9])], "t", "s", "x", "y").ToJson();
            Assert.Contains("\"x\":[0.1,2]", json);
            Assert.Contains("\"y\":[0.3333333,1E-09]", json);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static Figure Lines(string title = "title", string summary = "summary") => Chart.Lines([new("a", [1, 2], [1, 2])], title, summary, "x", "y");
}
