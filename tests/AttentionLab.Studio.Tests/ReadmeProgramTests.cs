using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using AttentionLab.Models;
using AttentionLab.Studio.Tests.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AttentionLab.Studio.Tests;

/// <summary>The program of README's “Use it without the course”, as a program of its own: compiled as a new console project would be, beside the library
/// and what it stands on, and nothing of the course.</summary>
public sealed partial class ReadmeProgramTests(MiniLmFolder miniLm) : IDisposable
{
    private const string Model = "work/models/minilm", Reranker = "work/models/reranker", Question = "an evening at the opera";

    private static readonly string SmallReranker = Path.Combine(Repository.Root, "tests", "golden", "bert", "reranker");

    /// <summary>Those of a new console project.</summary>
    private static readonly string[] Usings =
        ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks"];

    private readonly TemporaryFolder _folder = new();

    /// <summary>The search by the real model; the reranker by a small one of the tests, whose order says nothing: that the program finds it counts.</summary>
    [Fact]
    public async Task Program_OfReadme_PrintsWhatItSays()
    {
        string folder = await miniLm.RequireAsync();
        string readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"), TestContext.Current.CancellationToken);
        Match[] blocks = [.. ReadmeTests.CodeBlock().Matches(readme.ReplaceLineEndings("\n")).Cast<Match>()];
        int search = At(Model), rerank = At(Reranker);
        string program = (blocks[search].Groups[2].Value + blocks[rerank].Groups[2].Value)
            .Replace($"\"{Model}\"", SymbolDisplay.FormatLiteral(folder, quote: true), StringComparison.Ordinal)
            .Replace($"\"{Reranker}\"", SymbolDisplay.FormatLiteral(SmallReranker, quote: true), StringComparison.Ordinal);

        (string output, string error) = await RunAsync(Compile(program));

        Assert.Equal("", error);
        string shown = blocks[search + 1].Groups[2].Value;
        Assert.StartsWith(shown, output);
        AssertReranked(output[shown.Length..].Split('\n', StringSplitOptions.RemoveEmptyEntries), Found(folder));

        int At(string model) => Array.FindIndex(
            blocks, block => block.Groups[1].Value == "csharp" && block.Groups[2].Value.Contains($"\"{model}\"", StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>The twenty sentences nearest to the question, one by one and in double.</summary>
    private static string[] Found(string folder)
    {
        Bert bert = Bert.Load(folder);
        float[] query = bert.Embed(Question).Span.ToArray();
        return [.. File.ReadLines(Path.Combine(Repository.Root, "data", "small-text.txt")).Take(1000)
            .Select(sentence => (Sentence: sentence, Near: bert.Embed(sentence).Span.ToArray().Zip(query, (a, b) => (double)a * b).Sum()))
            .OrderByDescending(scored => scored.Near).Take(20).Select(scored => scored.Sentence)];
    }

    /// <summary>The three best of these by the pair's own logit, each pair alone.</summary>
    private static void AssertReranked(string[] lines, string[] candidates)
    {
        SequenceClassifier reranker = SequenceClassifier.Load(SmallReranker);
        (float Score, string Sentence)[] expected =
        [
            .. candidates.Select(sentence => (Score: reranker.Rerank(Question, [sentence])[0].Score, Sentence: sentence)).OrderByDescending(pair => pair.Score),
        ];
        Assert.Equal(3, lines.Length);
        for (int i = 0; i < lines.Length; i++)
        {
            Match line = Scored().Match(lines[i]);
            Assert.True(line.Success, lines[i]);
            Assert.Equal(expected[i].Score, float.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture), 0.0051f);
            Assert.Contains(line.Groups[2].Value, expected.Where(pair => Math.Abs(pair.Score - expected[i].Score) < 1e-4).Select(pair => pair.Sentence));
        }
    }

    /// <summary>What <c>dotnet build</c> makes of a console project with the usings that the SDK gives it.</summary>
    private string Compile(string program)
    {
        string usings = string.Concat(Usings.Select(name => $"global using {name};\n"));
        string[] library = [typeof(Bert).Assembly.Location, Path.Combine(AppContext.BaseDirectory, "MathNet.Numerics.dll")];
        string platform = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        IEnumerable<string> references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == platform).Concat(library);
        CSharpCompilation compilation = CSharpCompilation.Create(
            "program",
            [CSharpSyntaxTree.ParseText(usings), CSharpSyntaxTree.ParseText(program)],
            references.Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));

        string made = _folder["program.dll"];
        Microsoft.CodeAnalysis.Emit.EmitResult result = compilation.Emit(made);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        Array.ForEach(library, path => File.Copy(path, _folder[Path.GetFileName(path)]));
        _folder.Write("program.runtimeconfig.json", """{ "runtimeOptions": { "framework": { "name": "Microsoft.NETCore.App", "version": "10.0.0" } } }""");
        return made;
    }

    private static async Task<(string Output, string Error)> RunAsync(string program)
    {
        // README's paths begin at the repository.
        using Process process = Process.Start(new ProcessStartInfo(StudioProcess.Dotnet, [program])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        return ((await output).ReplaceLineEndings("\n"), error);
    }

    [GeneratedRegex(@"^(-?\d+\.\d\d) (.+)$")]
    private static partial Regex Scored();
}
