using AttentionLab.Course.Experiments;
using AttentionLab.Kernels;
using AttentionLab.Models;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 11.1: settings with which a small encoder learns to reverse 12 digits within 150 steps, judged on sequences that it never saw.
/// A pool of few sequences is learned by heart: right in training, wrong on new ones.
/// </summary>
public static class ReachHeldOut
{
    /// <summary>What must be reached, and with how much.</summary>
    public const double Goal = 0.95;

    /// <summary>Most steps, sequences in a step, and channels.</summary>
    public const int MostSteps = 150, MostBatch = 32, MostChannels = 64;

    private const int Tokens = 12;

    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("11.1", "Reach 95 % held out", Difficulty: 2, Minutes: 15, Hints:
    [
        "The colleague looks only at sequences that the model was trained on. Which setting lets a model learn its sequences by heart? And which setting "
        + "tells it *where* a digit stands?",
        "New sequences in every step: `Pool = 0`. Positions: sinusoidal ones can be used from the first step. What is left is speed: 150 steps are few, so the "
        + "learning rate of the chapter (0.005) is too small, and 8 channels are too narrow to hold a digit and a position.",
        "`new() { Steps = 150, Pool = 0, Positions = PositionKind.Sinusoidal, Channels = 64, LearningRate = 0.01 }`. Now find out which of these you can do "
        + "without.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Trains with the reader's settings, twice, and judges on new sequences.</summary>
    /// <param name="mine">The settings.</param>
    public static Feedback Check(Func<MoverSettings> mine) => About.Check(trial =>
    {
        Answer<MoverSettings> answer = trial.Call("your settings, before training", mine);
        MoverSettings settings = answer.Value;
        answer
            .Require(settings.Steps <= MostSteps, $"at most {MostSteps} steps",
                $"You trained for {settings.Steps} steps. The budget is {MostSteps}: find settings "
                + "that learn faster.", $"{settings.Steps} steps")
            .Require(settings.Steps >= 1, "at least one step", "Without a step nothing is learned.", $"{settings.Steps} steps")
            .Require(settings.Batch is >= 1 and <= MostBatch, $"1 to {MostBatch} sequences in a step",
                $"You took {settings.Batch} sequences in a step: the budget is "
                + $"{MostBatch}.", $"{settings.Batch} sequences")
            .Require(settings.Channels is >= 1 and <= MostChannels, $"1 to {MostChannels} channels", $"Your model has {settings.Channels} channels: at most "
                + $"{MostChannels} are allowed.", $"{settings.Channels} channels")
            .Require(settings.Pool >= 0, "a pool of 0 or more", $"A pool of {settings.Pool} sequences does not exist: 0 draws new ones in every step.",
                $"{settings.Pool} sequences")
            .Require(settings.Tokens == Tokens, $"{Tokens} digits", $"You changed the task: sequences of {settings.Tokens} digits instead of {Tokens}.",
                $"{settings.Tokens} digits")
            .Require(Enumerable.Range(0, Tokens).All(i => settings.Source(i, Tokens) == Tokens - 1 - i), "reversed digits",
                "You changed the task: `Source` no longer reverses the digits.", "another order");

        MoverLook[] looks = new MoverLook[2];
        Answer<double> right = trial.Call("trained twice, from seeds 2 and 3: share of right digits on new sequences, the lower of both", () =>
        {
            looks = Workers.Each(new ulong[] { 2, 3 }, seed => TokenMover.Train(settings, seed)[^1]);
            return looks.Min(look => look.Right);
        });
        (double reached, double trained) = (right.Value, looks.MinBy(look => look.Right)!.Trained);
        right.Require(reached >= Goal, $"{Goal:P0} or more", Advice(settings, reached, trained),
            $"{reached:P1} on new sequences, {trained:P1} on those of training");
    });

    private static string Advice(MoverSettings settings, double right, double trained) => settings switch
    {
        { Positions: PositionKind.None } =>
            $"{right:P0} on new sequences. The model has no positions: it knows *which* digits there are, not *where*. It writes the most frequent ones.",
        { Attends: false } => $"{right:P0} on new sequences. You switched attention off: every output sees the same mean of all digits.",
        _ when trained > right + 0.05 =>
            $"Learned by heart: {trained:P0} right on its {settings.Pool} training sequences, {right:P0} on new ones. Take more of them, or `Pool = 0`: new "
                + $"ones in every step.",
        { LearningRate: > 0.02 } => $"{right:P0} from at least one of the seeds. A learning rate of {settings.LearningRate} is too large: the steps jump over "
            + $"what they look for.",
        { LearningRate: < 0.002 } => $"{right:P0}: it had no time to learn. A learning rate of {settings.LearningRate} is too small for {settings.Steps} "
            + $"steps.",
        { Steps: < 75 } => $"{right:P0} after {settings.Steps} steps. The budget allows {MostSteps}: use them.",
        { Batch: < 8 } => $"{right:P0}. With {settings.Batch} sequences in a step the gradient is mostly noise: take up to {MostBatch}.",
        { Channels: < 24 } => $"{right:P0}. {settings.Channels} channels are too narrow: a vector has to hold a digit *and* its position.",
        { Positions: not PositionKind.Sinusoidal } =>
            $"{right:P0}. With {settings.Positions} positions it has to learn first what “the other end” is. Sinusoidal ones bring it along.",
        _ => $"{right:P0}: you are near. Raise the learning rate (0.01) or the width, and look which of the two helps.",
    };
}
