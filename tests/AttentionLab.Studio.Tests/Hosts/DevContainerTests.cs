using System.Text.Json;
using System.Text.RegularExpressions;
using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Hosts;

/// <summary>The dev container's file agrees with its scripts and the program; <c>tests/clean-root/run.sh</c> tries the scripts themselves.</summary>
public sealed partial class DevContainerTests
{
    private static readonly JsonElement Container = JsonDocument.Parse(
        File.ReadAllText(Path.Combine(Repository.Root, ".devcontainer", "devcontainer.json"))).RootElement;

    [Fact]
    public void Port_ThatIsForwarded_IsTheOneThatTheCourseStartsOn()
    {
        Assert.Equal([CourseServer.FirstPort], Container.GetProperty("forwardPorts").EnumerateArray().Select(port => port.GetInt32()));
        Assert.Contains($"port=${{1:-{CourseServer.FirstPort}}}", File.ReadAllText(Path.Combine(Repository.Root, ".devcontainer", "start.sh")));
        Assert.True(Container.GetProperty("portsAttributes").TryGetProperty($"{CourseServer.FirstPort}", out _));
    }

    [Fact]
    public void Commands_OfTheContainer_AreScriptsThatAreThere()
    {
        Match[] scripts =
        [
            .. Container.EnumerateObject().Where(
                property => property.Name.EndsWith("Command", StringComparison.Ordinal)).Select(property => Script().Match(property.Value.GetString()!))
        ];
        Assert.NotEmpty(scripts);
        Assert.All(scripts, script => Assert.True(File.Exists(Path.Combine(Repository.Root, script.Groups[1].Value)), script.Value));
    }

    [GeneratedRegex(@"^bash (\.devcontainer/\w+\.sh)$")]
    private static partial Regex Script();
}
