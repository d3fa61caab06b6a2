namespace AttentionLab.Studio.Dib;

/// <summary>One cell of a notebook, with the bytes that surround its text in the file.</summary>
/// <param name="Kind">What the cell is to this host.</param>
/// <param name="Language">The name after <c>#!</c> as written in the file, for example <c>csharp</c> or <c>c#</c>.</param>
/// <param name="Text">The cell's text as an editor shows it: no separator line, no blank lines around it, line ends <c>\n</c>.</param>
public sealed record DibCell(DibCellKind Kind, string Language, string Text)
{
    /// <summary>The separator line with its line end; null in a cell that no file held yet; empty where a file starts without one.</summary>
    internal string? Separator { get; init; }

    /// <summary>Blank lines between the separator and the text.</summary>
    internal string Before { get; init; } = "";

    /// <summary>The text as it stands in the file.</summary>
    internal string Raw { get; init; } = "";

    /// <summary>Line end of the last line and the blank lines up to the next separator.</summary>
    internal string After { get; init; } = "";

    /// <summary>The cell as it is written: the file's own characters where the text was not changed.</summary>
    /// <param name="newLine">The line end of the file, for changed and new cells.</param>
    internal string ToFileText(string newLine)
    {
        string body = Normalize(Raw) == Text ? Raw : Normalize(Text).Replace("\n", newLine, StringComparison.Ordinal);
        if (Separator is null)
        {
            return $"#!{Language}{newLine}{newLine}{body}{newLine}{newLine}";
        }

        // The last line of a file may be a separator without a line end.
        bool isOpen = body.Length > 0 && Separator.Length > 0 && !Separator.EndsWith('\n');
        return Separator + (isOpen ? newLine : "") + Before + body + After;
    }

    /// <summary>Line ends <c>\n</c>, whatever the file has.</summary>
    internal static string Normalize(string raw) => raw.Replace("\r\n", "\n", StringComparison.Ordinal);
}
