using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace AttentionLab.Studio.Kernel;

/// <summary>Finds what <c>#r "path"</c> names, relative to the file that says it, and what a referenced file needs from its own folder.</summary>
internal sealed class NotebookReferenceResolver(string folder, NotebookLoadContext context) : MetadataReferenceResolver
{
    private readonly string folder = folder;

    public override bool ResolveMissingAssemblies => true;

    /// <summary>Absolute path of what a directive names.</summary>
    public string PathOf(string reference) => Path.GetFullPath(Path.Combine(folder, reference));

    public override ImmutableArray<PortableExecutableReference> ResolveReference(string reference, string? baseFilePath, MetadataReferenceProperties properties)
    {
        string path = PathOf(reference);
        if (!File.Exists(path))
        {
            return [];
        }

        context.Register(path);
        return [MetadataReference.CreateFromFile(path, properties)];
    }

    public override PortableExecutableReference? ResolveMissingAssembly(MetadataReference definition, AssemblyIdentity referenceIdentity)
    {
        string? path = NotebookLoadContext.Beside((definition as PortableExecutableReference)?.FilePath, referenceIdentity.Name);
        return path is null ? null : MetadataReference.CreateFromFile(path);
    }

    public override bool Equals(object? other) => other is NotebookReferenceResolver resolver && resolver.folder == folder;

    public override int GetHashCode() => folder.GetHashCode(StringComparison.Ordinal);
}
