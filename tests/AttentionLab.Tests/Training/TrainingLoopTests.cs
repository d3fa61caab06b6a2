using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Tests.Training;

public class TrainingLoopTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Run_ReportsEveryStepAsked_WithLossSpeedAndTimeLeft()
    {
        StepClock clock = new();
        List<Progress> reports = [];
        Run run = new(reports.Add, clock: clock);
        Assert.Equal(TrainingEnd.Finished, run.Loop(10, reportEvery: 4).Run(Token));
        Assert.Equal([4, 8, 10], reports.Select(p => p.Step));
        Assert.True(reports[^1].Loss < reports[0].Loss);
        Assert.Equal(run.Losses[4..8].Average(), reports[1].Loss, 1e-12);

        // The clock gains one second a batch of 6 rows.
        Assert.All(reports, p => Assert.Equal(6, p.TokensPerSecond, 1e-9));
        Assert.Equal(TimeSpan.FromSeconds(4), reports[0].Elapsed);
        Assert.Equal(TimeSpan.FromSeconds(6), reports[0].Left);
        Assert.Equal(TimeSpan.Zero, reports[^1].Left);
        Assert.StartsWith("step 4/10  loss ", reports[0].ToString());
        Assert.EndsWith("6 tokens/s  0:04 gone, 0:06 left", reports[0].ToString());
    }

    [Theory, InlineData(3), InlineData(5), InlineData(8)]
    public void Resume_AfterAnyStep_ContinuesBitForBit(int stop)
    {
        string path = Path.Combine(Path.GetTempPath(), $"attention-lab-{Guid.NewGuid():N}.safetensors");
        try
        {
            using CancellationTokenSource source = new();
            Run whole = new(), second = new(), first = new() { AfterBatch = n => (n == stop ? source : null)?.Cancel() };
            whole.Loop(12, evaluate: true).Run(Token);
            TrainingLoop cut = first.Loop(12, checkpoint: path, evaluate: true);
            Assert.Equal(TrainingEnd.Cancelled, cut.Run(source.Token));
            Assert.Equal(stop, cut.Done);

            // Another start, so that nothing is right by accident.
            second.Model.Weight.Value.Span.Fill(7);
            TrainingLoop rest = second.Loop(12, evaluate: true);
            Checkpoint.Resume(path, rest);
            Assert.Equal(stop, rest.Done);
            rest.Run(Token);
            foreach ((Parameter a, Parameter b) in whole.Model.Parameters.Zip(second.Model.Parameters))
            {
                Compare.Same(b.Value.Span, a.Value.Span, a.Name);
            }

            Assert.Equal(whole.Losses.Skip(stop), second.Losses);
            Assert.Equal(whole.Current!.BestEvaluation, rest.BestEvaluation);
            Assert.Equal(whole.Current.Stale, rest.Stale);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Save_ThenLoad_GivesTheSameOutputs_AndRefusesAnotherModel()
    {
        string path = Path.Combine(Path.GetTempPath(), $"attention-lab-{Guid.NewGuid():N}.safetensors");
        try
        {
            Linear one = new(3, 2, new CounterRandom(1)), other = new(3, 2, new CounterRandom(2)), wider = new(4, 2, new CounterRandom(1));
            Tensor x = Tensor.Gaussian(new CounterRandom(3), 1, 5, 3);
            Checkpoint.Save(path, one.Parameters);
            Checkpoint.Load(path, other.Parameters);
            Compare.Same(other.Forward(x).Y.Span, one.Forward(x).Y.Span, "y");
            string message = Assert.Throws<InvalidDataException>(() => Checkpoint.Load(path, wider.Parameters)).Message;
            Assert.Contains("(3, 2)", message);
            Assert.Contains("(4, 2)", message);
            Assert.Contains("no checkpoint of a run", Assert.Throws<InvalidDataException>(() => Checkpoint.Resume(path, new Run().Loop(3))).Message);

            // The weights of a run's checkpoint can be used without the run.
            Run run = new();
            TrainingLoop loop = run.Loop(4);
            loop.Run(Token);
            Checkpoint.Save(path, loop);
            Linear loaded = new(3, 1, new CounterRandom(8));
            Checkpoint.Load(path, loaded.Parameters);
            Compare.Same(loaded.Weight.Value.Span, run.Model.Weight.Value.Span, "weight");
            Assert.Contains("was drawn from seed 5", Assert.Throws<InvalidDataException>(() => Checkpoint.Resume(path, new Run(seed: 6).Loop(4))).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Run_Accumulating_EqualsOneLargeBatch()
    {
        List<Progress> reports = [], expected = [];
        Run small = new(reports.Add), large = new(expected.Add, rows: 12);
        small.Loop(5, reportEvery: 1, accumulate: 2).Run(Token);
        large.Loop(5, reportEvery: 1).Run(Token);
        Compare.Close(reports.Select(p => p.Loss).ToArray(), expected.Select(p => p.Loss).ToArray(), 1e-5, "loss of each step");
        Compare.Close(small.Model.Weight.Value, large.Model.Weight.Value, 1e-5, "weight");
    }

    [Fact]
    public void Run_NoImprovement_StopsAndBringsBackTheBest()
    {
        // One bad value between two better ones uses up no patience.
        double[] held = [3, 4, 2, 1, 4, 5, 0];
        Parameter p = new("p", new Tensor(1));
        int evaluations = 0;
        TrainingLoop loop = new(new Sgd([p], 1), new CounterRandom(1), _ => { p.Gradient[0] -= 1; return new Batch(1, 1); })
        {
            Steps = 100,
            ClipNorm = 0,
            Evaluate = () => held[evaluations++],
            EvaluateEvery = 2,
            Patience = 2,
        };
        Assert.Equal(TrainingEnd.NoImprovement, loop.Run(Token));
        Assert.Equal(12, loop.Done);
        Assert.Equal(6, evaluations);
        Assert.Equal(1, loop.BestEvaluation);
        Assert.Equal(8, p.Value[0]);
    }

    [Theory, InlineData("gradient"), InlineData("value"), InlineData("loss")]
    public void Run_NotANumber_StopsWithStepAndName(string where)
    {
        Parameter good = new("layers.0.good", new Tensor(2)), bad = new("layers.1.bad", new Tensor(2, 3));
        int calls = 0;
        TrainingLoop loop = new(new Adam([good, bad]), new CounterRandom(1), _ =>
        {
            bool now = ++calls == 3;
            bad.Gradient.Span[4] = now && where == "gradient" ? float.NaN : 1;
            bad.Value.Span[5] = now && where == "value" ? float.PositiveInfinity : bad.Value.Span[5];
            return new Batch(now && where != "gradient" ? double.NaN : 1, 1);
        })
        { Steps = 10 };
        TrainingDivergedException e = Assert.Throws<TrainingDivergedException>(() => loop.Run(Token));
        Assert.Equal(3, e.Step);
        Assert.Equal(2, loop.Done);
        Assert.Equal(where == "loss" ? "loss" : "layers.1.bad", e.Tensor);
        Assert.Contains(where switch
        {
            "gradient" => "step 3: the gradient of layers.1.bad (2, 3) holds NaN at index 4",
            "value" => "step 3: the value of layers.1.bad (2, 3) holds Infinity at index 5",
            _ => "step 3: the loss is NaN although every value and gradient is finite",
        }, e.Message);
    }

    [Fact]
    public void Schedules_AtTheirCorners_HaveTheValuesOfTheFormula()
    {
        Func<long, double> paper = Schedules.Paper(512);
        Assert.Equal(Math.Pow(512, -0.5) * Math.Pow(4000, -0.5), paper(4000), 1e-12);
        Assert.Equal(paper(4000) / 2, paper(2000), 1e-12);
        Assert.Equal(paper(4000) / 2, paper(16000), 1e-12);
        Func<long, double> cosine = Schedules.Cosine(1, 10, 110, 0.1);
        Assert.Equal([0.5, 1, 0.55, 0.1, 0.1], new[] { cosine(5), cosine(10), cosine(60), cosine(110), cosine(200) }.Select(v => Math.Round(v, 12)));
        Assert.Equal([0.2, 1, 1], new long[] { 1, 5, 50 }.Select(Schedules.Constant(1, 5)));
        Assert.Contains("warmup is 10 and steps 10", Assert.Throws<ArgumentOutOfRangeException>(() => Schedules.Cosine(1, 10, 10)).Message);
    }

    [Theory, InlineData(-1), InlineData(double.NaN), InlineData(double.PositiveInfinity)]
    public void Schedules_RateThatIsNoStep_IsRefusedWhenBuilt(double value)
    {
        Assert.Contains($"rate is {value}", Assert.Throws<ArgumentOutOfRangeException>(() => Schedules.Constant(value)).Message);
        Assert.Contains($"peak is {value}", Assert.Throws<ArgumentOutOfRangeException>(() => Schedules.Cosine(value, 0, 10)).Message);
        Assert.Contains($"floor is {value}", Assert.Throws<ArgumentOutOfRangeException>(() => Schedules.Cosine(1, 0, 10, value)).Message);
        Assert.Contains($"factor is {value}", Assert.Throws<ArgumentOutOfRangeException>(() => Schedules.Paper(512, factor: value)).Message);
        Assert.Contains("warmup is -1", Assert.Throws<ArgumentOutOfRangeException>(() => Schedules.Constant(1, -1)).Message);
    }

    /// <summary>A small regression whose every number comes from the run's generator.</summary>
    private sealed class Run(Action<Progress>? report = null, StepClock? clock = null, ulong seed = 5, int rows = 6)
    {
        public Action<int>? AfterBatch { get; init; }

        public Linear Model { get; } = new(3, 1, new CounterRandom(1));

        public List<double> Losses { get; } = [];

        public TrainingLoop? Current { get; private set; }

        public TrainingLoop Loop(long steps, long reportEvery = 50, int accumulate = 1, string? checkpoint = null, bool evaluate = false) =>
            Current = new(new Adam(Model.Parameters, 0.05), new CounterRandom(seed), One)
            {
                Steps = steps,
                Report = report,
                ReportEvery = reportEvery,
                Accumulate = accumulate,
                CheckpointPath = checkpoint,
                Schedule = Schedules.Cosine(0.1, 2, steps),
                Evaluate = evaluate ? () => Math.Abs(Model.Weight.Value.Values.Sum()) : null,
                EvaluateEvery = 2,
                Patience = evaluate ? 50 : 0,
                Clock = clock ?? TimeProvider.System,
            };

        private Batch One(CounterRandom random)
        {
            Tensor x = Tensor.Gaussian(random, 1, rows, 3), target = new(rows, 1);
            for (int r = 0; r < rows; r++)
            {
                target[r, 0] = x[r, 0] - 2 * x[r, 1] + 0.5f;
            }

            (Tensor y, Linear.Saved saved) = Model.Forward(x);
            (float loss, ElementLoss lost) = SquaredErrorLoss.Forward(y, target);
            Model.Backward(SquaredErrorLoss.Backward(lost), saved);
            Losses.Add(loss);
            clock?.Tick();
            AfterBatch?.Invoke(Losses.Count);
            return new Batch(loss, rows);
        }
    }

    /// <summary>A clock that moves when told to.</summary>
    private sealed class StepClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => 1;

        public void Tick() => _ticks++;

        public override long GetTimestamp() => _ticks;
    }
}
