namespace AttentionLab.Tests;

/// <summary>A thread for a test that the runner's threads must not notice: its core, its memory, its place among the workers.</summary>
internal static class OwnThread
{
    /// <summary>Runs to the end; what it throws fails the test.</summary>
    /// <param name="action">What the thread does.</param>
    public static void Run(Action action)
    {
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        Assert.True(failure is null, failure?.ToString());
    }
}
