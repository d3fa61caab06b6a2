using System.Globalization;
using System.Text.Json.Nodes;

namespace AttentionLab.Course.Charts;

/// <summary>Numbers as JSON and as labels: as many digits as it takes to tell those of one chart apart.</summary>
internal static class PlotNumber
{
    /// <summary>
    /// A number as JSON, a gap (null) for NaN: seven digits, as many as float32 has, unless that moves it by more than a millionth of <paramref name="span"/>,
    /// the range of the numbers it stands among: then all digits.
    /// </summary>
    internal static JsonNode? Of(double value, double span)
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

    internal static JsonArray Array(IEnumerable<double> values)
    {
        double[] all = [.. values];
        double span = Span(all);
        return [.. all.Select(value => Of(value, span))];
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

    /// <summary>A number with so many decimals, and the minus of the axes; none where only zeros are left of it.</summary>
    internal static string Fixed(double value, int decimals)
    {
        string size = Math.Abs(value).ToString($"F{decimals}", CultureInfo.InvariantCulture);
        return value < 0 && size.Any(digit => digit is >= '1' and <= '9') ? "−" + size : size;
    }

    /// <summary>Numbers as texts with at least <paramref name="digits"/> digits, and so many that different numbers have different texts; whole ones below ten
    /// millions in full. Their minus is that of the axes.</summary>
    internal static IReadOnlyList<string> Labels(IReadOnlyCollection<double> values, int digits)
    {
        int different = values.Distinct().Count();
        for (; ; digits++)
        {
            string[] texts = [.. values.Select(value => Text(value, digits))];
            if (digits >= 17 || texts.Distinct().Count() == different)
            {
                return texts;
            }
        }
    }

    private static string Text(double value, int digits)
    {
        string text = value.ToString(Math.Abs(value) < 1e7 && Math.Round(value) == value ? "0" : $"G{digits}", CultureInfo.InvariantCulture);
        text = text.Contains('E') ? value.ToString($"0.{new string('#', digits - 1)}e0", CultureInfo.InvariantCulture) : text;
        return text.Replace('-', '−');
    }
}
