using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Kernel;

/// <summary>Which settings of .NET a kernel's process gets, and who may change them: readers how code is compiled, the options everything.</summary>
public sealed class KernelRuntimeTests
{
    private const string Threshold = "DOTNET_TC_CallCountThreshold";

    [Fact]
    public void Configure_EmptyEnvironment_GetsEverySetting()
    {
        Dictionary<string, string?> environment = Configured([]);
        Assert.NotEmpty(KernelRuntime.Compilation);
        Assert.All(KernelRuntime.Compilation, setting => Assert.Equal(setting.Value, environment[setting.Key]));
        Assert.Equal("0x8000000", environment["DOTNET_GCHeapHardLimit"]);
        Assert.Equal("0", environment["DOTNET_gcServer"]);
    }

    [Fact]
    public void Configure_ReadersOwnSettings_AreKeptForCompilationAlone()
    {
        Dictionary<string, string?> environment = Configured(new() { [Threshold] = "1E", ["DOTNET_GCHeapHardLimit"] = "0x1", ["HOME"] = "here" });
        Assert.Equal("1E", environment[Threshold]);
        Assert.Equal("0x8000000", environment["DOTNET_GCHeapHardLimit"]);
        Assert.Equal("here", environment["HOME"]);
    }

    [Theory]
    [InlineData(Threshold)]
    [InlineData("DOTNET_gcServer")]
    [InlineData("MINE")]
    public void Configure_VariableOfTheOptions_ComesLast(string name)
    {
        Assert.Equal("2", Configured(new() { [name] = "1E" }, new() { [name] = "2" })[name]);
    }

    private static Dictionary<string, string?> Configured(Dictionary<string, string?> environment, Dictionary<string, string>? more = null)
    {
        KernelRuntime.Configure(environment, new KernelOptions { MemoryLimit = 128 << 20, Environment = more ?? [] });
        return environment;
    }
}
