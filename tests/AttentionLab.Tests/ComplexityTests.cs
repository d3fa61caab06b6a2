using System.Text.RegularExpressions;

namespace AttentionLab.Tests;

/// <summary>The complexity budget of CONTRIBUTING: what is longer or asks for more stands here, with the reason.</summary>
public partial class ComplexityTests
{
    private const int MostLines = 250, MostParameters = 8;

    /// <summary>What people write by hand: C#, and what browser and npm read.</summary>
    private static readonly string[] Sources = [".cs", ".css", ".js", ".mjs"];

    /// <summary>Files beyond the budget, and why each is one thing.</summary>
    private static readonly Dictionary<string, string> LongFiles = new()
    {
        ["lib/AttentionLab.Course/Charts/draw.js"] = "one function that a host without modules runs: all that it declares stays inside",
        ["lib/AttentionLab.Studio/Book/BookPages.cs"] = "one method a kind of page, over the same contents",
        ["lib/AttentionLab.Studio/Web/Workbook.cs"] = "one state under one lock",
        ["lib/AttentionLab.Studio/page/book.css"] = "one cascade: a later rule wins over an earlier one, and all read the same colours",
        ["lib/AttentionLab.Studio/page/live/cell.js"] = "one cell's text, state and buttons, which change together",
        ["tests/AttentionLab.Benchmarks/Commands.cs"] = "every command with its options: what --help prints",
        ["tests/AttentionLab.Studio.Tests/Book/ProsePagesTests.cs"] = "the rules of all pages beside the chapters",
        ["tests/AttentionLab.Studio.Tests/Browser/WorkFiguresTests.cs"] = "two measurements, each one way through the course",
        ["tests/AttentionLab.Studio.Tests/Browser/WorkJourneyTests.cs"] = "one reader's way, step by step",
        ["tests/AttentionLab.Studio.Tests/Commands/BuildCommandTests.cs"] = "one command, each way in which it ends",
        ["tests/AttentionLab.Studio.Tests/Kernel/StopTests.cs"] = "one subject: what can run when a cell is stopped",
        ["tests/AttentionLab.Tests/Kernels/Attention/FlashAttendTests.cs"] = "one kernel: its three proofs and what it does at the borders",
        ["tests/AttentionLab.Tests/Kernels/MatMul/MatMulTests.cs"] = "one kernel: its three proofs and what it does at the borders",
        ["tests/AttentionLab.Tests/Kernels/Threads/WorkersKernelTests.cs"] = "one rule for every kernel: the same bits on any threads",
        ["tests/AttentionLab.Tests/Kernels/Threads/WorkersStressTests.cs"] = "one class under stress, with the jobs that it is given",
        ["tests/AttentionLab.Tests/Layers/MultiHeadAttentionTests.cs"] = "one layer on each of its roads",
        ["tests/AttentionLab.Tests/Models/BertFamilyTests.cs"] = "the relatives of one model, over the same folders",
        ["tests/AttentionLab.Tests/Models/EncoderTests.cs"] = "one model: its proofs, and inference against them",
        ["tests/AttentionLab.Tests/Models/HostileBertTests.cs"] = "one door: each way in which a folder lies",
        ["tests/AttentionLab.Tests/Weights/HostileSafeTensorsTests.cs"] = "one door: each way in which a file lies",
        ["tests/AttentionLab.Tests/Words/TokenizerJsonTests.cs"] = "one format: what is read and what is refused",
    };

    /// <summary>How many methods and constructors inside take more, a method of an internal class among them: a record of pointers and distances would pass the
    /// inner loops through memory, and a struct of rows is filled in one place.</summary>
    private static readonly Dictionary<string, int> ManyParameters = new()
    {
        ["lib/AttentionLab/Kernels/MatMul/MatMul.TileKinds.cs"] = 2,
        ["lib/AttentionLab/Kernels/MatMul/MatMul.Tiles.cs"] = 2,
        ["lib/AttentionLab/Kernels/MatMul/Strips.cs"] = 1,
        ["lib/AttentionLab/Kernels/Rows/Normalize.BackwardRows.cs"] = 1,
        ["lib/AttentionLab/Kernels/Rows/Normalize.ForwardRows.cs"] = 1,
    };

    private static string Library => Path.Combine(Repository.Root, "lib");

