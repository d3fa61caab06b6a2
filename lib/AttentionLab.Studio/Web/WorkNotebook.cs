using System.Text.RegularExpressions;
using AttentionLab.Studio.Dib;

namespace AttentionLab.Studio.Web;

/// <summary>
/// The reader's version as a .dib file: the chapter's bytes wherever the reader changed nothing, the reader's code and cells, and pieces of text that
/// another program changed there. The page does not edit text; so it is never written over.
/// </summary>
internal static partial class WorkNotebook
{
    /// <summary>The file's bytes.</summary>
    /// <param name="chapter">The chapter's own file.</param>
    /// <param name="record">All cells in order.</param>
    /// <param name="place">Where the file will lie.</param>
    public static byte[] Write(string chapter, WorkRecord record, string place)
    {
        DibDocument document = DibDocument.Read(chapter);
        return document.With(new WorkComposition(record, code => Rebase(code, chapter, place)).Of(document)).ToBytes();
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

    [GeneratedRegex("""(?m)^#!import[ \t]+"?(?<file>[^"\n]+?)"?[ \t]*$""")]
    private static partial Regex Import();
}
