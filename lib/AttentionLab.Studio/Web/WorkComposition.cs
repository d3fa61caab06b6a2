using AttentionLab.Studio.Dib;

namespace AttentionLab.Studio.Web;

/// <summary>
/// Puts the cells of the reader's version together, along the cells of the chapter. The reader's code takes the place of the chapter's; what the reader
/// added stands where it was added; a new piece of text stands as many cells of code below a text of the chapter as it did.
/// </summary>
/// <param name="record">The reader's version.</param>
/// <param name="rebased">A cell of code for the place where the file will lie.</param>
internal sealed class WorkComposition(WorkRecord record, Func<string, string> rebased)
{
    private readonly List<DibCell> _cells = [];

    /// <summary>The reader's cells of code that do not stand yet.</summary>
    private readonly Queue<WorkRecordCell> _code = new(record.Cells);

    /// <summary>New pieces of text below the chapter's last text that do not stand yet.</summary>
    private Queue<OwnText> _texts = Below(record, "");

    /// <summary>Cells of code below that text.</summary>
    private int _codeBelow;

    /// <summary>All cells of the reader's version. A composition is used once.</summary>
    public IReadOnlyList<DibCell> Of(DibDocument chapter)
    {
        foreach (DibCell cell in chapter.Cells)
        {
            Add(cell);
        }

        AddAllTexts();

        // Text that stood at a text which the chapter has no longer.
        HashSet<string> known = [.. chapter.Cells.Select(cell => cell.Text), ""];
        _cells.AddRange(record.Texts.Where(text => text.Source != "" && !known.Contains(text.Original)).Select(Cell));
        return _cells;
    }

    private void Add(DibCell cell)
    {
        switch (cell.Kind)
        {
            case DibCellKind.Markdown:
                AddAllTexts();
                AddText(cell);
                break;
            case DibCellKind.CSharp when _code.Any(own => own.Original is not null):
                AddScratch();
                AddCode(cell with { Text = rebased(_code.Dequeue().Source) });
                AddScratch();
                break;
            case DibCellKind.Meta:
                _cells.Add(cell);
                break;
            default:
                AddTextsHere();
                _cells.Add(cell);
                break;
        }
    }

    /// <summary>A text of the chapter, as the reader has it: perhaps changed, perhaps taken away.</summary>
    private void AddText(DibCell cell)
    {
        OwnText? changed = record.Texts.FirstOrDefault(text => text.Below is null && text.Original == cell.Text);
        if (changed is not { Source: "" })
        {
            _cells.Add(changed is null ? cell : cell with { Text = changed.Source });
        }

        (_texts, _codeBelow) = (Below(record, cell.Text), 0);
    }

    /// <summary>Cells that the reader added in this place.</summary>
    private void AddScratch()
    {
        while (_code.TryPeek(out WorkRecordCell? own) && own.Original is null)
        {
            AddCode(new DibCell(DibCellKind.CSharp, "csharp", rebased(_code.Dequeue().Source)));
        }
    }

    private void AddCode(DibCell cell)
    {
        AddTextsHere();
        _cells.Add(cell);
        _codeBelow++;
    }

    /// <summary>New pieces of text that stand above the next cell of code.</summary>
    private void AddTextsHere()
    {
        while (_texts.TryPeek(out OwnText? text) && text.Below <= _codeBelow)
        {
            _cells.Add(Cell(_texts.Dequeue()));
        }
    }

    /// <summary>New pieces of text that are left when the chapter's next text comes.</summary>
    private void AddAllTexts()
    {
        _cells.AddRange(_texts.Select(Cell));
        _texts.Clear();
    }

    private static Queue<OwnText> Below(WorkRecord record, string original) =>
        new(record.Texts.Where(text => text.Below is not null && text.Original == original));

    private static DibCell Cell(OwnText text) => new(DibCellKind.Markdown, "markdown", text.Source);
}
