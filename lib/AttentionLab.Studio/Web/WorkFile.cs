using System.Security.Cryptography;
using System.Text.Json;
using AttentionLab.Studio.Dib;

namespace AttentionLab.Studio.Web;

/// <summary>
/// The reader's version of a chapter on disk: <c>work/NAME.dib</c>, a notebook for every host, and <c>work/live/NAME.json</c>, which says which of
/// its cells is which of the chapter, how often each was changed, and which other texts wait for the reader's word. Both are replaced as a whole.
/// </summary>
internal sealed class WorkFile
{
    private readonly string _chapter;
    private readonly string _notebook;
    private readonly string _record;
    private (DateTime, long) _seen;

    /// <param name="chapter">The chapter's own file, which is only read.</param>
    /// <param name="folder">The folder <c>work</c>.</param>
    public WorkFile(string chapter, string folder)
    {
        string name = Path.GetFileNameWithoutExtension(chapter);
        (_chapter, _notebook, _record) = (chapter, Path.Combine(folder, name + ".dib"), Path.Combine(folder, "live", name + ".json"));
    }

    /// <summary>Folder of what the cells showed.</summary>
    public string Outputs => Path.ChangeExtension(_record, null);

    /// <summary>Name of the notebook for messages.</summary>
    public string Name => "work/" + Path.GetFileName(_notebook);

    /// <summary>What was written last; null if nothing was, or nothing usable.</summary>
    public WorkRecord? Read()
    {
        try
        {
            return File.Exists(_record) ? JsonSerializer.Deserialize(File.ReadAllBytes(_record), WorkRecordJson.Default.WorkRecord) : null;
        }
        catch (JsonException)
        {
            // Somebody's hand was in it. It is put aside; the notebook beside it is found as one that another program wrote.
            File.Move(_record, _record + ".unusable", overwrite: true);
            return null;
        }
    }

    /// <summary>Writes the reader's version.</summary>
    /// <param name="record">All cells in order; its list of notebooks is completed.</param>
    /// <param name="withNotebook">False while the notebook on disk is another program's and waits for the reader's word.</param>
    /// <returns>The record as it was written.</returns>
    public WorkRecord Write(WorkRecord record, bool withNotebook)
    {
        byte[] notebook = WorkNotebook.Write(_chapter, record, _notebook);
        string hash = Hash(notebook);

        // The record first, with the notebook of before and the one to come: a crash between the two is not taken for another program's hand.
        record = record with { Notebooks = withNotebook ? [.. record.Notebooks.TakeLast(1), hash] : record.Notebooks };
        Replace(_record, JsonSerializer.SerializeToUtf8Bytes(record, WorkRecordJson.Default.WorkRecord));
        if (withNotebook)
        {
            Replace(_notebook, notebook);
            _seen = Stamp();
        }

        return record;
    }

    /// <summary>The notebook on disk, if another program changed it since it was written or looked at.</summary>
    /// <param name="known">Hashes of the notebooks that are no news.</param>
    public FoundNotebook? Found(IReadOnlyList<string> known)
    {
        (DateTime, long) stamp = Stamp();
        if (stamp == _seen || stamp == default)
        {
            return null;
        }

        try
        {
            byte[] bytes = File.ReadAllBytes(_notebook);
            string hash = Hash(bytes);
            FoundNotebook? found = null;
            if (!known.Contains(hash))
            {
                DibDocument document = DibDocument.Parse(bytes, _notebook);
                string[] code =
                    [.. document.Cells.Where(cell => cell.Kind == DibCellKind.CSharp).Select(cell => WorkNotebook.Rebase(cell.Text, _notebook, _chapter))];
                found = new FoundNotebook(code, WorkNotebook.Differences(DibDocument.Read(_chapter), document), hash);
            }

            _seen = stamp;
            return found;
        }
        catch (Exception e) when (e is DibException or IOException or UnauthorizedAccessException)
        {
            // It is just being written, or is no notebook any more: looked at again at the next change.
            _seen = e is DibException ? stamp : _seen;
            return null;
        }
    }

    private (DateTime, long) Stamp() => new FileInfo(_notebook) is { Exists: true } file ? (file.LastWriteTimeUtc, file.Length) : default;

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>As AtomicFile does it, but under one name: of however many kills, the reader's folder keeps one file, which the next write replaces.</summary>
    private static void Replace(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string fresh = path + ".new";
        using (FileStream file = File.Create(fresh))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(fresh, path, overwrite: true);
    }
}
