using AttentionLab.Course.Data;
using AttentionLab.Models;
using AttentionLab.Trainer;

namespace AttentionLab.Studio.Tests.Trainer;

/// <summary>Masked-word training on a tiny text: what is written, and that a stop changes nothing.</summary>
public sealed class TrainEncoderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Run_KilledTwiceAndResumed_EndsWithTheSameBytes()
    {
        using TemporaryFolder folder = new();
        EncoderBudget budget = new(Steps: 300);
        Assert.True(Build(folder["whole"]).Run(budget, resume: false, folder["whole-out"], Token));
        // Killed: no farewell, the steps after the last checkpoint are lost.
        Assert.Throws<Killed>(() => Build(folder["cut"], killAt: 90).Run(budget, false, folder["cut-out"], Token));
        Assert.False(Directory.Exists(folder["cut-out"]));
        Assert.Throws<Killed>(() => Build(folder["cut"], killAt: 200).Run(budget, true, folder["cut-out"], Token));
        // Stopped: saves the step that is under way.
        using CancellationTokenSource source = new();
        Assert.False(Build(folder["cut"], cancelAt: (240, source)).Run(budget, true, folder["cut-out"], source.Token));
        Assert.True(Build(folder["cut"]).Run(budget, true, folder["cut-out"], Token));
        foreach (string name in new[] { "model.safetensors", "config.json", "vocab.txt", "tokenizer_config.json" })
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(folder["whole-out"], name)), File.ReadAllBytes(Path.Combine(folder["cut-out"], name)));
        }

        EncoderRecipe whole = EncoderRecipe.Read(Path.Combine(folder["whole-out"], "model.recipe.json"));
        EncoderRecipe cut = EncoderRecipe.Read(Path.Combine(folder["cut-out"], "model.recipe.json"));
        Assert.Equal((300L, 300L, 180L), (whole.Done, whole.Steps!.Value, whole.DecayFrom!.Value));
        Assert.Equal(whole.TokensRead, cut.TokensRead);
        Assert.Equal(whole.HeldOut, cut.HeldOut);
        Assert.StartsWith("dotnet run --project lib/AttentionLab.Studio -- train encoder --layers 2 --channels 16 ", whole.Command);
        Assert.EndsWith(" --steps 300 --decay-from 180", whole.Command);
        Assert.DoesNotContain("  ", whole.Command);
        Assert.Equal(whole.Curve.Select(p => p.Step), cut.Curve.Select(p => p.Step));
        Assert.True(whole.Curve[^1].Loss < whole.Curve[0].Loss - 0.5, $"{whole.Curve[0]} to {whole.Curve[^1]}");
        Assert.InRange(whole.HeldOut!.Value, 0.5, Math.Log(120));
        Assert.Equal(TinyEncoder.Settings.Channels, MaskedWordModel.Load(folder["cut-out"]).Bert.Config.Channels);
    }

    [Fact]
    public void Run_FreshStartInTheFolderOfAnotherRun_SetsItsCheckpointAside()
    {
        using TemporaryFolder folder = new();
        Assert.True(Build(folder["run"]).Run(new(Steps: 60), resume: false, folder["old"], Token));
        byte[] old = File.ReadAllBytes(Path.Combine(folder["run"], "checkpoint.safetensors"));
        Assert.Throws<Killed>(() => Build(folder["run"], killSaying: "step 20/").Run(new(Steps: 100), resume: false, folder["out"], Token));
        Assert.Contains(
            "holds no checkpoint", Assert.Throws<CourseException>(() => Build(folder["run"]).Run(new(Steps: 100), resume: true, folder["out"], Token)).Message);
        string aside = Assert.Single(Directory.GetFiles(folder["run"]));
        Assert.Equal(
            ("checkpoint-1.safetensors", old), (Path.GetFileName(aside), File.ReadAllBytes(aside)),
            (a, b) => a.Item1 == b.Item1 && a.Item2.SequenceEqual(b.Item2));
        Assert.True(Build(folder["run"]).Run(new(Steps: 40), resume: false, folder["out"], Token));
        Assert.True(Build(folder["run"]).Run(new(Steps: 40), resume: false, folder["out"], Token));
        Assert.Equal(
            ["checkpoint-1.safetensors", "checkpoint-2.safetensors", "checkpoint.safetensors"],
            Directory.GetFiles(folder["run"]).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Resume_AnyCheckpointThatAKillLeaves_CountsWhatTheWholeRunCounts()
    {
        using TemporaryFolder folder = new();
        Dictionary<long, byte[]> checkpoints = [];
        TrainEncoder whole = Build(
            folder["run"], reported: step => checkpoints[step] = File.ReadAllBytes(Path.Combine(folder["run"], "checkpoint.safetensors")));
        Assert.True(whole.Run(new(Steps: 100), resume: false, folder["whole"], Token));
        EncoderRecipe expected = EncoderRecipe.Read(Path.Combine(folder["whole"], "model.recipe.json"));
        Assert.Equal([20, 40, 60, 80, 100], checkpoints.Keys.Order());
        foreach ((long step, byte[] bytes) in checkpoints)
        {
            // Whatever else was written since: a kill while the next checkpoint is on its way leaves this one.
            File.WriteAllBytes(Path.Combine(folder["run"], "checkpoint.safetensors"), bytes);
            string output = folder[$"from-{step}"];
            Assert.True(Build(folder["run"]).Run(new(Steps: 100), resume: true, output, Token));
            EncoderRecipe recipe = EncoderRecipe.Read(Path.Combine(output, "model.recipe.json"));
            Assert.Equal(
                (expected.Done, expected.TokensRead, expected.Epochs, expected.HeldOut, expected.Command),
                (recipe.Done, recipe.TokensRead, recipe.Epochs, recipe.HeldOut, recipe.Command));
            Assert.Equal(expected.Curve, recipe.Curve);
            Assert.Equal(File.ReadAllBytes(Path.Combine(folder["whole"], "model.safetensors")), File.ReadAllBytes(Path.Combine(output, "model.safetensors")));
        }
    }

    [Fact]
    public void Resume_OtherSettingsOrBudget_IsRefusedWithBothValues()
    {
        using TemporaryFolder folder = new();
        string output = folder["out"];
        Assert.True(Build(folder["run"]).Run(new(Steps: 20), resume: false, output, Token));
        Refused(TinyEncoder.Settings, new(Steps: 30), "--steps 20 there but 30 here");
        Refused(TinyEncoder.Settings, new(Steps: 20, DecayFrom: 10), "--decay-from 12 there but 10 here");
        Refused(TinyEncoder.Settings, new(Minutes: 5), "--minutes not given (--steps 20) there but 5 here");
        Refused(TinyEncoder.Settings with { Rate = 1, Waves = false }, new(Steps: 20), "--rate 0.003 there but 1 here; --waves true there but false here");
        Refused(TinyEncoder.Settings with { Beta2 = 0.9 }, new(Steps: 20), "--beta2 0.98 there but 0.9 here");
        // The same budget in other words, or none: the run's own.
        Assert.True(Build(folder["run"]).Run(new(Steps: 20, DecayFrom: 12), resume: true, output, Token));
        Assert.True(Build(folder["run"]).Run(new(), resume: true, output, Token));

        void Refused(EncoderSettings settings, EncoderBudget budget, string values)
        {
            TrainEncoder training = new(settings, TinyEncoder.Text, TinyEncoder.Tokenizer, folder["run"]);
            Assert.Contains(values, Assert.Throws<CourseException>(() => training.Run(budget, resume: true, output, Token)).Message);
        }
    }

    [Fact]
    public void Run_StoppedWhileTheFirstTableIsMade_LeavesNothingToGoOnFrom()
    {
        using TemporaryFolder folder = new();
        using CancellationTokenSource source = new();
        List<string> said = [];
        TrainEncoder training = new(TinyEncoder.Settings, TinyEncoder.Text, TinyEncoder.Tokenizer, folder["run"])
        {
            Say = line =>
            {
                said.Add(line);
                if (line.StartsWith("Vectors of the pieces", StringComparison.Ordinal))
                {
                    source.Cancel();
                }
            },
        };
        Assert.False(training.Run(new(Steps: 5), resume: false, folder["out"], source.Token));
        Assert.Equal(["Vectors of the pieces first.", "Stopped before the first step; there is nothing to go on from."], said);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder["run"]));
        Assert.False(Directory.Exists(folder["out"]));
    }

    [Fact]
    public void Run_BudgetOfTime_BecomesStepsThatRepeatIt()
    {
        using TemporaryFolder folder = new();
        Assert.True(Build(folder["timed"], clock: new Ticking()).Run(new(Minutes: 10), resume: false, folder["timed-out"], Token));
        EncoderRecipe recipe = EncoderRecipe.Read(Path.Combine(folder["timed-out"], "model.recipe.json"));
        Assert.InRange(recipe.Seconds, 300, 660);
        Assert.Equal(10, recipe.Minutes);
        Assert.True(recipe.DecayFrom < recipe.Steps && recipe.Done == recipe.Steps);
        Assert.True(Build(folder["again"]).Run(new(recipe.Steps, recipe.DecayFrom), resume: false, folder["again-out"], Token));
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(folder["timed-out"], "model.safetensors")),
            File.ReadAllBytes(Path.Combine(folder["again-out"], "model.safetensors")));
    }

    [Theory, InlineData(20), InlineData(280)]
    public void Resume_BudgetOfTimeKilledBeforeOrAfterItDecided_RepeatsAsItsRecipeSays(long killAt)
    {
        using TemporaryFolder folder = new();
        Ticking clock = new();
        Assert.Throws<Killed>(() => Build(folder["run"], killAt, clock: clock).Run(new(Minutes: 10), resume: false, folder["out"], Token));
        Assert.True(Build(folder["run"], clock: clock).Run(new(Minutes: 10), resume: true, folder["out"], Token));
        EncoderRecipe recipe = EncoderRecipe.Read(Path.Combine(folder["out"], "model.recipe.json"));
        Assert.Equal((10.0, recipe.Steps!.Value), (recipe.Minutes!.Value, recipe.Done));
        Assert.True(Build(folder["again"]).Run(new(recipe.Steps, recipe.DecayFrom), resume: false, folder["again-out"], Token));
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(folder["out"], "model.safetensors")), File.ReadAllBytes(Path.Combine(folder["again-out"], "model.safetensors")));
    }

    [Fact]
    public void Run_ResumeWithoutOrWithAnotherRun_IsRefused()
    {
        using TemporaryFolder folder = new();
        Assert.Contains(
            "holds no checkpoint", Assert.Throws<CourseException>(() => Build(folder["none"]).Run(new(Steps: 5), true, folder["out"], Token)).Message);
        Assert.True(Build(folder["one"]).Run(new(Steps: 5), false, folder["out"], Token));
        TrainEncoder other = new(TinyEncoder.Settings with { Rate = 1 }, TinyEncoder.Text, TinyEncoder.Tokenizer, folder["one"]);
        Assert.Contains(
            "other settings: --rate 0.003 there but 1 here; --steps 5 there but 9 here:",
            Assert.Throws<CourseException>(() => other.Run(new(Steps: 9), true, folder["out"], Token)).Message);
        TrainEncoder big = new(TinyEncoder.Settings with { Batch = 999 }, TinyEncoder.Text, TinyEncoder.Tokenizer, folder["big"]);
        Assert.Contains("lower --batch", Assert.Throws<CourseException>(() => big.Run(new(Steps: 9), false, folder["out"], Token)).Message);
    }

    private static TrainEncoder Build(
        string folder, long killAt = -1, (long Step, CancellationTokenSource Source)? cancelAt = null, string? killSaying = null, Action<long>? reported = null,
        TimeProvider? clock = null) =>
        new(TinyEncoder.Settings, TinyEncoder.Text, TinyEncoder.Tokenizer, folder)
        {
            ReportEvery = 20,
            EvaluateEvery = 60,
            CheckpointInterval = TimeSpan.Zero,
            Clock = clock ?? TimeProvider.System,
            Say = line =>
            {
                if (killSaying is not null && line.StartsWith(killSaying, StringComparison.Ordinal))
                {
                    throw new Killed();
                }
            },
            Reported = step =>
            {
                reported?.Invoke(step);
                if (step == cancelAt?.Step)
                {
                    cancelAt.Value.Source.Cancel();
                }

                if (killAt >= 0 && step + 20 > killAt)
                {
                    throw new Killed();
                }
            },
        };

    private sealed class Killed : Exception;

    /// <summary>A second passes with each look at the clock.</summary>
    private sealed class Ticking : TimeProvider
    {
        private long _looks;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => ++_looks;
    }
}
