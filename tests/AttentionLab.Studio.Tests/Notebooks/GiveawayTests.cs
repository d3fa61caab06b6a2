using System.Text.RegularExpressions;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static AttentionLab.Studio.Tests.Notebooks.ChapterSample;

namespace AttentionLab.Studio.Tests.Notebooks;

/// <summary>
/// Nothing above an output gives it away. In the code cell that made it: (1) title and summary of a chart are computed, not literal; (2) no string and
/// no comment holds a number that the output states, unless it was given before (<see cref="GivenNumbers"/>); (3) no string says who won
/// (<see cref="Verdict"/>) unless the code decides between several strings. Axis titles, names of lines and the answers of <c>Outcome.Of</c> are labels.
/// </summary>
public sealed partial class GiveawayTests(ExecutedCourse course)
{
    public static TheoryData<string> Chapters => RuledChapters.Names;

    [Theory]
    [MemberData(nameof(Chapters))]
    public async Task Chapter_NoCell_GivesItsOutcomeAway(string name) => RuledChapters.HasNone(Faults(await RuledChapters.GetAsync(course, name)));

    [Theory]
    [InlineData("Chart.Lines(s, title: \"A tie\", summary: $\"{a} and {b}\")", "title “A tie” is literal")]
    [InlineData("Chart.Lines(s, title: $\"{a:0.00}\", summary: \"Both get the same \" + \"weight.\")", "summary “Both get the same weight.” is literal")]
    [InlineData("Chart.Lines(s, title: $\"{a}\", summary: $\"{b}, that is 0.43\")", "0.43")]
    [InlineData("Chart.Lines(s, title: $\"{a} per key, 43 % at d = 64\", summary: $\"{b}\")", "43")]
    [InlineData("string t = $\"{a} is slower\"; Chart.Lines(s, title: t, summary: $\"{b}\")", "slower")]
    [InlineData("Chart.Lines(s, title: $\"{a}\", summary: $\"{b}\") // about 0.43", "0.43")]
    public void Sample_ThatGivesAway_IsNamed(string source, string fault) =>
        Assert.Contains(fault, Assert.Single(Faults(Of(Text("We take d = 64."), Chart(source, "Phone gets 0.43, 43 % at d = 64", "it is slower")))));

    [Theory]
    [InlineData("Chart.Lines(s, title: $\"{a} at d = 64\", summary: $\"{b}\", xTitle: \"weight (0.43)\")")]
    [InlineData("Chart.Lines(s, title: $\"{a}, middle 43 %\", summary: $\"{b}\")")]
    [InlineData("double w = 0.43; Chart.Lines(s, title: $\"0.43 gives {a}\", summary: $\"{b}\")")]
    [InlineData("Chart.Lines([new(\"slower at 0.43\", x, y)], title: $\"{a}\", summary: $\"{b}\")")]
    [InlineData("Chart.Lines(s, title: $\"{a} is {(a > b ? \"slower\" : \"faster\")}\", summary: $\"{b}\")")]
    [InlineData("Console.WriteLine(Outcome.Of((\"slower\", a > b), (\"faster\", a < b)));")]
    [InlineData("// exercise 99.1\nConsole.WriteLine(\"0.43 is slower\");")]
    [InlineData("Chart.Lines(s, title: title, summary: Summary(s))")]
    public void Sample_ThatGivesNothingAway_HasNoFault(string source) =>
        Assert.Empty(Faults(Of(Text("We take d = 64."), Chart(source, "Phone gets 0.43, 43 % at d = 64", "it is slower"))));

    private static IEnumerable<string> Faults(ExecutedNotebook chapter) =>
        from cell in chapter.Cells
        where cell.Language == "csharp" && Report.ExerciseOf(cell.Source) is null
        from fault in FaultsOf(chapter, cell)
        select $"{chapter.Name}.dib: cell {cell.Number}: {fault}";

