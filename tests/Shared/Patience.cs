namespace AttentionLab.Testing;

/// <summary>
/// How tests wait: for something that must come, never for a time. The limit only ends a test that would hang for ever;
/// it is so long that a busy machine does not reach it.
/// </summary>
internal static class Patience
{
    /// <summary>When a test stops waiting for what does not come.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Returns as soon as it is true; fails at the limit.</summary>
    /// <param name="condition">Asked again and again.</param>
    /// <param name="what">What is waited for, for the message.</param>
    public static async Task UntilAsync(Func<bool> condition, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(condition))] string what = "")
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(start) < Limit, $"waited {Limit.TotalMinutes} minutes in vain for {what}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
