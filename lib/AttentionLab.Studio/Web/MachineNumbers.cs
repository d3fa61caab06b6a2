using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Web;

/// <summary>
/// Where this machine's outputs state another number than the chapter's text says, beyond the tolerance that the text gives. Only cells that ran as the
/// chapter has them count: what the reader changed gives other numbers for its own reasons.
/// </summary>
internal sealed class MachineNumbers
{
    private readonly Part[] _parts;
    private readonly Dictionary<Part, (long Changed, IReadOnlyList<string> Found)> _known = [];

    /// <param name="chapter">The chapter as it is shown.</param>
    public MachineNumbers(ExecutedNotebook chapter) => _parts =
        [.. MarkedPlace.Of(chapter).GroupBy(place => (place.Text.Number, place.Mark.Section)).Select(part =>
            new Part(part.Key.Number, [.. part.First().Code.Select(cell => cell.Number)], [.. part.Select(place => place.Mark)]))];

    /// <summary>The differences as they are now, by the number of the text's cell.</summary>
    public IReadOnlyList<TextDifference> Of(Workbook book) =>
        [.. _parts.GroupBy(part => part.Text).Select(text => new TextDifference(text.Key, [.. text.SelectMany(part => Find(book, part))]))
            .Where(text => text.Found.Count > 0)];

    private IReadOnlyList<string> Find(Workbook book, Part part)
    {
        WorkCell[] cells = [.. book.Cells.Where(cell => part.Code.Contains(cell.Number))];
        if (cells.Length == 0 || cells.Any(cell => !IsAsTheChapter(book, cell))
            || book.Above(cells[^1]).Any(above => above.IsScratch ? above.RanSource is not null : above.IsChanged))
        {
            return [];
        }

        // Charts are long: their words are looked for once after each change.
        long changed = cells.Max(cell => cell.Changed);
        if (_known.TryGetValue(part, out (long Changed, IReadOnlyList<string> Found) known) && known.Changed == changed)
        {
            return known.Found;
        }

        string[] lines = [.. cells.SelectMany(cell => StatedText.Lines(cell.Outputs.Select(output => output.Output)))];
        string[] found = [.. part.Marks.Select(mark => Difference(mark, lines)).OfType<string>()];
        _known[part] = (changed, found);
        return found;
    }

    private static bool IsAsTheChapter(Workbook book, WorkCell cell) =>
        cell.Run == CellRun.Idle && cell.RanSource is { } ran && ran == cell.Original && !cell.IsChanged && cell.Failure is null && !book.IsBehind(cell);

    private static string? Difference(MarkedNumber mark, string[] lines) =>
        mark.Nearest(lines) is not { } number || mark.Allows(StatedText.Value(number)) ? null
        : $"{number} in place "
            + $"of {mark.Said.TrimEnd('*', '$', ')')}{(mark.Tolerance is { } tolerance ? $" ± {tolerance}"
            : FormattableString.Invariant($" ({mark.Low} to {mark.High} allowed)"))}"
        + $" ({string.Join(' ', mark.Words)})";

    /// <summary>The marked numbers of a text that the same code cells state, by cell numbers.</summary>
    private sealed record Part(int Text, int[] Code, MarkedNumber[] Marks);
}

/// <summary>A piece of text whose numbers are not those of this machine.</summary>
/// <param name="Cell">Number of its cell.</param>
/// <param name="Found">Each number that differs, in words.</param>
internal sealed record TextDifference(int Cell, IReadOnlyList<string> Found);
