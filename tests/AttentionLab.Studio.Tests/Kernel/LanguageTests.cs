using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Kernel;

/// <summary>C# across cells, and failures with the reader's own line numbers.</summary>
public sealed class LanguageTests(KernelFixture kernel) : IClassFixture<KernelFixture>
{
    [Fact]
    public async Task Cells_Declarations_AreSeenByLaterCells()
    {
        Assert.Null((await kernel.RunAsync(
            "record Point(int X, int Y);\nstatic int Twice(this int x) => 2 * x;\nint Add(int a, int b) => a + b;\nvar shared = 20;")).Failure);
        ExecutedCell cell = await kernel.RunAsync("new Point(shared.Twice(), Add(1, 1)).ToString()");
        Assert.Equal("Point { X = 40, Y = 2 }", Assert.Single(cell.Outputs).Content);
    }

    [Fact]
    public async Task Cells_RedeclaredVariable_TakesTheNewTypeAndValue()
    {
        await kernel.RunAsync("var again = 1;");
        await kernel.RunAsync("var again = \"text\";");
        Assert.Equal("4", Assert.Single((await kernel.RunAsync("again.Length")).Outputs).Content);
    }

    [Fact]
    public async Task Cells_Await_WorksAtTheTop()
    {
        ExecutedCell cell = await kernel.RunAsync("var waited = await Task.Run(async () => { await Task.Delay(5); return 7; });\nwaited");
        Assert.Equal("7", Assert.Single(cell.Outputs).Content);
    }

    [Fact]
    public async Task Cells_CSharp14_IsRefused()
    {
        ExecutedCell cell = await kernel.RunAsync("class Box { public int Value; }\nBox box = new();\nbox?.Value = 3;");
        Assert.Equal(3, cell.Failure?.Line);
    }

    [Fact]
    public async Task Fail_Exception_NamesTheLineOfTheCell()
    {
        ExecutedCell cell = await kernel.RunAsync("Console.WriteLine(\"before\");\n\nint zero = 0;\nvar broken = 1 / zero;\nConsole.WriteLine(\"behind\");");
        Assert.Equal("DivideByZeroException: Attempted to divide by zero.", cell.Failure?.Message);
        Assert.Equal(4, cell.Failure?.Line);
        Assert.Equal("before\n", Assert.Single(cell.Outputs).Content);
    }

    [Fact]
    public async Task Fail_InFunctionOfEarlierCell_NamesTheCallersLineAndBothFrames()
    {
        ExecutedCell first =
            await kernel.RunAsync("int Deep(int a)\n{\n    if (a == 0)\n        throw new ArgumentException(\"too deep\");\n    return Deep(a - 1) + 1;\n}");
        ExecutedCell cell = await kernel.RunAsync("\nvar fine = 1;\nDeep(2)");
        Assert.Equal(3, cell.Failure?.Line);
        Assert.Equal("ArgumentException: too deep", cell.Failure?.Message);
        Assert.Contains($"at cell {first.Number}, line 4\n", cell.Failure?.Details);
        Assert.Contains($"at cell {cell.Number}, line 3\n", cell.Failure?.Details);
        Assert.DoesNotContain("AttentionLab.Studio", cell.Failure?.Details);
    }

    [Fact]
    public async Task Fail_InsideLinqAndAwait_NamesTheLine()
    {
        ExecutedCell cell =
            await kernel.RunAsync("await Task.Yield();\nvar numbers = new[] { 1, 0 };\nawait Task.Run(() =>\n    numbers.Select(n => 10 / n).ToArray());");
        Assert.Equal(4, cell.Failure?.Line);
    }

    [Theory]
    [InlineData("int Down(int n) => Down(n + 1) + 1;\nDown(0)", 2)]
    [InlineData("class Loop { public int Size => Size + 1; }\n\nnew Loop().Size", 3)]
    [InlineData("Func<int, int> down = null;\ndown = n => down(n + 1) + 1;\ndown(0)", 3)]
    [InlineData("class Tree { Tree _child; public Tree() { _child = new(); } }\nnew Tree()", 2)]
    [InlineData("class N { public static N operator +(N a, N b) => a + b; }\nvar n = new N();\nn + n", 3)]
    [InlineData("class N { public override string ToString() => $\"an {this}\"; }\nnew N().ToString()", 2)]
    public async Task Fail_EndlessRecursion_IsAnErrorOfTheCellAlone(string source, int line)
    {
        await kernel.RunAsync("var below = 12;");
        ExecutedCell cell = await kernel.RunAsync(source);
        Assert.StartsWith("InsufficientExecutionStackException: the stack is full", cell.Failure?.Message);
        Assert.InRange(cell.Failure!.Line, 1, line);
        Assert.InRange(cell.Failure.Details.Length, 0, 20_000);
        Assert.Equal("12", Assert.Single((await kernel.RunAsync("below")).Outputs).Content);
    }

    /// <summary>A name that hides the checks makes them errors of the compiler, and none of the reader's.</summary>
    [Fact]
    public async Task Cells_ThatTheChecksDoNotFit_RunWithoutThem()
    {
        ExecutedCell cell = await kernel.RunAsync("int Named() { int __Stop = 7; return __Stop; }\nNamed()");
        Assert.Null(cell.Failure);
        Assert.Equal("7", Assert.Single(cell.Outputs).Content);
    }

    [Fact]
    public async Task Fail_Exception_KeepsWhatWasDeclaredBefore()
    {
        await kernel.RunAsync("var kept = 11;\nthrow new Exception(\"after it\");");
        Assert.Equal("11", Assert.Single((await kernel.RunAsync("kept")).Outputs).Content);
    }

