using System.CommandLine;
using AttentionLab.Course.Data;
using AttentionLab.Training;
using AttentionLab.Words;

namespace AttentionLab.Trainer;

/// <summary><c>train encoder</c>: the small BERT of chapter 11.</summary>
internal static class TrainEncoderCommand
{
    private const double UsualMinutes = 60;

    public static Command Create()
    {
        Option<string?> corpus = TrainCommand.CorpusFolder(), output = TrainCommand.Output();
        Option<double?> minutes = TrainOptions.Optional(
            "--minutes", $"Budget of time; without --steps, {UsualMinutes}. The number of steps is fixed from the pace measured.", 0.001,
            TrainOptions.MostMinutes);
        Option<long?> steps = TrainOptions.Optional(
            "--steps", "Number of steps, as the recipe names it: repeats a training exactly.", 1, TrainOptions.MostSteps);
        Option<long?> decayFrom = TrainOptions.Optional(
            "--decay-from", "Last step at the full rate, as the recipe names it; with --steps.", 0, TrainOptions.MostSteps);
        Option<string?> run = TrainOptions.Text("--run", "Folder of the checkpoint; without it, work/encoder.", "DIR");
        Option<double> checkpoint = TrainOptions.Number(
            "--checkpoint-minutes", "Time between two checkpoints, which are written with a line of progress.", 3, 0, TrainOptions.MostMinutes);
        Option<string?> tokenizer = TrainOptions.Text("--tokenizer", "The vocab.txt; without it, what 'train tokenizer' wrote.", "FILE");
        var resume = new Option<bool>("--resume")
        {
            Description = "Go on with the run that was stopped; settings and budget must be its own. A fresh start sets its checkpoint aside.",
        };
        var command = new Command(
            "encoder",
            "Train the encoder on masked words; write it in the folder form of BERT, in half precision, with its recipe. Ctrl-C saves; --resume goes on.")
        {
            corpus, output, minutes, steps, decayFrom, run, checkpoint, tokenizer, resume,
        };
        foreach (SettingOption setting in SettingOption.All)
        {
            command.Add(setting.Option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetResult(steps) is not null && result.GetResult(minutes) is not null)
            {
                result.AddError("--steps and --minutes are two budgets: give one of them.");
            }
            else if (result.GetResult(decayFrom) is not null && result.GetResult(steps) is null)
            {
                result.AddError("--decay-from is given without --steps: give both, as the recipe names them.");
            }
            else if (result.GetValue(decayFrom) is long from && result.GetValue(steps) is long all && from > all)
            {
                result.AddError($"--decay-from is {from} but --steps {all}: give a step of the run.");
            }
        });
        command.SetAction((parsed, cancellationToken) => Task.Run(
            () => Run(
                SettingOption.Parsed(parsed),
                Budget(parsed.GetValue(steps), parsed.GetValue(decayFrom), parsed.GetValue(minutes), parsed.GetValue(resume)),
                parsed.GetValue(resume),
                new(parsed.GetValue(corpus), parsed.GetValue(tokenizer), parsed.GetValue(run), parsed.GetValue(output)),
                TimeSpan.FromMinutes(parsed.GetValue(checkpoint)),
                cancellationToken),
            CancellationToken.None));
        return command;
    }

    /// <summary>A resumed run that is given no budget keeps its own.</summary>
    private static EncoderBudget Budget(long? steps, long? decayFrom, double? minutes, bool resume) =>
        new(steps, decayFrom, steps is null && !resume ? minutes ?? UsualMinutes : minutes);

    /// <summary>What the reader named of folders and files.</summary>
    private sealed record Places(string? Corpus, string? Tokenizer, string? Run, string? Output);

    private static int Run(EncoderSettings settings, EncoderBudget budget, bool resume, Places places, TimeSpan checkpoint, CancellationToken cancellationToken)
    {
        string results = TrainCommand.OutputFolder(places.Output, "encoder");
        string vocabulary = places.Tokenizer ?? Path.Combine(results, "encoder", "vocab.txt");
        if (!File.Exists(vocabulary))
        {
            throw new CourseException($"{vocabulary} does not exist: run 'train tokenizer' first, or name the file with --tokenizer.");
        }

        Corpus corpus = Corpus.Read(places.Corpus);
        Console.WriteLine("Reading the corpus as pieces …");
        string target = Path.Combine(results, "encoder");
        try
        {
            WordPieceTokenizer pieces = WordPieceTokenizer.Read(vocabulary, lowerCase: true);
            string run = places.Run ?? Path.Combine(CourseData.Root, "work", "encoder");
            TrainEncoder training = new(settings, EncoderText.Of(corpus.Entries, pieces), pieces, run)
            {
                Say = Console.WriteLine,
                CheckpointInterval = checkpoint,
            };
            if (!training.Run(budget, resume, target, cancellationToken))
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
}
