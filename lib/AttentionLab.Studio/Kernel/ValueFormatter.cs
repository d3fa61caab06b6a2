using System.Reflection;
using System.Text;
using Microsoft.DotNet.Interactive.Formatting;

namespace AttentionLab.Studio.Kernel;

/// <summary>Turns a value into what a cell shows: a chart's JSON, text for plain values, else HTML as VS Code shows it.</summary>
internal static class ValueFormatter
{
    /// <summary>The most that one value may take; a longer one is replaced by a note.</summary>
    public const int MaximumCharacters = 32 * 1024 * 1024;

    /// <summary>Shows a value.</summary>
    public static CellOutput Show(object? value)
    {
        string mimeType = MimeTypeOf(value);
        using var text = new LimitedWriter(MaximumCharacters);
        if (value is string plain)
        {
            text.Write(plain);
        }
        else if (value is null)
        {
            text.Write("<null>");
        }
        else
        {
            ITypeFormatter formatter = Formatter.GetPreferredFormatterFor(value.GetType(), mimeType);
            formatter.Format(value, new FormatContext(text));
        }

        return text.Cut
            ? new CellOutput(CellOutput.Plain, FormattableString.Invariant($"… the value is longer than {MaximumCharacters:N0} characters and is not shown."))
            : new CellOutput(mimeType, text.ToString());
    }

    private static string MimeTypeOf(object? value)
    {
        if (value is null || IsPlain(value.GetType()))
        {
            return CellOutput.Plain;
        }

        if (OffersPlotly(value.GetType()))
        {
            return CellOutput.Plotly;
        }

        return Formatter.GetPreferredMimeTypesFor(value.GetType()).FirstOrDefault() ?? CellOutput.Html;
    }

    private static bool IsPlain(Type type) =>
        type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(decimal) || type == typeof(DateTime)
        || type == typeof(DateTimeOffset) || type == typeof(DateOnly) || type == typeof(TimeOnly) || type == typeof(TimeSpan) || type == typeof(Guid);

    /// <summary>
    /// A type says by an attribute, known by its name, which formatters it brings; a chart brings one for Plotly's JSON.
    /// </summary>
    private static bool OffersPlotly(Type type)
    {
        foreach (object attribute in type.GetCustomAttributes(inherit: true).Where(a => a.GetType().Name == "TypeFormatterSourceAttribute"))
        {
            if (attribute.GetType().GetProperty("FormatterSourceType")?.GetValue(attribute) is Type source
                && Activator.CreateInstance(source) is object instance
                && source.GetMethod("CreateTypeFormatters", BindingFlags.Instance | BindingFlags.Public)?.Invoke(instance, null) is IEnumerable<object> formatters
                && formatters.Any(formatter => formatter.GetType().GetProperty("MimeType")?.GetValue(formatter) is CellOutput.Plotly))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Text that stops growing at a limit, so that an endless value cannot fill the memory.</summary>
    private sealed class LimitedWriter(int limit) : TextWriter
    {
        private readonly StringBuilder text = new();

        public bool Cut { get; private set; }

        public override Encoding Encoding => Encoding.Unicode;

        public override void Write(char value) => Write([value]);

        public override void Write(string? value) => Write(value.AsSpan());

        public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

        public override void Write(ReadOnlySpan<char> buffer)
        {
            Cut |= text.Length + (long)buffer.Length > limit;
            if (!Cut)
            {
                text.Append(buffer);
            }
        }

        public override string ToString() => text.ToString();
    }
}
