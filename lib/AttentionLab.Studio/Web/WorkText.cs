using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Web;

/// <summary>
/// The reader's text of a chapter, in the workbook and on disk: what changes it, and what other programs and other tabs made of it meanwhile.
/// </summary>
internal sealed class WorkText
{
    private readonly WorkFile? _file;
    private readonly WorkOutputs? _outputs;
    private IReadOnlyList<string> _notebooks;
    private string[] _behind;
    private bool _isSaved = true;

    /// <param name="chapter">The chapter as it is shown.</param>
    /// <param name="file">Where the reader's version is kept; null keeps nothing.</param>
    public WorkText(ExecutedNotebook chapter, WorkFile? file)
    {
        _file = file;
        WorkRecord? record = _file?.Read();
        _notebooks = record?.Notebooks ?? [];
        Book = new Workbook(chapter, record);
        _outputs = file is null ? null : new WorkOutputs(file.Outputs);
        _outputs?.Restore(Book);
        _behind = Behind();
    }

    public Workbook Book { get; }

    /// <summary>The chapter's file has another text now.</summary>
    public void Follow(ExecutedNotebook chapter) => Book.Follow(chapter, Book.ToRecord(_notebooks));

    /// <summary>Keeps what a cell showed when it ran, which cells may be out of date since, and what the reader tried at an exercise.</summary>
    public void Ran(WorkCell cell)
    {
        LookAtDisk();
        _outputs?.Keep(cell);
        if (Book.Try(cell) || !Behind().SequenceEqual(_behind))
        {
            Saved(new WorkAnswer(true));
        }
    }

    /// <summary>Takes away what a cell shows.</summary>
    public void Clear(WorkCell cell)
    {
        Book.Clear(cell);
        _outputs?.Keep(cell);
    }

    /// <summary>Carries out a command that is about text.</summary>
    public WorkAnswer Do(WorkCommand command, WorkCell? cell)
    {
        // What another program has just written is taken in before anything is written over it.
        LookAtDisk();
        switch (command)
        {
            case { Do: "edit" } when cell is not null:
                return Edit(cell, command);
            case { Do: "add" } when cell is not null:
                string added = Book.Add(cell).Id;
                return Saved(new WorkAnswer(true) { Cell = added });
            case { Do: "remove" } when cell is { IsScratch: true, Run: CellRun.Idle }:
                Clear(cell);
                Book.Remove(cell);
                return Saved(new WorkAnswer(true));
            case { Do: "attempts" } when cell is not null:
                return new WorkAnswer(true) { Attempts = [.. cell.Attempts.Select(attempt => attempt with { Source = cell.WithCheck(attempt.Source) })] };
            case { Do: "keep" or "accept", Other: { } other } when cell is not null:
                return !cell.Others.Contains(other) ? new WorkAnswer(false) { Word = "The other text changed meanwhile; nothing was given up. Choose again." }
                    : command.Do == "accept" ? Accept(cell, other) : GiveUp(cell, other);
            case { Do: "reset" }:
                foreach (WorkCell changed in Book.Cells.Where(changed => changed.IsChanged))
                {
                    string mine = changed.Source;
                    Book.Edit(changed, changed.Original!);
                    Keep(changed, new OtherText(mine, "yours before the reset") { IsMine = true });
                }

                return Saved(new WorkAnswer(true));
            default:
                return new WorkAnswer(false)
                {
                    Word = cell is null ? "There is no such cell any more." : $"\"{command.Do}\" cannot be done with this cell now.",
                };
        }
    }

