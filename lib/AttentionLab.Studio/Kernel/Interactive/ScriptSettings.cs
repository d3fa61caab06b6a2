using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.DotNet.Interactive.CSharp;

namespace AttentionLab.Studio.Kernel.Interactive;

/// <summary>
/// What .NET Interactive's C# kernel keeps private and this course needs: cells are optimised, in C# 13, with line numbers in every stack,
/// and the editor's questions are answered for the same language.
/// </summary>
internal static class ScriptSettings
{
    private static readonly FieldInfo Options = Field(typeof(CSharpKernel), "_scriptOptions", typeof(ScriptOptions));
    private static readonly FieldInfo Workspace = Field(typeof(CSharpKernel), "_workspace", typeof(Workspace));
    private static readonly FieldInfo WorkspaceParseOptions = Field(Workspace.FieldType, "_parseOptions", typeof(CSharpParseOptions));

    private static readonly FieldInfo WorkingDirectory = Field(typeof(CSharpKernel), "_workingDirectory", typeof(string));

    private static readonly FieldInfo State = Field(typeof(CSharpKernel), "<ScriptState>k__BackingField", typeof(ScriptState));

    private static readonly MethodInfo Fork = Workspace.FieldType.GetMethod("ForkDocumentForLanguageServices", [typeof(string)])
        ?? throw Missing(Workspace.FieldType, "ForkDocumentForLanguageServices(string)");

    /// <summary>Sets what holds for every cell.</summary>
    public static void Apply(CSharpKernel kernel)
    {
        WorkspaceParseOptions.SetValue(Workspace.GetValue(kernel), CellDirectives.ParseOptions);

        // A kernel that finds itself in another folder than before takes a resolver of its own, before the first cell already.
        WorkingDirectory.SetValue(kernel, Directory.GetCurrentDirectory());
        Options.SetValue(kernel, ForCells(Of(kernel)));
    }

    /// <summary>How cells are compiled.</summary>
    public static ScriptOptions ForCells(ScriptOptions options) => options
        .WithMetadataResolver(new CellReferences(ScriptMetadataResolver.Default.WithBaseDirectory(Directory.GetCurrentDirectory())))
        .WithSourceResolver(ScriptSourceResolver.Default.WithBaseDirectory(Directory.GetCurrentDirectory()))
        .WithEmitDebugInformation(true)
        .WithFileEncoding(Encoding.UTF8)
        .WithLanguageVersion(CellDirectives.ParseOptions.LanguageVersion)
        .WithOptimizationLevel(OptimizationLevel.Release);

    /// <summary>Names the next cell in stacks.</summary>
    public static void Name(CSharpKernel kernel, CellPath path) => Options.SetValue(kernel, Of(kernel).WithFilePath(path.ToString()));

    /// <summary>What the language services know: another object whenever a cell has ended.</summary>
    public static Solution Cells(CSharpKernel kernel) => ((Workspace)Workspace.GetValue(kernel)!).CurrentSolution;

    /// <summary>A document that continues the cells so far.</summary>
    public static Document Continue(CSharpKernel kernel, string source) => (Document)Fork.Invoke(Workspace.GetValue(kernel), [source])!;

    /// <summary>A cell that continues the cells so far, as the compiler reads it.</summary>
    public static SemanticModel Read(CSharpKernel kernel, string source)
    {
        Compilation compilation = kernel.ScriptState.Script.ContinueWith(source, Of(kernel)).GetCompilation();
        return compilation.GetSemanticModel(compilation.SyntaxTrees.Single());
    }

    /// <summary>Takes back what a stopped cell has declared.</summary>
    public static void Restore(CSharpKernel kernel, ScriptState state) => State.SetValue(kernel, state);

    private static ScriptOptions Of(CSharpKernel kernel) => (ScriptOptions)Options.GetValue(kernel)!;

    /// <exception cref="InvalidOperationException">The package has changed; the message says what to do.</exception>
    internal static FieldInfo Field(Type owner, string name, Type type)
    {
        FieldInfo? field = owner.GetField(name, BindingFlags.Instance | BindingFlags.NonPublic);
        return field is not null && type.IsAssignableFrom(field.FieldType) ? field : throw Missing(owner, name);
    }

    private static InvalidOperationException Missing(Type owner, string member) => new(
        $"{owner.FullName} of {owner.Assembly.GetName().Name} {owner.Assembly.GetName().Version} has no {member} of the expected type: "
        + "read that version's CSharpKernel and name the new place in ScriptSettings, or pin the version of Microsoft.DotNet.Interactive.CSharp that had it.");
}
