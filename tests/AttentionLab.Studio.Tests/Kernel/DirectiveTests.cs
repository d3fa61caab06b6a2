using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Kernel;

/// <summary>Directives are what the compiler takes for directives.</summary>
public sealed class DirectiveTests(KernelFixture kernel) : IClassFixture<KernelFixture>
{
    /// <summary>Cells in which nothing is a directive.</summary>
    public static TheoryData<string> Texts =>
    [
        "var text = \"\"\"\n#!import ./absent.dib\n#!time\n\"\"\";\ntext.Length",
        "var text = \"\"\"\n    #r \"nowhere/Missing.dll\"\n    \"\"\";\ntext.Length",
        "var text = @\"\n#r \"\"nuget: Plotly.NET\"\"\n#!import ./absent.dib\";\ntext.Length",
        "var text = $\"\"\"\n#!import ./{1 + 1}.dib\n\"\"\";\ntext.Length",
        "/*\n#!import ./absent.dib\n#r \"nowhere/Missing.dll\"\n*/\n1",
        "// #!import ./absent.dib\n// #r \"nowhere/Missing.dll\"\n1",
        "#if false\n#!import ./absent.dib\n#r \"nowhere/Missing.dll\"\n#load \"other.csx\"\n#endif\n1",
        "#if NOT_DEFINED\n#!time\n#endif\n1",
        "#region part\n#pragma warning disable CS0168\n1\n#endregion",
    ];

    [Theory, MemberData(nameof(Texts))]
    public async Task Run_LineThatIsNoDirective_IsCode(string source)
    {
        Assert.DoesNotContain(CellDirectives.In(source), directive => directive.Kind != CellDirectiveKind.Ignored);
        ExecutedCell cell = await kernel.RunAsync(source);
        Assert.Null(cell.Failure);
        Assert.Single(cell.Outputs);
    }

    [Theory, MemberData(nameof(Texts))]
    public void ExecutionKey_LineThatIsNoDirective_StopsNoBuild(string source)
    {
        using var course = new TemporaryCourse();
        string notebook = course.Write("00-a.dib", source);
        Assert.Equal(64, new ExecutionKey(CourseFolder.Open(course.Notebooks)).Of(notebook).Length);
    }

    [Theory]
    [InlineData("#!import ./a.dib", "./a.dib", 1)]
    [InlineData("// first\n#!import \"./a b.dib\"", "./a b.dib", 2)]
    [InlineData("var a = 1;\n  #!import   ./a.dib  \nvar b = 2;", "./a.dib", 2)]
    [InlineData("#if true\n#!import ./a.dib\n#endif", "./a.dib", 2)]
    public void In_Import_IsFoundWithItsLine(string source, string target, int line)
    {
        CellDirective directive = Assert.Single(CellDirectives.In(source));
        Assert.Equal((CellDirectiveKind.Import, target, line), (directive.Kind, directive.Target, directive.Line));
        Assert.Equal(source.Count(c => c == '\n'), CellDirectives.Replace(source, [directive], _ => "").Count(c => c == '\n'));
        Assert.Equal(source.Length, CellDirectives.Replace(source, [directive], _ => "").Length);
    }

    [Theory]
    [InlineData("#r \"nuget: Plotly.NET, 6.0.0\"", "#r \"nuget: Plotly.NET, 6.0.0\" is refused: this host loads no packages")]
    [InlineData("#r \" NuGet:Plotly.NET\"", "this host loads no packages")]
    [InlineData("#i \"nuget: somewhere\"", "this host loads no packages")]
    [InlineData("#!time", "this host knows #!import FILE.dib")]
    [InlineData("#!import", "this host knows #!import FILE.dib")]
    public async Task Run_RefusedDirective_SaysWhyInOneLine(string source, string words)
    {
        ExecutedCell cell = await kernel.RunAsync(source);
        Assert.Contains(words, cell.Failure?.Message);
        Assert.Equal(1, cell.Failure?.Line);
        Assert.DoesNotContain("\n", cell.Failure?.Message);
    }

    [Fact]
    public async Task Import_Circle_IsNamedWithEveryFile()
    {
        kernel.Write("one.dib", "#!csharp\n\n#!import ./two.dib\n");
        kernel.Write("two.dib", "#!csharp\n\n#!import ./one.dib\n");
        ExecutedCell cell = await kernel.RunAsync("#!import ./one.dib");
        Assert.Contains("shared.dib → one.dib → two.dib → one.dib", cell.Failure?.Message);
    }

    [Fact]
    public async Task Reference_InAnImportedFile_IsRelativeToThatFile()
    {
        string library = typeof(Tensors.Tensor).Assembly.Location;
        Directory.CreateDirectory(Path.Combine(kernel.Folder, "below"));
        File.Copy(library, Path.Combine(kernel.Folder, "below", "AttentionLab.dll"));
        kernel.Write("below/refer.dib", "#!csharp\n\n#r \"./AttentionLab.dll\"\nusing AttentionLab.Tensors;\n");
        Assert.Null((await kernel.RunAsync("#!import ./below/refer.dib")).Failure);
        Assert.Equal("6", Assert.Single((await kernel.RunAsync("new Tensor(2, 3).Length")).Outputs).Content);
    }
}