    /// <summary>Takes in what another program wrote into the reader's notebook: as other texts of its cells, as new cells, and as
    /// pieces of text that stay there.</summary>
    public void LookAtDisk()
    {
        if (Book.Cells.Count == 0 || _file?.Found(_notebooks) is not { } found)
        {
            return;
        }

        WorkCell[] cells = [.. Book.Cells];
        int[] match = CellAlignment.Match([.. cells.Select(cell => cell.Source.Trim())], [.. found.Code.Select(text => text.Trim())]);
        WorkCell last = cells[0];
        for (int i = 0; i < found.Code.Count; i++)
        {
            if (match[i] < 0)
            {
                last = Book.Add(last);
                Book.Edit(last, found.Code[i]);
            }
            else
            {
                last = cells[match[i]];
                last.Others.RemoveAll(other => other.IsGone);
                if (last.Source.Trim() != last.WithCheck(found.Code[i].Trim()).Trim())
                {
                    Keep(last, new OtherText(found.Code[i], $"another program wrote it into {_file.Name}", IsOnDisk: true));
                }
            }
        }

        foreach (WorkCell gone in cells.Where((_, index) => !match.Contains(index)))
        {
            Keep(gone, new OtherText("", $"another program wrote {_file.Name} without it", IsOnDisk: true) { IsGone = true });
        }

        Book.TakeTexts(found.Texts);
        _notebooks = [found.Hash];
        Saved(new WorkAnswer(true));
    }

    private WorkAnswer Edit(WorkCell cell, WorkCommand command)
    {
        // As a notebook's file has them: other letters that may end a line stay what they are.
        string typed = DibCell.Normalize(command.Source ?? "").Replace('\r', '\n');
        string source = cell.WithCheck(typed);
        string? corrected = source == typed ? null : source;
        if (cell.Source == source)
        {
            WorkAnswer known = new(true) { Revision = cell.Revision, Source = corrected, At = Book.Now };
            return _isSaved ? known : Saved(known);
        }

        if (command.Revision != cell.Revision && cell.LastEdit != (command.Tab, command.Revision))
        {
            // Neither text is lost, and neither wins in silence.
            Keep(cell, new OtherText(source, "typed on a page that did not know the cell's newest text"));
            return Saved(new WorkAnswer(true) { Source = cell.Source, Revision = cell.Revision, At = Book.Now });
        }

        Book.Edit(cell, source);

        // What the reader has in the editor now is no other text any more.
        cell.Others.RemoveAll(other => !other.IsGone && other.Source == source);
        cell.LastEdit = (command.Tab, command.Revision);
        return Saved(new WorkAnswer(true) { Revision = cell.Revision, Source = corrected, At = Book.Now });
    }

    /// <summary>Another text takes the place of the reader's. A cell that is gone there goes here too; one of the chapter stays, with no more than
    /// the check of an exercise.</summary>
    private WorkAnswer Accept(WorkCell cell, OtherText other)
    {
        if (other.IsGone && cell is { IsScratch: true, Run: not CellRun.Idle })
        {
            return new WorkAnswer(false) { Word = "The cell runs: stop it, then take it out." };
        }

        if (other.IsGone && cell.IsScratch)
        {
            Clear(cell);
            Book.Remove(cell);
            return Saved(new WorkAnswer(true));
        }

        Book.Edit(cell, other.Source);
        return GiveUp(cell, other);
    }

    private WorkAnswer GiveUp(WorkCell cell, OtherText other)
    {
        cell.Others.Remove(other);
        Book.Touch(cell);
        return Saved(new WorkAnswer(true));
    }

    private void Keep(WorkCell cell, OtherText other)
    {
        other = other.IsGone ? other : other with { Source = cell.WithCheck(other.Source) };
        bool isKnown = other.IsGone
            ? cell.Others.Any(kept => kept.IsGone)
            : other.Source == cell.Source || cell.Others.Any(kept => kept.Source == other.Source);
        if (!isKnown)
        {
            cell.Others.Add(other);
            Book.Touch(cell);
        }
    }

    private string[] Behind() => [.. Book.Cells.Where(cell => cell.IsBehind).Select(cell => cell.Id)];

    /// <summary>Brings the reader's version to disk; what another program wrote there stays until the reader decided about it.</summary>
    private WorkAnswer Saved(WorkAnswer answer)
    {
        _isSaved = false;
        try
        {
            _notebooks = _file?.Write(Book.ToRecord(_notebooks), !Book.Cells.Any(cell => cell.Others.Any(other => other.IsOnDisk))).Notebooks ?? [];
            (_behind, _isSaved) = (Behind(), true);
            return answer;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DibException)
        {
            return new WorkAnswer(false) { Word = $"Not saved; the text is kept in this browser only: {exception.Message}" };
        }
    }
}
