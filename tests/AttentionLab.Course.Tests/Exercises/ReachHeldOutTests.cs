using AttentionLab.Course.Exercises;
using AttentionLab.Course.Experiments;
using AttentionLab.Models;

namespace AttentionLab.Course.Tests.Exercises;

public class ReachHeldOutTests
{
    private static readonly MoverSettings Good = new() { Steps = 150, Channels = 64, LearningRate = 0.01 };

    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Func<MoverSettings>>(ReachHeldOut.About, ReachHeldOut.Check, () => Good,
        new("more steps", () => Good with { Steps = 300 }, "300 steps. The budget is 150"),
        new("no step", () => Good with { Steps = 0 }, "Without a step"),
        new("a larger batch", () => Good with { Batch = 256 }, "256 sequences"),
        new("a wider model", () => Good with { Channels = 128 }, "128 channels"),
        new("a pool below 0", () => Good with { Pool = -1 }, "A pool of -1"),
        new("a shorter task", () => Good with { Tokens = 4 }, "sequences of 4 digits"),
        new("another task", () => Good with { Source = (i, _) => i }, "no longer reverses"),
        new("keeps the pool", () => Good with { Pool = 16 }, "Learned by heart"),
        new("keeps no positions", () => Good with { Positions = PositionKind.None }, "*where*"),
        new("keeps the large rate", () => Good with { LearningRate = 0.1, Channels = 32 }, "too large: the steps jump"),
        new("a timid rate", () => Good with { LearningRate = 3e-4, Channels = 32 }, "too small for 150 steps"),
        new("keeps 8 channels", () => Good with { Channels = 8 }, "too narrow"),
        new("the chapter's own settings", () => new() { Steps = 150 }, "you are near"),
        new("stops early", () => Good with { Steps = 40, Channels = 32 }, "use them"),
        new("switches attention off", () => Good with { Attends = false, Channels = 32 }, "same mean of all digits"));

    [Fact]
    public void Check_RightButUnusual_Passes()
    {
        MoverSettings[] all =
        [
            new() { Steps = 150, LearningRate = 0.01 },
            new() { Steps = 150, Channels = 64 },
            Good with { Pool = 4096 },
            Good with { Positions = PositionKind.Learned },
            Good with { Source = (i, tokens) => ~i + tokens },
        ];
        Assert.All(all, settings => Assert.Equal(FeedbackState.Passed, ReachHeldOut.Check(() => settings).State));
    }
}
