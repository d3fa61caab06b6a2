using System.Text.RegularExpressions;

namespace AttentionLab.Tests;

/// <summary>The complexity budget of CONTRIBUTING: what is longer or asks for more stands here, with the reason.</summary>
public partial class ComplexityTests
{
    private const int MostLines = 250, MostParameters = 8;

    /// <summary>Files beyond the budget, and why each is one thing.</summary>
    private static readonly Dictionary<string, string> LongFiles = new()
    {
        ["AttentionLab/Kernels/Attention/FlashAttend.Blocks.cs"] = "the forward's path from strip to output: its steps are read in a row",
        ["AttentionLab/Kernels/MatMul/MatMul.FewRows.cs"] = "one division of the work among threads, with the loops that it chooses from",
        ["AttentionLab.Studio/Book/BookPages.cs"] = "one method a kind of page, over the same contents",
        ["AttentionLab.Studio/Web/LiveCourse.cs"] = "the running course: its queue, who listens to it, and its end",
        ["AttentionLab.Studio/Web/Workbook.cs"] = "one state under one lock",
    };

    /// <summary>Public in an internal class: a record of pointers and distances would pass the inner loops through memory.</summary>
    private static readonly string[] ManyParameters = ["AttentionLab/Kernels/MatMul/Strips.cs"];

    private static string Library => Path.Combine(Repository.Root, "lib");

    [Fact]
    public void Files_OfTheLibrary_AreAtMost250Lines()
    {
        string[] files = [.. Directory.GetFiles(Library, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}node_modules{Path.DirectorySeparatorChar}", StringComparison.Ordinal))];
        Assert.NotEmpty(files);
        string[] longer = [.. files.Where(file => File.ReadLines(file).Count() > MostLines).Select(Name).Order()];
        string[] unnamed = [.. longer.Except(LongFiles.Keys)], needless = [.. LongFiles.Keys.Except(longer)];
        Assert.True(unnamed.Length == 0, $"split these files, or say in ComplexityTests why each is one thing: {string.Join(", ", unnamed)}");
        Assert.True(needless.Length == 0, $"these files keep to {MostLines} lines: take them off the list of ComplexityTests: {string.Join(", ", needless)}");
    }

    [Fact]
    public void PublicMethods_OfTheLibrary_TakeAtMostEightParameters()
    {
        List<string> wrong = [];
        int seen = 0;
        foreach (string file in Directory.GetFiles(Library, "*.cs", SearchOption.AllDirectories).Where(file => !ManyParameters.Contains(Name(file))))
        {
            string text = File.ReadAllText(file);
            foreach (Match head in Public().Matches(text))
            {
                int count = Parameters(text, head.Index + head.Length);
                seen += count > 0 ? 1 : 0;
                if (count > MostParameters)
                {
                    wrong.Add($"{Name(file)}: {head.Value.Trim()} … has {count}");
                }
            }
        }

        Assert.NotEqual(0, seen);
        Assert.True(wrong.Count == 0, $"put some of the parameters into a record: {string.Join("; ", wrong)}");
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

    private static string Name(string file) => Path.GetRelativePath(Library, file).Replace(Path.DirectorySeparatorChar, '/');

    /// <summary>A public method, constructor or class up to the bracket of its parameters; the values of a record are what the budget asks for.</summary>
    [GeneratedRegex(@"^ *public (?!.*\brecord\b)(?:\([^()\n]*\)|[^()=;{\n])*?[\w>]\(", RegexOptions.Multiline)]
    private static partial Regex Public();
}
