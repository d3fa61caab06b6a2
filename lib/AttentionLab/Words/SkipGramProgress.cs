using System.Globalization;
using System.Text;

namespace AttentionLab.Words;

/// <summary>Where a <see cref="SkipGramTraining"/> stands.</summary>
/// <param name="Done">Share of all passes, 0 to 1.</param>
/// <param name="Loss">Mean loss of the pairs looked at since the last report; NaN if there was none.</param>
/// <param name="Rate">η now.</param>
/// <param name="Words">Words read so far, those dropped by sub-sampling included, as fastText counts.</param>
/// <param name="Elapsed">Time so far.</param>
public readonly record struct SkipGramProgress(double Done, double Loss, double Rate, long Words, TimeSpan Elapsed)
{
    /// <summary>Words a second.</summary>
    public double Speed => Words / Math.Max(1e-9, Elapsed.TotalSeconds);

    /// <summary>Time left, if it goes on like this.</summary>
    public TimeSpan Left => Done > 0 ? Elapsed * ((1 - Done) / Done) : TimeSpan.MaxValue;

    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(
            CultureInfo.InvariantCulture, $"Done = {Done}, Loss = {Loss}, Rate = {Rate}, Words = {Words}, Elapsed = {Elapsed}, Speed = {Speed}, Left = {Left}");
        return true;
    }
}
