using System.Collections.Concurrent;
using System.Diagnostics;
using AttentionLab.Studio.Ipynb;
using AttentionLab.Studio.Kernel;

[assembly: AssemblyFixture(typeof(AttentionLab.Studio.Tests.Hosts.JupyterCourse))]

namespace AttentionLab.Studio.Tests.Hosts;

/// <summary>
/// The course's .ipynb files, each executed from scratch by <c>jupyter nbconvert</c> when first asked for, with the kernel that the tool
/// registers. They lie inside the repository: the kernel is the command <c>dotnet interactive</c>, which a pinned tool is only there.
/// </summary>
public sealed class JupyterCourse : IDisposable
{
    /// <summary>Why a test is skipped where Jupyter is not.</summary>
    public const string Missing = "no Jupyter: install jupyter-nbconvert and jupyter-client (Debian: apt-get install jupyter-nbconvert jupyter-client)";

    /// <summary>Seconds until a hang is given up; no cell of the course takes a tenth of it.</summary>
    private const int Patience = 900;

    private static readonly string? Nbconvert = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(path => Path.Combine(path, OperatingSystem.IsWindows() ? "jupyter-nbconvert.exe" : "jupyter-nbconvert")).FirstOrDefault(File.Exists);

    private readonly string _folder = Path.Combine(Repository.Root, "artifacts", $"jupyter-{Guid.NewGuid():N}");
    private readonly ConcurrentDictionary<string, Lazy<Task<(string File, HostRun Run)>>> _runs = new();
    private readonly Lazy<Task> _registered;

    public JupyterCourse() => _registered = new(RegisterAsync);

    /// <summary>Skips the test that asks where Jupyter or the tool is missing.</summary>
    public static async Task SkipUnlessHereAsync()
    {
        Assert.SkipWhen(Nbconvert is null, Missing);
        Assert.SkipUnless(await RealTool.IsHereAsync(), RealTool.Missing);
    }

    /// <summary>The file that Jupyter executed, and what its cells did.</summary>
    /// <param name="notebook">The notebook as Studio executed it.</param>
    public Task<(string File, HostRun Run)> GetAsync(ExecutedNotebook notebook) => _runs.GetOrAdd(notebook.Name, _ => new(() => ExecuteAsync(notebook))).Value;

    /// <summary>Runs nbconvert to its end, and returns what it said.</summary>
    public async Task<string> ConvertAsync(params string[] arguments)
    {
        await _registered.Value;
        (int exitCode, string said) = await RunAsync(arguments);

        // Jupyter picks free ports and frees them for the kernel to take: on a busy machine another program may be faster.
        for (int again = 0; exitCode != 0 && again < 3 && said.Contains("Kernel died before replying to kernel_info", StringComparison.Ordinal); again++)
        {
            (exitCode, said) = await RunAsync(arguments);
        }

        Assert.True(exitCode == 0, $"jupyter nbconvert {string.Join(' ', arguments)}: exit code {exitCode}\n{said}");
        return said;
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task<(int ExitCode, string Said)> RunAsync(string[] arguments)
    {
        var start = new ProcessStartInfo(Nbconvert!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        RealTool.Quieten(start.Environment);
        start.Environment["JUPYTER_PATH"] = _folder;
        start.Environment["JUPYTER_RUNTIME_DIR"] = Path.Combine(_folder, "runtime");
        start.Environment["JUPYTER_NO_CONFIG"] = "1";
        start.Environment["PATH"] = Path.GetDirectoryName(StudioProcess.Dotnet) + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH");
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string said = await process.StandardError.ReadToEndAsync();
        await output;
        await process.WaitForExitAsync();
        return (process.ExitCode, said);
    }

    private async Task RegisterAsync()
    {
        string kernels = Directory.CreateDirectory(Path.Combine(_folder, "kernels")).FullName;
        (int exitCode, string printed) = await RealTool.RunAsync("jupyter", "install", "--path", kernels);
        Assert.True(exitCode == 0, printed);
    }

    private async Task<(string File, HostRun Run)> ExecuteAsync(ExecutedNotebook notebook)
    {
        IpynbFolder.Open(_folder, [notebook.Name]).Write([notebook], Repository.Notebooks);
        await _registered.Value;
        var clock = Stopwatch.StartNew();
        string said = await ConvertAsync(
            "--to", "notebook", "--execute", "--allow-errors", "--output-dir", Path.Combine(_folder, "executed"),
            $"--ExecutePreprocessor.timeout={Patience}", $"--ExecutePreprocessor.startup_timeout={Patience}", $"--ExecutePreprocessor.iopub_timeout={Patience}",
            notebook.Name + IpynbNotebook.Extension);
        double seconds = clock.Elapsed.TotalSeconds;
        Assert.DoesNotContain("invalid", said, StringComparison.OrdinalIgnoreCase);
        string file = Path.Combine(_folder, "executed", notebook.Name + IpynbNotebook.Extension);
        return (file, new HostRun("Jupyter", notebook.Name, ExecutedIpynb.Read(file), seconds));
    }
}
