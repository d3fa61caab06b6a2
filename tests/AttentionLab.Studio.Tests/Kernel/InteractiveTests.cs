using System.Reflection;
using System.Xml.Linq;
using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Kernel.Interactive;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.DotNet.Interactive.CSharp;
using Microsoft.DotNet.Interactive.Formatting;

namespace AttentionLab.Studio.Tests.Kernel;

/// <summary>The kernel is .NET Interactive's, behind one folder, with what that package keeps private.</summary>
public sealed class InteractiveTests(KernelFixture kernel) : IClassFixture<KernelFixture>
{
    private static string Studio => Path.Combine(Repository.Root, "lib", "AttentionLab.Studio");

    [Fact]
    public void Usings_OfInteractive_AreInOneFolder()
    {
        string folder = Path.Combine(Studio, "Kernel", "Interactive") + Path.DirectorySeparatorChar;
        string[] naming =
            [.. Directory.GetFiles(Studio, "*.cs", SearchOption.AllDirectories).Where(file => File.ReadAllText(file).Contains("Microsoft.DotNet.Interactive"))];
        Assert.NotEmpty(naming);
        Assert.All(naming, file => Assert.True(file.StartsWith(folder, StringComparison.Ordinal),
            $"{file} names Microsoft.DotNet.Interactive: only Kernel/Interactive may know its types; say it in the words of KernelMessage, or move it there."));
    }

    [Fact]
    public void PrivateFields_OfThePinnedVersion_AreWhereTheyWere()
    {
        string pinned = (string)XElement.Load(Path.Combine(Repository.Root, "Directory.Packages.props"))
            .Descendants("PackageVersion").Single(version => (string?)version.Attribute("Include") == "Microsoft.DotNet.Interactive.CSharp")
            .Attribute("Version")!;
        string used = typeof(CSharpKernel).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        Assert.StartsWith(pinned, used);
        using var fresh = new CSharpKernel();
        Exception? changed = Record.Exception(() => ScriptSettings.Apply(fresh));
        Assert.True(changed is null, $"Microsoft.DotNet.Interactive.CSharp {used}: {changed?.GetBaseException().Message}");
    }

    [Fact]
    public void Packages_OfInteractive_AreOneVersionInTheKernel()
    {
        Dictionary<string, string> pins = XElement.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(version => (string)version.Attribute("Include")!, version => (string)version.Attribute("Version")!);
        Assembly[] loaded = [typeof(Microsoft.DotNet.Interactive.Kernel).Assembly, typeof(CSharpKernel).Assembly, typeof(Formatter).Assembly];
        string[] versions = [.. loaded.Select(each => each.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0])];
        Assert.Equal([.. loaded.Select(each => pins[each.GetName().Name!])], versions);
        Assert.Single(versions.Distinct());
    }

    [Fact]
    public void PrivateField_ThatIsGone_IsAnErrorThatSaysWhatToDo()
    {
        string message = Assert.Throws<InvalidOperationException>(() => ScriptSettings.Field(typeof(CSharpKernel), "_gone", typeof(ScriptOptions))).Message;
        Assert.Contains("CSharpKernel of Microsoft.DotNet.Interactive.CSharp", message);
        Assert.Contains("has no _gone", message);
        Assert.Contains("ScriptSettings", message);
        Assert.Contains("pin", message);
        Assert.Throws<InvalidOperationException>(() => ScriptSettings.Field(typeof(CSharpKernel), "_scriptOptions", typeof(int)));
    }

    [Fact]
    public async Task Cells_AreOptimised()
    {
        ExecutedCell cell = await kernel.RunAsync(
            "class Here { "
            + "}\n((System.Diagnostics.DebuggableAttribute)typeof(Here).Assembly.GetCustomAttributes(typeof(System.Diagnostics.DebuggableAttribute), "
            + "false)[0]).IsJITOptimizerDisabled");
        Assert.Equal("False", Assert.Single(cell.Outputs).Content);
    }

    [Fact]
    public async Task Cells_StackOfAnException_NamesCellAndLine()
    {
        ExecutedCell declared = await kernel.RunAsync("void Fails()\n{\n    throw new Exception(\"inside\");\n}");
        ExecutedCell caught = await kernel.RunAsync("try { Fails(); } catch (Exception e) { Console.WriteLine(e.StackTrace); }");
        Assert.Contains($"shared.dib/{declared.Number}:line 3", Assert.Single(caught.Outputs).Content);
        Assert.Contains($"shared.dib/{caught.Number}:line 1", caught.Outputs[0].Content);
    }

    [Theory]
    [InlineData("return 3;", "3")]
    [InlineData("var early = 1;\nif (early == 1) { return \"first\"; }\nreturn \"second\";", "first")]
    [InlineData("return null;", "<null>")]
    public async Task Cells_Return_ShowsTheValue(string source, string shown)
    {
        ExecutedCell cell = await kernel.RunAsync(source);
        Assert.Null(cell.Failure);
        Assert.Equal([new CellOutput(CellOutput.Plain, shown)], cell.Outputs);
    }

    [Fact]
    public async Task Formatter_RegisteredInACell_IsHonoured()
    {
        Assert.Null((await kernel.RunAsync(
            """
            using Microsoft.DotNet.Interactive.Formatting;
            class Drawn { }
            class Told { }
            Formatter.Register<Drawn>((value, writer) => writer.Write("{\"data\":[]}"), "application/vnd.plotly.v1+json");
            Formatter.Register<Told>((value, writer) => writer.Write("<b>told</b>"), "text/html");
            """)).Failure);
        Assert.Equal([new CellOutput(CellOutput.Plotly, "{\"data\":[]}")], (await kernel.RunAsync("new Drawn()")).Outputs);
        Assert.Equal([new CellOutput(CellOutput.Plotly, "{\"data\":[]}")], (await kernel.RunAsync("new Drawn().Display();")).Outputs);
        Assert.Equal([new CellOutput(CellOutput.Html, "<b>told</b>")], (await kernel.RunAsync("new Told()")).Outputs);
        Assert.Equal([new CellOutput(CellOutput.Plain, "x")], (await kernel.RunAsync("\"x\".Display(\"text/plain\");")).Outputs);
    }

    [Fact]
    public async Task Show_HalfACharacter_ReachesTheHost()
    {
        ExecutedCell cell = await kernel.RunAsync("\"a\\ud800b\".Display();\n7");
        Assert.Null(cell.Failure);
        Assert.Equal(["a\uFFFDb", "7"], cell.Outputs.Select(output => output.Content));
    }
}
