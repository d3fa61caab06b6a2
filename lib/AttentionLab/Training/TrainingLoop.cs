using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Training;

/// <summary>
/// Draws a batch, adds its gradients, clips, steps, reports; stops early, continues a saved run bit for bit on the same
/// machine, and ends with the step and the tensor's name when a number is no longer finite.
/// </summary>
/// <remarks>
/// The step function does forward, loss and backward of one batch and draws everything random from the generator it is
/// given: that generator's position is part of a checkpoint.
/// </remarks>
/// <param name="optimizer">What moves the parameters.</param>
/// <param name="random">Source of batches and dropout.</param>
/// <param name="step">One batch: adds gradients, returns loss and tokens.</param>
public sealed partial class TrainingLoop(IOptimizer optimizer, CounterRandom random, Func<CounterRandom, Batch> step)
{
    /// <summary>
    /// Steps to do in all; a continued run does what is left of them. May change while the run goes on, as when a budget of time decides. A step under
    /// way is finished: where it lowers this to <see cref="Done"/>, that step is the last, and <see cref="Done"/> ends one above.
    /// </summary>
    public required long Steps { get; set; }

    /// <summary>Learning rate by step (from 1), see <see cref="Schedules"/>; null leaves the optimiser's.</summary>
    public Func<long, double>? Schedule { get; init; }

    /// <summary>Largest norm of the whole gradient, not negative; 0 for no clipping.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>Batches whose gradients are averaged in one step: a large batch in the memory of a small one.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>
    /// Memory for the tensors of a step, used again in the next: a step of a small encoder is a tenth faster. Null makes new ones. With it, no tensor
    /// that a layer made may be kept beyond its step (parameters and gradients may); <see cref="Tensor.Copy"/> what a chart needs later.
    /// </summary>
    public Workspace? Workspace { get; init; }

    /// <summary>A held-out value, the smaller the better; null for none.</summary>
    public Func<double>? Evaluate { get; init; }

    /// <summary>Steps between evaluations.</summary>
    public long EvaluateEvery { get; init; } = 100;

    /// <summary>
    /// Evaluations without a better value until training stops and the values of the best one come back; 0 never stops. Where <see cref="Steps"/> end first,
    /// or the run is cancelled, the last values stay, not the best.
    /// </summary>
    public int Patience { get; init; }

    /// <summary>Called every <see cref="ReportEvery"/> steps and at the end; null for silence.</summary>
    public Action<Progress>? Report { get; init; }

    /// <summary>Steps between reports.</summary>
    public long ReportEvery { get; init; } = 50;

    /// <summary>
    /// File that is written every <see cref="CheckpointEvery"/> steps and at the end, also when cancelled; null for none. Where patience ended the run it
    /// holds the best values, not the last. Its folder is made if it is missing.
    /// </summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Steps between checkpoints.</summary>
    public long CheckpointEvery { get; init; } = 1000;

    /// <summary>
    /// A text of the caller's own that is written into each checkpoint, so that both are of the same step: settings, counts, a curve. Null for none; read it
    /// with <see cref="Checkpoint.Note"/>.
    /// </summary>
    public Func<string>? Note { get; init; }

    /// <summary>The clock; tests bring their own.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Steps done, in this run and those it continues.</summary>
    public long Done { get; internal set; }

    /// <summary>Best held-out value so far; ∞ before the first evaluation.</summary>
    public double BestEvaluation { get; internal set; } = double.PositiveInfinity;

    /// <summary>The last held-out value, or null.</summary>
    public double? LastEvaluation { get; internal set; }

    /// <summary>Evaluations since the best.</summary>
    public int Stale { get; internal set; }

    /// <summary>The optimiser.</summary>
    internal IOptimizer Optimizer => optimizer;

    /// <summary>The random source.</summary>
    internal CounterRandom Random => random;

    /// <summary>The parameters at the best evaluation, kept only while patience is on; null before the first.</summary>
    internal float[][]? Best { get; set; }

