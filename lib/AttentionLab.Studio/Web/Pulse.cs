namespace AttentionLab.Studio.Web;

/// <summary>Wakes everybody who waits for news; what is new they look up themselves, so nothing piles up behind a slow one.</summary>
internal sealed class Pulse
{
    private TaskCompletionSource _next = New();

    /// <summary>Completes at the next beat. Take it before looking, so that nothing falls between the two.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Something is new.</summary>
    public void Beat() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
