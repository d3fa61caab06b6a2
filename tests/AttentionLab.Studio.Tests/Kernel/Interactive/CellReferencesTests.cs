using System.Collections.Immutable;
using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Kernel.Interactive;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.CSharp;

namespace AttentionLab.Studio.Tests.Kernel.Interactive;

/// <summary>What a cell refers to is found as .NET's scripts find it; only how it comes into memory differs.</summary>
public sealed class CellReferencesTests(KernelFixture kernel) : IClassFixture<KernelFixture>
{
    private static readonly MetadataReferenceResolver Scripts = ScriptMetadataResolver.Default;
    private static readonly CellReferences Ours = new(Scripts);

    [Fact]
    public void Reference_ByName_IsWhatScriptsFind()
    {
        string[] names = [.. ScriptOptions.Default.MetadataReferences.OfType<UnresolvedMetadataReference>().Select(reference => reference.Reference)];
        Assert.NotEmpty(names);
        Assert.All([.. names, "Microsoft.CodeAnalysis.CSharp", "no.such.library", "./no-such-file.dll"], name =>
        {
            PortableExecutableReference? expected = Single(Scripts.ResolveReference(name, null, MetadataReferenceProperties.Assembly));
            AssertSame(expected, Single(Ours.ResolveReference(name, null, MetadataReferenceProperties.Assembly)));
        });
    }

    [Fact]
    public void Reference_OfALibraryThatACellUsesByAnotherOne_IsWhatScriptsFindAndHidden()
    {
        MetadataReference asks = MetadataReference.CreateFromFile(typeof(CSharpKernel).Assembly.Location);
        string[] names = [.. typeof(CSharpKernel).Assembly.GetReferencedAssemblies().Select(name => name.FullName), "No.Such.Library, Version=1.0.0.0"];
        Assert.All(names, name =>
        {
            Assert.True(AssemblyIdentity.TryParseDisplayName(name, out AssemblyIdentity? identity));
            AssertSame(Scripts.ResolveMissingAssembly(asks, identity), Ours.ResolveMissingAssembly(asks, identity));
        });
        Assert.Equal(Scripts.ResolveMissingAssemblies, Ours.ResolveMissingAssemblies);
    }

    [Fact]
    public void Reference_AskedForTwice_IsInMemoryOnce()
    {
        Assert.True(AssemblyIdentity.TryParseDisplayName("System.Linq", out AssemblyIdentity? identity));
        PortableExecutableReference named = Ours.ResolveReference("System.Linq", null, MetadataReferenceProperties.Assembly).Single();
        PortableExecutableReference missing = new CellReferences(Scripts).ResolveMissingAssembly(named, identity)!;
        Assert.Same(named.GetMetadataId(), missing.GetMetadataId());
    }

    [Fact]
    public void Reference_ToAFileOfTheNotebook_IsRead()
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "System.Linq.dll");
        File.Copy(typeof(Enumerable).Assembly.Location, file);
        PortableExecutableReference found = Ours.ResolveReference(file, null, MetadataReferenceProperties.Assembly).Single();
        Assert.Equal(file, found.FilePath);

        // Nobody holds it: a build may write it again.
        File.WriteAllText(file, "another library");
        Assert.Equal("System.Linq", found.GetMetadata() is AssemblyMetadata read ? Identity(read) : "");
    }

    [Fact]
    public async Task Kernel_FromItsFirstCellOn_UsesThem()
    {
        using CSharpKernel csharp = new();
        ScriptSettings.Apply(csharp);
        await csharp.SendAsync(new SubmitCode("int one = 1;"), TestContext.Current.CancellationToken);
        Assert.IsType<CellReferences>(csharp.ScriptState.Script.Options.MetadataResolver);
        PortableExecutableReference mapped = Ours.ResolveReference("System.Runtime", null, MetadataReferenceProperties.Assembly).Single();
        Assert.Contains(csharp.ScriptState.Script.GetCompilation().References.OfType<PortableExecutableReference>(),
            reference => reference.GetMetadataId() == mapped.GetMetadataId());
    }

    [Fact]
    public async Task Cells_InAnotherFolder_KeepTheirTypes()
    {
        ExecutedCell[] cells =
        [
            await kernel.RunAsync(
                """
                using System.IO;
                List<int> three = [1, 2, 3];
                string home = Directory.GetCurrentDirectory();
                Directory.SetCurrentDirectory(Path.GetTempPath());
                """),
            await kernel.RunAsync("List<int> four = [.. three, 4]; System.Collections.Immutable.ImmutableArray<int> fixedFour = [.. four];"),
            await kernel.RunAsync("Directory.SetCurrentDirectory(home);"),
            await kernel.RunAsync("fixedFour.Sum() + three.Count"),
        ];
        Assert.All(cells, cell => Assert.Null(cell.Failure));
        Assert.Equal("13", Assert.Single(cells[3].Outputs).Content);
    }

    private static PortableExecutableReference? Single(ImmutableArray<PortableExecutableReference> found) => found.IsEmpty ? null : found.Single();

    private static void AssertSame(PortableExecutableReference? expected, PortableExecutableReference? found)
    {
        Assert.Equal(expected?.FilePath, found?.FilePath);
        Assert.Equal(expected?.Properties, found?.Properties);
        Assert.Equal(expected?.Display, found?.Display);
        if (expected is not null)
        {
            Assert.Equal(Identity((AssemblyMetadata)expected.GetMetadata()), Identity((AssemblyMetadata)found!.GetMetadata()));
        }
    }

    private static string Identity(AssemblyMetadata assembly)
    {
        System.Reflection.Metadata.MetadataReader reader = assembly.GetModules().Single().GetMetadataReader();
        return reader.GetString(reader.GetAssemblyDefinition().Name);
    }
}
