using System.Diagnostics;

namespace AttentionLab.Course.Tests;

/// <summary><c>npm.proj</c> without Node: the build goes on and says what the book will lack.</summary>
public sealed class NpmProjectTests : IDisposable
{
    private static readonly string Web = Path.Combine(Repository.Root, "lib", "npm");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("none", "Node is switched off")]
    [InlineData("a-program-that-is-nowhere", "Node 20 or later was not found")]
    public async Task Build_WithoutNode_WarnsAndSucceeds(string node, string reason)
    {
        foreach (string name in (string[])["npm.proj", "package.json", "package-lock.json", "build.mjs", ".npmrc"])
        {
            File.Copy(Path.Combine(Web, name), Path.Combine(_folder.Path, name));
        }

        using Process build =
            Process.Start(
                new ProcessStartInfo("dotnet",
                    ["msbuild", Path.Combine(_folder.Path, "npm.proj"), "-nologo", "-nodeReuse:false", $"-p:BookNode={node}"])
                {
                    RedirectStandardOutput =
                        true
                })!;
        string output = await build.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await build.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, build.ExitCode);
        Assert.Contains($"warning WEB001: {reason}, so the book will not be offline", output);
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "dist")));
    }

    [Fact]
    public void LockFile_Always_PinsEveryPackageAndNamesNoRegistry()
    {
        string file = File.ReadAllText(Path.Combine(Web, "package-lock.json"));
        Assert.DoesNotContain("\"resolved\"", file);
        Assert.DoesNotMatch("https?://[^\"]*(registry|npmjs)", file);
        Assert.DoesNotMatch("\"(katex|plotly[^\"]*)\": \"[\\^~]", File.ReadAllText(Path.Combine(Web, "package.json")));
    }
}
