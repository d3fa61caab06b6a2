namespace AttentionLab.Training;

/// <content>What <see cref="Run"/> refuses before the first step.</content>
public sealed partial class TrainingLoop
{
    /// <summary>What can never end well is said before the first step, and not hours later.</summary>
    private void Require()
    {
        foreach ((string name, long value, long least) in ((string, long, long)[])[
            (nameof(Accumulate), Accumulate, 1), (nameof(EvaluateEvery), EvaluateEvery, 1), (nameof(Patience), Patience, 0),
            (nameof(ReportEvery), ReportEvery, 1), (nameof(CheckpointEvery), CheckpointEvery, 1)])
        {
            if (value < least)
            {
                throw new InvalidOperationException($"{name} is {value} but must be at least {least}: set it to {least} or more.");
            }
        }

        if (!(ClipNorm >= 0))
        {
            throw new InvalidOperationException(
                FormattableString.Invariant($"ClipNorm is {ClipNorm} but a norm is not negative: set it to 1, or to 0 for no clipping."));
        }

        if (CheckpointPath is not null)
        {
            Checkpoint.Prepare(CheckpointPath, this);
        }
    }
}
