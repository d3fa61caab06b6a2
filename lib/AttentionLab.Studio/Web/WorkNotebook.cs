using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Web;

/// <summary>
/// The reader's version as a .dib file: the chapter's bytes wherever the reader changed nothing, the reader's code and cells, and pieces of text that
/// another program changed there. The page does not edit text; so it is never written over.
/// </summary>
internal static class WorkNotebook
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

    /// <summary>Imports and references are relative to the file that they stand in; one that looks so in a string or a comment is none.</summary>
    public static string Rebase(string source, string from, string to)
    {
        string here = Path.GetDirectoryName(from)!, there = Path.GetDirectoryName(to)!;
        foreach (CellDirective directive in CellDirectives.In(source).Reverse().Where(IsRelative))
        {
            string path = Path.GetRelativePath(there, directive.FileFrom(here)).Replace('\\', '/');
            path = path.StartsWith('.') ? path : "./" + path;
            string line = directive.Kind == CellDirectiveKind.Import ? $"#!import {path}" : $"#r \"{path}\"";
            source = string.Concat(source.AsSpan(0, directive.Span.Start), line, source.AsSpan(directive.Span.End));
        }

        return source;
    }

    private static bool IsRelative(CellDirective directive) => !Path.IsPathRooted(directive.Target)
        && (directive.Kind == CellDirectiveKind.Import
            || (directive.Kind == CellDirectiveKind.Reference && directive.Target.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)));
}
