using System.Xml.Linq;

namespace AttentionLab.Tests;

/// <summary>What <c>dotnet pack lib/AttentionLab</c> puts into the package, as the project file says it: packing itself takes too long for every run.</summary>
public class PackageTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "lib", "AttentionLab");
    private static readonly XElement Project = XElement.Load(Path.Combine(Folder, "AttentionLab.csproj"));

    [Theory]
    [InlineData("Version", @"^\d+\.\d+\.\d+(-[a-z0-9.]+)?$")]
    [InlineData("Authors", @"\w")]
    [InlineData("Description", @"^.{50,4000}$")]
    [InlineData("PackageReadmeFile", "^README.md$")]
    [InlineData("PackageLicenseExpression", "^MIT$")]
    [InlineData("PackageTags", "^[a-z-]+( [a-z-]+)+$")]
    [InlineData("RepositoryType", "^git$")]
    [InlineData("IncludeSymbols", "^true$")]
    [InlineData("SymbolPackageFormat", "^snupkg$")]
    [InlineData("EmbedUntrackedSources", "^true$")]
    public void Project_ForThePackage_Says(string property, string pattern) =>
        Assert.Matches(pattern, Assert.Single(Project.Descendants(property)).Value);

    [Fact]
    public void Project_FilesOfThePackage_AreThere()
    {
        string[] packed =
        [
            .. Project.Descendants("None").Where(none => (string?)none.Attribute("Pack") == "true").SelectMany(
                none => none.Attribute("Include")!.Value.Split(';'))
        ];
        Assert.Equal(["../../LICENSE", "../../NOTICE", "README.md"], packed.Order(StringComparer.Ordinal));
        Assert.All(packed, file => Assert.True(File.Exists(Path.Combine(Folder, file)), file));
        Assert.StartsWith("MIT License", File.ReadAllText(Path.Combine(Folder, "../../LICENSE")));
    }

    /// <summary>What most who look at a package want comes first; ReadmeTests runs it.</summary>
    [Fact]
    public void Readme_OfThePackage_BeginsWithTextToVector()
    {
        string first = File.ReadAllText(Path.Combine(Folder, "README.md")).Split("```csharp")[1].Split("```")[0];

        Assert.Contains("Bert.Load(", first);
        Assert.Contains(".Embed(", first);
        Assert.Contains("CosineSimilarity.", first);
    }

    /// <summary>Links of a package's page lead out of the repository, or nowhere.</summary>
    [Fact]
    public void Readme_OfThePackage_HasNoRelativeLink() => Assert.DoesNotContain("](", File.ReadAllText(Path.Combine(Folder, "README.md")));
}
