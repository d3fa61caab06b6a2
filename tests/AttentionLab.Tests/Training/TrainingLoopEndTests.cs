using AttentionLab.Kernels;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Tests.Training;

/// <summary>However a run ends, its last report is there.</summary>
public sealed class TrainingLoopEndTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"attention-lab-{Guid.NewGuid():N}.safetensors");
    private readonly Parameter _p = new("p", new Tensor(1));
    private readonly List<Progress> _reports = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(_path);

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

    /// <summary>The parameter counts steps.</summary>
    private TrainingLoop Loop(
        long steps, long reportEvery = 50, Func<double, double>? evaluate = null,
        int patience = 0, TimeProvider? clock = null)
    {
        return new(new Sgd([_p], 1), new CounterRandom(1), _ =>
        {
            _p.Gradient[0] -= 1;
            return new Batch(1, 1);
        })
        {
            Steps = steps,
            ClipNorm = 0,
            Report = _reports.Add,
            ReportEvery = reportEvery,
            Evaluate = evaluate is null ? null : () => evaluate(_p.Value[0]),
            EvaluateEvery = 1,
            Patience = patience,
            CheckpointPath = _path,
            Clock = clock ?? TimeProvider.System,
        };
    }


    /// <summary>An hour passes with each look at the clock.</summary>
    private sealed class Hours : TimeProvider
    {
        private long _looks;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => 3600 * _looks++;
    }
}
