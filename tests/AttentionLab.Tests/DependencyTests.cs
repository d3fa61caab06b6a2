using System.Text.RegularExpressions;

namespace AttentionLab.Tests;

/// <summary>Folders of the library depend on each other one way (lib/README.md); the compiler does not hold this, so a test does.</summary>
public partial class DependencyTests
{
    /// <summary>Which folders a folder may name. A new folder needs a line here.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Formatting"] = [],
        ["Kernels"] = [],
        ["Charts"] = ["Formatting"],
        ["Tensors"] = ["Formatting", "Kernels"],
        ["Weights"] = ["Kernels", "Tensors"],
        ["Layers"] = ["Kernels", "Tensors"],
        ["Words"] = ["Formatting", "Kernels", "Tensors", "Weights"],
        ["Models"] = ["Formatting", "Kernels", "Tensors", "Layers", "Weights", "Words"],
        ["Training"] = ["Formatting", "Kernels", "Tensors", "Layers", "Models", "Weights", "Words"],
        ["Experiments"] = ["Formatting", "Kernels", "Tensors", "Layers", "Models", "Training", "Weights", "Words"],
        ["Exercises"] = ["Formatting", "Kernels", "Tensors", "Layers", "Models", "Training", "Weights", "Words", "Charts"],
    };

    public static TheoryData<string> Folders => [.. Directory.GetDirectories(Library).Select(f => Path.GetFileName(f)).Where(f => f is not ("bin" or "obj"))];

    private static string Library => Path.Combine(Golden.Root, "lib", "AttentionLab");

    [Theory, MemberData(nameof(Folders))]
    public void Using_OfEveryFile_PointsOneWay(string folder)
    {
        Assert.True(Allowed.ContainsKey(folder), $"lib/AttentionLab/{folder} is not in the list of DependencyTests: say what it may depend on.");
        List<string> wrong = [];
        foreach (string file in Directory.GetFiles(Path.Combine(Library, folder), "*.cs", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(Golden.Root, file).Replace('\\', '/');
            string text = File.ReadAllText(file);
            Assert.True(text.Contains($"namespace AttentionLab.{folder}", StringComparison.Ordinal), $"{name} is not in namespace AttentionLab.{folder}: namespace = folder.");
            wrong.AddRange(Wrong(folder, text).Select(used => $"{name} names AttentionLab.{used}"));
        }

        Assert.True(wrong.Count == 0, $"{folder} may use only [{string.Join(", ", Allowed[folder])}]: {string.Join("; ", wrong)}");
    }

    [Fact]
    public void Wrong_UsingTheOtherWay_IsFound()
    {
        Assert.Equal(["Layers"], Wrong("Kernels", "using AttentionLab.Layers;\nusing System;"));
        Assert.Equal(["Studio"], Wrong("Training", "var x = AttentionLab.Studio.Program.Main();"));
        Assert.Empty(Wrong("Tensors", "using AttentionLab.Kernels;\nnamespace AttentionLab.Tensors;"));
    }

    private static IEnumerable<string> Wrong(string folder, string text) => Named().Matches(text)
        .Select(m => m.Groups[1].Value)
        .Where(used => used != folder && (Allowed.ContainsKey(used) || used == "Studio") && !Allowed[folder].Contains(used))
        .Distinct();

    [GeneratedRegex(@"(?<![\w/])AttentionLab\.(\w+)")]
    private static partial Regex Named(); // a path such as lib/AttentionLab.Studio is no dependency
}
