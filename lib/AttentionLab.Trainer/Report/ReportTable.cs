using System.Globalization;

namespace AttentionLab.Trainer;

/// <summary>Lines of the report's tables, written the same in every country.</summary>
/// <param name="to">Where they go.</param>
internal sealed class ReportTable(TextWriter to)
{
    /// <summary>One line; an empty one without a format.</summary>
    public void Line(string format = "", params object?[] values) =>
        to.WriteLine(values.Length == 0 ? format : string.Format(CultureInfo.InvariantCulture, format, values));

    /// <summary>As many digits as JSON gets.</summary>
    public static double Round(double value) => Math.Round(value, 5);
}
