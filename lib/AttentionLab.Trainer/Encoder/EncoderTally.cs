namespace AttentionLab.Trainer;

/// <summary>What a run has used and shown so far, all its processes together.</summary>
/// <param name="clock">Time by the clock.</param>
/// <param name="before">What an earlier process of the run had saved; null for a fresh start.</param>
internal sealed class EncoderTally(TimeProvider clock, EncoderRecipe? before)
{
    private readonly long _begin = clock.GetTimestamp();
    private readonly TimeSpan _processor = Environment.CpuUsage.TotalTime;

    /// <summary>Tokens read, padding not counted.</summary>
    public long Tokens { get; set; } = before?.TokensRead ?? 0;

    /// <summary>The learning curve.</summary>
    public List<EncoderPoint> Curve { get; } = [.. before?.Curve ?? []];

    /// <summary>Seconds of this process.</summary>
    public double Here => clock.GetElapsedTime(_begin).TotalSeconds;

    /// <summary>Seconds by the clock.</summary>
    public double Seconds => (before?.Seconds ?? 0) + Here;

    /// <summary>Seconds on the processor, all threads together.</summary>
    public double ProcessorSeconds => (before?.ProcessorSeconds ?? 0) + (Environment.CpuUsage.TotalTime - _processor).TotalSeconds;
}
