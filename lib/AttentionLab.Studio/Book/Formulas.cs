using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using AttentionLab.Studio.Kernel;
using AttentionLab.Weights;

namespace AttentionLab.Studio.Book;

/// <summary>
/// TeX to HTML by KaTeX, when the book is written: a page then needs only KaTeX's style sheet and fonts.
/// One <c>node</c> process sets all formulas that are not known yet; what it made is kept in a file. Without Node a
/// formula stays TeX.
/// </summary>
/// <param name="cacheFile">Where set formulas are kept between builds; null keeps them in memory only.</param>
/// <param name="node">The Node program; null means no Node.</param>
public sealed class Formulas(string? cacheFile = null, string? node = "node")
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Lock _gate = new();
    private readonly List<string> _problems = [];
    private Dictionary<string, SetFormula>? _known;

    /// <summary>What went wrong: formulas that KaTeX refused, with its word for it, or that Node is missing.</summary>
    public IReadOnlyList<string> Problems
    {
        get
        {
            lock (_gate)
            {
                return [.. _problems];
            }
        }
    }

    /// <summary>Sets all formulas that are not known yet, in one process.</summary>
    /// <param name="formulas">TeX, and true for a formula on lines of its own.</param>
    public void Prepare(IEnumerable<(string Tex, bool Display)> formulas)
    {
        lock (_gate)
        {
            _known ??= Load();
            (string Tex, bool Display)[] asked = [.. formulas.Distinct()];
            (string Tex, bool Display)[] missing = [.. asked.Where(formula => !_known.ContainsKey(Key(formula.Tex, formula.Display)))];
            if (missing.Length > 0 && Run(missing) is { } made)
            {
                for (int i = 0; i < missing.Length; i++)
                {
                    _known[Key(missing[i].Tex, missing[i].Display)] = made[i];
                }

                Save();
            }

            foreach ((string tex, bool display) in asked)
            {
                if (_known.TryGetValue(Key(tex, display), out SetFormula? formula) && formula.Error is { } error)
                {
                    Report($"formula '{tex}': {error}");
                }
            }
        }
    }

    /// <summary>HTML of a formula: set by KaTeX, or the TeX itself.</summary>
    /// <param name="tex">TeX without dollar signs.</param>
    /// <param name="display">True for a formula on lines of its own.</param>
    public string Html(string tex, bool display)
    {
        lock (_gate)
        {
            _known ??= Load();
            if (_known.TryGetValue(Key(tex, display), out SetFormula? formula))
            {
                return formula.Html;
            }
        }

        string text = System.Net.WebUtility.HtmlEncode(tex);
        return display ? $"<pre class=\"tex\">{text}</pre>" : $"<code class=\"tex\">{text}</code>";
    }

    private static string Key(string tex, bool display) => (display ? "D " : "I ") + tex;

    private void Report(string problem)
    {
        if (!_problems.Contains(problem))
        {
            _problems.Add(problem);
        }
    }

    /// <summary>Program and formulas go to the process by standard input, HTML comes back by standard output: no file is needed.</summary>
    private SetFormula[]? Run((string Tex, bool Display)[] formulas)
    {
        if (node is null || !BookAssets.HasKatex)
        {
            Report("formulas stay TeX: the book was built without Node");
            return null;
        }

        try
        {
            using Process process = ChildProcesses.Start(new ProcessStartInfo(node, ["-e", BookAssets.Text("formulas.js")])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
                StandardInputEncoding = new UTF8Encoding(false),
                StandardOutputEncoding = Encoding.UTF8,
            });
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            FormulaRequest request = new(BookAssets.Text("katex/katex.min.js"), [.. formulas.Select(formula => new Formula(formula.Tex, formula.Display))]);
            process.StandardInput.Write(JsonSerializer.Serialize(request, FormulaJson.Default.FormulaRequest));
            process.StandardInput.Close();
            if (!process.WaitForExit(Patience))
            {
                process.Kill(entireProcessTree: true);
                Report($"formulas stay TeX: node did not answer in {Patience.TotalSeconds:0} s");
                return null;
            }

            SetFormula[]? made = process.ExitCode == 0 ? JsonSerializer.Deserialize(output.Result, FormulaJson.Default.SetFormulaArray) : null;
            if (made?.Length != formulas.Length)
            {
                Report($"formulas stay TeX: node ended with {process.ExitCode}: {error.Result.Trim().Split('\n')[0]}");
                return null;
            }

            return made;
        }
        catch (Exception exception) when (exception is Win32Exception or IOException or JsonException)
        {
            Report($"formulas stay TeX: {exception.Message}");
            return null;
        }
    }

    private Dictionary<string, SetFormula> Load()
    {
        try
        {
            if (cacheFile is not null && File.Exists(cacheFile)
                && JsonSerializer.Deserialize(File.ReadAllBytes(cacheFile), FormulaJson.Default.FormulaCache) is { } cache && cache.Version == Version)
            {
                return new(cache.Formulas);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            // A cache that cannot be read is made anew.
        }

        return [];
    }

    private void Save()
    {
        if (cacheFile is null)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(cacheFile))!);
            AtomicFile.Write(cacheFile, file => JsonSerializer.Serialize(file, new FormulaCache(Version, _known!), FormulaJson.Default.FormulaCache));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Formulas are set again next time.
        }
    }

    /// <summary>Formulas set by another KaTeX or another program of ours are not taken from the cache.</summary>
    private static string Version { get; } = Convert.ToHexStringLower(SHA256.HashData(
        [.. BookAssets.Read("katex/katex.min.js") ?? [], .. BookAssets.Read("formulas.js") ?? []]));
}

internal sealed record Formula(string Tex, bool Display);

internal sealed record FormulaRequest(string Katex, Formula[] Formulas);

internal sealed record SetFormula(string Html, string? Error);

internal sealed record FormulaCache(string Version, Dictionary<string, SetFormula> Formulas);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FormulaRequest))]
[JsonSerializable(typeof(SetFormula[]))]
[JsonSerializable(typeof(FormulaCache))]
internal sealed partial class FormulaJson : JsonSerializerContext;
