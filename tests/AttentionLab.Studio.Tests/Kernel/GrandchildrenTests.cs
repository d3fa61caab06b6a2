using System.Diagnostics;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Kernel;

/// <summary>Processes that a cell started end with the kernel, however it ends.</summary>
public sealed class GrandchildrenTests : IDisposable
{
    /// <summary>One child, and one grandchild whose parent is gone: a walk down the tree of processes does not find it.</summary>
    private const string StartBoth =
        """
        var child = System.Diagnostics.Process.Start("sleep", "1000");
        System.IO.File.WriteAllText("child.pid", child.Id.ToString());
        System.Diagnostics.Process.Start("sh", ["-c", "sleep 1000 & echo $! > grandchild.tmp; mv grandchild.tmp grandchild.pid"]).WaitForExit();
        System.IO.File.WriteAllText("kernel.pid", Environment.ProcessId.ToString());

        """;

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("Environment.Exit(7);")]
    [InlineData("Environment.FailFast(\"on purpose\");")]
    [InlineData("System.Diagnostics.Process.GetCurrentProcess().Kill();")]
    public async Task KernelEndsByItself_TheyEndToo(string end)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "starts the programs sh and sleep");
        await using NotebookSession session = await NotebookSession.StartAsync(_folder["family.dib"], cancellation: TestContext.Current.CancellationToken);
        ExecutedCell cell = await session.RunAsync(1, StartBoth + end, cancellation: TestContext.Current.CancellationToken);
        Assert.NotNull(cell.Failure);
        await AssertAllEndAsync();
    }

    [Fact]
    public async Task SessionDisposed_TheyEndToo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "starts the programs sh and sleep");
        await using (NotebookSession session = await NotebookSession.StartAsync(_folder["family.dib"], cancellation: TestContext.Current.CancellationToken))
        {
            Assert.Null((await session.RunAsync(1, StartBoth, cancellation: TestContext.Current.CancellationToken)).Failure);
        }

        await AssertAllEndAsync();
    }

    [Fact]
    public async Task HostKilled_TheyEndToo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "starts the programs sh and sleep");
        string notebook = _folder.WriteNotebook("family.dib", StartBoth + "while (true) { }");
        using Process host = StudioProcess.Start(["run", notebook]);
        await ContainmentTests.WaitForPidAsync(_folder["kernel.pid"]);
        host.Kill(entireProcessTree: false);
        await host.WaitForExitAsync(TestContext.Current.CancellationToken);
        await AssertAllEndAsync();
    }

    public void Dispose() => _folder.Dispose();

    private async Task AssertAllEndAsync()
    {
        foreach (string name in (string[])["child.pid", "grandchild.pid", "kernel.pid"])
        {
            await ContainmentTests.AssertEndsAsync(await ContainmentTests.WaitForPidAsync(_folder[name]));
        }
    }
}
