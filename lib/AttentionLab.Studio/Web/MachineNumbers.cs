using System.Text.RegularExpressions;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Web;

/// <summary>
/// Where this machine's outputs state another number than the chapter's text says, beyond the tolerance that the text gives. Only cells that ran as the
/// chapter has them count: what the reader changed gives other numbers for its own reasons.
/// </summary>
internal sealed partial class MachineNumbers
{
    private readonly List<(int Cell, int[] Code, MarkedNumber[] Marks)> _texts = [];
    private readonly Dictionary<int, (long Changed, IReadOnlyList<string> Found)> _known = [];

    /// <param name="chapter">The chapter as it is shown.</param>
    public MachineNumbers(ExecutedNotebook chapter)
    {
        List<int> section = [];
        foreach (ExecutedCell cell in chapter.Cells)
        {
            if (cell.Language == "csharp")
            {
                section.Add(cell.Number);
                continue;
            }

            if (Heading().IsMatch(cell.Source))
            {
                section.Clear();
            }

            if (MarkedNumber.Of(cell.Source).ToArray() is { Length: > 0 } marks)
            {
                _texts.Add((cell.Number, [.. section], marks));
            }
        }
    }

    /// <summary>The differences as they are now, by the number of the text's cell.</summary>
    public IReadOnlyList<TextDifference> Of(Workbook book) =>
        [.. _texts.Select(text => new TextDifference(text.Cell, Find(book, text.Cell, text.Code, text.Marks))).Where(text => text.Found.Count > 0)];

    private IReadOnlyList<string> Find(Workbook book, int text, int[] code, MarkedNumber[] marks)
    {
        WorkCell[] cells = [.. book.Cells.Where(cell => code.Contains(cell.Number))];
        if (cells.Length == 0 || cells.Any(cell => !IsAsTheChapter(book, cell))
            || book.Above(cells[^1]).Any(above => above.IsScratch ? above.RanSource is not null : above.IsChanged))
        {
            return [];
        }

        // Charts are long: their words are looked for once after each change.
        long changed = cells.Max(cell => cell.Changed);
        if (_known.TryGetValue(text, out (long Changed, IReadOnlyList<string> Found) known) && known.Changed == changed)
        {
            return known.Found;
        }

        string[] lines = [.. cells.SelectMany(cell => StatedText.Lines(cell.Outputs.Select(output => output.Output)))];
        string[] found = [.. marks.Select(mark => Difference(mark, lines)).OfType<string>()];
        _known[text] = (changed, found);
        return found;
    }

    private static bool IsAsTheChapter(Workbook book, WorkCell cell) =>
        cell.Run == CellRun.Idle && cell.RanSource is { } ran && ran == cell.Original && !cell.IsChanged && cell.Failure is null && !book.IsBehind(cell);

    private static string? Difference(MarkedNumber mark, string[] lines) =>
        mark.Nearest(lines) is not { } number || mark.Allows(StatedText.Value(number)) ? null
        : $"{number} in place "
            + $"of {mark.Said.TrimEnd('*', '$', ')')}{(mark.Tolerance is { } tolerance ? $" ± {tolerance}"
            : FormattableString.Invariant($" ({mark.Low} to {mark.High} allowed)"))}"
        + (mark.Words.Count > 0 ? $" ({string.Join(' ', mark.Words)})" : "");

    [GeneratedRegex("^## ", RegexOptions.Multiline)]
    private static partial Regex Heading();
}

/// <summary>A piece of text whose numbers are not those of this machine.</summary>
/// <param name="Cell">Number of its cell.</param>
/// <param name="Found">Each number that differs, in words.</param>
internal sealed record TextDifference(int Cell, IReadOnlyList<string> Found);
