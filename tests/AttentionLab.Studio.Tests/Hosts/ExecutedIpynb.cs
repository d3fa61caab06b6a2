using System.Text.Json;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Hosts;

/// <summary>A notebook file that Jupyter executed.</summary>
internal static class ExecutedIpynb
{
    /// <summary>Reads what the cells of code did.</summary>
    public static IReadOnlyList<HostCell> Read(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
        return [.. document.RootElement.GetProperty("cells").EnumerateArray().Where(cell => cell.GetProperty("cell_type").GetString() == "code").Select(Cell)];
    }

    /// <summary>True for an output that is a chart: Plotly's JSON, or the HTML in which a figure shows itself.</summary>
    public static bool IsChart(string mimeType, string value) =>
        mimeType == CellOutput.Plotly || (mimeType == CellOutput.Html && value.Contains("class=\"attention-figure\"", StringComparison.Ordinal));

    private static HostCell Cell(JsonElement cell)
    {
        JsonElement[] outputs = [.. cell.GetProperty("outputs").EnumerateArray()];
        return new HostCell(
            int.Parse(cell.GetProperty("id").GetString()!["cell-".Length..]),
            string.Concat(
                outputs.Where(
                    output =>
                        Kind(output) == "stream" && output.GetProperty("name").GetString() == "stdout").Select(output => Text(output.GetProperty("text")))),
            outputs.Count(
                output => output.TryGetProperty("data", out JsonElement data) && data.EnumerateObject().Any(form => IsChart(form.Name, Text(form.Value)))),
            outputs.Select(Failure).FirstOrDefault(failure => failure is not null));
    }

    private static string? Failure(JsonElement output) => Kind(output) switch
    {
        "error" => $"{output.GetProperty("ename").GetString()}: {output.GetProperty("evalue").GetString()}",
        "stream" when output.GetProperty("name").GetString() == "stderr" => "writes to the error stream: " + Text(output.GetProperty("text")),
        _ => null,
    };

    private static string Kind(JsonElement output) => output.GetProperty("output_type").GetString()!;

    /// <summary>Text is a string or a list of lines; another form of data has no text.</summary>
    private static string Text(JsonElement text) => text.ValueKind switch
    {
        JsonValueKind.String => text.GetString()!,
        JsonValueKind.Array => string.Concat(text.EnumerateArray().Select(line => line.GetString())),
        _ => "",
    };
}
