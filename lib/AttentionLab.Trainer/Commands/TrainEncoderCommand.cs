using System.CommandLine;
using AttentionLab.Course.Data;
using AttentionLab.Training;
using AttentionLab.Words;

namespace AttentionLab.Trainer;

/// <summary><c>train encoder</c>: the small BERT of chapter 11.</summary>
internal static class TrainEncoderCommand
{
    public static Command Create()
    {
        EncoderSettings standard = new();
        Option<string?> corpus = TrainCommand.CorpusFolder(), output = TrainCommand.Output();
        var minutes = new Option<double?>("--minutes") { Description = "Budget of time; without --steps, 60. The number of steps is fixed from the pace measured.", HelpName = "N" };
        var steps = new Option<long?>("--steps") { Description = "Number of steps, as the recipe names it: repeats a training exactly.", HelpName = "N" };
        var decayFrom = new Option<long?>("--decay-from") { Description = "Last step at the full rate, as the recipe names it.", HelpName = "N" };
        var run = new Option<string?>("--run") { Description = "Folder of the checkpoint; without it, work/encoder.", HelpName = "DIR" };
        var checkpoint = new Option<double>("--checkpoint-minutes") { Description = "Time between two checkpoints, which are written with a line of progress; without it, 3.", HelpName = "N", DefaultValueFactory = _ => 3 };
        var tokenizer = new Option<string?>("--tokenizer") { Description = "The vocab.txt; without it, what 'train tokenizer' wrote.", HelpName = "FILE" };
        var resume = new Option<bool>("--resume") { Description = "Go on with the run that was stopped." };
        Option<int> layers = Number("--layers", standard.Layers), channels = Number("--channels", standard.Channels), heads = Number("--heads", standard.Heads);
        Option<int> hidden = Number("--hidden", standard.Hidden), length = Number("--length", standard.Length), batch = Number("--batch", standard.Batch);
        Option<long> warmup = Number("--warmup", standard.Warmup);
        Option<double> share = Number("--share", standard.Share), rate = Number("--rate", standard.Rate), decayShare = Number("--decay-share", standard.DecayShare);
        Option<double> weightDecay = Number("--weight-decay", standard.WeightDecay), dropout = Number("--dropout", standard.Dropout);
        Option<double> masked = Number("--masked", standard.Masked), finalShare = Number("--final-share", standard.FinalShare);
        Option<int> wordPasses = Number("--word-passes", standard.WordPasses);
        Option<bool> muon = Number("--muon", standard.Muon);
        Option<ulong> seed = Number("--seed", standard.Seed);
        Option<double> deviation = Number("--deviation", standard.Deviation);
        Option<bool> waves = Number("--waves", standard.Waves);
        var command = new Command("encoder", "Train the encoder on masked words; write it in the folder form of BERT, in half precision, with its recipe. Ctrl-C saves; --resume goes on.")
        {
            corpus, output, minutes, steps, decayFrom, run, checkpoint, tokenizer, resume,
            layers, channels, heads, hidden, length, batch, share, finalShare, masked, wordPasses, muon, rate, warmup, decayShare, weightDecay, dropout, seed, deviation, waves,
        };
        command.SetAction((parsed, cancellation) => Task.Run(
            () => Run(
                new EncoderSettings
                {
                    Layers = parsed.GetValue(layers),
                    Channels = parsed.GetValue(channels),
                    Heads = parsed.GetValue(heads),
                    Hidden = parsed.GetValue(hidden),
                    Length = parsed.GetValue(length),
                    Batch = parsed.GetValue(batch),
                    Share = parsed.GetValue(share),
                    FinalShare = parsed.GetValue(finalShare),
                    Masked = parsed.GetValue(masked),
                    WordPasses = parsed.GetValue(wordPasses),
                    Muon = parsed.GetValue(muon),
                    Rate = parsed.GetValue(rate),
                    Warmup = parsed.GetValue(warmup),
                    DecayShare = parsed.GetValue(decayShare),
                    WeightDecay = parsed.GetValue(weightDecay),
                    Dropout = parsed.GetValue(dropout),
                    Seed = parsed.GetValue(seed),
                    Deviation = parsed.GetValue(deviation),
                    Waves = parsed.GetValue(waves),
                },
                parsed.GetValue(steps) is long n ? new EncoderBudget(n, parsed.GetValue(decayFrom)) : new EncoderBudget(Minutes: parsed.GetValue(minutes) ?? 60),
                parsed.GetValue(resume),
                parsed.GetValue(corpus),
                parsed.GetValue(tokenizer),
                parsed.GetValue(run),
                TimeSpan.FromMinutes(parsed.GetValue(checkpoint)),
                parsed.GetValue(output),
                cancellation),
            CancellationToken.None));
        return command;
    }

    private static int Run(
        EncoderSettings settings, EncoderBudget budget, bool resume, string? folder, string? tokenizer, string? run, TimeSpan checkpoint, string? output, CancellationToken cancellation)
    {
        string results = TrainCommand.OutputFolder(output);
        string vocabulary = tokenizer ?? Path.Combine(results, "encoder", "vocab.txt");
        if (!File.Exists(vocabulary))
        {
            throw new CourseException($"{vocabulary} does not exist: run 'train tokenizer' first, or name the file with --tokenizer.");
        }

        Corpus corpus = Corpus.Read(folder);
        Console.WriteLine("Reading the corpus as pieces …");
        string target = Path.Combine(results, "encoder");
        try
        {
            WordPieceTokenizer pieces = WordPieceTokenizer.Read(vocabulary, lowerCase: true);
            TrainEncoder training = new(settings, EncoderText.Of(corpus.Entries, pieces), pieces, run ?? Path.Combine(CourseData.Root, "work", "encoder"))
            {
                Say = Console.WriteLine,
                CheckpointInterval = checkpoint,
            };
            if (!training.Run(budget, resume, target, cancellation))
            {
                return 130;
            }
        }
        catch (Exception e) when (e is TrainingDivergedException or InvalidDataException or ArgumentException)
        {
            throw new CourseException(e.Message);
        }

        Console.WriteLine(FormattableString.Invariant($"Wrote {target}: {new FileInfo(Path.Combine(target, "model.safetensors")).Length / 1e6:0.00} MB."));
        return 0;
    }

    private static Option<T> Number<T>(string name, T standard) =>
        new(name) { Description = FormattableString.Invariant($"Without it, {standard}."), HelpName = "N", DefaultValueFactory = _ => standard };
}
