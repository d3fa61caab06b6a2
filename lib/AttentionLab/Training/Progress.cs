using System.Globalization;
using System.Text;

namespace AttentionLab.Training;

/// <summary>What one call of the training step did: the caller has added the gradients of this batch.</summary>
/// <param name="Loss">Mean loss of the batch.</param>
/// <param name="Tokens">Tokens (or images, or pairs) in it; for the speed shown.</param>
public readonly record struct Batch(double Loss, int Tokens)
{
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(CultureInfo.InvariantCulture, $"Loss = {Loss}, Tokens = {Tokens}");
        return true;
    }
}

/// <summary>Where training stands; the same record feeds a console, a notebook or a file.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps planned; never fewer than are done.</param>
/// <param name="Loss">Mean loss since the last report.</param>
/// <param name="LearningRate">Of the last step.</param>
/// <param name="GradientNorm">Of the last step, before clipping.</param>
/// <param name="TokensPerSecond">Since the last report.</param>
/// <param name="Elapsed">Since this run began.</param>
/// <param name="Left">At the speed of this run so far; the largest TimeSpan where it holds no more, as while nobody knows how many steps there will be.</param>
/// <param name="Evaluation">The last held-out value, or null.</param>
public sealed record Progress(
    long Step, long Steps, double Loss, double LearningRate, double GradientNorm, double TokensPerSecond, TimeSpan Elapsed, TimeSpan Left, double? Evaluation)
{
    /// <summary>One line: <c>step 200/1000  loss 1.234  lr 3.0E-04  |g| 0.8  52 300 tokens/s  0:12 gone, 0:48 left</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"step {Step}/{Steps}  loss {Loss:F4}  lr {LearningRate:E1}  |g| {GradientNorm:F2}  {TokensPerSecond:N0} tokens/s  {Clock(Elapsed)} gone, "
        + $"{Clock(Left)} left{(Evaluation is double e ? $"  held out {e:F4}" : "")}");

    /// <summary>elapsed · left/made, from 0 to what a TimeSpan holds.</summary>
    internal static TimeSpan TimeLeft(TimeSpan elapsed, long made, long left)
    {
        double ticks = elapsed.Ticks * ((double)Math.Max(0, left) / made);
        return ticks < TimeSpan.MaxValue.Ticks ? new((long)ticks) : TimeSpan.MaxValue;
    }

    private static string Clock(TimeSpan time) => time == TimeSpan.MaxValue ? "∞" : $"{(long)time.TotalMinutes}:{time.Seconds:00}";
}

/// <summary>Why training ended.</summary>
public enum TrainingEnd
{
    /// <summary>All steps are done.</summary>
    Finished,

    /// <summary>The held-out value did not get better for as long as patience lasts; the best values are back, and in the checkpoint.</summary>
    NoImprovement,

    /// <summary>The caller asked for it; a checkpoint was written if there is a path.</summary>
    Cancelled,
}
