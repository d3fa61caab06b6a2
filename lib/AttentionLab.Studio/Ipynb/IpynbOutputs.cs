using System.Text.Json;
using System.Text.RegularExpressions;
using AttentionLab.Course.Charts;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Ipynb;

/// <summary>
/// Outputs of cells as Jupyter keeps them. A chart is there three times, and each program takes the best that it can show:
/// Plotly's JSON, HTML that draws itself without a network (plotly.js travels with the first chart), and its text.
/// </summary>
/// <param name="json">Where to.</param>
/// <param name="notebook">The notebook's name, for the names of its charts on a page.</param>
internal sealed partial class IpynbOutputs(Utf8JsonWriter json, string notebook)
{
    private int _charts;

    /// <summary>Writes what a cell showed, and its failure.</summary>
    public void Write(ExecutedCell cell)
    {
        json.WriteStartArray("outputs");
        foreach (CellOutput output in cell.Outputs)
        {
            json.WriteStartObject();
            if (output.MimeType == CellOutput.Stream)
            {
                json.WriteString("name", "stdout");
                json.WriteString("output_type", "stream");
                IpynbNotebook.WriteLines(json, "text", output.Content);
            }
            else
            {
                json.WriteStartObject("data");
                WriteData(output);
                json.WriteEndObject();
                json.WriteStartObject("metadata");
                json.WriteEndObject();
                json.WriteString("output_type", "display_data");
            }

            json.WriteEndObject();
        }

        if (cell.Failure is { } failure)
        {
            WriteError(failure);
        }

        json.WriteEndArray();
    }

    private void WriteData(CellOutput output)
    {
        bool isChart = output.MimeType == CellOutput.Plotly, isData = isChart || JsonType().IsMatch(output.MimeType);
        if (!isData || !IsJson(output.Content, isChart))
        {
            IpynbNotebook.WriteLines(json, isData ? CellOutput.Plain : output.MimeType, output.Content);
            return;
        }

        json.WritePropertyName(output.MimeType);
        json.WriteRawValue(output.Content);
        if (!isChart)
        {
            return;
        }

        (string title, string summary) = ChartText.Of(output.Content);
        IpynbNotebook.WriteLines(json, CellOutput.Html, FigureHtml.Of(output.Content, summary, $"{notebook}-chart-{_charts + 1}", withPlotly: _charts == 0));
        IpynbNotebook.WriteLines(json, CellOutput.Plain, summary.Length > 0 ? $"{title}\n{summary}" : title);
        _charts++;
    }

    /// <summary>A reader's own type may call anything a chart, or JSON.</summary>
    private static bool IsJson(string text, bool asObject)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return !asObject || document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void WriteError(CellFailure failure)
    {
        string[] words = failure.Message.Split(": ", 2);
        bool named = words.Length == 2 && words[0].All(char.IsLetterOrDigit);
        json.WriteStartObject();
        json.WriteString("ename", named ? words[0] : "Error");
        json.WriteString("evalue", named ? words[1] : failure.Message);
        json.WriteString("output_type", "error");
        json.WriteStartArray("traceback");
        foreach (string line in failure.Details.TrimEnd().Split('\n'))
        {
            json.WriteStringValue(line.TrimEnd('\r'));
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>What Jupyter keeps as values; everything else it keeps as lines of text.</summary>
    [GeneratedRegex(@"^application/(?:[^;]*\+)?json$", RegexOptions.IgnoreCase)]
    private static partial Regex JsonType();
}
