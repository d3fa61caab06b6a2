using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;

namespace AttentionLab.Studio.Kernel.Interactive;

/// <summary>
/// Turns what .NET Interactive shows into outputs: a chart's JSON where its type offers it, text for plain values, else HTML as VS Code
/// shows it. A formatter that a cell or a referenced assembly registers is honoured.
/// </summary>
internal static class CellDisplay
{
    /// <summary>The most that one value may take; of a longer text its ends are shown, anything else is replaced by a note.</summary>
    public const int MaximumCharacters = 32 * 1024 * 1024;

    /// <summary>Values that are text in this host; VS Code would frame each in HTML.</summary>
    private static readonly Type[] Plain =
    [
        typeof(bool), typeof(char), typeof(sbyte), typeof(byte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong),
        typeof(nint), typeof(nuint), typeof(Half), typeof(float), typeof(double), typeof(decimal), typeof(Enum), typeof(string), typeof(Guid),
        typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly), typeof(TimeSpan),
    ];

    /// <summary>Sets this host's preferences, once.</summary>
    public static void Configure()
    {
        foreach (Type type in Plain)
        {
            Formatter.SetPreferredMimeTypesFor(type, CellOutput.Plain);
        }
    }

    /// <summary>What an event shows.</summary>
    public static CellOutput From(DisplayEvent shown)
    {
        if (shown.Value is null && shown is ReturnValueProduced)
        {
            return new CellOutput(CellOutput.Plain, Formatter.NullString);
        }

        FormattedValue value = shown.Value is object drawn && OffersPlotly(drawn.GetType())
            ? FormattedValue.CreateSingleFromObject(drawn, CellOutput.Plotly)
            : Best(shown.FormattedValues);
        return value.Value.Length <= MaximumCharacters ? new CellOutput(value.MimeType, value.Value)
            : new CellOutput(CellOutput.Plain, value.MimeType == CellOutput.Plain
                ? Ends(value.Value)
                : FormattableString.Invariant($"… the value is longer than {MaximumCharacters:N0} characters and is not shown."));
    }

    /// <summary>The beginning of a text, as much as of console text, how much is not kept, and the last lines.</summary>
    private static string Ends(string text)
    {
        LastLines cut = new();
        cut.Add(text.AsSpan(CellConsole.MaximumCharacters));
        return text[..CellConsole.MaximumCharacters] + cut.Take();
    }

    /// <summary>One form of a value that comes in several.</summary>
    private static FormattedValue Best(IReadOnlyCollection<FormattedValue> forms) =>
        forms.FirstOrDefault(form => form.MimeType == CellOutput.Plotly)
        ?? forms.FirstOrDefault(form => form.MimeType == CellOutput.Html)
        ?? forms.First();

    /// <summary>
    /// True for the first value of a type that brings a formatter for Plotly's JSON. The formatter becomes known when a value of the type is
    /// formatted, in HTML as the preference was; from then on JSON is preferred.
    /// </summary>
    private static bool OffersPlotly(Type type)
    {
        if (Formatter.GetPreferredMimeTypesFor(type).Contains(CellOutput.Plotly)
            || !Formatter.RegisteredFormatters().Any(formatter => formatter.MimeType == CellOutput.Plotly && formatter.Type.IsAssignableFrom(type)))
        {
            return false;
        }

        Formatter.SetPreferredMimeTypesFor(type, CellOutput.Plotly);
        return true;
    }
}
