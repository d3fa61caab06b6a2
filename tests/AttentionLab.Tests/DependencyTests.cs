using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace AttentionLab.Tests;

/// <summary>
/// Projects, rooms and shelves depend on each other one way (the picture in lib/README.md); the compiler holds little of this, so a test does.
/// </summary>
public partial class DependencyTests
{
    /// <summary>Which projects a project may refer to, and which packages. A new project needs a line here.</summary>
    private static readonly Dictionary<string, (string[] Projects, string[] Packages)> Projects = new()
    {
        ["AttentionLab"] = ([], ["MathNet.Numerics"]),
        ["AttentionLab.Course"] = (["AttentionLab"], ["MathNet.Numerics"]),
        ["AttentionLab.PlotlyNet"] = (["AttentionLab.Course"], ["Plotly.NET", "Plotly.NET.CSharp", "Plotly.NET.Interactive"]),
        ["AttentionLab.Trainer"] = (["AttentionLab.Course"], ["System.CommandLine"]),
        ["AttentionLab.Studio"] = (
            ["AttentionLab.Course", "AttentionLab.Trainer"],
            [
                "Google.Protobuf", "HtmlSanitizer", "Markdig", "Microsoft.CodeAnalysis*", "Microsoft.DotNet.Interactive*", "NuGet.Protocol", "QRCoder",
                "Spectre.Console", "System.CommandLine", "System.Reactive"
            ]),
    };

    private static readonly string[] Mathematics = ["Formatting", "Kernels", "Tensors", "Layers", "Models", "Training", "Weights", "Words"];

    /// <summary>
    /// Which rooms a room may name: "Layers" is a folder of AttentionLab, "Course.Charts" one of AttentionLab.Course, "Studio" the program's first file, and
    /// "Trainer" all of its folders, which share a namespace. A new folder needs a line here.
    /// </summary>
    private static readonly Dictionary<string, string[]> Rooms = new()
    {
        ["Formatting"] = [],
        ["Kernels"] = [],
        ["Tensors"] = ["Formatting", "Kernels"],
        ["Weights"] = ["Kernels", "Tensors"],
        ["Layers"] = ["Kernels", "Tensors"],
        ["Words"] = ["Formatting", "Kernels", "Tensors", "Weights"],
        ["Models"] = ["Formatting", "Kernels", "Tensors", "Layers", "Weights", "Words"],
        ["Training"] = ["Formatting", "Kernels", "Tensors", "Layers", "Models", "Weights", "Words"],
        ["Course.Charts"] = ["Formatting"],
        ["Course.Data"] = [.. Mathematics],
        ["Course.Experiments"] = [.. Mathematics, "Course.Data"],
        ["Course.Exercises"] = [.. Mathematics, "Course.Data", "Course.Charts", "Course.Experiments"],
        ["PlotlyNet"] = ["Course.Charts"],
        ["Trainer"] = [.. Mathematics, "Course.Data", "Course.Experiments"],
        ["Studio.Dib"] = [],
        ["Studio.Kernel"] = ["Studio.Dib"],
        ["Studio.Book"] = ["Weights", "Course.Data", "Course.Charts", "Studio.Dib", "Studio.Kernel"],
        ["Studio.Ipynb"] = ["Course.Data", "Course.Charts", "Studio.Kernel", "Studio.Book"],
        ["Studio.Models"] = ["Tensors", "Weights", "Models", "Course.Data", "Studio.Kernel"],
        ["Studio.Web"] = ["Course.Data", "Studio.Dib", "Studio.Kernel", "Studio.Book", "Studio.Ipynb"],
        ["Studio.Commands"] = [
            "Course.Data", "Trainer", "Studio.Dib", "Studio.Kernel", "Studio.Book", "Studio.Ipynb", "Studio.Models", "Studio.Web",
        ],
        ["Studio"] = ["Studio.Commands"],
    };

    /// <summary>The shelves of Kernels share one namespace, so an order of names holds them: a shelf uses those before it.</summary>
    private static readonly string[] Shelves = ["Simd", "Threads", "Random", "Rows", "MatMul", "Attention"];

    private static string Library => Path.Combine(Repository.Root, "lib");

    public static TheoryData<string> ProjectNames => [.. Directory.GetDirectories(Library, "AttentionLab*").Select(folder => Path.GetFileName(folder)!)];

