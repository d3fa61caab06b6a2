using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Commands;

/// <summary>What a cell showed, as text for a terminal: cards line by line, of a chart its title and its summary.</summary>
internal static partial class TerminalOutput
{
    private static readonly string[] Lines =
        ["P", "DIV", "LI", "TR", "PRE", "TABLE", "UL", "OL", "H1", "H2", "H3", "H4", "H5", "H6", "FIGURE", "FIGCAPTION", "BR"];

    /// <summary>The lines that stand for an output, without the last line's end.</summary>
    public static string Of(CellOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        string text = output.MimeType switch
        {
            CellOutput.Stream or CellOutput.Plain => output.Content.TrimEnd('\n'),
            CellOutput.Plotly => Chart(output.Content),
            CellOutput.Html => Html(output.Content),
            _ => "",
        };
        return text.Length > 0 ? text : FormattableString.Invariant($"[{output.MimeType}, {output.Content.Length:N0} characters]");
    }

    private static string Chart(string json)
    {
        (string title, string summary) = ChartText.Of(json);
        return string.Join('\n', new[] { title, summary }.Where(line => line.Length > 0).Select((line, i) => i == 0 ? $"[chart] {line}" : $"  {line}"));
    }

    private static string Html(string html)
    {
        StringBuilder text = new();
        foreach (INode node in new HtmlParser().ParseDocument(html).Body!.ChildNodes)
        {
            Append(node, text);
        }

        return string.Join('\n', text.ToString().Split('\n').Select(line => Blanks().Replace(line, " ").Trim()).Where(line => line.Length > 0));
    }

    private static void Append(INode node, StringBuilder text)
    {
        switch (node)
        {
            case IText words:
                text.Append(words.Data.Replace('\n', ' '));
                return;

            // Hints stay folded: Exercise.Hint(1) opens one.
            case not IElement or IElement { TagName: "DETAILS" or "SCRIPT" or "STYLE" }:
                return;
            case IElement { LocalName: "svg" } drawing:
                text.Append('\n').Append(drawing.QuerySelector("desc")?.TextContent ?? drawing.GetAttribute("aria-label")).Append('\n');
                return;
        }

        IElement element = (IElement)node;
        string edge = Lines.Contains(element.TagName) ? "\n" : element.TagName is "TD" or "TH" or "SPAN" ? " " : "";
        text.Append(edge);
        foreach (INode child in element.ChildNodes)
        {
            Append(child, text);
        }

        text.Append(element.TagName == "TH" ? ":" : "").Append(edge);
    }

    [GeneratedRegex(@"[ \t]+")]
    private static partial Regex Blanks();
}
