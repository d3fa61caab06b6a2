using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Kernel;

/// <summary>The editor's questions: completions, hover, signatures, diagnostics, variables.</summary>
public sealed class CodeQuestionTests(KernelFixture kernel) : IClassFixture<KernelFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Completions_OfAMember_EachHasItsDocumentationOnDemand()
    {
        await kernel.RunAsync("var numbers = new List<int> { 1, 2 };");
        const string source = "int a = 1;\nnumbers.A";
        CompletionList list = (await kernel.Session.CompletionsAsync(source, source.Length, Cancellation)).Value!;
        Assert.Equal((source.Length - 1, 1), (list.Start, list.Length));
        Assert.Equal("Add", list.Items[0].Label);
        Assert.Equal(("Add", "Method"), (list.Items[0].Insert, list.Items[0].Kind));
        foreach (Completion item in list.Items)
        {
            KernelAnswer<string> described = await kernel.Session.DescribeAsync(source, source.Length, item, Cancellation);
            Assert.False(described.IsBusy);
            Assert.Contains(item.Insert, described.Value);
        }

        Assert.Contains("Adds an object to the end of the", (await kernel.Session.DescribeAsync(source, source.Length, list.Items[0], Cancellation)).Value);
        Assert.All(list.Items, item => Assert.Contains("a", item.Label, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("__")]
    [InlineData("")]
    public async Task Completions_WhatStopsCells_IsNotOffered(string typed)
    {
        CompletionList list = (await kernel.Session.CompletionsAsync(typed, typed.Length, Cancellation)).Value!;
        Assert.DoesNotContain(list.Items, item => item.Label.Contains("__Stop", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Completions_EarlierCells_AreOffered()
    {
        await kernel.RunAsync("/// <summary>Twice the argument.</summary>\nint DoubleOfIt(int x) => 2 * x;\nvar doubleHere = 2;");
        CompletionList list = (await kernel.Session.CompletionsAsync("double", 6, Cancellation)).Value!;
        Assert.Contains(list.Items, item => item.Label == "doubleHere");
        Completion function = list.Items.Single(item => item.Label == "DoubleOfIt");
        Assert.Contains("Twice the argument.", (await kernel.Session.DescribeAsync("double", 6, function, Cancellation)).Value);
    }

    [Fact]
    public async Task Describe_AfterTheCellsHaveChanged_SpeaksOfThemAsTheyAre()
    {
        await kernel.RunAsync("var changing = 1;");
        Completion before = (await kernel.Session.CompletionsAsync("changing", 8, Cancellation)).Value!.Items[0];
        Assert.Contains("int changing", (await kernel.Session.DescribeAsync("changing", 8, before, Cancellation)).Value);
        await kernel.RunAsync("var changing = \"text\";");
        Assert.Contains("string changing", (await kernel.Session.DescribeAsync("changing", 8, before, Cancellation)).Value);
    }

    [Fact]
    public async Task Describe_WhatIsNoCompletionThere_IsNothing()
    {
        KernelAnswer<string> answer = await kernel.Session.DescribeAsync("Math.", 5, new Completion("Abstract", "Abstract", "Method"), Cancellation);
        Assert.Equal(new KernelAnswer<string>(null, false), answer);
    }

    [Fact]
    public async Task Hover_OurLibrary_ShowsItsSummary()
    {
        await kernel.RunAsync(
            $"#r \"{typeof(Tensors.Tensor).Assembly.Location}\"\nusing AttentionLab.Tensors;\nvar shaped = new Tensor(2, 5, 32);\n"
            + "var small = Tensor.Matrix(new float[,] { { 1, 2, float.NaN }, { 4, 5, 6 } });\nvar plain = new float[3, "
            + "4];\nvar word = \"word\";\nvar listed = new List<int>();");
        const string source = "var again = Tensor.Gaussian";
        Hover hover = (await kernel.Session.HoverAsync(source, source.IndexOf("Gaussian", StringComparison.Ordinal) + 2, Cancellation)).Value!;
        Assert.Equal((source.IndexOf("Gaussian", StringComparison.Ordinal), "Gaussian".Length), (hover.Start, hover.Length));
        Assert.Contains("Tensor Tensor.Gaussian(", hover.Markdown);
        Assert.Matches("(?s)\n> .{20,}", hover.Markdown);
        Assert.Null((await kernel.Session.HoverAsync("   ", 1, Cancellation)).Value);

        // A tensor is known by its shape alone; an array too.
        IReadOnlyList<Variable> variables = (await kernel.Session.VariablesAsync(Cancellation)).Value!;
        Assert.Equal(("Tensor", "2 × 5 × 32"), (Short(variables, "shaped").Type, Short(variables, "shaped").Shape));
        Assert.StartsWith("Tensor (2, 5, 32)", Short(variables, "shaped").Preview);

        // Its numbers are there for a small picture: of several matrices the first, of long axes means of blocks.
        ValueMap map = Short(variables, "small").Map!;
        Assert.Equal([1, 2, null, 4, 5, 6], map.Cells);
        Assert.Equal((3, false, false), (map.Columns, map.IsPart, map.IsCoarse));
        map = Short(variables, "shaped").Map!;
        Assert.Equal((16, 5 * 16, true, true), (map.Columns, map.Cells.Count, map.IsPart, map.IsCoarse));
        Assert.Null(Short(variables, "plain").Map);
        Assert.Equal("3 × 4", Short(variables, "plain").Shape);
        Assert.Equal(new Variable("word", "String", "", "word"), Short(variables, "word"));
        Assert.Equal("List<Int32>", Short(variables, "listed").Type);
    }

    /// <summary>The formula stands at the type, the shapes at the parameters of the reference from which the fast path inherits its documentation.</summary>
    [Theory]
    [InlineData("Softmax.Forward", "**Softmax**: Softmax of each row: y_j = exp(x_j − m) / Σ_k exp(x_k − m) with m = max_k x_k.",
        "**x**: (rows, columns).", "**y**: (rows, columns), may be the memory of x.", "**columns**: Length of a row.")]
    [InlineData("Softmax.Backward", "**dy**: ∂L/∂y, (rows, columns).", "**dx**: ∂L/∂x, (rows, columns), overwritten; may be the memory of dy.")]
    public async Task Hover_OurLibrary_ShowsFormulaAndShapes(string source, params string[] expected)
    {
        await kernel.RunAsync($"#r \"{typeof(Tensors.Tensor).Assembly.Location}\"\nusing AttentionLab.Kernels;");
        string shown = await HoverAsync(source);
        Assert.All(expected, line => Assert.Contains("\n> " + line, shown));
        Assert.Single(shown.Split("**Softmax**"), part => part.StartsWith(':'));
    }

    [Fact]
    public async Task Hover_OfACellsOwnMethod_ShowsWhatItsCommentSaysAndNoMore()
    {
        await kernel.RunAsync(
            "/// <summary>Half of <paramref name=\"length\"/>.</summary>\n/// <param name=\"length\">In metres, as <see cref=\"Math.Abs(double)\"/> has it, "
            + "<c>a_b</c>.</param>\n/// <returns>Metres.</returns>\ndouble HalfOf(double length) => length / 2;\ndouble Bare(double length) => length;");
        Assert.EndsWith("\n\n> **length**: In metres, as Abs has it, a_b.\n\n> **Returns**: Metres.", await HoverAsync("HalfOf"));
        Assert.DoesNotContain("\n>", await HoverAsync("Bare"));
    }

    [Fact]
    public async Task Signature_InsideACall_NamesOverloadsAndTheParameter()
    {
        const string source = "Math.Round(1.5, ";
        SignatureHelp help = (await kernel.Session.SignatureAsync(source, source.Length, Cancellation)).Value!;
        Assert.True(help.Signatures.Count > 3);
        Assert.Equal(1, help.Parameter);
        Assert.InRange(help.Active, 0, help.Signatures.Count - 1);
        Assert.Contains("Round(", help.Signatures[0].Label);
        Assert.Contains(help.Signatures, signature => signature.Documentation.Contains("Rounds", StringComparison.Ordinal));
        Assert.Contains(help.Signatures, signature => signature.Parameters.Any(parameter => parameter.Label == "digits"));
        Assert.Null((await kernel.Session.SignatureAsync("1 + 1", 3, Cancellation)).Value);
    }

    [Fact]
    public async Task Diagnostics_OfACell_AreTheCompilersAndOurs()
    {
        await kernel.RunAsync("class Box { public int Value; }\nBox box = new();");
        IReadOnlyList<CellDiagnostic> found = (await kernel.Session.DiagnosticsAsync("// é\nint number = \"text\";\nMissing();", Cancellation)).Value!;
        Assert.Equal([("error", "CS0029", 2, 14), ("error", "CS0103", 3, 1)], found.Select(d => (d.Severity, d.Code, d.Line, d.Column)));
        Assert.Equal(("// é\nint number = ".Length, "\"text\"".Length), (found[0].Start, found[0].Length));
        Assert.Empty((await kernel.Session.DiagnosticsAsync("#!import ./anything.dib\nbox.Value + 1", Cancellation)).Value!);
        Assert.Contains((await kernel.Session.DiagnosticsAsync("box?.Value = 3;", Cancellation)).Value!, d => d.Severity == "error");
        Assert.All(found, d => Assert.False(d.IsSyntax));

        // What is wrong in any case, beside what a cell above might declare.
        found = (await kernel.Session.DiagnosticsAsync("int sum = missing + ;\nfor (;;", Cancellation)).Value!;
        Assert.Equal([("CS0103", false)], found.Where(d => !d.IsSyntax).Select(d => (d.Code, d.IsSyntax)));
        Assert.Contains(found, d => d is { IsSyntax: true, Line: 1 });
        Assert.Contains(found, d => d is { IsSyntax: true, Line: 2 });
        CellDiagnostic refused = Assert.Single((await kernel.Session.DiagnosticsAsync("1\n#r \"nuget: X\"", Cancellation)).Value!, d => d.Code == "");
        Assert.Equal((2, 2, true), (refused.Line, refused.Start, refused.IsSyntax));
    }

    [Fact]
    public async Task Variables_RedeclaredAndHostile_AreListedOnce()
    {
        await kernel.RunAsync(
            "class Sour { public override string ToString() => throw new Exception(); }\nvar twice = 1;\nvar sour = new Sour();\nvar text = new string('x', "
            + "5000);");
        await kernel.RunAsync("var twice = \"second\";");
        IReadOnlyList<Variable> variables = (await kernel.Session.VariablesAsync(Cancellation)).Value!;
        Assert.Equal("second", Short(variables, "twice").Preview);
        Assert.InRange(Short(variables, "text").Preview.Length, 10, 200);
        Assert.NotNull(Short(variables, "sour"));
        Assert.Equal(variables.Select(v => v.Name).Distinct(), variables.Select(v => v.Name));
    }

    [Fact]
    public async Task Questions_WhileACellRuns_AreAnswered()
    {
        await kernel.RunAsync("var whileRunning = 5;");
        var started = new TaskCompletionSource();
        Task<ExecutedCell> running =
            kernel.Session.RunAsync(1, "\"started\".Display();\nwhile (!System.IO.File.Exists(\"enough\")) { }", _ => started.TrySetResult(), Cancellation);
        await Task.WhenAny(started.Task, running);
        KernelAnswer<CompletionList> completions = await kernel.Session.CompletionsAsync("whileRu", 7, Cancellation);
        KernelAnswer<string> description = await kernel.Session.DescribeAsync("whileRu", 7, completions.Value!.Items[0], Cancellation);
        KernelAnswer<IReadOnlyList<CellDiagnostic>> diagnostics = await kernel.Session.DiagnosticsAsync("int x = \"\";", Cancellation);
        KernelAnswer<Hover> hover = await kernel.Session.HoverAsync("whileRunning", 2, Cancellation);
        KernelAnswer<SignatureHelp> signature = await kernel.Session.SignatureAsync("Math.Abs(", 9, Cancellation);
        KernelAnswer<IReadOnlyList<Variable>> variables = await kernel.Session.VariablesAsync(Cancellation);
        Assert.False(running.IsCompleted);
        Assert.Equal([false, false, false, false, false, false],
            [completions.IsBusy, description.IsBusy, diagnostics.IsBusy, hover.IsBusy, signature.IsBusy, variables.IsBusy]);
        Assert.Contains(completions.Value!.Items, item => item.Label == "whileRunning");
        Assert.Contains("int whileRunning", description.Value);
        Assert.Equal("CS0029", Assert.Single(diagnostics.Value!).Code);
        Assert.Contains("whileRunning", hover.Value!.Markdown);
        Assert.NotNull(signature.Value);
        Assert.Equal("5", Short(variables.Value!, "whileRunning").Preview);
        kernel.Write("enough", "");
        Assert.Null((await running).Failure);
    }

    [Fact]
    public async Task Questions_WhileALookAtTheVariablesHangs_AreAnswered()
    {
        await kernel.RunAsync("class Hangs { public override string ToString() { while (!System.IO.File.Exists(\"shown\")) System.Threading.Thread.Sleep(1); "
            + "return \"\"; } }\nvar hangs = new Hangs();");
        Task<KernelAnswer<IReadOnlyList<Variable>>> look = kernel.Session.VariablesAsync(Cancellation);
        KernelAnswer<CompletionList> completions = await kernel.Session.CompletionsAsync("hang", 4, Cancellation).WaitAsync(Patience.Limit, Cancellation);
        Assert.Contains(completions.Value!.Items, item => item.Label == "hangs");
        kernel.Write("shown", "");
        Assert.NotNull(Short((await look).Value!, "hangs"));
    }

    /// <summary>A question that needs more memory than there is: the answer is "busy", and the process lives.</summary>
    [Fact]
    public async Task Questions_WithoutMemory_DoNotEndTheProcess()
    {
        var options = new KernelOptions { MemoryLimit = 256 << 20 };
        await using NotebookSession session = await NotebookSession.StartAsync(Path.Combine(kernel.Folder, "full.dib"), options, Cancellation);

        // The compiler holds several copies of a text: the message fits, they do not.
        string source = $"var text = \"{new string('x', 40_000_000)}\";";
        Assert.True((await session.DiagnosticsAsync(source, Cancellation)).IsBusy);
        ExecutedCell cell = await session.RunAsync(1, "1 + 1", cancellation: Cancellation);
        Assert.Equal("2", Assert.Single(cell.Outputs).Content);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("x", 99)]
    [InlineData("x", -5)]
    [InlineData("\"\"\"\n#!", 3)]
    [InlineData("#", 1)]
    public async Task Questions_AtOddPlaces_GetAnAnswer(string source, int position)
    {
        Assert.False((await kernel.Session.CompletionsAsync(source, position, Cancellation)).IsBusy);
        Assert.False((await kernel.Session.DescribeAsync(source, position, new Completion("x", "x", "Local"), Cancellation)).IsBusy);
        Assert.False((await kernel.Session.HoverAsync(source, position, Cancellation)).IsBusy);
        Assert.False((await kernel.Session.SignatureAsync(source, position, Cancellation)).IsBusy);
        Assert.False((await kernel.Session.DiagnosticsAsync(source, Cancellation)).IsBusy);
    }

    /// <summary>What is shown of the last word, without the marks that keep Markdown from reading signs of a formula as its own.</summary>
    private async Task<string> HoverAsync(string source) =>
        (await kernel.Session.HoverAsync(source, source.Length - 1, Cancellation)).Value!.Markdown.Replace("\\", "", StringComparison.Ordinal);

    private static Variable Short(IReadOnlyList<Variable> variables, string name) => Assert.Single(variables, variable => variable.Name == name);
}
