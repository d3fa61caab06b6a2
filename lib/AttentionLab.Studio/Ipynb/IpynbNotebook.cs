using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Ipynb;

/// <summary>
/// An executed notebook as a Jupyter file, nbformat 4.5 (<see href="https://nbformat.readthedocs.io/en/latest/format_description.html"/>),
/// for the kernel <c>.net-csharp</c> that .NET Interactive registers. The same notebook gives the same bytes.
/// </summary>
public static partial class IpynbNotebook
{
    /// <summary>Extension of Jupyter's files.</summary>
    public const string Extension = ".ipynb";

    private static readonly JsonWriterOptions Format = new()
    {
        // As Jupyter writes: one blank a level, letters of every script as they are.
        Indented = true,
        IndentSize = 1,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The file's text.</summary>
    /// <param name="notebook">The notebook with its outputs.</param>
    /// <param name="notebooks">Folder of the .dib files, which imports are relative to.</param>
    /// <param name="folder">Folder that the file is for: imports are written relative to it.</param>
    public static string Write(ExecutedNotebook notebook, string notebooks, string folder)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Format))
        {
            var outputs = new IpynbOutputs(json, notebook.Name);
            int executed = 0;
            json.WriteStartObject();
            json.WriteStartArray("cells");
            foreach (ExecutedCell cell in notebook.Cells)
            {
                bool isText = cell.Language == "markdown";
                json.WriteStartObject();
                json.WriteString("cell_type", isText ? "markdown" : "code");
                if (!isText)
                {
                    WriteCount(json, cell.NotRun ? null : ++executed);
                }

                json.WriteString("id", $"cell-{cell.Number}");
                json.WriteStartObject("metadata");
                json.WriteEndObject();
                if (!isText)
                {
                    outputs.Write(cell);
                }

                WriteLines(json, "source", isText ? Linked(cell.Source, notebooks, folder) : Code(cell, notebooks, folder));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            WriteMetadata(json);
            json.WriteNumber("nbformat", 4);
            json.WriteNumber("nbformat_minor", 5);
            json.WriteEndObject();
        }

        return IpynbSeal.Close(Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length) + "\n");
    }

    /// <summary>Text as Jupyter keeps it: a list of lines with their line ends.</summary>
    internal static void WriteLines(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartArray(name);
        for (int at = 0; at < text.Length;)
        {
            int end = text.IndexOf('\n', at);
            end = end < 0 ? text.Length : end + 1;
            json.WriteStringValue(text.AsSpan(at, end - at));
            at = end;
        }

        json.WriteEndArray();
    }

    private static void WriteCount(Utf8JsonWriter json, int? count)
    {
        json.WritePropertyName("execution_count");
        if (count is int number)
        {
            json.WriteNumberValue(number);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    /// <summary>A chapter lies beside the file as .ipynb; what else a link leads to stays where it is, and is seen from the folder.</summary>
    private static string Linked(string text, string notebooks, string folder) => Link().Replace(LinkToChapter().Replace(text, "](${name}" + Extension), link =>
    {
        string file = Path.Combine(notebooks, Uri.UnescapeDataString(link.Groups["path"].Value));
        return Path.Exists(file)
            ? "](" + string.Join('/', Path.GetRelativePath(folder, file).Replace('\\', '/').Split('/').Select(Uri.EscapeDataString))
            : link.Value;
    });

    /// <summary>A cell of another language starts with the kernel's word for it; imports and references name their files as seen from the folder.</summary>
    private static string Code(ExecutedCell cell, string notebooks, string folder)
    {
        if (cell.Language != "csharp")
        {
            return $"#!{cell.Language}\n{cell.Source}";
        }

        var code = new StringBuilder(cell.Source);
        foreach (CellDirective directive in CellDirectives.In(cell.Source).Reverse())
        {
            if (directive.Kind is CellDirectiveKind.Import or CellDirectiveKind.Reference && directive.FileFrom(notebooks) is string file && File.Exists(file))
            {
                string path = Path.GetRelativePath(folder, file).Replace('\\', '/');
                code.Remove(directive.Span.Start, directive.Span.Length).Insert(directive.Span.Start,
                    directive.Kind == CellDirectiveKind.Reference ? $"#r \"{path}\"" : path.Contains(' ') ? $"#!import \"{path}\"" : $"#!import {path}");
            }
        }

        return code.ToString();
    }

    private static void WriteMetadata(Utf8JsonWriter json)
    {
        json.WriteStartObject("metadata");
        json.WriteStartObject(IpynbSeal.Key);
        json.WriteString("sha256", IpynbSeal.Open);
        json.WriteEndObject();
        json.WriteStartObject("kernelspec");
        json.WriteString("display_name", ".NET (C#)");
        json.WriteString("language", "C#");
        json.WriteString("name", ".net-csharp");
        json.WriteEndObject();
        json.WriteStartObject("language_info");
        json.WriteString("file_extension", ".cs");
        json.WriteString("mimetype", "text/x-csharp");
        json.WriteString("name", "C#");
        json.WriteString("pygments_lexer", "csharp");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    [GeneratedRegex(@"\]\((?:\./)?(?<name>[0-9A-Za-z-]+)\.dib(?=[)#])")]
    private static partial Regex LinkToChapter();

    [GeneratedRegex(@"\]\((?<path>[^\s()<>#:/][^\s()<>#:]*)(?=[)#])")]
    private static partial Regex Link();
}
