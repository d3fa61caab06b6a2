using System.Globalization;
using AttentionLab.Course.Data;
using AttentionLab.Kernels;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Training;
using AttentionLab.Words;

namespace AttentionLab.Trainer;

/// <summary>
/// One run of masked-word training: batches, plan, checkpoints, result. The weights depend on settings, text, vocabulary, steps and the beginning of the
/// decay only; a run that was stopped or killed goes on from its last checkpoint and ends with the same bytes.
/// </summary>
internal sealed class TrainEncoder
{
    private const ulong DrawStream = 2;
    private readonly EncoderSettings _settings;
    private readonly EncoderText _text;
    private readonly WordPieceTokenizer _tokenizer;
    private readonly EncoderCheckpoint _checkpoint;
    private readonly EncoderModel _model;
    private readonly EncoderBatches _batches;
    private readonly EncoderHeldOut _heldOut;
    private readonly MaskedWords _task;

    /// <summary>A run in a folder of its own.</summary>
    /// <param name="settings">All settings.</param>
    /// <param name="text">From the corpus.</param>
    /// <param name="tokenizer">Made the ids.</param>
    /// <param name="folder">For the checkpoint.</param>
    public TrainEncoder(EncoderSettings settings, EncoderText text, WordPieceTokenizer tokenizer, string folder)
    {
        (_settings, _text, _tokenizer, _checkpoint) = (settings, text, tokenizer, new(folder));
        _model = new(settings, tokenizer.Pieces.Count);
        _batches = new(settings, text, tokenizer.Pieces);
        _heldOut = new(settings, text, tokenizer.Pieces);
        _task = new(tokenizer.Pieces)
        {
            Masked = settings.Masked,
            Random = (1 - settings.Masked) / 2,
            Multiple = Math.Clamp(settings.Batch * settings.Length / 64, 1, 64),
        };
    }

    /// <summary>Where progress is said; null for silence.</summary>
    public Action<string>? Say { get; init; }

    /// <summary>Steps between two lines of progress.</summary>
    public long ReportEvery { get; init; } = 50;

    /// <summary>Steps between two looks at the held-out loss.</summary>
    public long EvaluateEvery { get; init; } = 500;

    /// <summary>Time between two checkpoints; they are written with a line of progress.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>The clock; tests bring their own.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Called after each line of progress and its checkpoint; tests end the process here.</summary>
    internal Action<long>? Reported { get; init; }

    /// <summary>Trains, or goes on with a run that was stopped.</summary>
    /// <param name="budget">Steps or time; a resumed run may be given none.</param>
    /// <param name="resume">Go on from the folder's checkpoint; a fresh start sets it aside.</param>
    /// <param name="output">Folder for the result.</param>
    /// <param name="cancellationToken">Stops after the step under way, with a checkpoint.</param>
    /// <returns>False if it was stopped.</returns>
    /// <exception cref="CourseException">There is no checkpoint to go on from, or it belongs to other settings or another budget.</exception>
    public bool Run(EncoderBudget budget, bool resume, string output, CancellationToken cancellationToken = default)
    {
        _checkpoint.Prepare();
        EncoderRecipe? before = resume ? _checkpoint.Read(Recipe(), budget) : null;
        if (!resume && _checkpoint.SetAside() is string aside)
        {
            Tell($"The checkpoint of an earlier run is kept as {aside}.");
        }

        budget = before is null ? budget : EncoderBudget.Of(before);
        EncoderTally tally = new(Clock, before);
        EncoderPlan plan = new(_settings, budget);
        TrainingLoop loop = Loop(plan, tally, budget);
        if (before is not null)
        {
            Checkpoint.Resume(_checkpoint.Path, loop);
            Tell($"Goes on after step {loop.Done}.");
        }
        else if (EncoderStart.Of(_settings, _text, _tokenizer.Pieces, Say, cancellationToken) is { } start)
        {
            start.CopyTo(_model.Encoder.Embedding.Words.Table.Value, _model.Head.Scores.Bias.Value);
        }
        else
        {
            Tell($"Stopped before the first step; there is nothing to go on from.");
            return false;
        }

        if (loop.Run(cancellationToken) == TrainingEnd.Cancelled)
        {
            Tell($"Stopped after step {loop.Done}; everything is saved in {_checkpoint.Path}. The same command with --resume goes on.");
            return false;
        }

        Write(output, Recipe(plan, tally, budget, loop.Done));
        return true;
    }

