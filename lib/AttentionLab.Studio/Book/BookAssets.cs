using System.Reflection;

namespace AttentionLab.Studio.Book;

/// <summary>The files that pages are made with (styles, scripts, fonts, plotly.js), embedded in this executable.</summary>
public static class BookAssets
{
    private const string Prefix = "page/";
    private static readonly Assembly Here = typeof(BookAssets).Assembly;

    /// <summary>Paths of all files, for example <c>book.css</c> or <c>katex/katex.min.css</c>.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Here.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name => name[Prefix.Length..])
            .Order(StringComparer.Ordinal)];

    /// <summary>The files that pages load; the others are tools of the build.</summary>
    public static IEnumerable<string> PageFiles => Names.Where(name => name is not ("formulas.js" or "katex/katex.min.js"));

    /// <summary>True if plotly.js was there when the host was built, so that pages need no other machine.</summary>
    public static bool HasPlotly { get; } = Names.Contains("plotly.min.js");

    /// <summary>True if KaTeX was there when the host was built.</summary>
    public static bool HasKatex { get; } = Names.Contains("katex/katex.min.js");

    /// <summary>A file's bytes, or null if there is none of that name.</summary>
    /// <param name="name">Path as in <see cref="Names"/>.</param>
    public static byte[]? Read(string name)
    {
        using Stream? stream = Here.GetManifestResourceStream(Prefix + name);
        if (stream is null)
        {
            return null;
        }

        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>A file's text; it must exist.</summary>
    /// <param name="name">Path as in <see cref="Names"/>.</param>
    public static string Text(string name) => System.Text.Encoding.UTF8.GetString(
        Read(name) ?? throw new InvalidOperationException($"The page file {name} is not in this build: run 'dotnet build' with Node 20 or later."));
}
