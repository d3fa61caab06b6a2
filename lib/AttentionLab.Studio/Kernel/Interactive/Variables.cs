using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.DotNet.Interactive.ValueSharing;

namespace AttentionLab.Studio.Kernel.Interactive;

/// <summary>The variables of a notebook as a reader may want to see them.</summary>
internal static partial class Variables
{
    private const int MaximumPreview = 120;

    private delegate ReadOnlySpan<int> SpanOfSizes();

    /// <summary>Every variable once, with the value it has now.</summary>
    public static IReadOnlyList<Variable> Of(ScriptState? state) =>
    [
        .. (state?.Variables ?? []).GroupBy(variable => variable.Name).Select(same => Describe(same.Last()))
            .OrderBy(variable => variable.Name, StringComparer.Ordinal),
    ];

    private static Variable Describe(ScriptVariable variable)
    {
        object? value = variable.Value;
        string type = new KernelValueInfo(variable.Name, new FormattedValue(CellOutput.Plain, ""), value?.GetType() ?? variable.Type).TypeName;
        return new Variable(variable.Name, Qualifier().Replace(type, ""), Guarded(() => string.Join(" × ", Shape(value))), Guarded(() => Preview(value)))
        {
            Map = Guarded(() => ValueMaps.Of(value, value is Array ? [] : Shape(value)), _ => null),
        };
    }

    /// <summary>The namespaces and outer types before a name; a reader knows their own types without the cell's inner name.</summary>
    [GeneratedRegex(@"[\w.#+]*[.+](?=\w)")]
    private static partial Regex Qualifier();

    private static string Preview(object? value)
    {
        string text = CellFailures.OneLine(FormattedValue.CreateSingleFromObject(value, PlainTextSummaryFormatter.MimeType).Value);
        return text.Length <= MaximumPreview ? text : text[..MaximumPreview] + "…";
    }

    /// <summary>A tensor is known by its property <c>Shape</c>: this program holds no reference to the library that a notebook uses.</summary>
    private static int[] Shape(object? value) => value switch
    {
        null => [],
        Array array => [.. Enumerable.Range(0, array.Rank).Select(array.GetLength)],
        _ => value.GetType().GetProperty("Shape", typeof(ReadOnlySpan<int>))?.GetMethod?.CreateDelegate<SpanOfSizes>(value)().ToArray() ?? [],
    };

    private static string Guarded(Func<string> describe) => Guarded(describe, e => $"({e.GetType().Name})");

    /// <summary>A value may change while a cell runs, or throw when it is asked: then there is nothing to show.</summary>
    private static T Guarded<T>(Func<T> describe, Func<Exception, T> otherwise)
    {
        try
        {
            return describe();
        }
        catch (Exception e)
        {
            return otherwise(e);
        }
    }
}
