using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Kernel;

/// <summary>One kernel for all tests of a class that leave it alive.</summary>
public sealed class KernelFixture : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private int cells;

    public NotebookSession Session { get; private set; } = null!;

    public string Folder => folder.Path;

    public async ValueTask InitializeAsync() => Session = await NotebookSession.StartAsync(Path.Combine(Folder, "shared.dib"));

    public async Task<ExecutedCell> RunAsync(string source) =>
        await Session.RunAsync(++cells, source, cancellation: TestContext.Current.CancellationToken);

    public string Write(string name, string text) => folder.Write(name, text);

    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync();
        folder.Dispose();
    }
}
