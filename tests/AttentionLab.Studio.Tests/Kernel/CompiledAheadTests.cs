using System.Reflection.PortableExecutable;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Kernel;

/// <summary>The compiler that kernels load was translated to machine code by the build (lib/AttentionLab.Studio/CompileAhead.targets).</summary>
public sealed class CompiledAheadTests
{
    private static readonly string Translated = Path.Combine(Repository.Root, "artifacts", "obj", "ahead");

    public static TheoryData<string> Assemblies => [.. Directory.Exists(Translated) ? Directory.GetFiles(Translated, "*.dll") : [""]];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Assembly_BesideTheKernel_HoldsMachineCodeOfTheSameBuild(string translated)
    {
        Assert.SkipUnless(File.Exists(Path.Combine(Translated, "done")), "the build could not translate ahead: no Crossgen2 for this machine");
        string used = Path.Combine(Path.GetDirectoryName(typeof(NotebookSession).Assembly.Location)!, Path.GetFileName(translated));
        using PEReader reader = new(File.OpenRead(used));
        Assert.True(reader.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0, $"{Path.GetFileName(used)} holds no machine code");
        Assert.Equal(File.ReadAllBytes(translated), File.ReadAllBytes(used));
    }
}
