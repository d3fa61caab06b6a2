using System.Globalization;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Web;

/// <summary>A variable as the page lists it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Shape">Sizes of a tensor or an array.</param>
/// <param name="Preview">Its value in one short line.</param>
/// <param name="Picture">A small heatmap of a tensor; null for other types.</param>
internal sealed record VariableRow(string Name, string Type, string Shape, string Preview, VariablePicture? Picture)
{
    public static VariableRow Of(Variable variable) =>
        new(variable.Name, variable.Type, variable.Shape, variable.Preview, variable.Map is { } map ? VariablePicture.Of(map) : null);
}

/// <summary>A small heatmap: colours row by row, and what it says in words.</summary>
/// <param name="Columns">Cells in a row.</param>
/// <param name="Colours">A colour for each cell; empty where the number is not finite.</param>
/// <param name="Words">For those who do not see it.</param>
internal sealed record VariablePicture(int Columns, IReadOnlyList<string> Colours, string Words)
{
    public static VariablePicture Of(ValueMap map)
    {
        float[] finite = [.. map.Cells.OfType<float>()];
        (float low, float high) = finite.Length == 0 ? (0, 0) : (finite.Min(), finite.Max());
        string words = finite.Length == 0 ? "Heatmap, no finite number" : string.Create(CultureInfo.InvariantCulture, $"Heatmap, from {low:G3} to {high:G3}");
        return new VariablePicture(
            map.Columns,
            [.. map.Cells.Select(value => value is { } number ? StaticColours.Cividis.At(high > low ? (number - low) / (high - low) : 0.5) : "")],
            words + (map.IsPart ? ", the first matrix of several" : "") + (map.IsCoarse ? ", means of blocks" : ""));
    }
}
