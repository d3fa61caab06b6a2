using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Kernel;

/// <summary>One kernel for all tests of a class that leave it alive.</summary>
public sealed class KernelFixture : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private int _cells;

    public NotebookSession Session { get; private set; } = null!;

    public string Folder => _folder.Path;

    /// <summary>A cell that can be stopped alone is: no busy machine makes the kernel, or the host, give it up.</summary>
    private static KernelOptions Patient { get; } = new()
    {
        StopLimit = Patience.Limit,
        AbortLimit = Patience.Limit,
        WorkersLimit = Patience.Limit,
    };

    public async ValueTask InitializeAsync() => Session = await NotebookSession.StartAsync(Path.Combine(Folder, "shared.dib"), Patient);

    /// <summary>The kernel, or a new one if a test has lost it.</summary>
    public async Task<NotebookSession> AliveAsync()
    {
        if (!Session.IsAlive)
        {
            await Session.DisposeAsync();
            await InitializeAsync();
        }

        return Session;
    }

    public async Task<ExecutedCell> RunAsync(string source) =>
        await Session.RunAsync(++_cells, source, cancellation: TestContext.Current.CancellationToken);

    public string Write(string name, string text) => _folder.Write(name, text);

    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync();
        _folder.Dispose();
    }
}
