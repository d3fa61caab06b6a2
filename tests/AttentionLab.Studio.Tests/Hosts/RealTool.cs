using System.Diagnostics;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Hosts;

/// <summary>The real .NET Interactive, a tool that <c>.config/dotnet-tools.json</c> pins and the build restores.</summary>
internal static class RealTool
{
    /// <summary>Why a test is skipped where the tool is not.</summary>
    public const string Missing = "the tool .NET Interactive is not here: run 'dotnet tool restore' in the repository, with a package registry at hand";

    private static readonly Lazy<Task<bool>> Restored = new(async () => (await RunAsync("--version")).ExitCode == 0);

    /// <summary>True if the tool can be started.</summary>
    public static Task<bool> IsHereAsync() => Restored.Value;

    /// <summary>Switches off telemetry and first-run notices, and compiles as a kernel does, for the tool and whatever starts it.</summary>
    public static void Quieten(IDictionary<string, string?> environment)
    {
        string[] quiet =
        [
            "DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT", "DOTNET_CLI_TELEMETRY_OPTOUT", "DOTNET_INTERACTIVE_SKIP_FIRST_TIME_EXPERIENCE", "DOTNET_NOLOGO",
        ];
        foreach (string name in quiet)
        {
            environment[name] = "1";
        }

        // As Studio starts its kernels, and as the dev container starts the tool.
        foreach ((string name, string value) in KernelRuntime.Compilation)
        {
            environment[name] = value;
        }

        // Tests run beside each other: threads of one notebook that wait for each other would take a fifth more of the processor, and no result needs them.
        environment["DOTNET_PROCESSOR_COUNT"] = "1";

        // With one processor .NET waits ten times as long before it optimises what is called often: here there is another one to do it.
        environment["DOTNET_TC_DelaySingleProcMultiplier"] = "1";
    }

    /// <summary>Starts the tool.</summary>
    public static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(StudioProcess.Dotnet, ["tool", "run", "dotnet-interactive", "--", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        Quieten(start.Environment);
        return Process.Start(start)!;
    }

    /// <summary>Runs the tool to its end; what it printed.</summary>
    public static async Task<(int ExitCode, string Printed)> RunAsync(params string[] arguments)
    {
        using Process process = Start(arguments);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }
}
