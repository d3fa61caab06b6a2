using System.Text.RegularExpressions;

namespace AttentionLab.Course.Data;

/// <summary>A section of a chapter: what its heading asks, and the text up to the prediction.</summary>
/// <param name="Number">For example "3.2".</param>
/// <param name="Title">The heading without its number.</param>
/// <param name="Text">Without Markdown's signs.</param>
public sealed partial record CourseSection(string Number, string Title, string Text)
{
    /// <summary>The sections of all chapters in the order of the course, without exercises.</summary>
    /// <exception cref="DirectoryNotFoundException">The library does not lie inside the repository.</exception>
    public static IReadOnlyList<CourseSection> All() =>
    [
        .. Directory.GetFiles(System.IO.Path.Combine(CourseData.Root, "notebooks"), "??-*.dib").Order(StringComparer.Ordinal)
            .SelectMany(file => Of(File.ReadAllText(file)))
    ];

    /// <summary>The sections of one notebook.</summary>
    /// <param name="notebook">The text of its .dib file.</param>
    public static IReadOnlyList<CourseSection> Of(string notebook)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        List<CourseSection> sections = [];
        foreach (string cell in Cells().Split(notebook.ReplaceLineEndings("\n")))
        {
            string text = cell.Trim();
            if (text.StartsWith("## Exercises", StringComparison.Ordinal))
            {
                break;
            }

            if (Heading().Match(text) is { Success: true } heading)
            {
                string body = text[heading.Length..].Split("**Prediction.**")[0];
                sections.Add(new(heading.Groups[1].Value, Plain(heading.Groups[2].Value), Plain(Time().Replace(body, ""))));
            }
        }

        return sections;
    }

    private static string Plain(string markdown) =>
        Spaces().Replace(Signs().Replace(Links().Replace(Comments().Replace(markdown, ""), "$1"), ""), " ").Trim();

    [GeneratedRegex(@"^#!\w+$", RegexOptions.Multiline)]
    private static partial Regex Cells();

    [GeneratedRegex(@"^## (\d+\.\d+) · (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\*(core|at home)\*.*$", RegexOptions.Multiline)]
    private static partial Regex Time();

    [GeneratedRegex("<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex Links();

    [GeneratedRegex(@"[*`$\\#|]")]
    private static partial Regex Signs();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
