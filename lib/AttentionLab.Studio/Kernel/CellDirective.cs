namespace AttentionLab.Studio.Kernel;

/// <summary>What a line of a C# cell asks the host to bring.</summary>
internal enum CellDirectiveKind
{
    /// <summary>Code.</summary>
    None,

    /// <summary><c>#!import FILE</c>.</summary>
    Import,

    /// <summary><c>#r "FILE"</c>.</summary>
    Reference,

    /// <summary>Another line that starts with <c>#!</c>.</summary>
    Other,
}

/// <summary>A line that brings other files into a cell.</summary>
internal readonly record struct CellDirective(CellDirectiveKind Kind, string Target)
{
    /// <summary>Absolute path of the file that an import or a reference names from a folder; null for code and for packages.</summary>
    public string? FileFrom(string folder) =>
        Kind is CellDirectiveKind.Import or CellDirectiveKind.Reference && !Target.StartsWith("nuget:", StringComparison.OrdinalIgnoreCase)
            ? Path.GetFullPath(Path.Combine(folder, Target))
            : null;

    public static CellDirective Parse(string line)
    {
        if (line.StartsWith("#!", StringComparison.Ordinal))
        {
            string[] words = line[2..].Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return words is ["import", string file] ? new(CellDirectiveKind.Import, file.Trim('"')) : new(CellDirectiveKind.Other, "");
        }

        string trimmed = line.Trim();
        return trimmed.StartsWith("#r ", StringComparison.Ordinal) ? new(CellDirectiveKind.Reference, trimmed[3..].Trim().Trim('"')) : default;
    }
}
