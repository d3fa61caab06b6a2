using System.Globalization;

namespace AttentionLab.Studio.Kernel;

/// <summary>Names a cell in stack traces: file of the notebook, number of the cell.</summary>
internal readonly record struct CellPath(string File, int Cell)
{
    private const string Prefix = "cell://";

    public override string ToString() => $"{Prefix}{File}/{Cell}";

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