    /// <summary>Trains until the steps are done, patience ends, or it is cancelled.</summary>
    /// <param name="cancellationToken">Stops after the step under way.</param>
    /// <returns>Why it ended.</returns>
    /// <exception cref="InvalidOperationException">
    /// A setting means nothing, or two parameters of a run with checkpoints have one name. No step is done then.
    /// </exception>
    /// <exception cref="IOException">The checkpoint cannot be written. Where that can be known before the first step, none is done.</exception>
    /// <exception cref="TrainingDivergedException">
    /// A value, gradient or loss became NaN or ∞, or a held-out value NaN. A loss or gradient that is not finite moves no parameter,
    /// and values that are not finite overwrite no checkpoint.
    /// </exception>
    public TrainingEnd Run(CancellationToken cancellationToken = default)
    {
        Require();
        long first = Done, begin = Clock.GetTimestamp(), reported = begin, reportedStep = Done, tokens = 0;
        double losses = 0, norm = 0, loss = double.NaN;
        while (Done < Steps)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                Save(loss);
                return TrainingEnd.Cancelled;
            }

            Gradients.Clear(optimizer.Parameters);
            loss = 0;
            for (int i = 0; i < Accumulate; i++)
            {
                using Workspace.Scope scope = Workspace?.Use() ?? default;
                Batch batch = step(random);
                loss += batch.Loss / Accumulate;
                tokens += batch.Tokens;
            }

            norm = Move(loss);
            Done++;
            losses += loss;
            bool patient = EvaluateNow();
            if (Report is not null && (Done % ReportEvery == 0 || Done >= Steps || !patient))
            {
                long now = Clock.GetTimestamp();
                TimeSpan elapsed = Clock.GetElapsedTime(begin, now), since = Clock.GetElapsedTime(reported, now);
                Report(new Progress(
                    Done, Math.Max(Done, Steps), losses / (Done - reportedStep), optimizer.LearningRate, norm, tokens / Math.Max(1e-9, since.TotalSeconds),
                    elapsed, Progress.TimeLeft(elapsed, Done - first, Steps - Done), LastEvaluation));
                (reported, reportedStep, losses, tokens) = (now, Done, 0, 0);
            }

            if (!patient)
            {
                RestoreBest();
                Save(loss);
                return TrainingEnd.NoImprovement;
            }

            if (Done % CheckpointEvery == 0 || Done >= Steps)
            {
                Save(loss);
            }
        }

        return TrainingEnd.Finished;
    }

    private double Move(double loss)
    {
        if (Accumulate > 1)
        {
            Gradients.Scale(optimizer.Parameters, 1.0 / Accumulate);
        }

        double norm = ClipNorm > 0 ? Gradients.Clip(optimizer.Parameters, ClipNorm) : Gradients.Norm(optimizer.Parameters);
        if (!double.IsFinite(loss) || !double.IsFinite(norm))
        {
            throw TrainingDivergedException.Find(Done + 1, loss, optimizer.Parameters);
        }

        if (Schedule is not null)
        {
            optimizer.LearningRate = Schedule(Done + 1);
        }

        optimizer.Step();
        return norm;
    }

    /// <summary>False when patience has ended.</summary>
    private bool EvaluateNow()
    {
        if (Evaluate is null || Done % EvaluateEvery != 0)
        {
            return true;
        }

        double value = Evaluate();
        if (double.IsNaN(value))
        {
            throw TrainingDivergedException.Find(Done, value, optimizer.Parameters, "evaluation");
        }

        LastEvaluation = value;
        if (value < BestEvaluation)
        {
            (BestEvaluation, Stale) = (value, 0);
            if (Patience > 0)
            {
                Best = [.. optimizer.Parameters.Select(p => p.Value.Span.ToArray())];
            }

            return true;
        }

        return ++Stale < Patience || Patience == 0;
    }

    private void RestoreBest()
    {
        for (int i = 0; Best is not null && i < Best.Length; i++)
        {
            Best[i].CopyTo(optimizer.Parameters[i].Value.Span);
        }
    }

    /// <summary>A step may overflow by itself, with no next one to notice it.</summary>
    private void Save(double loss)
    {
        if (!optimizer.Parameters.All(p => TrainingDivergedException.IsFinite(p.Value)))
        {
            throw TrainingDivergedException.Find(Done, loss, optimizer.Parameters);
        }

        if (CheckpointPath is not null)
        {
            Checkpoint.Save(CheckpointPath, this);
        }
    }
}
