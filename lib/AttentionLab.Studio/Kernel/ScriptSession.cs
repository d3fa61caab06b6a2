using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace AttentionLab.Studio.Kernel;

/// <summary>
/// The C# state of one notebook: each cell is compiled as a script that continues the cells before it, loaded, and run.
/// </summary>
/// <remarks>
/// The compiler's own script class would load assemblies of the host's folder in place of those that a cell names by <c>#r</c>;
/// this class loads them itself (<see cref="NotebookLoadContext"/>).
/// </remarks>
internal sealed class ScriptSession
{
    /// <summary>What every host imports on its own.</summary>
    private static readonly string[] Usings = ["System", "System.Collections.Generic", "System.Linq", "System.Text", "System.Threading.Tasks"];

    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.CSharp13, DocumentationMode.None, SourceCodeKind.Script);

    private readonly NotebookLoadContext context = new();
    private CSharpCompilation? previous;
    private object?[] states = new object?[16];
    private int count;

    /// <summary>Compiles a cell against the cells before it.</summary>
    /// <param name="source">The cell's code.</param>
    /// <param name="path">Name of the cell in stack traces, see <see cref="CellPath"/>.</param>
    /// <param name="folder">Folder that a relative <c>#r</c> starts from.</param>
    /// <exception cref="CompilationFailedException">The compiler reports errors.</exception>
    public CompiledCell Compile(string source, CellPath path, string folder)
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText(SourceText.From(source, Encoding.UTF8), ParseOptions, path.ToString());
        var root = (CompilationUnitSyntax)tree.GetRoot();
        var resolver = new NotebookReferenceResolver(folder, context);
        RefuseDirectives(root, resolver);
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            usings: previous is null ? Usings : [],
            optimizationLevel: OptimizationLevel.Release,
            allowUnsafe: true,
            nullableContextOptions: NullableContextOptions.Disable,
            metadataReferenceResolver: resolver,
            generalDiagnosticOption: ReportDiagnostic.Suppress);
        CSharpCompilation compilation = CSharpCompilation.CreateScriptCompilation(
            $"cell{count + 1}", tree, FrameworkReferences.All, options, previous, typeof(object));

        if (root.Members.Count == 0)
        {
            // Directives, usings and comments only: there is nothing to emit, and the compiler gives such a cell no slot.
            ThrowOnErrors(compilation.GetDiagnostics());
            return new CompiledCell(compilation, null, false);
        }

        using var assembly = new MemoryStream();
        using var symbols = new MemoryStream();
        EmitResult result = compilation.Emit(assembly, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        ThrowOnErrors(result.Diagnostics);
        assembly.Position = symbols.Position = 0;
        return new CompiledCell(compilation, context.LoadFromStream(assembly, symbols), HasResult(compilation, root));
    }

    /// <summary>Runs a compiled cell; what it had declared before it throws stays.</summary>
    /// <returns>The value of the trailing expression, if there is one.</returns>
    public async Task<(bool HasResult, object? Value)> RunAsync(CompiledCell cell)
    {
        previous = cell.Compilation;
        if (cell.Assembly is null)
        {
            return (false, null);
        }

        IMethodSymbol entry = cell.Compilation.GetEntryPoint(CancellationToken.None)!;
        MethodInfo method = cell.Assembly
            .GetType(entry.ContainingType.MetadataName, throwOnError: true)!
            .GetMethod(entry.MetadataName, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!;
        if (count + 2 > states.Length)
        {
            Array.Resize(ref states, states.Length * 2);
        }

        // The submission writes itself into the array, at the slot behind the cells before it.
        count++;
        var factory = method.CreateDelegate<Func<object?[], Task<object?>>>();
        object? value = await factory(states);
        return (cell.HasResult, value);
    }

    private static void ThrowOnErrors(ImmutableArray<Diagnostic> diagnostics)
    {
        ImmutableArray<Diagnostic> errors = [.. diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)];
        if (errors.Length > 0)
        {
            throw new CompilationFailedException(errors);
        }
    }

    private static void RefuseDirectives(CompilationUnitSyntax root, NotebookReferenceResolver resolver)
    {
        foreach (ReferenceDirectiveTriviaSyntax reference in root.GetReferenceDirectives())
        {
            string target = reference.File.ValueText;
            if (target.StartsWith("nuget:", StringComparison.OrdinalIgnoreCase))
            {
                throw new RefusedDirectiveException($"#r \"{target}\" is refused: this host loads no packages, and the course needs none; reference a DLL by its path.", LineOf(reference));
            }

            if (!File.Exists(resolver.PathOf(target)))
            {
                throw new RefusedDirectiveException($"#r \"{target}\" names no file: build the library once (dotnet build), or correct the path.", LineOf(reference));
            }
        }

        foreach (LoadDirectiveTriviaSyntax load in root.GetLoadDirectives())
        {
            throw new RefusedDirectiveException($"#load \"{load.File.ValueText}\" is refused: not every host knows it; use #!import of a .dib file.", LineOf(load));
        }
    }

    private static int LineOf(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    /// <summary>A trailing expression without semicolon, unless it is void.</summary>
    private static bool HasResult(CSharpCompilation compilation, CompilationUnitSyntax root)
    {
        if (root.Members.LastOrDefault() is not GlobalStatementSyntax { Statement: ExpressionStatementSyntax { SemicolonToken.IsMissing: true } statement })
        {
            return false;
        }

        ITypeSymbol? type = compilation.GetSemanticModel(root.SyntaxTree).GetTypeInfo(statement.Expression).Type;
        return type?.SpecialType != SpecialType.System_Void;
    }
}

/// <summary>A cell ready to run; without an assembly where there is no code in it.</summary>
internal sealed record CompiledCell(CSharpCompilation Compilation, Assembly? Assembly, bool HasResult);

/// <summary>The compiler's errors for a cell.</summary>
internal sealed class CompilationFailedException(ImmutableArray<Diagnostic> errors) : Exception("The cell does not compile.")
{
    public ImmutableArray<Diagnostic> Errors { get; } = errors;
}

/// <summary>A line of a cell that this host does not carry out.</summary>
internal sealed class RefusedDirectiveException(string message, int line) : Exception(message)
{
    public int Line { get; } = line;
}
