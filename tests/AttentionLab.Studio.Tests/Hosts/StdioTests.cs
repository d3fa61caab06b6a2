namespace AttentionLab.Studio.Tests.Hosts;

/// <summary>The real .NET Interactive over <c>stdio</c>; what it shows of the notebooks: <see cref="StdioNotebooks"/>.</summary>
public sealed class StdioTests
{
    [Fact]
    public async Task Cell_ThatFailsInTheRealTool_IsSeen()
    {
        Assert.SkipUnless(await RealTool.IsHereAsync(), RealTool.Missing);
        await using StdioKernel kernel = await StdioKernel.StartAsync(Repository.Notebooks, TestContext.Current.CancellationToken);
        Assert.Equal(
            new HostCell(1, "a\nb\n", 0, null),
            await kernel.RunAsync(1, "Console.WriteLine(\"a\");\nConsole.WriteLine(\"b\");", TestContext.Current.CancellationToken));
        Assert.Contains("on purpose", (await kernel.RunAsync(2, "throw new Exception(\"on purpose\");", TestContext.Current.CancellationToken)).Failure);
        Assert.Contains("CS0103", (await kernel.RunAsync(3, "nowhere", TestContext.Current.CancellationToken)).Failure);
        Assert.Contains("error stream", (await kernel.RunAsync(4, "Console.Error.WriteLine(\"x\");", TestContext.Current.CancellationToken)).Failure);
        HostCell import = await kernel.RunAsync(5, "#!import ./nowhere.dib", TestContext.Current.CancellationToken);
        Assert.Contains("nowhere.dib", import.Failure);
    }

    [Fact]
    public async Task Tool_AskedToQuit_EndsByItself()
    {
        Assert.SkipUnless(await RealTool.IsHereAsync(), RealTool.Missing);
        await using StdioKernel kernel = await StdioKernel.StartAsync(Repository.Notebooks, TestContext.Current.CancellationToken);
        await kernel.RunAsync(1, "var x = 1;", TestContext.Current.CancellationToken);
        Assert.Equal(0, await kernel.QuitAsync(Patience.Limit));
    }

    /// <summary>Even an endless cell does not keep every tool from quitting: so it gets no time at all.</summary>
    [Fact]
    public async Task Tool_StillThereAtTheLimit_IsKilled()
    {
        Assert.SkipUnless(await RealTool.IsHereAsync(), RealTool.Missing);
        await using StdioKernel kernel = await StdioKernel.StartAsync(Repository.Notebooks, TestContext.Current.CancellationToken);
        Assert.Null(await kernel.QuitAsync(TimeSpan.Zero));
    }

    [Theory]
    [InlineData("took 3.4 ms", "took # ms")]
    [InlineData("plain  12.1 s, fast 3 s", "plain # s, fast # s")]
    [InlineData("a step takes 120 µs; 5.1 times as fast", "a step takes # µs; # times as fast")]
    [InlineData("31,200 tokens/s and 12 GFLOP/s", "# tokens/s and # GFLOP/s")]
    [InlineData("3 sets of 4 systems", "3 sets of 4 systems")]
    [InlineData("d_k = 64, weight 0.731", "d_k = 64, weight 0.731")]
    public void Line_WithATimeOrASpeed_LosesItsNumbersOnly(string line, string left) =>
        Assert.Equal(left, HostRun.WithoutTimes(line).Replace("  ", " ", StringComparison.Ordinal).Trim());
}
