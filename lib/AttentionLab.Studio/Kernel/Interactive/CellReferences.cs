using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.IO.MemoryMappedFiles;
using Microsoft.CodeAnalysis;

namespace AttentionLab.Studio.Kernel.Interactive;

/// <summary>
/// Finds what a cell refers to, as .NET's scripts do, each with its documentation and once. Where these read the platform's own libraries, it maps them into
/// memory: a first cell refers to some hundred, 90 MB, of which the compiler looks at a small part. They cannot change while the process runs on them.
/// </summary>
/// <param name="others">Finds everything else: a file that a notebook names is read, and may change.</param>
internal sealed class CellReferences(MetadataReferenceResolver others) : MetadataReferenceResolver
{
    /// <summary>Of a library that only another one refers to: a cell does not see its types, as in every script.</summary>
    private static readonly MetadataReferenceProperties Implicit = MetadataReferenceProperties.Assembly.WithAliases(["<implicit>"]);

    private static readonly ConcurrentDictionary<string, Lazy<AssemblyMetadata>> Mapped = new(StringComparer.Ordinal);

    private static readonly ImmutableDictionary<string, string> Platform =
        ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .DistinctBy(Path.GetFileNameWithoutExtension)
        .ToImmutableDictionary(path => Path.GetFileNameWithoutExtension(path), StringComparer.OrdinalIgnoreCase);

    private readonly MetadataReferenceResolver _others = others;

    private readonly ConcurrentDictionary<(string, string?, MetadataReferenceProperties), ImmutableArray<PortableExecutableReference>> _named = new();

    private readonly ConcurrentDictionary<AssemblyIdentity, PortableExecutableReference?> _missing = new();

    public override bool ResolveMissingAssemblies => true;

    public override ImmutableArray<PortableExecutableReference> ResolveReference(
        string reference, string? baseFilePath, MetadataReferenceProperties properties) =>
        _named.GetOrAdd((reference, baseFilePath, properties), _ => Platform.GetValueOrDefault(reference) is { } path
            ? [Documented(Map(path), path, properties)]
            : [.. _others.ResolveReference(reference, baseFilePath, properties)
                .Select(found => Documented((AssemblyMetadata)found.GetMetadata(), found.FilePath!, properties))]);

    public override PortableExecutableReference? ResolveMissingAssembly(MetadataReference definition, AssemblyIdentity referenceIdentity) =>
        _missing.GetOrAdd(referenceIdentity, identity => Platform.GetValueOrDefault(identity.Name) is { } path
            ? Documented(Map(path), path, Implicit)
            : _others.ResolveMissingAssembly(definition, identity));

    public override bool Equals(object? other) => other is CellReferences references && references._others.Equals(_others);

    public override int GetHashCode() => _others.GetHashCode();

    private static PortableExecutableReference Documented(AssemblyMetadata assembly, string path, MetadataReferenceProperties properties)
    {
        XmlDocumentationProvider documentation = XmlDocumentationProvider.CreateFromFile(Path.ChangeExtension(path, ".xml"));
        return assembly.GetReference(documentation, properties.Aliases, properties.EmbedInteropTypes, path);
    }

    private static AssemblyMetadata Map(string path) => Mapped.GetOrAdd(path, file => new Lazy<AssemblyMetadata>(() => MapFile(file))).Value;

    private static unsafe AssemblyMetadata MapFile(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        int length = checked((int)file.Length);
        using MemoryMappedFile map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        MemoryMappedViewAccessor view = map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        byte* image = null;

        // Never given back: the cells refer to it until the process ends.
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref image);
        return AssemblyMetadata.Create(ModuleMetadata.CreateFromImage((nint)image, length));
    }
}
