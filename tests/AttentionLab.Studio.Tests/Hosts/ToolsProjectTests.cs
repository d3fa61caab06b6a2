using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace AttentionLab.Studio.Tests.Hosts;

/// <summary><c>.config/tools.proj</c> without the tool: the build goes on with one line.</summary>
public sealed class ToolsProjectTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Build_WithoutTheTool_WarnsInOneLineAndSucceeds()
    {
        foreach (string name in (string[])["tools.proj", "dotnet-tools.json"])
        {
            // A version that no machine has in its package _folder.
            _folder.Write(
                Path.Combine(".config", name),
                File.ReadAllText(Path.Combine(Repository.Root, ".config", name)).Replace(
                    "\"version\": \"1.0.", "\"version\": \"0.0.", StringComparison.Ordinal));
        }

        _folder.Write(
            Path.Combine(".config", "nuget.config"),
            "<configuration><packageSources><clear /><add key=\"empty\" value=\".\" /></packageSources></configuration>");
        string[] lines = await BuildAsync();
        Assert.Contains("warning TOOL001: The tool .NET Interactive could not be restored (exit code 1)", Assert.Single(lines));
        Assert.False(File.Exists(_folder[Path.Combine("artifacts", "tools.stamp")]));
    }

    [Fact]
    public async Task Tool_ThatIsStarted_IsTheOneOfTheManifest()
    {
        Assert.SkipUnless(await RealTool.IsHereAsync(), RealTool.Missing);
        string pinned = (string)JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, ".config", "dotnet-tools.json")))!
            ["tools"]!["microsoft.dotnet-interactive"]!["version"]!;
        Assert.StartsWith(pinned + "+", (await RealTool.RunAsync("--version")).Printed);
    }

    /// <summary>README names two commands, and neither restores tools: the build of Studio does.</summary>
    [Fact]
    public void Build_OfStudio_RestoresTheTools()
    {
        XElement project = XElement.Load(Path.Combine(Repository.Root, "lib", "AttentionLab.Studio", "AttentionLab.Studio.csproj"));
        XElement call = Assert.Single(project.Elements("Target").Where(target => (string?)target.Attribute("AfterTargets") == "Build").Elements("MSBuild"));
        string tools = ((string)call.Attribute("Projects")!).Replace("$(MSBuildThisFileDirectory)", "");
        Assert.Equal(
            Path.Combine(Repository.Root, ".config", "tools.proj"),
            Path.GetFullPath(Path.Combine(Repository.Root, "lib", "AttentionLab.Studio", tools)));
    }

    public void Dispose() => _folder.Dispose();

    private async Task<string[]> BuildAsync()
    {
        string[] arguments = ["msbuild", _folder[Path.Combine(".config", "tools.proj")], "-nologo", "-verbosity:quiet", "-nodeReuse:false"];
        using Process build = Process.Start(new ProcessStartInfo(StudioProcess.Dotnet, arguments) { RedirectStandardOutput = true })!;
        string output = await build.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await build.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, build.ExitCode);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
