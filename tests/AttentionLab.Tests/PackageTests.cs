using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;

namespace AttentionLab.Tests;

/// <summary>What <c>dotnet pack lib/AttentionLab</c> puts into the package: as the project file says it, and as it comes out.</summary>
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
    public async Task Pack_Library_MakesAPackageThatSaysWhatItIs()
    {
        using TemporaryFolder folder = new();
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        ProcessStartInfo start = new("dotnet", ["pack", Folder, "--no-build", "-c", configuration, "-o", folder.Path, "-nodeReuse:false", "--nologo"])
        {
            RedirectStandardOutput = true,
        };
        using Process pack = Process.Start(start)!;
        await using CancellationTokenRegistration stop = TestContext.Current.CancellationToken.Register(() => pack.Kill(entireProcessTree: true));
        string said = await pack.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await pack.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(pack.ExitCode == 0, said);

        using ZipArchive package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(folder.Path, "AttentionLab.*.nupkg")));
        string[] files = [.. package.Entries.Select(entry => entry.FullName)];
        Assert.All(
            ["README.md", "LICENSE", "NOTICE", "lib/net10.0/AttentionLab.dll", "lib/net10.0/AttentionLab.xml"],
            (string file) => Assert.Contains(file, files));
        Assert.Equal(2, files.Count(file => file.StartsWith("lib/", StringComparison.Ordinal)));
        XElement description = XElement.Load(package.GetEntry("AttentionLab.nuspec")!.Open());
        string Of(string name) => description.Descendants().Single(element => element.Name.LocalName == name).Value;
        Assert.Equal(("AttentionLab", "MIT", "README.md"), (Of("id"), Of("license"), Of("readme")));
        Assert.Equal(
            ["MathNet.Numerics"], description.Descendants().Where(element => element.Name.LocalName == "dependency").Select(one => one.Attribute("id")!.Value));

        using ZipArchive symbols = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(folder.Path, "AttentionLab.*.snupkg")));
        Assert.Contains("lib/net10.0/AttentionLab.pdb", symbols.Entries.Select(entry => entry.FullName));
    }

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
