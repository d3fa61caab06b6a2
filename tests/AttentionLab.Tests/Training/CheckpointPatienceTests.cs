using AttentionLab.Kernels;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Tests.Training;

/// <summary>A run that goes on with another patience than it was saved with: "the best values are back" stays true.</summary>
public sealed class CheckpointPatienceTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"attention-lab-{Guid.NewGuid():N}.safetensors");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Resume_PatienceThatWasOff_LooksForTheBestAnew()
    {
        // Best of all at step 2, whose values nobody kept; from there the best is at step 3.
        Continue(patience: 0, steps: 2, TrainingEnd.Finished);
        (Parameter p, TrainingLoop loop) = Continue(patience: 3, steps: 100, TrainingEnd.NoImprovement);
        Assert.Equal((6, 3), (loop.Done, p.Value[0]));
        Assert.Equal(1, loop.BestEvaluation);
    }

    [Fact]
    public void Resume_PatienceOffBetween_BringsBackNoValuesOfAnOlderBest()
    {
        // Kept at step 1; at step 2, better, patience is off.
        Continue(patience: 3, steps: 1, TrainingEnd.Finished);
        Continue(patience: 0, steps: 2, TrainingEnd.Finished);
        (Parameter p, TrainingLoop loop) = Continue(patience: 3, steps: 100, TrainingEnd.NoImprovement);
        Assert.Equal((6, 3), (loop.Done, p.Value[0]));
        Assert.Equal(1, loop.BestEvaluation);
    }

    [Fact]
    public void Resume_PatienceOffAsBefore_KeepsTheBestEvaluation()
    {
        Continue(patience: 0, steps: 2, TrainingEnd.Finished);
        (Parameter p, TrainingLoop loop) = Continue(patience: 0, steps: 5, TrainingEnd.Finished);
        Assert.Equal((5, 5), (loop.Done, p.Value[0]));
        Assert.Equal((0, 3), (loop.BestEvaluation, loop.Stale));
    }

    [Fact]
    public void Resume_RunThatPatienceEnded_GoesOnFromTheBest()
    {
        Continue(patience: 3, steps: 100, TrainingEnd.NoImprovement);
        (Parameter p, TrainingLoop loop) = Continue(patience: 3, steps: 100, TrainingEnd.NoImprovement);
        Assert.Equal((6, 2), (loop.Done, p.Value[0]));
        Assert.Equal(0, loop.BestEvaluation);
    }

    /// <summary>p counts steps; the held-out value is best where it is 2. Goes on from the file, if there is one.</summary>
    private (Parameter P, TrainingLoop Loop) Continue(int patience, long steps, TrainingEnd expected)
    {
        Parameter p = new("p", new Tensor(1));
        TrainingLoop loop = new(new Sgd([p], 1), new CounterRandom(1), _ => { p.Gradient[0] -= 1; return new Batch(1, 1); })
        {
            Steps = steps,
            ClipNorm = 0,
            Evaluate = () => Math.Abs(p.Value[0] - 2),
            EvaluateEvery = 1,
            Patience = patience,
            CheckpointPath = _path,
        };
        if (File.Exists(_path))
        {
            Checkpoint.Resume(_path, loop);
        }

        Assert.Equal(expected, loop.Run(Token));
        return (p, loop);
    }
}