    public static TheoryData<string> Folders =>
    [
        .. FoldersOf("AttentionLab"), .. FoldersOf("AttentionLab.Course").Select(room => "Course." + room), "PlotlyNet", "Trainer", "Studio",
        .. FoldersOf("AttentionLab.Studio").Where(room => room != "page").Select(room => "Studio." + room),
    ];

    [Theory, MemberData(nameof(ProjectNames))]
    public void References_OfEveryProject_PointOneWay(string project)
    {
        Assert.True(Projects.TryGetValue(project, out var allowed), $"lib/{project} is not in the list of DependencyTests: say what it may refer to.");
        XElement file = XElement.Load(Path.Combine(Library, project, project + ".csproj"));
        // ReferenceOutputAssembly="false" builds a project first and refers to nothing in it.
        string[] projects =
        [
            .. file.Descendants("ProjectReference").Where(
                r => r.Attribute("Include") is not null
                    && (string?)r.Attribute("ReferenceOutputAssembly") != "false").Select(r => Path.GetFileNameWithoutExtension(
                        ((string)r.Attribute("Include")!).Replace('\\', '/')))
        ];
        Assert.True(
            projects.All(allowed.Projects.Contains),
            $"{project} may refer to [{string.Join(", ", allowed.Projects)}], not to all of [{string.Join(", ", projects)}].");
        string[] packages = [.. file.Descendants("PackageReference").Select(r => (string)r.Attribute("Include")!)];
        string[] wrong =
        [
            .. packages.Where(
                package => !allowed.Packages.Any(name => name.EndsWith('*') ? package.StartsWith(name[..^1], StringComparison.Ordinal) : package == name))
        ];
        Assert.True(wrong.Length == 0, $"{project} may use the packages [{string.Join(", ", allowed.Packages)}], not [{string.Join(", ", wrong)}].");
    }

    [Fact]
    public void Mathematics_Built_RunsNoOtherProgram()
    {
        XElement file = XElement.Load(Path.Combine(Library, "AttentionLab", "AttentionLab.csproj"));
        Assert.Empty(file.Descendants("MSBuild"));
        Assert.Empty(file.Descendants("Exec"));
    }

    [Theory, MemberData(nameof(Folders))]
    public void Names_InEveryFile_PointOneWay(string room)
    {
        Assert.True(Rooms.ContainsKey(room), $"{room} is not in the list of DependencyTests: say what it may depend on.");
        string folder = Path.Combine(Library, room switch
        {
            "PlotlyNet" or "Trainer" or "Studio" => "AttentionLab." + room,
            _ when room.Split('.') is [string project, string inner] => Path.Combine("AttentionLab." + project, inner),
            _ => Path.Combine("AttentionLab", room),
        });
        List<string> wrong = [];
        SearchOption where = room == "Studio" ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories;
        foreach (string file in Directory.GetFiles(folder, "*.cs", where))
        {
            string name = Path.GetRelativePath(Repository.Root, file).Replace('\\', '/');
            string text = File.ReadAllText(file);
            Assert.True(
                text.Contains($"namespace AttentionLab.{room}", StringComparison.Ordinal) || Path.GetFileName(file) == "Program.cs",
                $"{name} is not in namespace AttentionLab.{room}: namespace = folder.");
            wrong.AddRange(Wrong(room, text).Select(used => $"{name} names AttentionLab.{used}"));
        }

        Assert.True(wrong.Count == 0, $"{room} may use only [{string.Join(", ", Rooms[room])}]: {string.Join("; ", wrong)}");
    }

