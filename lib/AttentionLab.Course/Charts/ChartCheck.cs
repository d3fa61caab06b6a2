using System.Globalization;

namespace AttentionLab.Course.Charts;

/// <summary>Refuses what a chart cannot show honestly, and says which number it is.</summary>
internal static class ChartCheck
{
    /// <summary>Beyond this the length of an axis leaves the range of double.</summary>
    private const double Most = 1e300;

    internal static void Any<T>(IReadOnlyList<T> items, string parameter)
    {
        ArgumentNullException.ThrowIfNull(items, parameter);
        if (items.Count == 0)
        {
            throw new ArgumentException($"{parameter} is empty but a chart shows at least one: pass one.", parameter);
        }
    }

    internal static void Name(string name, string what)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            throw new ArgumentException($"a {what} has no name: the legend needs one, so that the chart can be read without its code.");
        }
    }

    internal static void SameCount(string owner, string firstName, int first, string secondName, int second)
    {
        if (first != second)
        {
            throw new ArgumentException($"{owner} has {first} {firstName} but {second} {secondName}: pass as many of one as of the other.");
        }
    }

    /// <summary>Finite numbers only; NaN too where it is a gap; above zero on a log axis.</summary>
    internal static void Numbers(IReadOnlyList<double> values, string owner, bool log, bool gaps)
    {
        for (int i = 0; i < values.Count; i++)
        {
            if (Fault(values[i], log, gaps) is { } fault)
            {
                throw new ArgumentException(FormattableString.Invariant($"{owner}[{i}] is {fault}"));
            }
        }
    }

    /// <summary>The end of an axis: finite, and above zero on a log axis.</summary>
    internal static void Number(double value, string parameter, bool log)
    {
        if (Fault(value, log, gaps: false) is { } fault)
        {
            throw new ArgumentException($"{parameter} is {fault}", parameter);
        }
    }

    internal static void Range(double low, double high, string lowName, string highName)
    {
        if (!double.IsFinite(low) || !double.IsFinite(high) || low >= high)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"{lowName} is {low} and {highName} is {high}: the first must be the smaller one, and both finite."));
        }
    }

    private static string? Fault(double value, bool log, bool gaps)
    {
        if (Math.Abs(value) <= Most ? !log || value > 0 : double.IsNaN(value) && gaps)
        {
            return null;
        }

        string number = value.ToString(CultureInfo.InvariantCulture);
        return double.IsInfinity(value) || (double.IsNaN(value) && !gaps)
            ? $"{number}, which no axis can show: leave it out{(gaps ? ", or pass NaN for a gap" : "")}."
            : Math.Abs(value) > Most ? $"{number}, but axes end at ±1E+300: divide the numbers by a power of ten and say so in the axis title."
            : $"{number}, which a log axis cannot show: leave it out{(gaps ? " (NaN is a gap)" : "")}, or use a linear axis.";
    }
}
