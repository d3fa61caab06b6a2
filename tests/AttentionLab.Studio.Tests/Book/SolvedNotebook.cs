using AttentionLab.Studio.Book;
using AttentionLab.Studio.Dib;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AttentionLab.Studio.Tests.Book;

/// <summary>A chapter as a reader has it who solved every exercise: exercise cells hold the solutions, the other cells only stay where those need
/// them.</summary>
internal static class SolvedNotebook
{
    /// <summary>Cells to run, with their numbers in the chapter.</summary>
    public static IReadOnlyList<(int Number, string Source)> Compose(DibDocument chapter, DibDocument solutions)
    {
        Dictionary<string, string> solved = Exercises(solutions).ToDictionary(exercise => exercise.Id, exercise => exercise.Source);
        var chosen = new List<(int, string)>();
        var needed = new HashSet<string>(StringComparer.Ordinal);
        foreach ((int number, DibCell cell) in chapter.NumberedCells.Where(entry => entry.Cell.Kind == DibCellKind.CSharp).Reverse())
        {
            string? id = Report.ExerciseOf(cell.Text);
            string source = id is null ? cell.Text : solved[id];
            CompilationUnitSyntax root = Parse(source);
            bool directivesOnly = root.Members.Count == 0;
            if (id is not null || directivesOnly || Declared(root.Members).Overlaps(needed))
            {
                chosen.Add((number, source));
                HashSet<string> ownNames = Declared(root.DescendantNodes());
                needed.UnionWith(root.DescendantNodes().OfType<SimpleNameSyntax>().Select(name => name.Identifier.ValueText)
                    .Where(name => !ownNames.Contains(name)));
            }
        }

        chosen.Reverse();
        return chosen;
    }

    /// <summary>The cells whose first line is <c>// exercise ID</c>.</summary>
    public static IEnumerable<(string Id, string Source)> Exercises(DibDocument document) =>
        from entry in document.NumberedCells
        where entry.Cell.Kind == DibCellKind.CSharp
        let id = Report.ExerciseOf(entry.Cell.Text)
        where id is not null
        select (id, entry.Cell.Text);

    private static CompilationUnitSyntax Parse(string source)
    {
        // A line #!import would count as a broken token; its cell is kept as one without code.
        string code = string.Join('\n', source.Split('\n').Select(line => line.StartsWith("#!") ? "" : line));
        return CSharpSyntaxTree.ParseText(code, new CSharpParseOptions(LanguageVersion.CSharp13, kind: SourceCodeKind.Script)).GetCompilationUnitRoot();
    }

    private static HashSet<string> Declared(IEnumerable<SyntaxNode> nodes)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (SyntaxNode node in nodes)
        {
            switch (node)
            {
                case FieldDeclarationSyntax field:
                    names.UnionWith(field.Declaration.Variables.Select(variable => variable.Identifier.ValueText));
                    break;
                case GlobalStatementSyntax statement:
                    names.UnionWith(statement.DescendantNodes().OfType<SingleVariableDesignationSyntax>().Select(variable => variable.Identifier.ValueText));
                    break;
                case MethodDeclarationSyntax method:
                    names.Add(method.Identifier.ValueText);
                    break;
                case BaseTypeDeclarationSyntax type:
                    names.Add(type.Identifier.ValueText);
                    break;
                case DelegateDeclarationSyntax type:
                    names.Add(type.Identifier.ValueText);
                    break;
                case ParameterSyntax parameter:
                    names.Add(parameter.Identifier.ValueText);
                    break;
                case VariableDeclaratorSyntax variable:
                    names.Add(variable.Identifier.ValueText);
                    break;
                case SingleVariableDesignationSyntax variable:
                    names.Add(variable.Identifier.ValueText);
                    break;
                case ForEachStatementSyntax loop:
                    names.Add(loop.Identifier.ValueText);
                    break;
                case LocalFunctionStatementSyntax function:
                    names.Add(function.Identifier.ValueText);
                    break;
            }
        }

        return names;
    }
}
