using AttentionLab.Kernels;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Tests.Training;

/// <summary>However a run ends, its last report and its last checkpoint are there.</summary>
public sealed class TrainingLoopEndTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"attention-lab-{Guid.NewGuid():N}.safetensors");
    private readonly Parameter _p = new("p", new Tensor(1));
    private readonly List<Progress> _reports = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Run_StepsLoweredInsideAStep_FinishesThatStepReportsAndSaves()
    {
        TrainingLoop loop = Loop(1000, within: run => run.Steps = run.Done == 6 ? run.Done : run.Steps);
        Assert.Equal(TrainingEnd.Finished, loop.Run(Token));
        Assert.Equal((7, 6), (loop.Done, loop.Steps));
        Progress last = Assert.Single(_reports);
        Assert.Equal((7, 7, TimeSpan.Zero), (last.Step, last.Steps, last.Left));
        Assert.Equal(7, Saved());
    }

    [Fact]
    public void Run_StepsLoweredInAReport_Saves()
    {
        TrainingLoop loop = null!;
        loop = Loop(1000, report: _ => loop.Steps = loop.Done, reportEvery: 5);
        Assert.Equal(TrainingEnd.Finished, loop.Run(Token));
        Assert.Equal(5, loop.Done);
        Assert.Equal(5, Saved());
    }

    [Fact]
    public void Run_StepsWithoutEnd_ReportsATimeLeftWithoutEnd()
    {
        TrainingLoop loop = Loop(long.MaxValue, reportEvery: 2, evaluate: _ => 1, patience: 4, clock: new Hours());
        Assert.Equal(TrainingEnd.NoImprovement, loop.Run(Token));
        Assert.Equal([2, 4, 5], _reports.Select(r => r.Step));
        Assert.All(_reports, report => Assert.Equal(TimeSpan.MaxValue, report.Left));
        Assert.Contains("60:00 gone, ∞ left  held out 1.0000", _reports[0].ToString());
    }

    [Fact]
    public void Progress_ManyHours_ShowsEveryMinute()
    {
        Progress progress = new(1, 2, 1, 1, 1, 1, TimeSpan.FromMinutes(5e9), TimeSpan.FromMinutes(3e9) + TimeSpan.FromSeconds(7), null);
        Assert.EndsWith("5000000000:00 gone, 3000000000:07 left", progress.ToString());
    }

    [Fact]
    public void Run_NoImprovement_SavesTheBest()
    {
        TrainingLoop loop = Loop(100, evaluate: value => Math.Abs(value - 2), patience: 3);
        Assert.Equal(TrainingEnd.NoImprovement, loop.Run(Token));
        Assert.Equal((5, 2), (loop.Done, _p.Value[0]));
        Assert.Equal(2, Saved());
    }

    [Fact]
    public void Run_StepsEndBeforePatience_LeavesTheLast()
    {
        TrainingLoop loop = Loop(4, evaluate: value => Math.Abs(value - 2), patience: 3);
        Assert.Equal(TrainingEnd.Finished, loop.Run(Token));
        Assert.Equal((4, 4), (loop.Done, _p.Value[0]));
        Assert.Equal(4, Saved());
    }

    /// <summary>The parameter counts steps.</summary>
    private TrainingLoop Loop(
        long steps, Action<TrainingLoop>? within = null, Action<Progress>? report = null, long reportEvery = 50, Func<double, double>? evaluate = null,
        int patience = 0, TimeProvider? clock = null)
    {
        TrainingLoop loop = null!;
        return loop = new(new Sgd([_p], 1), new CounterRandom(1), _ =>
        {
            within?.Invoke(loop);
            _p.Gradient[0] -= 1;
            return new Batch(1, 1);
        })
        {
            Steps = steps,
            ClipNorm = 0,
            Report = report ?? _reports.Add,
            ReportEvery = reportEvery,
            Evaluate = evaluate is null ? null : () => evaluate(_p.Value[0]),
            EvaluateEvery = 1,
            Patience = patience,
            CheckpointPath = _path,
            Clock = clock ?? TimeProvider.System,
        };
    }

    private float Saved()
    {
        Parameter read = new("p", new Tensor(1));
        Checkpoint.Load(_path, [read]);
        return read.Value[0];
    }

    /// <summary>An hour passes with each look at the clock.</summary>
    private sealed class Hours : TimeProvider
    {
        private long _looks;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => 3600 * _looks++;
    }
}