    /// <summary>A room stands right of those that it uses, behind an arrow; a project below.</summary>
    [Fact]
    public void Picture_OfLibReadme_ShowsTheSameOrder()
    {
        Match[] lines = [.. Drawn().Matches(File.ReadAllText(Path.Combine(Library, "README.md")).ReplaceLineEndings("\n")).Cast<Match>()];
        string[] projects = [.. lines.Select(line => line.Groups[1].Value)];
        Assert.Equal(ProjectNames.Select(project => project.Data).Order(), projects.Order());
        Assert.All(projects, project => Assert.All(
            Projects[project].Projects, used => Assert.True(Array.IndexOf(projects, used) < Array.IndexOf(projects, project), $"{project} uses {used}")));
        foreach (Match line in lines)
        {
            string project = line.Groups[1].Value, prefix = project == "AttentionLab" ? "" : project["AttentionLab.".Length..] + ".";
            string[][] steps = [.. line.Groups[2].Value.Split('←')
                .Select(step => step.Split('·', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
            Assert.Equal(FoldersOf(project).Where(folder => folder != "page").Order(), steps.SelectMany(step => step).Order());
            Dictionary<string, int> step =
                steps.SelectMany((rooms, at) => rooms.Select(room => (Room: prefix + room, At: at))).ToDictionary(room => room.Room, room => room.At);
            Assert.All(step.Keys.Where(Rooms.ContainsKey), room => Assert.All(
                Rooms[room].Where(step.ContainsKey), used => Assert.True(step[used] < step[room], $"{room} uses {used}, which does not stand left of it.")));
        }
    }

    [Fact]
    public void Shelves_OfKernels_UseOnlyTheOnesBefore()
    {
        string kernels = Path.Combine(Library, "AttentionLab", "Kernels");
        Assert.Equal(Shelves.Order(), FoldersOf(Path.Combine("AttentionLab", "Kernels")).Order());
        Assert.Empty(Directory.GetFiles(kernels, "*.cs"));
        var shelfOf = Shelves.SelectMany(
            shelf => Directory.GetFiles(Path.Combine(kernels, shelf), "*.cs").Select(file => (Name: Path.GetFileName(file).Split('.')[0], shelf)))
            .DistinctBy(type => type.Name).ToDictionary(type => type.Name, type => type.shelf);
        List<string> wrong = [];
        foreach (string shelf in Shelves)
        {
            foreach (string file in Directory.GetFiles(Path.Combine(kernels, shelf), "*.cs"))
            {
                string code = Comment().Replace(File.ReadAllText(file), "");
                wrong.AddRange(Word().Matches(code).Select(word => word.Value).Distinct()
                    .Where(word => shelfOf.TryGetValue(word, out string? used) && Array.IndexOf(Shelves, used) > Array.IndexOf(Shelves, shelf))
                    .Select(word => $"{shelf}/{Path.GetFileName(file)} names {word} of {shelfOf[word]}"));
            }
        }

        Assert.True(wrong.Count == 0, $"The order is {string.Join(", ", Shelves)}: {string.Join("; ", wrong)}");
    }

    [Fact]
    public void Wrong_UsingTheOtherWay_IsFound()
    {
        Assert.Equal(["Layers"], Wrong("Kernels", "using AttentionLab.Layers;\nusing System;"));
        Assert.Equal(["Studio"], Wrong("Training", "var x = AttentionLab.Studio.Program.Main();"));
        Assert.Equal(["Course.Charts"], Wrong("Course.Experiments", "using AttentionLab.Course.Charts;"));
        Assert.Equal(["Studio.Web"], Wrong("Studio.Book", "using AttentionLab.Studio.Web;\nusing AttentionLab.Studio.Dib;"));
        Assert.Equal(["Studio.Commands"], Wrong("Trainer", "AttentionLab.Studio.Commands.CommandLine.RunAsync()"));
        Assert.Empty(Wrong("Tensors", "using AttentionLab.Kernels;\nnamespace AttentionLab.Tensors;"));
    }

    private static IEnumerable<string> Wrong(string room, string text) => Named().Matches(text)
        .Select(m => Rooms.ContainsKey(m.Groups[1].Value) ? m.Groups[1].Value : m.Groups[1].Value.Split('.')[0])
        .Where(used => used != room && Rooms.ContainsKey(used) && !Rooms[room].Contains(used))
        .Distinct();

    private static IEnumerable<string> FoldersOf(string folder) =>
        Directory.GetDirectories(Path.Combine(Library, folder)).Select(path => Path.GetFileName(path)).Where(name => name is not ("bin" or "obj"));

    [GeneratedRegex(@"(?<![\w/])AttentionLab\.((?:Course\.|Studio\.)?\w+)")]
    private static partial Regex Named(); // a path such as lib/AttentionLab.Studio is no dependency

    /// <summary>A project, its rooms, and what is said about it, in columns.</summary>
    [GeneratedRegex(@"^(AttentionLab(?:\.\w+)?) {2,}(?:((?:\w+(?: [←·] )?)+) {2,})?\S.*$", RegexOptions.Multiline)]
    private static partial Regex Drawn();

    [GeneratedRegex(@"//[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"(?<![.\w])[A-Z]\w+\b")]
    private static partial Regex Word();
}
