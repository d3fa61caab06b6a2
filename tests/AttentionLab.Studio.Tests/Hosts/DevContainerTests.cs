using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Hosts;

/// <summary>The dev container's file agrees with its scripts and the program; <c>tests/clean-root/run.sh</c> tries the scripts themselves.</summary>
public sealed partial class DevContainerTests
{
    private static readonly JsonElement Container = JsonDocument.Parse(
        File.ReadAllText(Path.Combine(Repository.Root, ".devcontainer", "devcontainer.json"))).RootElement;

    [Fact]
    public void Port_ThatIsForwarded_IsTheOneThatTheCourseStartsOn()
    {
        Assert.Equal([CourseServer.FirstPort], Container.GetProperty("forwardPorts").EnumerateArray().Select(port => port.GetInt32()));
        Assert.Contains($"port=${{1:-{CourseServer.FirstPort}}}", File.ReadAllText(Path.Combine(Repository.Root, ".devcontainer", "start.sh")));
        Assert.True(Container.GetProperty("portsAttributes").TryGetProperty($"{CourseServer.FirstPort}", out _));
    }

    /// <summary>Jupyter and the editor's notebooks compile cells as Studio's kernels do.</summary>
    [Fact]
    public void Settings_OfDotnet_AreThoseOfKernels()
    {
        Dictionary<string, string?> settings = Container.GetProperty("containerEnv").EnumerateObject()
            .ToDictionary(variable => variable.Name, variable => variable.Value.GetString());
        Assert.Contains("DOTNET_TC_CallCountThreshold", settings.Keys);
        Assert.All(settings, variable => Assert.Equal(KernelRuntime.Compilation[variable.Key], variable.Value));
    }

    [Fact]
    public void Commands_OfTheContainer_AreScriptsThatAreThere()
    {
        Match[] scripts =
        [
            .. Container.EnumerateObject().Where(
                property => property.Name.EndsWith("Command", StringComparison.Ordinal)).Select(property => Script().Match(property.Value.GetString()!))
        ];
        Assert.NotEmpty(scripts);
        Assert.All(scripts, script => Assert.True(File.Exists(Path.Combine(Repository.Root, script.Groups[1].Value)), script.Value));
    }

    [Fact]
    public async Task Start_WhereTheCourseRuns_StaysAwayOrTakesItsPlace()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("the dev container is Linux");
            return;
        }

        using TemporaryCourse course = new();
        course.Write("01-one.dib", "1");
        string script = course.WriteFile(".devcontainer/start.sh", File.ReadAllText(Path.Combine(Repository.Root, ".devcontainer", "start.sh")));

        // In place of the course that the script starts: says how it was started.
        string dotnet = course.WriteFile("bin/dotnet", "#!/bin/sh\necho \"dotnet $*\"\n");
        File.SetUnixFileMode(dotnet, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using Process old = StudioProcess.Start(["serve", "--no-open", "--notebooks", course.Notebooks]);
        try
        {
            string line = (await old.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!;
            string port = Port().Match(line).Groups[1].Value;
            string word = await RunAsync(script, port);
            Assert.StartsWith($"Port {port} is taken: the course is probably there already.", word);
            Assert.Contains($"{script} {port} --again ends that course", word);
            Assert.False(old.HasExited);

            Assert.Equal(
                $"dotnet run --project lib/AttentionLab.Studio -- --port {port} --no-open", (await RunAsync(script, port, "--again")).TrimEnd());
            await old.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
        }
        finally
        {
            if (!old.HasExited)
            {
                old.Kill(entireProcessTree: true);
            }
        }

        async Task<string> RunAsync(params string[] words)
        {
            ProcessStartInfo start = new("bash", words) { RedirectStandardOutput = true };
            start.Environment["PATH"] = Path.GetDirectoryName(dotnet) + ":" + Environment.GetEnvironmentVariable("PATH");
            using Process process = Process.Start(start)!;
            return await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        }
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:(\d+)/")]
    private static partial Regex Port();

    [GeneratedRegex(@"^bash (\.devcontainer/\w+\.sh)$")]
    private static partial Regex Script();
}
