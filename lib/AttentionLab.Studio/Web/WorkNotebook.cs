using System.Text.RegularExpressions;
using AttentionLab.Studio.Dib;

namespace AttentionLab.Studio.Web;

/// <summary>
/// The reader's version as a .dib file: the chapter's bytes wherever the reader changed nothing, the reader's code and cells, and pieces of text that
/// another program changed there. The page does not edit text; so it is never written over.
/// </summary>
internal sealed partial class WorkNotebook
{
    private readonly string _chapter;
    private readonly string _place;
    private readonly List<DibCell> _cells = [];
    private Queue<OwnText> _below = new();
    private int _codes;

    private WorkNotebook(string chapter, string place) => (_chapter, _place) = (chapter, place);

    /// <summary>The file's bytes.</summary>
    /// <param name="chapter">The chapter's own file.</param>
    /// <param name="record">All cells in order.</param>
    /// <param name="place">Where the file will lie.</param>
    public static byte[] Write(string chapter, WorkRecord record, string place)
    {
        DibDocument document = DibDocument.Read(chapter);
        return document.With(new WorkNotebook(chapter, place).Compose(document, record)).ToBytes();
    }

    /// <summary>Pieces of text in which a notebook differs from the chapter: changed ones, new ones with their place, and those that are gone.</summary>
    public static IReadOnlyList<OwnText> Differences(DibDocument chapter, DibDocument found)
    {
        string[] known = [.. chapter.Cells.Where(cell => cell.Kind == DibCellKind.Markdown).Select(cell => cell.Text)];
        int[] match = CellAlignment.Match(known, [.. found.Cells.Where(cell => cell.Kind == DibCellKind.Markdown).Select(cell => cell.Text)]);
        List<OwnText> own = [];
        string above = "";
        int codes = 0, text = 0;
        foreach (DibCell cell in found.Cells)
        {
            if (cell.Kind == DibCellKind.CSharp)
            {
                codes++;
            }
            else if (cell.Kind == DibCellKind.Markdown && match[text++] is var old && old < 0)
            {
                own.Add(new OwnText(above, cell.Text, codes));
            }
            else if (cell.Kind == DibCellKind.Markdown)
            {
                (above, codes) = (known[match[text - 1]], 0);
                if (cell.Text != above)
                {
                    own.Add(new OwnText(above, cell.Text));
                }
            }
        }

        own.AddRange(known.Where((_, index) => !match.Contains(index)).Select(gone => new OwnText(gone, "")));
        return own;
    }

    /// <summary>Imports are relative to the file that they stand in.</summary>
    public static string Rebase(string source, string from, string to) => Import().Replace(source, match =>
    {
        string file = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(from)!, match.Groups["file"].Value));
        string path = Path.GetRelativePath(Path.GetDirectoryName(to)!, file).Replace('\\', '/');
        return $"#!import {(path.StartsWith('.') ? path : "./" + path)}";
    });

    private List<DibCell> Compose(DibDocument chapter, WorkRecord record)
    {
        WorkRecordCell[] own = [.. record.Cells.Where(cell => cell.Original is not null)];
        int next = 0, code = 0;
        void AddScratch()
        {
            for (; next < record.Cells.Count && record.Cells[next].Original is null; next++)
            {
                AddCode(new DibCell(DibCellKind.CSharp, "csharp", record.Cells[next].Source));
            }
        }

        _below = Below(record, "");
        foreach (DibCell cell in chapter.Cells)
        {
            AddTexts(cell.Kind == DibCellKind.Meta ? -1 : _codes);
            if (cell.Kind == DibCellKind.Markdown)
            {
                AddTexts(int.MaxValue);
                OwnText? changed = record.Texts.FirstOrDefault(text => text.Below is null && text.Original == cell.Text);
                if (changed is not { Source: "" })
                {
                    _cells.Add(changed is null ? cell : cell with { Text = changed.Source });
                }

                (_below, _codes) = (Below(record, cell.Text), 0);
            }
            else if (cell.Kind == DibCellKind.CSharp && code < own.Length)
            {
                AddScratch();
                AddCode(cell with { Text = Rebase(own[code++].Source, _chapter, _place) });
                next++;
                AddScratch();
            }
            else
            {
                _cells.Add(cell);
            }
        }

        AddTexts(int.MaxValue);
        HashSet<string> known = [.. chapter.Cells.Select(cell => cell.Text), ""];
        _cells.AddRange(record.Texts.Where(text => text.Source != "" && !known.Contains(text.Original)).Select(Cell));
        return _cells;
    }

    private void AddCode(DibCell cell)
    {
        AddTexts(_codes);
        _cells.Add(cell);
        _codes++;
    }

    /// <summary>New pieces of text that stand below so many cells of code.</summary>
    private void AddTexts(int codes)
    {
        while (_below.TryPeek(out OwnText? text) && text.Below <= codes)
        {
            _cells.Add(Cell(_below.Dequeue()));
        }
    }

    private static Queue<OwnText> Below(WorkRecord record, string original) =>
        new(record.Texts.Where(text => text.Below is not null && text.Original == original));

    private static DibCell Cell(OwnText text) => new(DibCellKind.Markdown, "markdown", text.Source);

    [GeneratedRegex("""(?m)^#!import[ \t]+"?(?<file>[^"\n]+?)"?[ \t]*$""")]
    private static partial Regex Import();
}

/// <summary>A piece of text that another program wrote into the reader's notebook.</summary>
/// <param name="Original">The chapter's text in its place, or above it; empty for the top.</param>
/// <param name="Source">What stands there; empty where the chapter's text was taken away.</param>
/// <param name="Below">For a new piece: how many cells of code stand between <paramref name="Original"/> and it; null for a changed one.</param>
internal sealed record OwnText(string Original, string Source, int? Below = null);