    private static IEnumerable<string> FaultsOf(ExecutedNotebook chapter, ExecutedCell cell)
    {
        CompilationUnitSyntax root = GivenNumbers.Parse(cell.Source);
        HashSet<SyntaxNode> literal = [];
        foreach (ArgumentSyntax argument in root.DescendantNodes().OfType<ArgumentSyntax>()
            .Where(argument => argument.NameColon?.Name.Identifier.ValueText is "title" or "summary"))
        {
            if (argument.Expression.DescendantNodesAndSelf()
                .All(node => node is LiteralExpressionSyntax or BinaryExpressionSyntax or ParenthesizedExpressionSyntax or InterpolatedStringExpressionSyntax
                    or InterpolatedStringTextSyntax))
            {
                literal.Add(argument);
                string text = string.Concat(argument.Expression.DescendantTokens().Where(IsText).Select(token => token.ValueText));
                yield return $"the {argument.NameColon!.Name} “{text}” is literal: compute it from the data.";
            }
        }

        string stated = string.Join('\n', StatedText.Lines(cell.Outputs));
        HashSet<double> numbers = [.. StatedText.Numbers(stated)], given = GivenNumbers.Before(chapter, cell);
        IEnumerable<(string Text, bool Chosen)> texts =
            root.DescendantTokens().Where(token => IsText(token) && !IsLabel(token) && !token.Parent!.Ancestors().Any(literal.Contains))
            .Select(token => (token.ValueText, IsChosen(token)))
            .Concat(root.DescendantTrivia().Where(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia)).Select(trivia => (trivia.ToString(), true)));
        foreach ((string text, bool chosen) in texts)
        {
            foreach (double number in StatedText.Numbers(Band().Replace(text, ""))
                .Where(number => numbers.Contains(number) && !GivenNumbers.Has(given, number)))
            {
                yield return $"“{text.Trim()}” holds {number.ToString(System.Globalization.CultureInfo.InvariantCulture)}, which the output states: compute "
                    + "it.";
            }

            if (!chosen && Verdict().Match(text) is { Success: true } verdict && stated.Contains(verdict.Value, StringComparison.OrdinalIgnoreCase))
            {
                yield return $"“{text.Trim()}” says “{verdict.Value}” before anything was measured: let the code decide between words.";
            }
        }
    }

    private static bool IsText(SyntaxToken token) =>
        token.Kind() is SyntaxKind.StringLiteralToken or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken
        || (token.IsKind(SyntaxKind.InterpolatedStringTextToken) && token.Parent is InterpolatedStringTextSyntax);

    /// <summary>Axis titles, the name of a line or bar (first argument of a <c>new</c>), and answers.</summary>
    private static bool IsLabel(SyntaxToken token) => token.Parent!.AncestorsAndSelf().Any(node => node switch
    {
        ArgumentSyntax { NameColon: { } name } =>
            name.Name.Identifier.ValueText is "xTitle" or "yTitle" or "scaleTitle" or "xLabels" or "yLabels" or "tolerance",
        ArgumentSyntax { Parent: ArgumentListSyntax { Parent: BaseObjectCreationExpressionSyntax } list } argument => list.Arguments[0] == argument,
        AssignmentExpressionSyntax { Left: IdentifierNameSyntax left } => left.Identifier.ValueText is "ScaleTitle" or "XLabels" or "YLabels",
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax call } => call.ToString() is "Outcome.Of",
        _ => false,
    });

    /// <summary>The code decides between this string and another.</summary>
    private static bool IsChosen(SyntaxToken token) => token.Parent!.Ancestors().Any(node => node is ConditionalExpressionSyntax or SwitchExpressionSyntax);

    /// <summary>How much a band or an interval holds is chosen, not measured.</summary>
    [GeneratedRegex(@"\b(?:middle|hold) \d+ %")]
    private static partial Regex Band();

    [GeneratedRegex(
        @"\b(?:faster|slower|larger|smaller|stronger|weaker|better|worse|wins?|loses?|never|always|nothing|nobody|everything|everybody"
        + @"|cannot|impossible|vanish\w*|explodes?|grows?|shrinks?|rises?|falls?|fails?|repairs?|helps?|hurts?)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Verdict();
}