    [Fact]
    public async Task Fail_Compilation_NamesLineAndColumnOfEveryError()
    {
        ExecutedCell cell = await kernel.RunAsync("int number = 1;\nint wrong = \"text\";\n\nMissing();");
        Assert.Equal(2, cell.Failure?.Line);
        Assert.StartsWith("CS0029: ", cell.Failure?.Message);
        Assert.Contains("line 2, column 13: CS0029", cell.Failure?.Details);
        Assert.Contains("line 4, column 1: CS0103", cell.Failure?.Details);
        Assert.Contains("CS0103", (await kernel.RunAsync("number")).Failure?.Message);
    }

    [Theory]
    [InlineData("// first\n#r \"nuget: Plotly.NET, 5.0.0\"", "packages")]
    [InlineData("// first\n#r \"nowhere/Missing.dll\"", "dotnet build")]
    [InlineData("\n#load \"other.csx\"", "#load")]
    [InlineData("var b = 1;\n#!time", "#!time")]
    [InlineData("// first\n#!import ./absent.dib", "absent.dib: no such file")]
    [InlineData("// first\n#!import ./setup.dib", "dotnet build")]
    public async Task Fail_RefusedDirective_SaysWhyAtItsLine(string source, string words)
    {
        ExecutedCell cell = await kernel.RunAsync(source);
        Assert.Equal(2, cell.Failure?.Line);
        Assert.Contains(words, cell.Failure?.Message);
        Assert.DoesNotContain("\n", cell.Failure?.Message);
    }

    [Fact]
    public async Task Import_RunsTheCellsOfTheFileBesideTheNotebook()
    {
        kernel.Write("sub/inner.dib", "#!markdown\n\n# not run\n\n#!csharp\n\nvar inner = 5;\n");
        kernel.Write("outer.dib",
            "#!csharp\n\n#!import ./sub/inner.dib\n\n#!csharp\n\nusing System.Numerics;\nvar outer = new Complex(inner, 0);\nConsole.WriteLine(\"from "
            + "import\");\n");
        ExecutedCell import = await kernel.RunAsync("#!import ./outer.dib");
        Assert.Null(import.Failure);
        Assert.Equal("from import\n", Assert.Single(import.Outputs).Content);
        Assert.Equal("5", Assert.Single((await kernel.RunAsync("Complex.Abs(outer)")).Outputs).Content);
    }

    [Fact]
    public async Task Import_CodeBehindIt_RunsToo()
    {
        kernel.Write("value.dib", "#!csharp\n\nvar imported = 3;\n");
        ExecutedCell cell = await kernel.RunAsync("#!import ./value.dib\n\nimported * 2");
        Assert.Equal("6", Assert.Single(cell.Outputs).Content);
    }

    [Fact]
    public async Task Import_FailureInside_NamesTheOtherFileToo()
    {
        kernel.Write("bad.dib", "#!csharp\n\nvar fine = 1;\n\n#!csharp\n\n\nvar x = 1;\nthrow new Exception(\"inside\");\n");
        ExecutedCell cell = await kernel.RunAsync("\n#!import ./bad.dib");
        Assert.Equal(2, cell.Failure?.Line);
        Assert.Equal("bad.dib: cell 2, line 2: Exception: inside", cell.Failure?.Message);
    }

    [Fact]
    public async Task Import_Circle_IsRefused()
    {
        kernel.Write("ring-a.dib", "#!csharp\n\n#!import ./ring-b.dib\n");
        kernel.Write("ring-b.dib", "#!csharp\n\n#!import ./ring-a.dib\n");
        ExecutedCell cell = await kernel.RunAsync("#!import ./ring-a.dib");
        Assert.Contains("imports itself", cell.Failure?.Message);
    }

    [Fact]
    public async Task Reference_LibraryByPath_IsTheVeryFile()
    {
        // A copy elsewhere: its types must come from there, not from the library beside this program.
        string folder = Path.GetDirectoryName(typeof(Tensors.Tensor).Assembly.Location)!;
        string copy = Path.Combine(Directory.CreateDirectory(Path.Combine(kernel.Folder, "copy")).FullName, "AttentionLab.dll");
        File.Copy(Path.Combine(folder, "AttentionLab.dll"), copy);
        File.Copy(Path.Combine(folder, "MathNet.Numerics.dll"), Path.Combine(kernel.Folder, "copy", "MathNet.Numerics.dll"));
        ExecutedCell reference =
            await kernel.RunAsync(
                $"#r \"./copy/AttentionLab.dll\"\n#r \"{copy.Replace("AttentionLab.dll", "MathNet.Numerics.dll")}\"\nusing MathNet.Numerics;\nusing "
                + "AttentionLab.Tensors;");
        Assert.Null(reference.Failure);
        Assert.Equal(copy, Assert.Single((await kernel.RunAsync("typeof(Tensor).Assembly.Location")).Outputs).Content);
        Assert.Equal("120", Assert.Single((await kernel.RunAsync("SpecialFunctions.Factorial(5)")).Outputs).Content);

        // The library's own formatter is found by name across the two load contexts.
        ExecutedCell shown = await kernel.RunAsync("new Tensor(2, 3)");
        Assert.Equal("text/html", Assert.Single(shown.Outputs).MimeType);
        Assert.DoesNotContain("dni-treeview", shown.Outputs[0].Content);
    }
}
