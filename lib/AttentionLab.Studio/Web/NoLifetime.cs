using Microsoft.Extensions.Hosting;

namespace AttentionLab.Studio.Web;

/// <summary>A host that listens to no signal by itself: Ctrl-C and SIGTERM belong to the command line.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
