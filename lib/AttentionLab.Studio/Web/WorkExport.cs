using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Ipynb;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Web;

/// <summary>The reader's version of a chapter as a file for other programs, that may lie beside the chapter.</summary>
internal static class WorkExport
{
    /// <summary>As a .dib file.</summary>
    public static byte[] ToNotebook(WorkSession session) =>
        WorkNotebook.Write(session.ChapterFile, session.Look(book => book.ToRecord([])), session.ChapterFile);

    /// <summary>As a Jupyter file, with the outputs of the cells that are as they ran.</summary>
    public static string ToIpynb(WorkSession session)
    {
        string folder = Path.GetDirectoryName(session.ChapterFile)!;
        ExecutedNotebook mine = NotebookRunner.NotRun(session.ChapterFile, DibDocument.Parse(ToNotebook(session)));
        ExecutedNotebook shown = session.Look(book => mine with
        {
            Cells =
            [
                .. mine.Cells.Select(cell => book.Cells.FirstOrDefault(own => own.Source == cell.Source && own.RanSource == own.Source)?.Showing(cell) ?? cell),
            ],
        });
        return IpynbNotebook.Write(shown, folder, folder);
    }
}
