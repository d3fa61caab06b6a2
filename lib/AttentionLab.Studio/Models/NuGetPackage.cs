using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using AttentionLab.Course.Data;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Models;

/// <summary>
/// Fetches one NuGet package, without those that it depends on, by <c>dotnet restore</c> of a project that asks for nothing else: the user's sources,
/// credentials and package folder count, and a package that is in that folder already is not fetched again.
/// </summary>
internal static class NuGetPackage
{
    /// <summary>No props of a folder above, so that the same is fetched wherever the project stands.</summary>
    private static string Project(string id, string version) => $"""
        <Project>
          <PropertyGroup>
            <ImportDirectoryBuildProps>false</ImportDirectoryBuildProps>
            <ImportDirectoryPackagesProps>false</ImportDirectoryPackagesProps>
            <ImportDirectoryBuildTargets>false</ImportDirectoryBuildTargets>
          </PropertyGroup>
          <Import Project="Sdk.props" Sdk="Microsoft.NET.Sdk" />
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
          </PropertyGroup>
          <ItemGroup>
            <PackageDownload Include="{id}" Version="[{version}]" />
          </ItemGroup>
          <Import Project="Sdk.targets" Sdk="Microsoft.NET.Sdk" />
        </Project>
        """;

    /// <summary>How often a line is printed while NuGet works.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);

    /// <summary>Fetches the package.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="version">Exactly this one.</param>
    /// <param name="folder">An empty folder for the project; a <c>nuget.config</c> in it or above it counts.</param>
    /// <param name="say">Told what goes on.</param>
    /// <param name="cancellation">Ends NuGet's process.</param>
    /// <returns>The package's folder.</returns>
    /// <exception cref="CourseException">No source has it, or none answers; the message is NuGet's first error, and the fix.</exception>
    public static async Task<string> RestoreAsync(string id, string version, string folder, Action<string> say, CancellationToken cancellation)
    {
        string project = Path.Combine(folder, "fetch.csproj");
        await File.WriteAllTextAsync(project, Project(id, version), cancellation);
        ProcessStartInfo start = new(KernelProcess.DotnetHost(), ["restore", project, "--nologo", "-tl:off", "-v", "m"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        (int exit, string output) = await RunAsync(start, say, cancellation);
        if (exit != 0)
        {
            string[] lines = output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            string first = Array.Find(lines, line => line.Contains("error", StringComparison.OrdinalIgnoreCase)) ?? lines.FirstOrDefault()
                ?? $"exit code {exit}";
            throw new CourseException(
                $"the package {id} {version} could not be fetched: {first.Replace(project, "", StringComparison.Ordinal).TrimStart(' ', ':')} Look at the "
                + "network and at your package sources (dotnet nuget list source), then say it again: what was fetched is not fetched twice.");
        }

        // NuGet's own record says where packages lie: the user may have moved that folder.
        using JsonDocument assets = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, "obj", "project.assets.json"), cancellation));
        string[] places = [.. assets.RootElement.GetProperty("packageFolders").EnumerateObject().Select(place => place.Name)];
        return Array.Find([.. places.Select(place => Path.Combine(place, id.ToLowerInvariant(), version))], Directory.Exists)
            ?? throw new CourseException(
                $"{id} {version} was fetched but lies in none of {string.Join(", ", places)}: empty NuGet's package folder and say it again.");
    }

    private static async Task<(int Exit, string Output)> RunAsync(ProcessStartInfo start, Action<string> say, CancellationToken cancellation)
    {
        Process process;
        try
        {
            process = ChildProcesses.Start(start);
        }
        catch (Win32Exception e)
        {
            throw new CourseException($"{start.FileName} could not be started ({e.Message}): the .NET SDK is needed, its runtime alone is not enough.");
        }

        using (process)
        {
            long began = Stopwatch.GetTimestamp();
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation), error = process.StandardError.ReadToEndAsync(cancellation);
            Task ended = process.WaitForExitAsync(cancellation);
            try
            {
                while (await Task.WhenAny(ended, Task.Delay(Beat, cancellation)) != ended)
                {
                    cancellation.ThrowIfCancellationRequested();
                    say(FormattableString.Invariant($"  NuGet is at work, {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s"));
                }

                await ended;
                return (process.ExitCode, await output + await error);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
        }
    }
}
