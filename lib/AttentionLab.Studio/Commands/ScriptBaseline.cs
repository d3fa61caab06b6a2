using System.Diagnostics;
using AttentionLab.Studio.Kernel;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Completion;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Host.Mef;
using Microsoft.CodeAnalysis.Scripting;

namespace AttentionLab.Studio.Commands;

/// <summary>
/// The least that a kernel can be, to measure ours against: the compiler's own script class in a process of its own, which takes a line and answers with
/// a line. It stops nothing, limits nothing and shows nothing.
/// </summary>
internal sealed class ScriptBaseline : IDisposable
{
    private readonly Process _process;

    private ScriptBaseline(Process process) => _process = process;

    /// <summary>What cells need not say, as in the kernel.</summary>
    public static string[] Imports { get; } = ["System", "System.Collections.Generic", "System.Linq", "System.Text", "System.Threading.Tasks"];

    /// <summary>The running .NET's own libraries.</summary>
    public static IReadOnlyList<MetadataReference> Framework { get; } =
    [
        .. ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "").Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == Path.GetDirectoryName(typeof(object).Assembly.Location))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>The process's memory in megabytes.</summary>
    public double Megabytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1e6;
        }
    }

    /// <summary>Starts the process, with the kernel's own settings of .NET.</summary>
    public static ScriptBaseline Start()
    {
        string program = typeof(ScriptBaseline).Assembly.Location;
        var start = new ProcessStartInfo(KernelProcess.DotnetHost(), [program, KernelCommand.Baseline])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        KernelRuntime.Configure(start.Environment, new KernelOptions());
        return new ScriptBaseline(ChildProcesses.Start(start));
    }

    /// <summary>Runs code in the process; what it gave.</summary>
    public Task<string> RunAsync(string code) => AskAsync("run " + code);

    /// <summary>How many completions there are at the end of the code.</summary>
    public Task<string> CompleteAsync(string code) => AskAsync("complete " + code);

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }

    /// <summary>The process's side.</summary>
    /// <returns>The exit code.</returns>
    public static int Serve()
    {
        ServeAsync().GetAwaiter().GetResult();
        return 0;
    }

    private static async Task ServeAsync()
    {
        ScriptState<object>? state = null;
        Document? document = null;
        ScriptOptions options = ScriptOptions.Default.WithReferences(Framework).WithImports(Imports).WithOptimizationLevel(OptimizationLevel.Release);
        while (await Console.In.ReadLineAsync() is string line)
        {
            string code = line[(line.IndexOf(' ') + 1)..].Replace('\r', '\n');
            if (line.StartsWith("run", StringComparison.Ordinal))
            {
                state = state is null ? await CSharpScript.RunAsync(code, options) : await state.ContinueWithAsync(code, options);
                Console.WriteLine(state.ReturnValue ?? "");
            }
            else
            {
                document = (document ?? Empty()).WithText(Microsoft.CodeAnalysis.Text.SourceText.From(code));
                Console.WriteLine((await CompletionService.GetService(document)!.GetCompletionsAsync(document, code.Length)).ItemsList.Count);
            }
        }
    }

    private static Document Empty()
    {
        var workspace = new AdhocWorkspace(MefHostServices.DefaultHost);
        var project = ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Default, "script", "script", LanguageNames.CSharp, isSubmission: true,
            compilationOptions: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, usings: Imports),
            parseOptions: CellDirectives.ParseOptions, metadataReferences: Framework);
        return workspace.AddProject(project).AddDocument("cell", "");
    }

    private async Task<string> AskAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line.ReplaceLineEndings("\r"));
        await _process.StandardInput.FlushAsync();
        return await _process.StandardOutput.ReadLineAsync() ?? throw new IOException("the process of the plain script class ended.");
    }
}
