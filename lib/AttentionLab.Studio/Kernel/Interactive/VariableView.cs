using System.Collections;
using System.Text.RegularExpressions;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.DotNet.Interactive.ValueSharing;

namespace AttentionLab.Studio.Kernel.Interactive;

/// <summary>A variable as a reader may want to see it. What a reader has not run yet is not run for the sake of a look.</summary>
internal static partial class VariableView
{
    private const int MaximumPreview = 120;

    private delegate ReadOnlySpan<int> SpanOfSizes();

    /// <summary>Type, shape, and the value in one short line.</summary>
    public static Variable Of(string name, object? value, Type declared) =>
        new(name, TypeName(value?.GetType() ?? declared), Guarded(() => string.Join(" × ", Shape(value))), Guarded(() => Preview(value)))
        {
            Map = Guarded(() => ValueMaps.Of(value, value is Array ? [] : Shape(value)), _ => null),
        };

    /// <summary>A type without namespaces; a reader knows their own types without the cell's inner name.</summary>
    public static string TypeName(Type type) =>
        Qualifier().Replace(new KernelValueInfo("", new FormattedValue(CellOutput.Plain, ""), type).TypeName, "");

    /// <summary>The namespaces and outer types before a name.</summary>
    [GeneratedRegex(@"[\w.#+]*[.+](?=\w)")]
    private static partial Regex Qualifier();

    private static string Preview(object? value)
    {
        string text = Unfinished(value) ?? CellFailures.OneLine(FormattedValue.CreateSingleFromObject(value, PlainTextSummaryFormatter.MimeType).Value);
        return text.Length <= MaximumPreview ? text : text[..MaximumPreview] + "…";
    }

    /// <summary>What to say of a value that is still to be computed: a look would draw random numbers, wait, or never end. Null for any other.</summary>
    private static string? Unfinished(object? value) => value switch
    {
        Task { IsCompleted: false } => "(runs)",
        IEnumerable and not (string or ICollection) when !Generics(value).Any(type => type == typeof(ICollection<>) || type == typeof(IReadOnlyCollection<>)) =>
            "(a query, not run)",
        not null when value.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Lazy<>)
            && type.GetProperty(nameof(Lazy<int>.IsValueCreated))!.GetValue(value) is false => "(not made yet)",
        _ => null,
    };

    private static IEnumerable<Type> Generics(object value) =>
        value.GetType().GetInterfaces().Where(type => type.IsGenericType).Select(type => type.GetGenericTypeDefinition());

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
