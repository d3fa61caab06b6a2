using System.Diagnostics;
using System.Text.RegularExpressions;
using AttentionLab.Studio.Tests.Models;

namespace AttentionLab.Studio.Tests;

/// <summary>What the READMEs tell a reader to type works, and the links they give lead somewhere.</summary>
public sealed partial class ReadmeTests(MiniLmFolder miniLm) : IDisposable
{
    private const string Studio = "dotnet run --project lib/AttentionLab.Studio";

    private static readonly string Root = Repository.Root.Replace('\\', '/');

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Pages =>
        ["README.md", "CONTRIBUTING.md", "lib/README.md", "lib/AttentionLab/README.md", "notebooks/README.md", "data/README.md"];

    public static TheoryData<string> PagesWithCode =>
        [.. Pages.Select(page => page.Data).Where(page => Text(page).Contains("```csharp", StringComparison.Ordinal))];

    public static TheoryData<string> StudioCommands =>
        [.. Commands("README.md").Where(line => line.StartsWith(Studio + " -- ", StringComparison.Ordinal)).Select(line => line[(Studio.Length + 4)..])];

    [Theory, MemberData(nameof(StudioCommands))]
    public async Task Command_OfReadme_Works(string arguments)
    {
        // The folders that a build writes are replaced, so that no test writes into the reader's own.
        List<string> words = [.. arguments.Split(' ')];
        string[] folders = words[0] == "build" ? ["--out", .. words.Where(word => word == "--ipynb")] : [];
        foreach (string option in folders)
        {
            int at = words.IndexOf(option);
            words.RemoveRange(at < 0 ? words.Count : at, at < 0 ? 0 : 2);
            words.AddRange([option, _folder[option]]);
        }

        if (words[0] == "model")
        {
            words.AddRange(["--out", Path.GetDirectoryName(await miniLm.RequireAsync())!]);
        }

        (int exitCode, string output, string error) = await Run(words);
        Assert.True(exitCode == 0, $"{arguments}: exit code {exitCode}\n{output}\n{error}");
        Assert.NotEmpty(output.Trim());
        if (words[0] == "build")
        {
            Assert.Matches(@"^[1-9]\d* notebooks?, [1-9]\d* cells?, 0 failed$", output.TrimEnd().Split('\n')[^1].TrimEnd());
            Assert.True(File.Exists(Path.Combine(_folder["--out"], "index.html")));
            Assert.Equal(folders.Contains("--ipynb"), Directory.EnumerateFiles(_folder.Path, "*.ipynb", SearchOption.AllDirectories).Any());
        }
    }

    [Fact]
    public async Task FirstCommand_OfReadme_ServesTheCourseUntilItIsStopped()
    {
        Assert.Contains(Studio, Commands("README.md"));
        using Process process = StudioProcess.Start(["--no-open"], Repository.Root);
        try
        {
            string? address = null;
            while (address is null && await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                address = Address().Match(line) is { Success: true } match ? match.Value : null;
            }

            string error = address is null ? await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken) : "";
            Assert.SkipWhen(error.StartsWith("error: the course runs already", StringComparison.Ordinal), "this repository's course is open");
            Assert.True(address is not null, error);
            using HttpClient client = new();
            Assert.Contains("To the course", await client.GetStringAsync(address, TestContext.Current.CancellationToken));
            Assert.Contains("Attention by Experiment", await client.GetStringAsync(new Uri(new Uri(address), "/"), TestContext.Current.CancellationToken));
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void ContinuousIntegration_RunsWhatReadmeSays()
    {
        string[] commands = [.. Commands("README.md")];
        Assert.Contains("dotnet test", commands);
        string script = File.ReadAllText(Path.Combine(Repository.Root, ".ci", "run"));
        Assert.Contains("--project lib/AttentionLab.Studio -- build --out site", script);
        Assert.Contains("dotnet test", script);
    }

    [Theory, MemberData(nameof(PagesWithCode))]
    public async Task Code_OfPage_RunsAndPrintsWhatStandsBehindIt(string page)
    {
        string[] blocks = [.. CodeBlock().Matches(Text(page)).Where(match => match.Groups[1].Value == "csharp").Select(
            match => match.Groups[2].Value.Replace("\"models/all-MiniLM-L6-v2\"", $"\"{Root}/tests/golden/bert/sentence-mean\"", StringComparison.Ordinal))];
        string[] run = [.. blocks.Where(block => !block.Contains("work/models/", StringComparison.Ordinal))];
        (int exitCode, string output, string error) = await RunCells(run);
        Assert.True(exitCode == 0, $"{page}: {error}");
        Assert.All(run.SelectMany(block => Shown().Matches(block)), shown => Assert.Contains(shown.Groups[1].Value, output, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Pages))]
    public void Links_OfPage_LeadToFiles(string page)
    {
        string start = Path.GetDirectoryName(Path.Combine(Repository.Root, page))!;
        foreach (Match link in Link().Matches(Text(page)))
        {
            string target = link.Groups[1].Value.Split('#')[0];
            if (target.Length > 0 && !target.Contains("://", StringComparison.Ordinal))
            {
                string path = Path.Combine(start, target);
                Assert.True(File.Exists(path) || Directory.Exists(path), $"{page} links to {target}, which is not there.");
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    private Task<(int ExitCode, string Output, string Error)> RunCells(IEnumerable<string> cells)
    {
        _folder.Write("setup.dib", File.ReadAllText(Path.Combine(Repository.Notebooks, "setup.dib")));
        return Run(["run", _folder.WriteNotebook("page.dib", ["#!import ./setup.dib", .. cells])]);
    }

    private static IEnumerable<string> Commands(string page) => CodeBlock().Matches(Text(page))
        .Where(match => match.Groups[1].Value == "sh")
        .SelectMany(match => match.Groups[2].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static string Text(string page) => File.ReadAllText(Path.Combine(Repository.Root, page)).ReplaceLineEndings("\n");

    private static async Task<(int ExitCode, string Output, string Error)> Run(IEnumerable<string> arguments)
    {
        using Process process = StudioProcess.Start(arguments, Repository.Root);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }

    [GeneratedRegex("^```(\\w+)\\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    internal static partial Regex CodeBlock();

    /// <summary>What stands behind a line that prints, up to what is left out: […].</summary>
    [GeneratedRegex("^Console\\.WriteLine\\(.*\\); +// (.+?)(?: \\[….*)?$", RegexOptions.Multiline)]
    private static partial Regex Shown();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"http://(localhost|127\.0\.0\.1):\d+\S*")]
    private static partial Regex Address();
}
