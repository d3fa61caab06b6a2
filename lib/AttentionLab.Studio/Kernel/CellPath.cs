using System.Globalization;
using System.Text.RegularExpressions;

namespace AttentionLab.Studio.Kernel;

/// <summary>Names a cell in stack traces: file of the notebook, number of the cell.</summary>
internal readonly record struct CellPath(string File, int Cell)
{
    private const string Prefix = "cell://";

    public override string ToString() => $"{Prefix}{File}/{Cell}";

    /// <summary>The first line of this cell in a stack as .NET prints it, <c>at Name() in cell://FILE/CELL:line LINE</c>; 0 for none.</summary>
    public int FirstLineIn(string stack) =>
        Regex.Match(stack, Regex.Escape(ToString()) + @":line (\d{1,9})\b") is { Success: true } found
            ? int.Parse(found.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    /// <summary>Reads the name back from a stack frame; false for frames that are not a notebook's.</summary>
    public static bool TryParse(string? text, out CellPath path)
    {
        path = default;
        if (text is null || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        int slash = text.LastIndexOf('/');
        if (slash < Prefix.Length || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int cell))
        {
            return false;
        }

        path = new CellPath(text[Prefix.Length..slash], cell);
        return true;
    }
}
