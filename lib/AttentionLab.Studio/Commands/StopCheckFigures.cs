using System.Diagnostics;
using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Kernel.Interactive;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;

namespace AttentionLab.Studio.Commands;

/// <summary>What the checks cost that <see cref="StopChecks"/> writes into cells: the same code with and without them, measured in turns.</summary>
internal static class StopCheckFigures
{
    /// <summary>Calls until a function is compiled for good, and how often .NET has to have had the time for it.</summary>
    private const int WarmCalls = 40, WarmRounds = 3;

    private static readonly TimeSpan WarmPause = TimeSpan.FromMilliseconds(300);

    /// <summary>Each is code that ends with <c>long Run(int n)</c>, and how much it is to do.</summary>
    public static IReadOnlyList<(string Name, string Source, int Count)> Loops { get; } =
    [
        ("loop, small body", "long Run(int n) { long sum = 0; for (int i = 0; i < n; i++) sum += i ^ (i >> 3); return sum; }", 4_000_000),
        ("loop over an array",
            "double[] numbers = new double[4096];\n"
            + "long Run(int n) { double sum = 0; while (n-- > 0) sum += numbers[n & 4095] * 3; return (long)sum; }", 3_000_000),
        ("loop that calls", "int Step(int x) => x * 31 + 7;\nlong Run(int n) { int x = 1; for (int i = 0; i < n; i++) x = Step(x); return x; }", 3_000_000),
        ("recursion", "int Fib(int n) => n < 2 ? n : Fib(n - 1) + Fib(n - 2);\nlong Run(int n) => Fib(n);", 26),
        ("LINQ", "long Run(int n) => Enumerable.Range(0, n).Where(i => (i & 1) == 0).Select(i => (long)i * i).Sum();", 500_000),
        ("product of matrices",
            "float[] a = new float[128 * 128], b = new float[128 * 128], c = new float[128 * 128];\nlong Run(int n)\n{\n"
            + "    for (int i = 0; i < n; i++)\n        for (int j = 0; j < n; j++)\n        {\n            float sum = 0;\n"
            + "            for (int k = 0; k < n; k++)\n                sum += a[i * n + k] * b[k * n + j];\n"
            + "            c[i * n + j] = sum;\n        }\n    return 0;\n}",
            128),
    ];

    /// <summary>Measures one of <see cref="Loops"/>.</summary>
    /// <param name="source">Its code.</param>
    /// <param name="count">How much it is to do.</param>
    /// <param name="samples">Pairs of samples.</param>
    /// <returns>Milliseconds of each pair.</returns>
    public static async Task<IReadOnlyList<(double Plain, double Checked)>> MeasureAsync(string source, int count, int samples)
    {
        ScriptState<object> stops = await CSharpScript.RunAsync(CellStops.Source, Options());
        Script<object> script = stops.Script.ContinueWith(source);
        Compilation compilation = script.GetCompilation();
        string stoppable = StopChecks.Insert(compilation.GetSemanticModel(compilation.SyntaxTrees.Single()), cell: 0);
        Func<int, long> plain = await FunctionAsync(stops, source), withChecks = await FunctionAsync(stops, stoppable);
        for (int round = 0; round < WarmRounds; round++)
        {
            for (int call = 0; call < WarmCalls; call++)
            {
                plain(count);
                withChecks(count);
            }

            await Task.Delay(WarmPause);
        }

        var pairs = new List<(double, double)>();
        for (int pair = 0; pair < samples; pair++)
        {
            // Each goes first as often as the other.
            double first = Milliseconds(pair % 2 == 0 ? plain : withChecks, count), second = Milliseconds(pair % 2 == 0 ? withChecks : plain, count);
            pairs.Add(pair % 2 == 0 ? (first, second) : (second, first));
        }

        return pairs;
    }

    private static double Milliseconds(Func<int, long> function, int count)
    {
        long start = Stopwatch.GetTimestamp();
        function(count);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>As the kernel compiles a cell.</summary>
    private static async Task<Func<int, long>> FunctionAsync(ScriptState stops, string source) =>
        (Func<int, long>)(await stops.ContinueWithAsync(source + "\nreturn (Func<int, long>)Run;", Options())).ReturnValue;

    private static ScriptOptions Options() => ScriptOptions.Default
        .WithReferences(ScriptBaseline.Framework)
        .WithImports(ScriptBaseline.Imports)
        .WithLanguageVersion(CellDirectives.ParseOptions.LanguageVersion)
        .WithOptimizationLevel(OptimizationLevel.Release);
}
