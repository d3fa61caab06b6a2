using System.Text.RegularExpressions;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Book;

/// <summary>
/// A marked number where it stands, with the code cells that may state it: those above it in its section, or those of the section that it names.
/// </summary>
/// <param name="Text">The cell that says it.</param>
/// <param name="Mark">The number.</param>
/// <param name="Code">None if there is no such section above.</param>
internal sealed partial record MarkedPlace(ExecutedCell Text, MarkedNumber Mark, IReadOnlyList<ExecutedCell> Code)
{
    /// <summary>All of a chapter, in order.</summary>
    public static IEnumerable<MarkedPlace> Of(ExecutedNotebook chapter)
    {
        Dictionary<string, List<ExecutedCell>> sections = [];
        List<ExecutedCell> here = [];
        foreach (ExecutedCell cell in chapter.Cells)
        {
            if (cell.Language == "csharp")
            {
                here.Add(cell);
                continue;
            }

            if (Heading().Match(cell.Source) is { Success: true } heading)
            {
                here = sections[heading.Groups["number"].Value] = [];
            }

            foreach (MarkedNumber mark in MarkedNumber.Of(cell.Source))
            {
                yield return new(cell, mark, [.. mark.Section is null ? here : sections.GetValueOrDefault(mark.Section) ?? []]);
            }
        }
    }

    [GeneratedRegex(@"^## (?<number>\d+\.\d+)?", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
