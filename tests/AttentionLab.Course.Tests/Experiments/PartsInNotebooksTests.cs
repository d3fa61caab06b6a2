using System.Text.RegularExpressions;

namespace AttentionLab.Course.Tests.Experiments;

/// <summary>What the library has beyond the plain Transformer is there for a chapter: a code cell uses it, or an experiment that a code cell calls.</summary>
public partial class PartsInNotebooksTests
{
    private static readonly string Code = string.Concat(
        Directory.GetFiles(Repository.Notebooks, "*.dib").SelectMany(file => Cells().Matches(File.ReadAllText(file)).Select(cell => cell.Value)));

    private static readonly (string Name, string Text)[] Experiments =
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "lib", "AttentionLab.Course", "Experiments"), "*.cs")
            .Select(file => (Path.GetFileName(file).Split('.')[0], File.ReadAllText(file)))];

    [Theory]
    [InlineData("LinearAttend")]
    [InlineData("LightningAttend")]
    [InlineData("RmsNormalize")]
    [InlineData("BatchNormalize")]
    [InlineData("FactorizationMachine")]
    [InlineData("TargetAttention")]
    [InlineData("S2MlpV2")]
    [InlineData("VisionTransformer")]
    [InlineData("PrincipalComponents")]
    public void Part_IsUsedByAChapter(string part) => Assert.True(Uses(part), $"no notebook uses {part}: show it in a chapter, or take it out of the library.");

    [Fact]
    public void Part_ThatNoChapterNames_IsFound() => Assert.False(Uses("NoSuchPart"));

    private static bool Uses(string part) =>
        Has(Code, part) || Experiments.Any(experiment => Has(experiment.Text, part) && Has(Code, experiment.Name));

    private static bool Has(string text, string name) => Regex.IsMatch(text, $@"\b{name}\b");

    [GeneratedRegex(@"^#!csharp\r?$.*?(?=^#!|\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Cells();
}
