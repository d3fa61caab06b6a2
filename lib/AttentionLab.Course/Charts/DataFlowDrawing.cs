using System.Globalization;
using System.Text;
using AttentionLab.Formatting;

namespace AttentionLab.Course.Charts;

/// <summary>The two drawings of <see cref="DataFlow"/>, each 340 units wide: as wide as a telephone shows at full size.</summary>
internal static class DataFlowDrawing
{
    private const int Width = 340, BoxWidth = 102, BoxHeight = 48, RowHeight = 66, Columns = 3;

    /// <summary>The blue of the charts' first category: a contrast of at least 3 : 1 on white and on the book's dark page.</summary>
    private const string Accent = "#3d85b8";

    internal static string WordsAsText { get; } =
        "Vectors (technology, fruit): " + string.Join(", ", EncoderBoxes.Example.Select(word => $"{word.Word} {Vector(word)}")) + ".";

    /// <summary>The six words: a row of X each, and an arrow each.</summary>
    internal static string Words()
    {
        const int Unit = 38, Left = 168, Bottom = 160;
        StringBuilder svg = new();
        svg.Append(Text(0, 14, "word and its row of X", 13, bold: true));
        svg.Append(Line(Left, Bottom, Left + 4 * Unit + 16, Bottom)).Append(Line(Left, Bottom, Left, Bottom - 3 * Unit - 22));
        svg.Append(Text(Left + 4 * Unit + 16, Bottom + 16, "technology →", 12, "end")).Append(Text(Left + 6, Bottom - 3 * Unit - 14, "↑ fruit", 12));
        for (int i = 0; i < EncoderBoxes.Example.Count; i++)
        {
            (string word, double technology, double fruit) = EncoderBoxes.Example[i];
            int y = 40 + 20 * i;
            svg.Append(Text(0, y, word, 13)).Append(Text(130, y, Vector(EncoderBoxes.Example[i]), 13, "end"));
            (double x, double top) = (Left + technology * Unit, Bottom - fruit * Unit);
            svg.Append(Arrow(Left, Bottom, x, top, Accent));

            // The two little words lie on top of each other: one label serves both.
            string? label = word switch { "an" => "an, and", "and" => null, _ => word };
            svg.Append(label is null ? "" : fruit == 0 ? Text(x, top - 8, label, 12, "end") : Text(x + 6, top + (technology == 0 ? 9 : 4), label, 12));
        }

        return Svg(184, "Six words and their vectors", WordsAsText, svg);
    }

    /// <summary>How a box is drawn: filled, dashed or neither, with a few letters in its corner.</summary>
    internal readonly record struct Look(bool Filled = false, bool Dashed = false, string Mark = "");

    /// <summary>The chain of boxes: rows of three, read like a snake, from words to the answer and back.</summary>
    internal static string Chain(string title, string summary, Func<EncoderBoxes.Box, Look> look)
    {
        StringBuilder svg = new();
        int rows = (EncoderBoxes.All.Count + Columns - 1) / Columns;
        for (int i = 0; i < EncoderBoxes.All.Count; i++)
        {
            (int x, int y) = Place(i);
            svg.Append(OneBox(EncoderBoxes.All[i], look(EncoderBoxes.All[i]), x, y));
            if (i + 1 < EncoderBoxes.All.Count)
            {
                (int nextX, int nextY) = Place(i + 1);
                svg.Append(nextY > y
                    ? Arrow(x + BoxWidth / 2, y + BoxHeight, x + BoxWidth / 2, nextY, "currentColor")
                    : Arrow(nextX > x ? x + BoxWidth : x, y + BoxHeight / 2, nextX > x ? nextX : nextX + BoxWidth, y + BoxHeight / 2, "currentColor"));
            }
        }

        return Svg(rows * RowHeight - (RowHeight - BoxHeight) + 4, title, summary, svg);
    }

    private static (int X, int Y) Place(int index)
    {
        int row = index / Columns, column = row % 2 == 0 ? index % Columns : Columns - 1 - index % Columns;
        return (2 + column * (Width - 4 - BoxWidth) / (Columns - 1), 2 + row * RowHeight);
    }

    private static string OneBox(EncoderBoxes.Box box, Look look, int x, int y)
    {
        string edge = look.Filled ? $"fill=\"{Accent}\" fill-opacity=\"0.22\" stroke=\"{Accent}\" stroke-width=\"3\""
            : look.Dashed ? "fill=\"none\" stroke=\"currentColor\" stroke-opacity=\"0.55\" stroke-dasharray=\"4 3\"" : "fill=\"none\" stroke=\"currentColor\"";
        string mark = look.Mark.Length == 0 ? "" : Text(x + BoxWidth - 4, y + 11, look.Mark, 10.5, "end");
        return $"<g{(look.Dashed ? " opacity=\"0.7\"" : "")}><rect x=\"{x}\" y=\"{y}\" width=\"{BoxWidth}\" height=\"{BoxHeight}\" rx=\"6\" {edge}></rect>"
            + Text(x + BoxWidth / 2.0, y + 26, box.First, 13, "middle", bold: look.Filled) + Text(x + BoxWidth / 2.0, y + 41, box.Second, 11.5, "middle") + mark
            + "</g>";
    }

    /// <summary>A line with a point at its end, which is part of the length.</summary>
    private static string Arrow(double fromX, double fromY, double toX, double toY, string colour)
    {
        double length = Math.Sqrt((toX - fromX) * (toX - fromX) + (toY - fromY) * (toY - fromY)), point = Math.Min(8, length * 0.6);
        (double ux, double uy) = ((toX - fromX) / length, (toY - fromY) / length);
        (double baseX, double baseY) = (toX - ux * point, toY - uy * point);
        return $"<path fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" d=\"M{N(fromX)} {N(fromY)} L{N(baseX)} {N(baseY)}\"></path>"
            + $"<path fill=\"{colour}\" "
            + $"d=\"M{N(toX)} {N(toY)} L{N(baseX - uy * point / 2)} {N(baseY + ux * point / 2)} "
            + $"L{N(baseX + uy * point / 2)} {N(baseY - ux * point / 2)} Z\"></path>";
    }

    private static string Line(int fromX, int fromY, int toX, int toY) =>
        $"<path fill=\"none\" stroke=\"currentColor\" stroke-opacity=\"0.5\" d=\"M{fromX} {fromY} L{toX} {toY}\"></path>";

    private static string Text(double x, double y, string text, double size, string anchor = "start", bool bold = false) =>
        $"<text x=\"{N(x)}\" y=\"{N(y)}\" font-size=\"{N(size)}\" text-anchor=\"{anchor}\" "
        + $"fill=\"currentColor\"{(bold ? " font-weight=\"700\"" : "")}>{HtmlText.Encode(text)}</text>";

    private static string Svg(int height, string title, string description, StringBuilder content) =>
        $"<svg role=\"img\" aria-label=\"{HtmlText.Encode(title)}\" viewBox=\"0 0 {Width} {height}\" style=\"display: inline-block; vertical-align: top; "
        + $"width: 100%; max-width: {Width}px; margin: 0 0.8em 0.8em "
        + $"0\"><title>{HtmlText.Encode(title)}</title><desc>{HtmlText.Encode(description)}</desc>{content}</svg>";

    private static string Vector((string Word, double Technology, double Fruit) word) => $"({N(word.Technology)}, {N(word.Fruit)})";

    private static string N(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
