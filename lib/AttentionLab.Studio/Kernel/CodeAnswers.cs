namespace AttentionLab.Studio.Kernel;

/// <summary>The kernel's answer to a question about code.</summary>
/// <param name="Value">The answer; null where there is none: a word without a meaning, a call that is none.</param>
/// <param name="IsBusy">True when the kernel cannot answer now; ask again later.</param>
public readonly record struct KernelAnswer<T>(T? Value, bool IsBusy)
    where T : class;

/// <summary>What a reader may type at a place.</summary>
/// <param name="Start">First character of the word that a completion replaces.</param>
/// <param name="Length">Length of that word; 0 if nothing is typed yet.</param>
/// <param name="Items">The best first.</param>
public sealed record CompletionList(int Start, int Length, IReadOnlyList<Completion> Items);

/// <summary>One thing that a reader may type. What it means is a question of its own: describing all would take ten times as long as finding them.</summary>
/// <param name="Label">What a list shows, for example <c>Reshape</c>.</param>
/// <param name="Insert">What replaces the word.</param>
/// <param name="Kind">The compiler's word for it: <c>Method</c>, <c>Class</c>, <c>Local</c>, <c>Keyword</c>, …</param>
public sealed record Completion(string Label, string Insert, string Kind);

/// <summary>What a word means.</summary>
/// <param name="Start">Its first character.</param>
/// <param name="Length">Its length.</param>
/// <param name="Markdown">Signature, then the summary as a quotation.</param>
public sealed record Hover(int Start, int Length, string Markdown);

/// <summary>The ways to call the method whose argument list a place lies in.</summary>
/// <param name="Signatures">All overloads.</param>
/// <param name="Active">Index of the overload that fits best.</param>
/// <param name="Parameter">Index of the parameter at the place.</param>
public sealed record SignatureHelp(IReadOnlyList<Signature> Signatures, int Active, int Parameter);

/// <summary>One overload.</summary>
/// <param name="Label">As it is declared.</param>
/// <param name="Documentation">Its summary as Markdown; may be empty.</param>
/// <param name="Parameters">Its parameters in order.</param>
public sealed record Signature(string Label, string Documentation, IReadOnlyList<SignatureParameter> Parameters);

/// <summary>A parameter of an overload.</summary>
/// <param name="Label">Its name.</param>
/// <param name="Documentation">Its text as Markdown; may be empty.</param>
public sealed record SignatureParameter(string Label, string Documentation);

/// <summary>What the compiler says about a place.</summary>
/// <param name="Severity"><c>error</c> or <c>warning</c>.</param>
/// <param name="Code">For example <c>CS0103</c>; empty for what this host refuses.</param>
/// <param name="Message">One line.</param>
/// <param name="Start">First character.</param>
/// <param name="Length">Length in characters; may be 0.</param>
/// <param name="Line">Line of the cell, from 1.</param>
/// <param name="Column">Column, from 1.</param>
/// <param name="IsSyntax">It is wrong whatever the cells above declare.</param>
public sealed record CellDiagnostic(string Severity, string Code, string Message, int Start, int Length, int Line, int Column, bool IsSyntax);

/// <summary>A variable that a cell declared.</summary>
/// <param name="Name">Its name; of two with the same name, the later.</param>
/// <param name="Type">Its type, without namespaces.</param>
/// <param name="Shape">Sizes of a tensor or an array, for example <c>2 × 5 × 32</c>; empty for other types.</param>
/// <param name="Preview">Its value in one short line.</param>
public sealed record Variable(string Name, string Type, string Shape, string Preview)
{
    /// <summary>Numbers of a tensor for a small heatmap; null for other types.</summary>
    public ValueMap? Map { get; init; }
}

/// <summary>Numbers for a small heatmap, row by row.</summary>
/// <param name="Columns">Numbers in a row.</param>
/// <param name="Cells">The numbers; null where one is not finite.</param>
/// <param name="IsPart">The first matrix of several.</param>
/// <param name="IsCoarse">Each number is the mean of a block.</param>
public sealed record ValueMap(int Columns, IReadOnlyList<float?> Cells, bool IsPart, bool IsCoarse);
