using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Web;

/// <summary>
/// Brings a chapter and the reader's version of it together. The chapter's cells are matched with those that the reader knows by their texts, and keep
/// their ids; a text that the reader changed stays, and where the chapter's changed too, both are kept. What the chapter has no more stays as a cell of
/// the reader's own.
/// </summary>
internal static class ChapterVersion
{
    /// <summary>The cells of the reader's version of this chapter, in order.</summary>
    /// <param name="chapter">The chapter now.</param>
    /// <param name="record">The reader's version; null if there is none.</param>
    /// <param name="before">The cells as they were, by id: they keep what they show.</param>
    public static List<WorkCell> Follow(ExecutedNotebook chapter, WorkRecord? record, Dictionary<string, WorkCell> before)
    {
        ExecutedCell[] fresh = [.. chapter.Cells.Where(cell => cell.Language == "csharp")];
        WorkRecordCell[] known = [.. (record?.Cells ?? []).Where(cell => cell.Original is not null)];
        int[] match = CellAlignment.Match([.. known.Select(cell => cell.Original!)], [.. fresh.Select(cell => cell.Source)]);
        HashSet<string> names = [.. (record?.Cells ?? []).Select(cell => cell.Id)];
        List<WorkCell> cells =
        [
            .. fresh.Zip(match, (cell, old) => old >= 0 ? Known(known[old], before, cell)
                : new WorkCell(NewName(cell.Number, names), cell.Number, cell.Source)),
        ];
        AddOwn(cells, record?.Cells ?? [], before);
        return cells;
    }

    private static string NewName(int number, HashSet<string> names)
    {
        string name = $"c{number}";
        while (!names.Add(name))
        {
            name += "x";
        }

        return name;
    }

    /// <summary>A cell that the reader knows, perhaps with an earlier text.</summary>
    private static WorkCell Known(WorkRecordCell old, Dictionary<string, WorkCell> before, ExecutedCell fresh)
    {
        // A check is the chapter's in both: where it alone is new, there is nothing to choose.
        string asGiven = new WorkCell(old.Id, fresh.Number, old.Original) { Original = fresh.Source }.Source;
        WorkCell cell = before.GetValueOrDefault(old.Id) ?? new WorkCell(old.Id, fresh.Number, old.Original);
        Restore(cell, old);
        (cell.Number, cell.Original) = (fresh.Number, fresh.Source);
        if (old.Source == old.Original && old.Source != fresh.Source)
        {
            (cell.Source, cell.Revision) = (fresh.Source, old.Revision + 1);
        }
        else if (asGiven != fresh.Source && old.Source != fresh.Source)
        {
            cell.Others.Add(new OtherText(fresh.Source, "the chapter has a new text here"));
        }

        return cell;
    }

    /// <summary>The reader's own cells, each below the one that it stood below; and what the chapter dropped, if the reader had changed it.</summary>
    private static void AddOwn(List<WorkCell> cells, IReadOnlyList<WorkRecordCell> record, Dictionary<string, WorkCell> before)
    {
        int place = 0;
        foreach (WorkRecordCell old in record)
        {
            int at = cells.FindIndex(cell => cell.Id == old.Id);
            if (at < 0 && old.Source != old.Original)
            {
                at = place;
                int number = Workbook.NextScratch(cells);
                WorkCell cell = before.GetValueOrDefault(old.Id) ?? new WorkCell(old.Id, number, null);
                Restore(cell, old);
                (cell.Original, cell.Number) = (null, cell.IsScratch ? cell.Number : number);
                cells.Insert(at, cell);
            }

            place = at < 0 ? place : at + 1;
        }
    }

    private static void Restore(WorkCell cell, WorkRecordCell old)
    {
        (cell.Solved, cell.Source, cell.Revision, cell.LastEdit) = (old.Solved, old.Source, old.Revision, old.Tab is { } tab ? (tab, old.Base) : null);
        cell.IsBehind = old.IsBehind;
        cell.Others.Clear();
        cell.Others.AddRange(old.Others);
        cell.Attempts.Clear();
        cell.Attempts.AddRange(old.Attempts);
    }
}
