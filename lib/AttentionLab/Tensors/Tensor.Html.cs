using System.Globalization;
using System.Text;
using AttentionLab.Formatting;

namespace AttentionLab.Tensors;

[TypeFormatterSource(typeof(SelfFormatterSource))]
public sealed partial class Tensor : IShowsItself
{
    private const int ShownRows = 12, ShownColumns = 12;

    /// <summary>
    /// A small table under the shape: one row of the (<see cref="Rows"/>, <see cref="Columns"/>) view a line, with its index
    /// in the outer dimensions. Of a large tensor the first 12 rows and columns are shown, and said to be so.
    /// </summary>
    public string ToHtml()
    {
        int rows = Math.Min(Rows, ShownRows), columns = Math.Min(Columns, ShownColumns);
        const string Cell = "padding:2px 8px;text-align:right;font-variant-numeric:tabular-nums";
        StringBuilder html = new();
        html.Append(
            "<figure style=\"margin:0;overflow-x:auto\"><figcaption style=\"font-size:0.9em\">").Append(HtmlText.Encode(Caption())).Append("</figcaption>");
        if (rows * columns > 0)
        {
            html.Append("<table style=\"border-collapse:collapse\"><thead><tr><td></td>");
            for (int j = 0; j < columns; j++)
            {
                html.Append("<th scope=\"col\" style=\"").Append(Cell).Append("\">").Append(j).Append("</th>");
            }

            html.Append(columns < Columns ? "<td>…</td>" : "").Append("</tr></thead><tbody>");
            for (int i = 0; i < rows; i++)
            {
                html.Append("<tr><th scope=\"row\" style=\"").Append(Cell).Append("\">").Append(RowLabel(i)).Append("</th>");
                foreach (float value in Row(i)[..columns])
                {
                    html.Append("<td style=\"").Append(Cell).Append("\">").Append(Short(value)).Append("</td>");
                }

                html.Append(columns < Columns ? "<td>…</td>" : "").Append("</tr>");
            }

            html.Append("</tbody></table>");
        }

        return html.Append("</figure>").ToString();

        string Caption() => (Rows > rows, Columns > columns) switch
        {
            (false, false) => $"Tensor {Describe(_shape)}",
            (true, false) => $"Tensor {Describe(_shape)}, first {rows} of {Rows} rows",
            (false, true) => $"Tensor {Describe(_shape)}, first {columns} of {Columns} columns",
            _ => $"Tensor {Describe(_shape)}, first {rows} of {Rows} rows, first {columns} of {Columns} columns",
        };
    }

    /// <summary>Shape and, for small tensors, the values: <see cref="ToString"/>.</summary>
    public string ToPlainText() => ToString();

    /// <summary>"0.7071", "12.5", "1.2e-05": four significant digits, enough to recognise a number. From 9999.5 on these need an exponent.</summary>
    private static string Short(float value) => value == 0 || Math.Abs(value) is >= 1e-3f and < 9999.5f || !float.IsFinite(value)
        ? value.ToString("G4", CultureInfo.InvariantCulture)
        : value.ToString("0.###e+00", CultureInfo.InvariantCulture);

    /// <summary>The outer index of a row: "3" for a matrix, "0, 2, 3" for (B, H, T, D).</summary>
    private string RowLabel(int row)
    {
        string label = "";
        for (int d = Rank - 2; d >= 0; d--)
        {
            label = label.Length == 0 ? $"{row % _shape[d]}" : $"{row % _shape[d]}, {label}";
            row /= _shape[d];
        }

        return label;
    }
}