    /// <summary>The steps, with what is said, saved and decided between them.</summary>
    private TrainingLoop Loop(EncoderPlan plan, EncoderTally tally, EncoderBudget budget)
    {
        EncoderPace pace = new();
        double saved = 0;
        TrainingLoop loop = null!;
        return loop = new(_model.Optimizer, new CounterRandom(_settings.Seed, DrawStream), random => Step(loop.Done, random))
        {
            Steps = plan.Steps,
            Schedule = plan.Rate,
            ClipNorm = _settings.Clip,
            EvaluateEvery = EvaluateEvery,
            Evaluate = _heldOut.IsEmpty ? null : () => _heldOut.Loss(_model.Training),
            CheckpointPath = _checkpoint.Path,
            CheckpointEvery = long.MaxValue,
            Note = () => Recipe(plan, tally, budget, loop.Done).ToJson(),
            ReportEvery = ReportEvery,
            Report = Report,
            Workspace = new Workspace(),
            Clock = Clock,
        };

        Batch Step(long done, CounterRandom random)
        {
            if (plan.DecayFrom is null)
            {
                pace.Mark(done, tally.Here);
                bool isFixed = plan.Decide(done, tally.Seconds, pace.Seconds, pace.IsKnown);
                loop.Steps = plan.Steps;
                if (isFixed)
                {
                    Tell($"From the pace so far: {plan.Steps} steps, the rate falls from step {plan.DecayFrom + 1} on.");
                }
            }

            (int[,] ids, bool[,]? visible) = _batches.Of(done);
            MaskedBatch batch = _task.Draw(ids, random, plan.Share(done + 1));
            int tokens = visible is null ? ids.Length : visible.Cast<bool>().Count(v => v);
            tally.Tokens += tokens;
            return new(_model.Training.Step(batch, visible, random), tokens);
        }

        void Report(Progress progress)
        {
            tally.Curve.Add(new(progress.Step, Math.Round(progress.Loss, 4), progress.Evaluation is double e ? Math.Round(e, 4) : null));
            Say?.Invoke(progress.ToString());
            if (tally.Here - saved >= CheckpointInterval.TotalSeconds && progress.Step < loop.Steps)
            {
                saved = tally.Here;
                Checkpoint.Save(_checkpoint.Path, loop);
            }

            Reported?.Invoke(progress.Step);
        }
    }

    /// <summary>The model in half precision, and the recipe with the held-out loss of what was written.</summary>
    private void Write(string output, EncoderRecipe recipe)
    {
        MaskedWordModel.Save(output, _model.Encoder, _model.Head, _tokenizer, "F16");
        MaskedWordModel written = MaskedWordModel.Load(output);
        double? loss = _heldOut.IsEmpty ? null : _heldOut.Loss(new(written.Bert.Encoder, written.Head));
        (recipe with { HeldOut = loss }).Write(Path.Combine(output, "model.recipe.json"));
        Tell($"Held-out loss of the file in half precision: {loss:F4}.");
    }

    /// <summary>What is trained, before the first step.</summary>
    private EncoderRecipe Recipe() => new()
    {
        Command = "dotnet run --project lib/AttentionLab.Studio -- train encoder" + SettingOption.Arguments(_settings),
        Settings = _settings,
        Vocabulary = _tokenizer.Pieces.Count,
        Parameters = _model.Parameters,
        TrainingEntries = _text.Training.Count,
        TrainingTokens = _batches.Tokens,
        Threads = Workers.Count,
    };

    private EncoderRecipe Recipe(EncoderPlan plan, EncoderTally tally, EncoderBudget budget, long done)
    {
        EncoderRecipe begin = Recipe();
        return begin with
        {
            Command = begin.Command
                + (plan.DecayFrom is long from ? Invariant($" --steps {plan.Steps} --decay-from {from}") : Invariant($" --minutes {budget.Minutes}")),
            Steps = plan.DecayFrom is null ? null : plan.Steps,
            DecayFrom = plan.DecayFrom,
            Minutes = budget.Minutes,
            Done = done,
            TokensRead = tally.Tokens,
            Epochs = Math.Round((double)tally.Tokens / begin.TrainingTokens, 3),
            Seconds = Math.Round(tally.Seconds, 1),
            ProcessorSeconds = Math.Round(tally.ProcessorSeconds, 1),
            Curve = [.. tally.Curve],
        };
    }

    private void Tell(FormattableString line) => Say?.Invoke(line.ToString(CultureInfo.InvariantCulture));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
