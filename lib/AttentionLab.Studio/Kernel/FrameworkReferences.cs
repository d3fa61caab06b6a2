using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace AttentionLab.Studio.Kernel;

/// <summary>The runtime's own assemblies, as references for the compiler.</summary>
internal static class FrameworkReferences
{
    /// <summary>The folder of the running .NET.</summary>
    public static string Folder { get; } = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    /// <summary>Every managed assembly of that folder; they are opened when first needed.</summary>
    public static ImmutableArray<MetadataReference> All { get; } =
    [
        .. ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(path => string.Equals(Path.GetDirectoryName(path), Folder, StringComparison.OrdinalIgnoreCase))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];
}
