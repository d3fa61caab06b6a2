using System.Reflection;
using System.Runtime.Loader;

namespace AttentionLab.PlotlyNet;

/// <summary>
/// Plotly.NET and what it needs, loaded once, from the folder of this assembly. A notebook host does not hold them, holds them twice, or holds an
/// older one: .NET Interactive 1.0.712001 brings FSharp.Core 10.0 where Plotly.NET 6 needs 10.1, and a C# script gives every <c>#r</c> a context
/// of its own, so that a type of FSharp.Core would not be the same type in two of them.
/// An assembly that the host has in the same or a newer version is taken from it.
/// </summary>
internal sealed class GuestContext : AssemblyLoadContext
{
    private static readonly string[] Guests =
        ["FSharp.Core", "Fable.Core", "DynamicObj", "Giraffe.ViewEngine", "Newtonsoft.Json", "Plotly.NET", "Plotly.NET.CSharp", "Plotly.NET.Interactive"];

    private static readonly Lazy<GuestContext> Shared = new(() => new GuestContext(Path.GetDirectoryName(typeof(GuestContext).Assembly.Location)!));

    private readonly Dictionary<string, Assembly> _guests = [];

    private GuestContext(string folder)
        : base("Plotly.NET")
    {
        foreach (string name in Guests)
        {
            string file = Path.Combine(folder, name + ".dll");
            _guests[name] = FromHost(AssemblyName.GetAssemblyName(file)) ?? LoadFromAssemblyPath(file);
        }

        Default.Resolving += (_, name) => Load(name);
    }

    /// <summary>Loads all of them, if that has not been done.</summary>
    public static void Open() => _ = Shared.Value;

    protected override Assembly? Load(AssemblyName assemblyName) => _guests.GetValueOrDefault(assemblyName.Name ?? "");

    private static Assembly? FromHost(AssemblyName name)
    {
        try
        {
            return Default.LoadFromAssemblyName(name);
        }
        catch (Exception e) when (e is FileNotFoundException or FileLoadException)
        {
            return null;
        }
    }
}
