using System.Composition;
using System.Composition.Hosting;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using Microsoft.CodeAnalysis.Host.Mef;

namespace AttentionLab.Studio.Kernel.Interactive;

/// <summary>
/// What Roslyn's workspace is put together from (completion, formatting, …): the types of its libraries that export something. Left to itself it asks each
/// of their eleven thousand types, and each of these types' properties, for its attributes: a tenth of a kernel's start. Their metadata says it at once.
/// </summary>
internal static class WorkspaceParts
{
    /// <summary>Makes the parts that every workspace of this process uses, the same as Roslyn would; call it before the first workspace.</summary>
    /// <returns>False where this Roslyn cannot be told: then it looks for its parts itself.</returns>
    public static bool Compose()
    {
        PropertyInfo host = typeof(MefHostServices).GetProperty(nameof(MefHostServices.DefaultHost))!;
        if (!host.CanWrite)
        {
            return false;
        }

        ContainerConfiguration parts = new ContainerConfiguration().WithParts(MefHostServices.DefaultAssemblies.SelectMany(In));
        host.SetValue(null, MefHostServices.Create(parts.CreateContainer()));
        return true;
    }

    /// <summary>The types with an attribute of exports on them or on a property, in the order in which the assembly has them.</summary>
    public static unsafe IEnumerable<Type> In(Assembly assembly)
    {
        if (!assembly.TryGetRawMetadata(out byte* metadata, out int length))
        {
            return assembly.DefinedTypes;
        }

        var reader = new MetadataReader(metadata, length);
        var isExport = new Dictionary<EntityHandle, bool>();
        var rows = new SortedSet<int>();
        foreach (CustomAttributeHandle handle in reader.CustomAttributes)
        {
            CustomAttribute attribute = reader.GetCustomAttribute(handle);
            if (attribute.Parent.Kind is not (HandleKind.TypeDefinition or HandleKind.PropertyDefinition))
            {
                continue;
            }

            if (!isExport.TryGetValue(attribute.Constructor, out bool exports))
            {
                isExport.Add(attribute.Constructor, exports = IsExport(assembly.ManifestModule, attribute.Constructor));
            }

            if (exports && OwnerOf(reader, attribute.Parent) is { IsNil: false } owner)
            {
                rows.Add(MetadataTokens.GetRowNumber(owner));
            }
        }

        return [.. rows.Select(row => assembly.ManifestModule.ResolveType(MetadataTokens.GetToken(MetadataTokens.TypeDefinitionHandle(row))))];
    }

    /// <summary>The type that has the attribute, itself or on a property; nil if the property has nothing to give.</summary>
    private static TypeDefinitionHandle OwnerOf(MetadataReader reader, EntityHandle parent)
    {
        if (parent.Kind == HandleKind.TypeDefinition)
        {
            return (TypeDefinitionHandle)parent;
        }

        MethodDefinitionHandle getter = reader.GetPropertyDefinition((PropertyDefinitionHandle)parent).GetAccessors().Getter;
        return getter.IsNil ? default : reader.GetMethodDefinition(getter).GetDeclaringType();
    }

    /// <summary>One of a few hundred kinds of attributes.</summary>
    private static bool IsExport(Module module, EntityHandle constructor) =>
        module.ResolveMethod(MetadataTokens.GetToken(constructor))?.DeclaringType?.IsAssignableTo(typeof(ExportAttribute)) == true;
}
