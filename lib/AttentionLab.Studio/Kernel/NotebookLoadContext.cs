using System.Reflection;
using System.Runtime.Loader;

namespace AttentionLab.Studio.Kernel;

/// <summary>
/// Where a notebook's cells and the assemblies they refer to by <c>#r</c> are loaded. A referenced file wins over a file of the same
/// name beside this host, so that a cell runs against exactly the library it was compiled against.
/// </summary>
internal sealed class NotebookLoadContext() : AssemblyLoadContext("notebook")
{
    private readonly Dictionary<string, string> files = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Remembers a referenced file.</summary>
    public void Register(string path) => files.TryAdd(Path.GetFileNameWithoutExtension(path), path);

    /// <summary>A file beside a referenced one, or null; the runtime's own assemblies are never taken from there.</summary>
    public static string? Beside(string? referencedFile, string assemblyName)
    {
        string? folder = Path.GetDirectoryName(referencedFile);
        string? candidate = folder is null ? null : Path.Combine(folder, assemblyName + ".dll");
        return candidate is not null && File.Exists(candidate) && !IsFramework(assemblyName) ? candidate : null;
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name is not string name || IsFramework(name))
        {
            return null;
        }

        if (!files.TryGetValue(name, out string? path))
        {
            path = files.Values.ToArray().Select(file => Beside(file, name)).FirstOrDefault(file => file is not null);
        }

        return path is null ? null : LoadFromAssemblyPath(path);
    }

    private static bool IsFramework(string assemblyName) => File.Exists(Path.Combine(FrameworkReferences.Folder, assemblyName + ".dll"));
}
