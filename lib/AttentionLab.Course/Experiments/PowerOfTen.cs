using System.Globalization;

namespace AttentionLab.Course.Experiments;

/// <summary>Numbers of any size for titles and summaries, as people write them: 0.56 and 2·10⁻⁷, not 2E-07.</summary>
public static class PowerOfTen
{
    private const string Raised = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    /// <summary>A number with some significant digits; with a power of ten where zeros would have to be counted: below 0.001 and from a million on.</summary>
    /// <param name="value">Any; what is not finite is written as .NET does.</param>
    /// <param name="digits">Significant digits, 1 to 15.</param>
    /// <exception cref="ArgumentOutOfRangeException">digits is outside 1 to 15.</exception>
    public static string Text(double value, int digits = 1)
    {
        if (digits is < 1 or > 15)
        {
            throw new ArgumentOutOfRangeException(nameof(digits), $"digits is {digits} but a double holds 15: ask for 1 to 15.");
        }

        if (value == 0 || !double.IsFinite(value))
        {
            return value.ToString(CultureInfo.InvariantCulture);
        }

        string[] parts = value.ToString($"E{digits - 1}", CultureInfo.InvariantCulture).Split('E');      // -2E-007: rounded before it is compared
        int power = int.Parse(parts[1], CultureInfo.InvariantCulture);
        return power is >= -3 and < 6
            ? decimal.Parse($"{parts[0]}E{power}", NumberStyles.Float, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)
            : $"{parts[0]}·10{string.Concat($"{power}".Select(c => c == '-' ? '⁻' : Raised[c - '0']))}";
    }
}
