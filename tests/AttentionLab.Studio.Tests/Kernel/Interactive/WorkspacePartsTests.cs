using System.Composition;
using System.Reflection;
using AttentionLab.Studio.Kernel.Interactive;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Host.Mef;

namespace AttentionLab.Studio.Tests.Kernel.Interactive;

/// <summary>The workspace is put together from what Roslyn's own search finds: nothing is left out, and little else is looked at.</summary>
public sealed class WorkspacePartsTests
{
    public static TheoryData<string> Assemblies => [.. MefHostServices.DefaultAssemblies.Select(assembly => assembly.GetName().Name!)];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void In_AnyAssembly_AreAllThatExport(string name)
    {
        Assembly assembly = MefHostServices.DefaultAssemblies.Single(assembly => assembly.GetName().Name == name);
        Type[] all = [.. assembly.DefinedTypes];
        Type[] found = [.. WorkspaceParts.In(assembly)];
        Assert.Equal(all.Where(Exports).Select(type => type.FullName), found.Where(Exports).Select(type => type.FullName));
        Assert.InRange(found.Length, 1, all.Length / 4);
    }

    [Fact]
    public void In_TypesOfTests_AreThoseWithAnExportOfTheirOwnOrOfAProperty()
    {
        Type[] found = [.. WorkspaceParts.In(typeof(WorkspacePartsTests).Assembly)];
        Assert.Contains(typeof(WithExport), found);
        Assert.Contains(typeof(WithExportOfProperty), found);
        Assert.DoesNotContain(typeof(WithExportNobodyReads), found);
        Assert.DoesNotContain(typeof(WorkspacePartsTests), found);
    }

    /// <summary>A newer Roslyn that cannot be told any more is to be noticed: every kernel would start a tenth slower.</summary>
    [Fact]
    public void Compose_ThisRoslyn_TakesIt()
    {
        MefHostServices before = MefHostServices.DefaultHost;
        Assert.True(WorkspaceParts.Compose());
        Assert.NotSame(before, MefHostServices.DefaultHost);
        using var workspace = new AdhocWorkspace();
        Assert.NotNull(workspace.Services.GetLanguageServices(LanguageNames.CSharp).GetService<Microsoft.CodeAnalysis.Completion.CompletionService>());
    }

    private static bool Exports(Type type) => type is { IsClass: true, IsAbstract: false }
        && (type.GetCustomAttributes<ExportAttribute>(inherit: false).Any()
            || type.GetRuntimeProperties().Any(property => property.GetCustomAttributes<ExportAttribute>(inherit: false).Any()));

    [Export]
    private sealed class WithExport;

    private sealed class WithExportOfProperty
    {
        [Export]
        public string Text { get; } = "";
    }

    private sealed class WithExportNobodyReads
    {
        private readonly char[] _text = new char[8];

        [Export]
        public string Text
        {
            set => value.CopyTo(_text);
        }
    }
}
