using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace AttentionLab.Course.Charts;

/// <summary>What every chart has: checked texts, wrapped title, axes, legend, and room for them on a page 400 px wide.</summary>
internal static class Page
{
    /// <summary>Letters of 16 px in a line of the title: what fits beside the margins on a page 400 px wide.</summary>
    internal const int TitleWidth = 40;

    /// <summary>Letters of 15 px in a line under a plot on a page 400 px wide, and beside one of the usual height.</summary>
    private const int XTitleWidth = 38, YTitleWidth = 30;

    private const int TitleLine = 21, TitleTop = 6, TitleAscent = 12, Gap = 14;

    /// <summary>A layout with title and legend; the plot itself gets <paramref name="plotHeight"/> pixels, with what stands under it.</summary>
    /// <param name="title">States the finding.</param>
    /// <param name="summary">Says it to someone who cannot see it.</param>
    /// <param name="plotHeight">Height of the plot with tick labels and axis title, in pixels.</param>
    /// <param name="names">Names in the legend; with fewer than two there is none.</param>
    internal static JsonObject Layout(string title, string summary, int plotHeight, IReadOnlyList<string> names)
    {
        Require(title, nameof(title), "a title that states the finding");
        Require(summary, nameof(summary), "one line of text for someone who cannot see it");
        int top = TopMargin(title), legend = LegendHeight(names);
        return new JsonObject
        {
            ["title"] = Title(title),
            ["font"] = new JsonObject { ["size"] = 13, ["family"] = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', sans-serif" },
            ["autosize"] = true,
            ["height"] = top + plotHeight + legend,
            ["margin"] = new JsonObject { ["l"] = 12, ["r"] = 12, ["t"] = top, ["b"] = 12 },
            ["paper_bgcolor"] = "rgba(0,0,0,0)",
            ["plot_bgcolor"] = "rgba(0,0,0,0)",
            ["showlegend"] = names.Count > 1,
            // Measured from the edge of the picture, so that plotly keeps room for it under the axis title.
            ["legend"] = new JsonObject
            {
                ["orientation"] = "h",
                ["xref"] = "container",
                ["x"] = 0,
                ["xanchor"] = "left",
                ["yref"] = "container",
                ["y"] = 0,
                ["yanchor"] = "bottom"
            },
            // On a telephone a finger on a chart should move the page.
            ["dragmode"] = false,
            ["hovermode"] = "closest",
        };
    }

    internal static JsonObject Title(string title) => new()
    {
        ["text"] = Wrap(title, TitleWidth),
        ["font"] = new JsonObject { ["size"] = 16 },
        ["x"] = 0,
        ["xanchor"] = "left",
        ["xref"] = "container",
        ["y"] = 1,
        ["yanchor"] = "top",
        ["yref"] = "container",
        // plotly lowers a title of one line by its ascent, one of several lines not.
        ["pad"] = new JsonObject { ["t"] = TitleTop + (Lines(title, TitleWidth) > 1 ? TitleAscent : 0), ["l"] = 4 },
    };

    /// <summary>Pixels above the plot: the lines of the title.</summary>
    internal static int TopMargin(string title) => TitleTop + Lines(title, TitleWidth) * TitleLine + Gap;

    /// <summary>Pixels of the legend on a page 400 px wide: an entry takes 45 px and 7 px a letter.</summary>
    internal static int LegendHeight(IReadOnlyList<string> names)
    {
        if (names.Count < 2)
        {
            return 0;
        }

        // plotly gives every entry the width of the widest.
        int column = 45 + 7 * names.Max(name => name.Length), columns = Math.Max(1, 380 / column);
        return (names.Count + columns - 1) / columns * 20 + Gap;
    }

    /// <summary>An axis with title and grid, on which labels make their own room.</summary>
    internal static JsonObject Axis(string title, bool vertical, bool log = false)
    {
        Require(title, vertical ? "yTitle" : "xTitle", "an axis title with its unit");
        JsonObject axis = new()
        {
            ["title"] = AxisTitle(title, vertical),
            ["automargin"] = true,
            ["showline"] = true,
            ["ticks"] = "outside",
            ["zeroline"] = false,
        };
        if (log)
        {
            axis["type"] = "log";
            axis["exponentformat"] = "power";
            // plotly enlarges powers of ten by a quarter.
            axis["tickfont"] = new JsonObject { ["size"] = 10.5 };
        }

        return axis;
    }

    internal static JsonObject AxisTitle(string title, bool vertical) => new()
    {
        ["text"] = Wrap(title, vertical ? YTitleWidth : XTitleWidth),
        ["font"] = new JsonObject { ["size"] = 14 },
        ["standoff"] = 10,
    };

    /// <summary>
    /// Sets the range of an axis. A log axis gets whole powers of ten as labels; where those are too few, 1, 2, 5, 10, 20…;
    /// or it keeps those of <see cref="LabelPoints"/>.
    /// </summary>
    internal static void SetRange(JsonObject axis, double low, double high)
    {
        axis["range"] = Numbers([low, high]);
        if (axis["type"]?.GetValue<string>() != "log" || axis["tickmode"] is not null)
        {
            return;
        }

        axis.Remove("dtick");
        axis.Remove("tickvals");
        axis.Remove("ticktext");
        if (high - low > 2)
        {
            axis["dtick"] = (int)Math.Ceiling((high - low) / 7);
            return;
        }

        IEnumerable<double> powers = Enumerable.Range((int)Math.Floor(low), (int)Math.Ceiling(high - low) + 1).Select(power => Math.Pow(10, power));
        SetTicks(axis, powers.SelectMany(power => new[] { power, 2 * power, 5 * power }));
    }

    /// <summary>Labels a log axis where something was measured (d = 4, 16, 64…), if these are few and not too close for a page 400 px wide.</summary>
    internal static void LabelPoints(JsonObject axis, IEnumerable<double> values)
    {
        double[] points = [.. values.Distinct().Order()];
        if (points.Length is >= 2 and <= 9)
        {
            double nearest = Enumerable.Range(1, points.Length - 1).Min(i => Math.Log10(points[i] / points[i - 1]));
            if (nearest * 10 >= Math.Log10(points[^1] / points[0]))
            {
                SetTicks(axis, points);
                axis["tickmode"] = "array";
                if (points.All(IsPowerOfTwo))
                {
                    axis["ticktext"] = Texts(points.Select(point => point < 1 ? $"1/{1 / point:0}" : $"{point:0}"));
                }
            }
        }
    }

    /// <summary>Powers of two are read as 1/64, not as 0.01562.</summary>
    private static bool IsPowerOfTwo(double value) => value is > 1e-6 and < 1e6 && Math.Log2(value) == Math.Round(Math.Log2(value));

    private static void SetTicks(JsonObject axis, IEnumerable<double> values)
    {
        double[] all = [.. values];
        axis["tickvals"] = Numbers(all);
        axis["ticktext"] = Texts(Labels(all, 4));
        axis["tickfont"] = new JsonObject { ["size"] = 13 };
    }

    internal static void Require(string text, string parameter, string what)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new ArgumentException($"{parameter} is empty but every chart has {what}: write it.", parameter);
        }
    }

    /// <summary>Breaks a text between words into lines of at most <paramref name="width"/> letters, and encodes it for plotly.</summary>
    internal static string Wrap(string text, int width) => string.Join("<br>", Broken(text, width).Select(Text));

    /// <summary>A text as plotly's little HTML: nothing in it is a tag.</summary>
    internal static string Text(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");

    /// <summary>
    /// A number as JSON, a gap (null) for NaN: seven digits, as many as float32 has, unless that moves it by more than a millionth of <paramref name="span"/>,
    /// the range of the numbers it stands among: then all digits.
    /// </summary>
    internal static JsonNode? Number(double value, double span)
    {
        if (double.IsNaN(value))
        {
            return null;
        }

        double seven = Parsed(value.ToString("G7", CultureInfo.InvariantCulture));
        return JsonValue.Create(
            Math.Abs(seven - value) <= 1e-6 * span
                ? seven
                : value == (float)value ? Parsed(((float)value).ToString("R", CultureInfo.InvariantCulture)) : value);

        static double Parsed(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }

    internal static JsonArray Numbers(IEnumerable<double> values)
    {
        double[] all = [.. values];
        double span = Span(all);
        return [.. all.Select(value => Number(value, span))];
    }

    /// <summary>Largest minus smallest number, gaps passed over; 0 for none.</summary>
    internal static double Span(IEnumerable<double> values)
    {
        (double low, double high) = (double.NaN, double.NaN);
        foreach (double value in values.Where(double.IsFinite))
        {
            (low, high) = (double.MinNumber(low, value), double.MaxNumber(high, value));
        }

        return double.IsNaN(low) ? 0 : high - low;
    }

    /// <summary>What the pointer says of a coordinate: <paramref name="digits"/> of the numbers' range, however far that is from 0.</summary>
    internal static string Hover(char axis, IEnumerable<double> values, int digits = 4)
    {
        double[] all = [.. values.Where(double.IsFinite)];
        double span = Span(all), most = all.Select(Math.Abs).DefaultIfEmpty().Max();
        int more = span > 0 ? (int)Math.Floor(Math.Log10(most / span)) : 0;
        return $"%{{{axis}:.{Math.Clamp(digits + more, digits, 15)}~g}}";
    }

    /// <summary>Numbers as texts with at least <paramref name="digits"/> digits, and so many that different numbers have different texts; whole ones below ten
    /// millions in full.</summary>
    internal static IReadOnlyList<string> Labels(IReadOnlyCollection<double> values, int digits)
    {
        int different = values.Distinct().Count();
        for (; ; digits++)
        {
            string[] texts =
                [.. values.Select(
                    value => value.ToString(Math.Abs(value) < 1e7 && Math.Round(value) == value ? "0" : $"G{digits}", CultureInfo.InvariantCulture))];
            if (digits >= 17 || texts.Distinct().Count() == different)
            {
                return texts;
            }
        }
    }

    internal static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)Text(text))];

    /// <summary>Lines that <see cref="Wrap"/> makes.</summary>
    internal static int Lines(string text, int width) => Broken(text, width).Count;

    private static List<string> Broken(string text, int width)
    {
        List<string> lines = [];
        StringBuilder line = new();
        foreach (string word in Words(text))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                lines.Add(line.ToString());
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        lines.Add(line.ToString());
        return lines;
    }

    /// <summary>What is never parted: a sign of percent or times stays with its number.</summary>
    private static List<string> Words(string text)
    {
        List<string> words = [];
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (words.Count > 0 && word.TrimEnd(',', ';', ':', '.') is ("%" or "×"))
            {
                words[^1] += $" {word}";
            }
            else
            {
                words.Add(word);
            }
        }

        return words;
    }
}
