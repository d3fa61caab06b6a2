using System.Globalization;
using System.Text.Json.Nodes;

namespace AttentionLab.Studio.Book;

/// <summary>An axis of a static picture: from values of plotly's JSON to a share of the axis' length, and where its labels stand.</summary>
internal sealed class StaticAxis
{
    private readonly bool _log;
    private readonly string[]? _categories;
    private readonly double _low, _high;

    /// <summary>Reads an axis.</summary>
    /// <param name="axis">The axis of the layout; null for one without any setting.</param>
    /// <param name="values">What all its traces have along it.</param>
    /// <param name="withZero">True if zero must be seen: bars stand on it.</param>
    public StaticAxis(JsonNode? axis, IReadOnlyList<JsonNode?> values, bool withZero)
    {
        Title = ChartText.Lines(Text(axis?["title"]?["text"]));
        string type = Text(axis?["type"]);
        _log = type == "log";
        if (type == "category" || (type.Length == 0 && values.Any(value => value is JsonValue known && known.TryGetValue<string>(out _))))
        {
            _categories = [.. values.Select(Text).Distinct()];
            (_low, _high) = (-0.5, _categories.Length - 0.5);
        }
        else if (axis?["range"] is JsonArray { Count: 2 } range)
        {
            (_low, _high) = (Number(range[0]), Number(range[1]));
        }
        else
        {
            double[] all =
                [.. values.Select(Number).Select(value => _log ? Math.Log10(value) : value)
                    .Where(double.IsFinite), .. withZero ? [0.0] : Array.Empty<double>()];
            (double low, double high) = all.Length == 0 ? (0, 1) : (all.Min(), all.Max());
            double air = high > low ? 0.05 * (high - low) : 0.5;
            (_low, _high) = (withZero && low == 0 ? 0 : low - air, withZero && high == 0 ? 0 : high + air);
        }

        if (Text(axis?["autorange"]) == "reversed")
        {
            (_low, _high) = (_high, _low);
        }

        Ticks = axis?["showticklabels"] is JsonValue shown && shown.TryGetValue(out bool show) && !show
            ? []
            : [.. FindTicks(axis).Where(tick => tick.At is >= -1e-9 and <= 1 + 1e-9)];
    }

    /// <summary>Lines of its title.</summary>
    public IReadOnlyList<string> Title { get; }

    /// <summary>Labels: share of the axis' length, lines of text.</summary>
    public IReadOnlyList<(double At, string[] Lines)> Ticks { get; }

    /// <summary>Length in the axis' own units: powers of ten, places of categories.</summary>
    public double Length => Math.Abs(_high - _low);

    /// <summary>Share of the axis' length at which a value stands, NaN for a gap.</summary>
    public double At(JsonNode? value) => At(_categories is null ? Number(value) : Array.IndexOf(_categories, Text(value)));

    /// <summary>Share of the axis' length of a number or of the place of a category.</summary>
    public double At(double value) => ((_log ? Math.Log10(value) : value) - _low) / (_high - _low);

    /// <summary>A number, NaN for none.</summary>
    public static double Number(JsonNode? value) => value is JsonValue known && known.TryGetValue(out double number) ? number : double.NaN;

    /// <summary>A text; a number as it is written; empty for nothing.</summary>
    public static string Text(JsonNode? value) => value is JsonValue ? value.ToString() : "";

    /// <summary>A number with so many digits, and the minus that the drawn charts show.</summary>
    public static string Written(double value, int digits) => value.ToString($"G{digits}", CultureInfo.InvariantCulture).Replace('-', '−');

    private IEnumerable<(double At, string[] Lines)> FindTicks(JsonNode? axis)
    {
        if (axis?["tickvals"] is JsonArray places)
        {
            JsonArray? texts = axis["ticktext"] as JsonArray;
            return places.Select((place, i) => (At(place), ChartText.Lines(Text(texts is not null && i < texts.Count ? texts[i] : place))));
        }

        if (_categories is not null)
        {
            int every = (_categories.Length + 15) / 16;
            return _categories.Select((name, i) => (Place: i, At: At(i), Lines: ChartText.Lines(name))).Where(tick => tick.Place % every == 0)
                .Select(tick => (tick.At, tick.Lines));
        }

        return _log ? Powers() : Steps();
    }

    private IEnumerable<(double At, string[] Lines)> Powers()
    {
        double step = Math.Max(1, Math.Ceiling(Length / 6)), first = Math.Ceiling(Math.Min(_low, _high));
        for (double power = first; power <= Math.Max(_low, _high) && power + step > power; power += step)
        {
            yield return (At(Math.Pow(10, power)), [Written(Math.Pow(10, power), 3)]);
        }
    }

    /// <summary>Steps of 1, 2 or 5 times a power of ten, about five of them.</summary>
    private IEnumerable<(double At, string[] Lines)> Steps()
    {
        double rough = Length / 5, power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * (rough / power switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 });
        for (double k = Math.Ceiling(Math.Min(_low, _high) / step); k * step <= Math.Max(_low, _high) && k + 1 > k; k++)
        {
            yield return (At(k * step), [Written(k * step, 6)]);
        }
    }
}
