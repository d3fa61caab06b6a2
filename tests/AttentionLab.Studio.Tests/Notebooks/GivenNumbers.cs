using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AttentionLab.Studio.Tests.Notebooks;

/// <summary>
/// Numbers that a reader was given before a cell shows its output, so that they give nothing away: those of the code so far (sizes, seeds, thresholds),
/// and those of the text so far, except what "What you saw" reported. A percentage counts as the share too (90 % and 0.9).
/// </summary>
internal static class GivenNumbers
{
    public static HashSet<double> Before(ExecutedNotebook chapter, ExecutedCell cell, string asked = "")
    {
        IEnumerable<double> numbers = chapter.Cells.Where(other => other.Number <= cell.Number).SelectMany(other => other.Language switch
        {
            "csharp" => OfCode(other.Source),
            "markdown" when other != cell && !other.Source.StartsWith("**What you saw.**", StringComparison.Ordinal) => StatedText.Numbers(other.Source),
            _ => [],
        });
        return [.. numbers.Concat(StatedText.Numbers(asked)).SelectMany(number => new[] { number, number * 100, number / 100 }).Select(Key)];
    }

    public static bool Has(HashSet<double> given, double number) => given.Contains(Key(number));

    public static CompilationUnitSyntax Parse(string source)
    {
        // A line #!import would count as a broken token.
        string code = string.Join('\n', source.Split('\n').Select(line => line.StartsWith("#!", StringComparison.Ordinal) ? "" : line));
        return CSharpSyntaxTree.ParseText(code, new CSharpParseOptions(LanguageVersion.CSharp13, kind: SourceCodeKind.Script)).GetCompilationUnitRoot();
    }

    private static IEnumerable<double> OfCode(string source) => Parse(source).DescendantTokens()
        .Where(token => token.IsKind(SyntaxKind.NumericLiteralToken))
        .Select(token => Convert.ToDouble(token.Value, System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Ten digits: 0.1f and 0.1 are the same number.</summary>
    private static double Key(double number) =>
        Math.Abs(double.Parse(number.ToString("G6", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture));
}
