using System.CommandLine;
using System.Diagnostics;
using System.Reflection;
using AttentionLab.Course.Data;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Trainer;
using AttentionLab.Words;

namespace AttentionLab.Studio.Tests.Trainer;

/// <summary>Masked-word training on a tiny text: what is written, and that a stop changes nothing.</summary>
public sealed class TrainEncoderTests
{
    private static readonly EncoderSettings Settings = new()
    {
        Layers = 2,
        Channels = 16,
        Heads = 2,
        Hidden = 32,
        Length = 24,
        Batch = 4,
        Warmup = 20,
        Rate = 3e-3,
        Dropout = 0.1,
        WordPasses = 1,
        Muon = true,
    };
    private static readonly CorpusEntry[] AllEntries = Entries();
    private static readonly WordPieceTokenizer Tokenizer = new(
        WordPieceTraining.Train(AllEntries.SelectMany(e => e.Sentences), 120, new BasicTokenizer(true)), new BasicTokenizer(true));

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
        Assert.Equal(Settings.Channels, MaskedWordModel.Load(folder["cut-out"]).Bert.Config.Channels);
    }

    [Fact]
    public async Task Program_KilledBySignalAndResumed_EndsWithTheSameBytes()
    {
        using TemporaryFolder folder = new();
        string[] nouns =
        [
            .. Enumerable.Range(0, 300).Select(
                i => TinyCorpus.Noun(
                    1000 + i, $"{Letters(i)} {Letters(7 * i)}", $"a kind of {Letters(3 * i)} that {Letters(i)} is found in; the {Letters(i)} of a town"))
        ];
        TinyCorpus.Write(folder["corpus"], nouns, ["Word \\Word\\, n.\n   1. A plain word of some letters.\n"], ["bit\n\n   <unit> A small piece of data.\n"]);
        string vocabulary = folder["vocab.txt"];
        WordPieceTraining.Train(nouns, 160, new BasicTokenizer(true)).Write(vocabulary);
        string[] Command(string name) =>
        [
            "train", "encoder", "--corpus", folder["corpus"], "--tokenizer", vocabulary, "--run", folder[name], "--out", folder[$"{name}-out"],
            "--checkpoint-minutes", "0",
            "--steps", "300", "--layers", "2", "--channels", "16", "--heads", "2", "--hidden", "32", "--length", "24", "--batch", "8", "--warmup", "20",
        ];

        (int code, string output, string error) = await StudioProcess.RunAsync(Command("whole"));
        Assert.True(code == 0, output + error);
        EncoderRecipe whole = EncoderRecipe.Read(Path.Combine(folder["whole-out"], "encoder", "model.recipe.json"));

        // Killed at what it says, at whatever that line finds it doing: the line after a step is said before its checkpoint is whole.
        // A process that came to its end before the signal did proves nothing: then all of it again.
        string[] lines = ["Reading the corpus", "Vectors of the pieces", "step 50/", "step 150/", "step 200/"];
        for (int attempt = 0; attempt < 10; attempt++)
        {
            string run = $"cut-{attempt}";
            bool killed = true, saved = false;
            for (int i = 0; killed && i < lines.Length; i++)
            {
                killed = await Kill([.. Command(run), .. saved ? ["--resume"] : Array.Empty<string>()], lines[i]);
                saved = File.Exists(Path.Combine(folder[run], "checkpoint.safetensors"));
            }

            if (!killed)
            {
                continue;
            }

            Assert.False(Directory.Exists(Path.Combine(folder[$"{run}-out"], "encoder")));
            (code, output, error) = await StudioProcess.RunAsync([.. Command(run), "--resume"]);
            Assert.True(code == 0, output + error);
            Assert.Matches("Goes on after step (150|200|250)\\.", output);
            EncoderRecipe cut = EncoderRecipe.Read(Path.Combine(folder[$"{run}-out"], "encoder", "model.recipe.json"));
            Assert.Equal((whole.TokensRead, whole.Epochs, whole.HeldOut, whole.Command), (cut.TokensRead, cut.Epochs, cut.HeldOut, cut.Command));
            Assert.Equal(whole.Curve, cut.Curve);
            Assert.Equal("checkpoint.safetensors", Path.GetFileName(Assert.Single(Directory.GetFiles(folder[run]))));
            Assert.Equal(
                File.ReadAllBytes(Path.Combine(folder["whole-out"], "encoder", "model.safetensors")),
                File.ReadAllBytes(Path.Combine(folder[$"{run}-out"], "encoder", "model.safetensors")));
            return;
        }

        Assert.Fail("every process came to its end before it could be killed");
    }

    /// <summary>Starts the program and kills it when it says a line that begins so.</summary>
    /// <returns>False if it came to its end first.</returns>
    private static async Task<bool> Kill(string[] command, string begin)
    {
        using Process process = StudioProcess.Start(command);
        string? line;
        while ((line = await process.StandardOutput.ReadLineAsync(Token)) is not null && !line.StartsWith(begin, StringComparison.Ordinal))
        {
        }

        if (line is not null)
        {
            process.Kill();
        }

        await process.WaitForExitAsync(Token);
        Assert.True(
            line is not null || process.ExitCode == 0,
            $"it ended without \"{begin}\": {(line is null ? await process.StandardError.ReadToEndAsync(Token) : "")}");
        return process.ExitCode != 0;
    }

    [Fact]
    public async Task Program_FileThatIsNoVocabulary_IsNamedAndExitsWithTwo()
    {
        using TemporaryFolder folder = new();
        TinyCorpus.Write(
            folder["corpus"], [TinyCorpus.Noun(1000, "thing", "a red apple")], ["Word \\Word\\, n.\n   1. A plain word of some letters.\n"],
            ["bit\n\n   <unit> A small piece of data.\n"]);
        (int code, _, string error) = await StudioProcess.RunAsync(
            "train", "encoder", "--corpus", folder["corpus"], "--tokenizer", folder.Write("vocab.txt", "apple\n"), "--run", folder["run"], "--out",
            folder["out"]);
        Assert.Equal(2, code);
        Assert.Contains("not [PAD]", error);
        Assert.DoesNotContain("   at ", error);
    }

    [Fact]
    public async Task Program_WrongOption_ExitsWithTwo()
    {
        (int code, _, string error) = await StudioProcess.RunAsync("train", "encoder", "--layers", "many");
        Assert.Equal(2, code);
        Assert.Contains("many", error);
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
        Refused(Settings, new(Steps: 30), "--steps 20 there but 30 here");
        Refused(Settings, new(Steps: 20, DecayFrom: 10), "--decay-from 12 there but 10 here");
        Refused(Settings, new(Minutes: 5), "--minutes not given (--steps 20) there but 5 here");
        Refused(Settings with { Rate = 1, Waves = false }, new(Steps: 20), "--rate 0.003 there but 1 here; --waves true there but false here");
        Refused(Settings with { Beta2 = 0.9 }, new(Steps: 20), "--beta2 0.98 there but 0.9 here");
        // The same budget in other words, or none: the run's own.
        Assert.True(Build(folder["run"]).Run(new(Steps: 20, DecayFrom: 12), resume: true, output, Token));
        Assert.True(Build(folder["run"]).Run(new(), resume: true, output, Token));

        void Refused(EncoderSettings settings, EncoderBudget budget, string values)
        {
            TrainEncoder training = new(settings, EncoderText.Of(AllEntries, Tokenizer), Tokenizer, folder["run"]);
            Assert.Contains(values, Assert.Throws<CourseException>(() => training.Run(budget, resume: true, output, Token)).Message);
        }
    }

    [Fact]
    public void Run_StoppedWhileTheFirstTableIsMade_LeavesNothingToGoOnFrom()
    {
        using TemporaryFolder folder = new();
        using CancellationTokenSource source = new();
        List<string> said = [];
        TrainEncoder training = new(Settings, EncoderText.Of(AllEntries, Tokenizer), Tokenizer, folder["run"])
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
    public void Words_StartOfTheEncoder_AreSkipGramVectorsAndCounts()
    {
        EncoderText text = EncoderText.Of(AllEntries, Tokenizer);
        Vocabulary pieces = Tokenizer.Pieces;
        Tensor table = new(pieces.Count, 16), bias = new(pieces.Count);
        table.Span.Fill(7);
        EncoderSettings settings = Settings with { WordPasses = 30, Deviation = 0.5 };
        Assert.True(EncoderStart.Words(settings, text, pieces, table, bias, null, Token));
        int common = pieces["kind"];
        Assert.Equal(Math.Log((108 + 1) / 1.0), bias[common] - bias[pieces["[MASK]"]], 1e-4);
        Assert.All(table.Row(pieces["[MASK]"]).ToArray(), x => Assert.Equal(7, x));
        Assert.Equal(0, bias.Span.ToArray().Average(), 1e-4);

        double squares = 0;
        int[] known = [.. text.Training.SelectMany(e => e).SelectMany(s => s).Distinct()];
        foreach (int id in known)
        {
            squares += table.Row(id).ToArray().Sum(x => (double)x * x);
        }

        Assert.Equal(0.5, Math.Sqrt(squares / (16 * known.Length)), 1e-5);
        // The vectors of skip-gram, moved and scaled as a whole: all differences are the same multiple of its differences.
        SkipGramTraining skipGram = new(
            pieces, text.Training.SelectMany(e => e).Select(s => s.Select(id => pieces[id])), new() { Channels = 16, Epochs = 30, Seed = settings.Seed });
        skipGram.Run(cancellationToken: Token);
        Tensor vectors = skipGram.Sums().Vectors;
        double factor = (double)(table[known[0], 0] - table[known[1], 0]) / (vectors[known[0], 0] - vectors[known[1], 0]);
        Assert.True(factor > 0, $"{factor}");
        Assert.All(known, id => Assert.Equal(factor * (vectors[id, 3] - vectors[known[0], 3]), table[id, 3] - table[known[0], 3], 1e-3));
        Assert.All(Enumerable.Range(0, 16), c => Assert.Equal(0, known.Average(id => table[id, c]), 1e-4));

        Tensor again = new(pieces.Count, 16);
        again.Span.Fill(7);
        EncoderStart.Words(settings, text, pieces, again, bias, null, Token);
        Assert.Equal(table.Values, again.Values);
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
        TrainEncoder other = new(Settings with { Rate = 1 }, EncoderText.Of(AllEntries, Tokenizer), Tokenizer, folder["one"]);
        Assert.Contains(
            "other settings: --rate 0.003 there but 1 here; --steps 5 there but 9 here:",
            Assert.Throws<CourseException>(() => other.Run(new(Steps: 9), true, folder["out"], Token)).Message);
        Assert.Contains(
            "lower --batch",
            Assert.Throws<CourseException>(
                () =>
                    new TrainEncoder(
                        Settings with { Batch = 999 }, EncoderText.Of(AllEntries, Tokenizer), Tokenizer, folder["big"]).Run(new(Steps: 9), false, folder["out"],
                        Token)).Message);
    }

    [Fact]
    public void Table_EveryPropertyOfTheSettings_IsAnOptionThatTheRecipeNames()
    {
        Command command = TrainEncoderCommand.Create();
        foreach (PropertyInfo property in typeof(EncoderSettings).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            EncoderSettings changed = new();
            object value = property.GetValue(changed)!;
            object other = value is bool on ? !on : Convert.ChangeType(Convert.ToDouble(value) is 0 ? 0.5 : Convert.ToDouble(value) / 2, value.GetType());
            property.SetValue(changed, other);
            string arguments = EncoderSetting.Arguments(changed);
            Assert.True(
                arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var name, _] && name.StartsWith("--", StringComparison.Ordinal),
                $"{property.Name}: \"{arguments}\"");
            ParseResult parsed = command.Parse(arguments);
            Assert.Empty(parsed.Errors);
            Assert.Equal(changed, EncoderSetting.Parsed(parsed));
        }
    }

    [Fact]
    public void Plan_StepsGiven_WarmsUpStaysAndFallsToTheEnd()
    {
        EncoderPlan plan = new(new EncoderSettings { Rate = 1, Warmup = 10, DecayShare = 0.4 }, new(Steps: 100));
        Assert.Equal(60, plan.DecayFrom);
        Assert.Equal([0.1, 1, 1, 40.0 / 41, 1.0 / 41], new long[] { 1, 10, 60, 61, 100 }.Select(plan.Rate));
        Assert.False(plan.Decide(70, 1e9, 1));
    }

    [Fact]
    public void Share_WhileTheRateFalls_FallsWithIt()
    {
        EncoderPlan plan = new(new EncoderSettings { Rate = 2, Warmup = 10, DecayShare = 0.4, Share = 0.4, FinalShare = 0.1 }, new(Steps: 100));
        Assert.Equal(
            [0.4, 0.4, 0.4, 0.1 + 0.3 * 40 / 41, 0.1 + 0.3 / 41], new long[] { 1, 10, 60, 61, 100 }.Select(plan.Share), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Plan_PaceChanges_EndsInTheBudget()
    {
        // 1000 s. A step takes 1 s up to step 300, then 2 s.
        EncoderPlan plan = new(new EncoderSettings { Warmup = 10, DecayShare = 0.4 }, new(Minutes: 1000 / 60.0));
        double gone = 0;
        long done = 0;
        for (bool decided = false; !decided; done++)
        {
            double pace = done < 300 ? 1 : 2;
            decided = plan.Decide(done, gone, pace);
            gone += decided ? 0 : pace;
            done -= decided ? 1 : 0;
        }

        Assert.Equal(done, plan.DecayFrom);
        EncoderPlan fresh = new(new EncoderSettings { Warmup = 10 }, new(Minutes: 1));
        Assert.False(fresh.Decide(500, 1, pace: 30, isKnown: false));
        Assert.Null(fresh.DecayFrom);
        Assert.Equal(501, fresh.Steps);
        Assert.InRange(gone + 2 * (plan.Steps - done), 990, 1000);
        Assert.InRange((double)done / plan.Steps, 0.59, 0.62);
    }

    private static TrainEncoder Build(
        string folder, long killAt = -1, (long Step, CancellationTokenSource Source)? cancelAt = null, string? killSaying = null, Action<long>? reported = null,
        TimeProvider? clock = null) =>
        new(Settings, EncoderText.Of(AllEntries, Tokenizer), Tokenizer, folder)
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

    /// <summary>A word for a number, without digits.</summary>
    private static string Letters(int i) => string.Concat($"{i}".Select(c => "bacedifogu"[c - '0'])) + "n";

    private static CorpusEntry[] Entries()
    {
        string[] things = ["apple", "mouse", "port", "shell", "key"], kinds = ["fruit", "animal", "harbour", "house", "tool"];
        return [.. Enumerable.Range(0, 120).Select(i => new CorpusEntry(
            CorpusSource.WordNet, $"{things[i % 5]} {i}",
            [$"{things[i % 5]}: a kind of {kinds[i % 5]} of size {i % 7}.", $"the {kinds[i % 5]} is {(i % 2 == 0 ? "small" : "large")}."],
            i % 10 == 9 ? CorpusPart.HeldOut : CorpusPart.Training))];
    }

    private sealed class Killed : Exception;

    /// <summary>A second passes with each look at the clock.</summary>
    private sealed class Ticking : TimeProvider
    {
        private long _looks;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => ++_looks;
    }
}