    [Fact]
    public void Files_OfLibraryAndTests_AreAtMost250Lines()
    {
        string[] files = [.. ((string[])["lib", "tests"]).SelectMany(Repository.HandWritten).Where(file => Sources.Contains(Path.GetExtension(file)))];
        Assert.All(Sources, kind => Assert.Contains(files, file => Path.GetExtension(file) == kind));
        string[] longer = [.. files.Where(file => File.ReadLines(file).Count() > MostLines).Select(Repository.Name).Order()];
        string[] unnamed = [.. longer.Except(LongFiles.Keys)], needless = [.. LongFiles.Keys.Except(longer)];
        Assert.True(unnamed.Length == 0, $"split these files, or say in ComplexityTests why each is one thing: {string.Join(", ", unnamed)}");
        Assert.True(needless.Length == 0, $"these files keep to {MostLines} lines: take them off the list of ComplexityTests: {string.Join(", ", needless)}");
    }

    [Fact]
    public void PublicMethods_OfTheLibrary_TakeAtMostEightParameters()
    {
        string[] wrong = [.. WithManyParameters(Public(), out int seen)
            .Where(method => !ManyParameters.ContainsKey(method.File)).Select(method => $"{method.File}: {method.Head}")];
        Assert.NotEqual(0, seen);
        Assert.True(wrong.Length == 0, $"put some of the parameters into a record: {string.Join("; ", wrong)}");
    }

    [Fact]
    public void MethodsInside_WithMoreThanEightParameters_AreTheNamedOnes()
    {
        string named = string.Join(", ", ManyParameters.Select(file => $"{file.Key} {file.Value}").Order());
        string found = string.Join(", ", WithManyParameters(Any(), out _).GroupBy(method => method.File).Select(file => $"{file.Key} {file.Count()}").Order());
        Assert.True(named == found, $"methods with more than {MostParameters} parameters: {found}; named are {named}: use a record, or correct the list.");
    }

    [Theory]
    [InlineData("public void F()", 0), InlineData("public void F(int a)", 1), InlineData("public F((int A, int B) a, Func<int, int[]> b, int[,] c = null)", 3)]
    [InlineData("public sealed class C<T, U>(int a, int b)", 2), InlineData("public static (int, int) F<T>(int a, (int, int) b)", 2)]
    public void Parameters_OfAHead_AreCounted(string head, int expected)
    {
        Match match = Public().Match("    " + head);
        Assert.True(match.Success);
        Assert.Equal(expected, Parameters("    " + head, match.Index + match.Length));
    }

    /// <summary>The heads with more parameters than the budget has, and how many have any.</summary>
    private static List<(string File, string Head)> WithManyParameters(Regex heads, out int seen)
    {
        List<(string File, string Head)> found = [];
        seen = 0;
        foreach (string file in Directory.GetFiles(Library, "*.cs", SearchOption.AllDirectories))
        {
            string text = File.ReadAllText(file);
            foreach (Match head in heads.Matches(text))
            {
                int count = Parameters(text, head.Index + head.Length);
                seen += count > 0 ? 1 : 0;
                if (count > MostParameters)
                {
                    found.Add((Repository.Name(file), $"{head.Value.Trim()} … has {count}"));
                }
            }
        }

        return found;
    }

    /// <summary>How many stand between a bracket and its partner.</summary>
    private static int Parameters(string text, int from)
    {
        int depth = 1, commas = 0, at = from;
        for (; depth > 0; at++)
        {
            depth += "([{<".Contains(text[at]) ? 1 : ")]}>".Contains(text[at]) ? -1 : 0;
            commas += text[at] == ',' && depth == 1 ? 1 : 0;
        }

        return string.IsNullOrWhiteSpace(text[from..(at - 1)]) ? 0 : commas + 1;
    }

    /// <summary>A public method, constructor or class up to the bracket of its parameters; the values of a record are what the budget asks for.</summary>
    [GeneratedRegex(@"^ *public (?!.*\brecord\b)(?:\([^()\n]*\)|[^()=;{\n])*?[\w>]\(", RegexOptions.Multiline)]
    private static partial Regex Public();

    /// <summary>The same for every visibility.</summary>
    [GeneratedRegex(@"^ *(?:public|internal|protected|private) (?!.*\brecord\b)(?:\([^()\n]*\)|[^()=;{\n])*?[\w>]\(", RegexOptions.Multiline)]
    private static partial Regex Any();
}
