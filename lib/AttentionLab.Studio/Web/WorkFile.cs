using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using AttentionLab.Studio.Dib;

namespace AttentionLab.Studio.Web;

/// <summary>
/// The reader's version of a chapter on disk: <c>work/NAME.dib</c>, a notebook for every host, and <c>work/live/NAME.json</c>, which says which of
/// its cells is which of the chapter, how often each was changed, and which other texts wait for the reader's word. Both are replaced as a whole.
/// </summary>
internal sealed partial class WorkFile
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
        byte[] notebook = ToNotebook(record);
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

    /// <summary>The code cells of the notebook on disk, if another program changed it since it was written or looked at.</summary>
    /// <param name="known">Hashes of the notebooks that are no news.</param>
    /// <param name="hash">Hash of the notebook that was found.</param>
    public IReadOnlyList<string>? Found(IReadOnlyList<string> known, out string hash)
    {
        hash = "";
        (DateTime, long) stamp = Stamp();
        if (stamp == _seen || stamp == default)
        {
            return null;
        }

        try
        {
            byte[] bytes = File.ReadAllBytes(_notebook);
            hash = Hash(bytes);
            string[]? cells = known.Contains(hash) ? null
                :
                [
                    .. DibDocument.Parse(bytes, _notebook).Cells.Where(cell => cell.Kind == DibCellKind.CSharp)
                        .Select(cell => Rebase(cell.Text, _notebook, _chapter)),
                ];
            _seen = stamp;
            return cells;
        }
        catch (Exception e) when (e is DibException or IOException or UnauthorizedAccessException)
        {
            // It is just being written, or is no notebook any more: looked at again at the next change.
            _seen = e is DibException ? stamp : _seen;
            return null;
        }
    }

    /// <summary>The reader's version as a .dib file for the folder <c>work</c>: the chapter's bytes wherever the reader changed nothing.</summary>
    /// <param name="record">All cells in order.</param>
    /// <param name="place">Where the file will lie; null for the folder <c>work</c>.</param>
    public byte[] ToNotebook(WorkRecord record, string? place = null)
    {
        DibDocument chapter = DibDocument.Read(_chapter);
        Dictionary<int, int> places = chapter.NumberedCells.Where(entry => entry.Cell.Kind == DibCellKind.CSharp)
            .Select((entry, index) => (entry.Number, index)).ToDictionary();
        WorkRecordCell[] own = [.. record.Cells.Where(cell => cell.Original is not null)];
        List<DibCell> cells = [];
        int next = 0, number = 0;
        void AddScratch()
        {
            for (; next < record.Cells.Count && record.Cells[next].Original is null; next++)
            {
                cells.Add(new DibCell(DibCellKind.CSharp, "csharp", record.Cells[next].Source));
            }
        }

        foreach (DibCell cell in chapter.Cells)
        {
            number += cell.Kind == DibCellKind.Meta ? 0 : 1;
            if (cell.Kind != DibCellKind.CSharp || places[number] >= own.Length)
            {
                cells.Add(cell);
                continue;
            }

            AddScratch();
            cells.Add(cell with { Text = Rebase(own[places[number]].Source, _chapter, place ?? _notebook) });
            next++;
            AddScratch();
        }

        return chapter.With(cells).ToBytes();
    }

    /// <summary>Imports are relative to the file that they stand in.</summary>
    private static string Rebase(string source, string from, string to) => Import().Replace(source, match =>
    {
        string file = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(from)!, match.Groups["file"].Value));
        string path = Path.GetRelativePath(Path.GetDirectoryName(to)!, file).Replace('\\', '/');
        return $"#!import {(path.StartsWith('.') ? path : "./" + path)}";
    });

    private (DateTime, long) Stamp() => new FileInfo(_notebook) is { Exists: true } file ? (file.LastWriteTimeUtc, file.Length) : default;

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

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

    [GeneratedRegex("""(?m)^#!import[ \t]+"?(?<file>[^"\n]+?)"?[ \t]*$""")]
    private static partial Regex Import();
}

/// <summary>The reader's version of a chapter.</summary>
/// <param name="Cells">Its cells of code, in order.</param>
/// <param name="Notebooks">Hashes of the notebooks that were written last or looked at: any other is another program's.</param>
internal sealed record WorkRecord(IReadOnlyList<WorkRecordCell> Cells, IReadOnlyList<string> Notebooks);

/// <summary>A cell on disk.</summary>
/// <param name="Id">Stays the same however the chapter changes.</param>
/// <param name="Original">The chapter's text when this was written; null for a cell that the reader added.</param>
/// <param name="Source">The reader's text.</param>
/// <param name="Revision">Counts its changes.</param>
internal sealed record WorkRecordCell(string Id, string? Original, string Source, int Revision)
{
    /// <summary>The tab that changed it last, and the revision that it started from: it may not have heard that the change was taken.</summary>
    public string? Tab { get; init; }

    public int Base { get; init; }

    /// <summary>Other texts of this cell, which wait for the reader's word.</summary>
    public IReadOnlyList<OtherText> Others { get; init; } = [];

    /// <summary>For an exercise: when its check passed for the first time; null if it has not.</summary>
    public DateTimeOffset? Solved { get; init; }

    /// <summary>For an exercise: what the reader tried, the last at the end.</summary>
    public IReadOnlyList<Attempt> Attempts { get; init; } = [];
}

/// <summary>Another text of a cell.</summary>
/// <param name="Source">The text.</param>
/// <param name="From">Where it comes from, in words.</param>
/// <param name="IsOnDisk">It stands in the notebook on disk, which is left alone until the reader decides.</param>
internal sealed record OtherText(string Source, string From, bool IsOnDisk = false);

/// <summary>A try at an exercise.</summary>
/// <param name="Source">The reader's text.</param>
/// <param name="When">When it was run.</param>
/// <param name="Passed">The check passed.</param>
internal sealed record Attempt(string Source, DateTimeOffset When, bool Passed);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(WorkRecord))]
internal sealed partial class WorkRecordJson : JsonSerializerContext;
