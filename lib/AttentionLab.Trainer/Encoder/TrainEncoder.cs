using System.Diagnostics;
using System.Globalization;
using AttentionLab.Course.Data;
using AttentionLab.Kernels;
using AttentionLab.Layers;
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
    private const ulong WeightStream = 1, DrawStream = 2, HeldOutStream = 3, EpochStream = 1000;
    private const int HeldOutSequences = 192;

    /// <summary>Of the tables that <see cref="Encoder"/> makes for a BERT.</summary>
    private const double TableDeviation = 0.02;

    private readonly EncoderSettings _settings;
    private readonly EncoderText _text;
    private readonly WordPieceTokenizer _tokenizer;
    private readonly string _folder;
    private readonly Encoder _encoder;
    private readonly MaskedWordHead _head;
    private readonly MaskedWordTraining _training;
    private readonly MaskedWords _task;
    private readonly SequencePacking _packing;
    private readonly List<EncoderPoint> _curve = [];
    private IReadOnlyList<int[]> _epoch = [];
    private long _epochStart, _tokens;
    private ulong _epochNumber;
    private double _secondsBefore, _processorBefore;

    /// <summary>A run in a folder of its own.</summary>
    /// <param name="settings">All settings.</param>
    /// <param name="text">From the corpus.</param>
    /// <param name="tokenizer">Made the ids.</param>
    /// <param name="folder">For the checkpoint.</param>
    public TrainEncoder(EncoderSettings settings, EncoderText text, WordPieceTokenizer tokenizer, string folder)
    {
        (_settings, _text, _tokenizer, _folder) = (settings, text, tokenizer, folder);
        CounterRandom random = new(settings.Seed, WeightStream);
        _encoder = new(Options(settings, tokenizer), random);
        foreach (Parameter table in _encoder.Embedding.Parameters.Where(p => p.Value.Rank == 2))
        {
            Multiply.Scale(table.Value.Span, (float)(settings.Deviation / TableDeviation), table.Value.Span);
        }

        if (settings.Waves)
        {
            // Waves have a mean square of ½.
            SinusoidalPositions waves = new(settings.Channels, settings.Length);
            Multiply.Scale(waves.Table.Span, (float)(settings.Deviation * Math.Sqrt(2)), _encoder.Embedding.Positions!.Table.Value.Span);
        }

        _head = new(_encoder.Embedding.Words, random, epsilon: _encoder.Options.Epsilon);
        _training = new(_encoder, _head);
        _task = new(tokenizer.Pieces) { Masked = settings.Masked, Random = (1 - settings.Masked) / 2, Multiple = Math.Clamp(settings.Batch * settings.Length / 64, 1, 64) };
        _packing = new(text.Training, tokenizer.Pieces, settings.Length);
    }

    /// <summary>Where progress is said; null for silence.</summary>
    public Action<string>? Say { get; init; }

    /// <summary>Steps between two lines of progress.</summary>
    public long ReportEvery { get; init; } = 50;

    /// <summary>Steps between two looks at the held-out loss.</summary>
    public long EvaluateEvery { get; init; } = 500;

    /// <summary>Time between two checkpoints; they are written with a line of progress.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Called after each line of progress and its checkpoint; tests end the process here.</summary>
    internal Action<long>? Reported { get; init; }

    private string CheckpointPath => Path.Combine(_folder, "checkpoint.safetensors");

    private string RunPath => Path.Combine(_folder, "run.json");

    /// <summary>Trains, or goes on with a run that was stopped.</summary>
    /// <param name="budget">Steps or time.</param>
    /// <param name="resume">Go on from the folder's checkpoint.</param>
    /// <param name="output">Folder for the result.</param>
    /// <param name="cancellation">Stops after the step under way, with a checkpoint.</param>
    /// <returns>False if it was stopped.</returns>
    /// <exception cref="CourseException">There is no checkpoint to go on from, or it belongs to other settings.</exception>
    public bool Run(EncoderBudget budget, bool resume, string output, CancellationToken cancellation = default)
    {
        Directory.CreateDirectory(_folder);
        IOptimizer optimizer = Optimizer();
        EncoderPlan plan = new(_settings, resume ? Resumed(budget) : budget);
        TrainingLoop loop = null!;
        Stopwatch clock = new();
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        Pace pace = new();
        (int[,] Ids, bool[,]? Visible)[] heldOut = HeldOut();
        MaskedBatch[] asked = [.. heldOut.Select((b, i) => new MaskedWords(_tokenizer.Pieces) { Masked = 1, Random = 0 }.Draw(b.Ids, new CounterRandom(_settings.Seed, HeldOutStream).Split((ulong)i)))];
        double saved = 0;
        loop = new(optimizer, new CounterRandom(_settings.Seed, DrawStream), random => Step(loop.Done, random))
        {
            Steps = plan.Steps,
            Schedule = plan.Rate,
            ClipNorm = _settings.Clip,
            EvaluateEvery = EvaluateEvery,
            Evaluate = heldOut.Length == 0 ? null : () => HeldOutLoss(_training, heldOut, asked),
            CheckpointPath = CheckpointPath,
            CheckpointEvery = long.MaxValue,
            ReportEvery = ReportEvery,
            Report = Report,
            Workspace = new Workspace(),
        };
        if (resume)
        {
            Checkpoint.Resume(CheckpointPath, loop);
            Say?.Invoke(string.Create(CultureInfo.InvariantCulture, $"Goes on after step {loop.Done}."));
        }

        clock.Start();
        if (!resume && !EncoderStart.Words(_settings, _text, _tokenizer.Pieces, _encoder.Embedding.Words.Table.Value, _head.Scores.Bias.Value, Say, cancellation))
        {
            Say?.Invoke("Stopped before the first step; there is nothing to go on from.");
            return false;
        }

        TrainingEnd end = loop.Run(cancellation);
        Recipe().Write(RunPath);
        if (end == TrainingEnd.Cancelled)
        {
            Say?.Invoke(string.Create(CultureInfo.InvariantCulture, $"Stopped after step {loop.Done}; everything is saved in {_folder}. The same command with --resume goes on."));
            return false;
        }

        MaskedWordModel.Save(output, _encoder, _head, _tokenizer, "F16");
        MaskedWordModel written = MaskedWordModel.Load(output);
        double? loss = heldOut.Length == 0 ? null : HeldOutLoss(new(written.Bert.Encoder, written.Head), heldOut, asked);
        (Recipe() with { HeldOut = loss }).Write(Path.Combine(output, "model.recipe.json"));
        Say?.Invoke(string.Create(CultureInfo.InvariantCulture, $"Held-out loss of the file in half precision: {loss:F4}."));
        return true;

        Batch Step(long done, CounterRandom random)
        {
            if (plan.DecayFrom is null)
            {
                pace.Mark(done, clock.Elapsed.TotalSeconds);
                bool fixedNow = plan.Decide(done, _secondsBefore + clock.Elapsed.TotalSeconds, pace.Seconds, pace.IsKnown);
                loop.Steps = plan.Steps;
                if (fixedNow)
                {
                    // Before the first step that depends on it.
                    Recipe().Write(RunPath);
                    Say?.Invoke(string.Create(CultureInfo.InvariantCulture, $"From the pace so far: {plan.Steps} steps, the rate falls from step {plan.DecayFrom + 1} on."));
                }
            }

            (int[,] ids, bool[,]? visible) = BatchOf(done);
            MaskedBatch batch = _task.Draw(ids, random, plan.Share(done + 1));
            int tokens = visible is null ? ids.Length : visible.Cast<bool>().Count(v => v);
            _tokens += tokens;
            return new(_training.Step(batch, visible, random), tokens);
        }

        void Report(Progress progress)
        {
            _curve.Add(new(progress.Step, Math.Round(progress.Loss, 4), progress.Evaluation is double e ? Math.Round(e, 4) : null));
            Say?.Invoke(progress.ToString());
            double now = clock.Elapsed.TotalSeconds;
            if (now - saved >= CheckpointInterval.TotalSeconds && progress.Step < loop.Steps)
            {
                saved = now;
                Recipe().Write(RunPath);
                Checkpoint.Save(CheckpointPath, loop);
            }

            Reported?.Invoke(progress.Step);
        }

        EncoderRecipe Recipe() => new()
        {
            Command = string.Create(CultureInfo.InvariantCulture, $"dotnet run --project lib/AttentionLab.Studio -- train encoder{Arguments(_settings)}{(plan.DecayFrom is long from ? $" --steps {plan.Steps} --decay-from {from}" : $" --minutes {budget.Minutes}")}"),
            Settings = _settings,
            Vocabulary = _tokenizer.Pieces.Count,
            Parameters = _training.Parameters.Sum(p => (long)p.Length),
            TrainingEntries = _text.Training.Count,
            TrainingTokens = _packing.Tokens,
            Steps = plan.DecayFrom is null ? null : plan.Steps,
            DecayFrom = plan.DecayFrom,
            Minutes = budget.Minutes,
            Done = loop.Done,
            TokensRead = _tokens,
            Epochs = Math.Round((double)_tokens / _packing.Tokens, 3),
            Threads = Workers.Count,
            Seconds = Math.Round(_secondsBefore + clock.Elapsed.TotalSeconds, 1),
            ProcessorSeconds = Math.Round(_processorBefore + (Environment.CpuUsage.TotalTime - processor).TotalSeconds, 1),
            Curve = [.. _curve],
        };
    }

    private IOptimizer Optimizer()
    {
        Parameter[] matrices = _settings.Muon ? [.. _encoder.Layers.Parameters.Where(p => p.Value.Rank == 2), _head.Transform.Weight] : [];
        Adam adam = new(_training.Parameters.Except(matrices), _settings.Rate, beta2: _settings.Beta2, epsilon: 1e-6, decay: _settings.WeightDecay);
        return matrices.Length == 0 ? adam : new Muon(matrices, adam, _settings.Rate, decay: _settings.WeightDecay);
    }

    /// <summary>BERT's layout in the sizes of the settings.</summary>
    internal static EncoderOptions Options(EncoderSettings settings, WordPieceTokenizer tokenizer) => EncoderOptions.Bert(tokenizer.Pieces.Count) with
    {
        Capacity = settings.Length,
        Channels = settings.Channels,
        Heads = settings.Heads,
        Layers = settings.Layers,
        Hidden = settings.Hidden,
        Dropout = settings.Dropout,
    };

    /// <summary>The options of <c>train encoder</c> that differ from the default, each after a space.</summary>
    private static string Arguments(EncoderSettings s)
    {
        EncoderSettings d = new();
        (string Name, IFormattable Value, IFormattable Default)[] all =
        [
            ("layers", s.Layers, d.Layers), ("channels", s.Channels, d.Channels), ("heads", s.Heads, d.Heads), ("hidden", s.Hidden, d.Hidden),
            ("length", s.Length, d.Length), ("batch", s.Batch, d.Batch), ("share", s.Share, d.Share), ("final-share", s.FinalShare, d.FinalShare), ("masked", s.Masked, d.Masked), ("word-passes", s.WordPasses, d.WordPasses), ("rate", s.Rate, d.Rate), ("warmup", s.Warmup, d.Warmup),
            ("deviation", s.Deviation, d.Deviation), ("decay-share", s.DecayShare, d.DecayShare), ("weight-decay", s.WeightDecay, d.WeightDecay), ("dropout", s.Dropout, d.Dropout), ("seed", s.Seed, d.Seed),
        ];
        return string.Concat(all.Where(o => !o.Value.Equals(o.Default)).Select(o => string.Create(CultureInfo.InvariantCulture, $" --{o.Name} {o.Value}"))
            .Concat(s.Muon == d.Muon ? [] : [$" --muon {(s.Muon ? "true" : "false")}"])
            .Concat(s.Waves == d.Waves ? [] : [$" --waves {(s.Waves ? "true" : "false")}"]));
    }

    private static string Named(EncoderSettings settings) => Arguments(settings) is { Length: > 0 } some ? some.TrimStart() : "default settings";

    /// <summary>What the run had decided and used when it was saved.</summary>
    private EncoderBudget Resumed(EncoderBudget budget)
    {
        if (!File.Exists(CheckpointPath) || !File.Exists(RunPath))
        {
            throw new CourseException($"{_folder} holds no checkpoint of a run: start without --resume.");
        }

        EncoderRecipe run = EncoderRecipe.Read(RunPath);
        if (run.Settings != _settings || run.Vocabulary != _tokenizer.Pieces.Count || run.TrainingTokens != _packing.Tokens)
        {
            throw new CourseException($"{_folder} was trained with other settings or another text ({Named(run.Settings)}; {run.Vocabulary} pieces, {run.TrainingTokens} tokens) than asked for now ({Named(_settings)}; {_tokenizer.Pieces.Count} pieces, {_packing.Tokens} tokens): give the same options, or start again without --resume.");
        }

        (_secondsBefore, _processorBefore, _tokens) = (run.Seconds, run.ProcessorSeconds, run.TokensRead);
        _curve.AddRange(run.Curve);
        return run.DecayFrom is null ? budget : new(run.Steps, run.DecayFrom);
    }

    /// <summary>The batch of a step, counted from 0: a function of the seed and the step alone.</summary>
    private (int[,] Ids, bool[,]? Visible) BatchOf(long step)
    {
        while (_epoch.Count == 0 || step >= _epochStart + _epoch.Count / _settings.Batch)
        {
            _epochStart += _epoch.Count / _settings.Batch;
            _epoch = _packing.Epoch(new CounterRandom(_settings.Seed, EpochStream + _epochNumber++));
            if (_epoch.Count < _settings.Batch)
            {
                throw new CourseException($"the text fills {_epoch.Count} sequences of {_settings.Length} tokens but a batch takes {_settings.Batch}: lower --batch or --length.");
            }
        }

        int start = (int)(step - _epochStart) * _settings.Batch;
        return _packing.Batch([.. _epoch.Skip(start).Take(_settings.Batch)]);
    }

    private (int[,] Ids, bool[,]? Visible)[] HeldOut()
    {
        SequencePacking packing = new(_text.HeldOut, _tokenizer.Pieces, _settings.Length);
        return [.. packing.Epoch(new CounterRandom(_settings.Seed, HeldOutStream)).Take(HeldOutSequences).Chunk(_settings.Batch).Select(chunk => packing.Batch(chunk))];
    }

    private static double HeldOutLoss(MaskedWordTraining model, (int[,] Ids, bool[,]? Visible)[] batches, MaskedBatch[] asked)
    {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < batches.Length; i++)
        {
            sum += CrossEntropyLoss.Forward(model.Logits(asked[i], batches[i].Visible), asked[i].Targets).Loss * (double)asked[i].Targets.Length;
            count += asked[i].Targets.Length;
        }

        return sum / count;
    }

    /// <summary>Seconds a step takes, over the last few hundred.</summary>
    private sealed class Pace
    {
        private const int Window = 600, Enough = 100;
        private readonly Queue<(long Done, double At)> _marks = [];

        public double Seconds { get; private set; } = 1;

        /// <summary>The first steps of a process are slow and say little.</summary>
        public bool IsKnown => _marks.Count > Enough;

        public void Mark(long done, double at)
        {
            _marks.Enqueue((done, at));
            if (_marks.Count > Window)
            {
                _marks.Dequeue();
            }

            (long first, double begin) = _marks.Peek();
            Seconds = done > first ? Math.Max(1e-9, (at - begin) / (done - first)) : Seconds;
        }
    }
}
