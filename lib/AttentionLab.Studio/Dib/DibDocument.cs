using System.Text;
using System.Text.Json;

namespace AttentionLab.Studio.Dib;

/// <summary>
/// A .dib notebook: cells that start with a line <c>#!language</c>. Reading and writing give the same bytes back, with whatever line
/// ends, byte order mark, blank lines and unknown languages the file has.
/// </summary>
/// <remarks>
/// As in the other hosts, only the name of a known language starts a cell; another line with <c>#!</c> (<c>#!import</c>, <c>#!time</c>)
/// is text of the cell it stands in. A file may declare more languages in its <c>#!meta</c> cell.
/// </remarks>
public sealed class DibDocument
{
    private const string ByteOrderMark = "\uFEFF";

    private readonly string _start;
    private readonly string _newLine;

    private DibDocument(string start, string newLine, IReadOnlyList<DibCell> cells)
    {
        this._start = start;
        this._newLine = newLine;
        Cells = cells;
    }

    /// <summary>The cells in the order of the file, <see cref="DibCellKind.Meta"/> included.</summary>
    public IReadOnlyList<DibCell> Cells { get; }

    /// <summary>The cells that a reader sees, each with the number by which messages name it: 1 is the first that is not <c>#!meta</c>.</summary>
    public IEnumerable<(int Number, DibCell Cell)> NumberedCells =>
        Cells.Where(cell => cell.Kind != DibCellKind.Meta).Select((cell, index) => (index + 1, cell));

    /// <summary>Reads a notebook from a file.</summary>
    /// <param name="path">Path of the .dib file.</param>
    /// <param name="name">What messages call the file; its path unless given.</param>
    /// <exception cref="DibException">The file cannot be read, or is no notebook; the message names the file and the reason.</exception>
    public static DibDocument Read(string path, string? name = null)
    {
        name ??= path;
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DibException($"{name}: no such file.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DibException($"{name}: cannot be read: {OneLine(e.Message)}");
        }

        return Parse(bytes, name);
    }

    /// <summary>Reads a notebook from bytes.</summary>
    /// <param name="bytes">The file's content, UTF-8 with or without a byte order mark.</param>
    /// <param name="name">What messages call the file.</param>
    /// <exception cref="DibException">Empty, binary, cut off, or without a cell.</exception>
    public static DibDocument Parse(ReadOnlySpan<byte> bytes, string name = "notebook")
    {
        string text = DibBytes.Decode(bytes, name);
        string start = text.StartsWith(ByteOrderMark, StringComparison.Ordinal) ? ByteOrderMark : "";
        List<Draft> drafts = Split(text[start.Length..], out string blank);
        if (drafts.Count == 0)
        {
            throw new DibException($"{name}: holds no cell, only blank lines: a notebook starts with a line #!meta, #!markdown or #!csharp.");
        }

        CheckMeta(drafts, name);
        string newLine = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        return new DibDocument(start + blank, newLine, [.. drafts.Select(draft => draft.ToCell())]);
    }

    /// <summary>The same file with other cells: unchanged cells keep their bytes, changed and new ones take the file's line end.</summary>
    public DibDocument With(IReadOnlyList<DibCell> cells) => new(_start, _newLine, cells);

    /// <summary>The file's content; for a document just read, the very bytes it was read from.</summary>
    public byte[] ToBytes()
    {
        var text = new StringBuilder(_start);
        foreach (DibCell cell in Cells)
        {
            // A separator has to start a line, also behind a cell whose file had no final line end.
            if (text.Length > _start.Length && text[^1] != '\n' && cell.Separator != "")
            {
                text.Append(_newLine);
            }

            text.Append(cell.ToFileText(_newLine));
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static List<Draft> Split(string text, out string blank)
    {
        var drafts = new List<Draft>();
        var languages = new DibLanguages();
        Draft? open = null;
        blank = "";
        for (int at = 0; at < text.Length;)
        {
            int end = text.IndexOf('\n', at);
            end = end < 0 ? text.Length : end + 1;
            string line = text[at..end];
            at = end;
            if (languages.IsSeparator(line, out string language))
            {
                if (open is { Language: "meta" })
                {
                    languages.Declare(open.Body.ToString());
                }

                open = new Draft(line, language);
                drafts.Add(open);
            }
            else if (open is not null)
            {
                open.Body.Append(line);
            }
            else if (string.IsNullOrWhiteSpace(line))
            {
                blank += line;
            }
            else
            {
                // Text before the first separator belongs to the default kernel.
                open = new Draft("", "csharp");
                open.Body.Append(line);
                drafts.Add(open);
            }
        }

        return drafts;
    }

    private static void CheckMeta(List<Draft> drafts, string name)
    {
        foreach (Draft meta in drafts.Where(draft => draft.Language == "meta"))
        {
            try
            {
                using JsonDocument json = JsonDocument.Parse(meta.Body.ToString());
            }
            catch (JsonException)
            {
                throw new DibException($"{name}: its #!meta cell is cut off or is not JSON.");
            }
        }
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();

    /// <summary>A cell while it is read.</summary>
    private sealed class Draft(string separator, string language)
    {
        public string Language { get; } = language;

        public StringBuilder Body { get; } = new();

        public DibCell ToCell()
        {
            string body = Body.ToString();
            string trimmed = body.TrimEnd('\r', '\n', ' ', '\t');
            int textStart = 0;
            for (int at = 0; at < trimmed.Length && char.IsWhiteSpace(trimmed[at]); at++)
            {
                textStart = trimmed[at] == '\n' ? at + 1 : textStart;
            }

            string raw = trimmed[textStart..];
            return new DibCell(DibLanguages.KindOf(Language), Language, DibCell.Normalize(raw))
            {
                Separator = separator,
                Before = body[..textStart],
                Raw = raw,
                After = body[trimmed.Length..],
            };
        }
    }
}
