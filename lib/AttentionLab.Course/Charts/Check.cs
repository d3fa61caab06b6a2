namespace AttentionLab.Course.Charts;

/// <summary>Refuses what a chart cannot show honestly, and says which number it is.</summary>
internal static class Check
{
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
            double value = values[i];
            if (double.IsInfinity(value) || (double.IsNaN(value) && !gaps))
            {
                throw new ArgumentException($"{owner}[{i}] is {value}, which no axis can show: leave it out{(gaps ? ", or pass NaN for a gap" : "")}.");
            }

            if (log && value <= 0)
            {
                throw new ArgumentException($"{owner}[{i}] is {value:G4}, which a log axis cannot show: leave it out{(gaps ? " (NaN is a gap)" : "")}, or use a linear axis.");
            }
        }
    }

    internal static void Range(double low, double high, string lowName, string highName)
    {
        if (!double.IsFinite(low) || !double.IsFinite(high) || low >= high)
        {
            throw new ArgumentException($"{lowName} is {low:G4} and {highName} is {high:G4}: the first must be the smaller one, and both finite.");
        }
    }
}
