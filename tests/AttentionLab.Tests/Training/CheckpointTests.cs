using AttentionLab.Kernels;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Training;
using AttentionLab.Weights;

namespace AttentionLab.Tests.Training;

/// <summary>What a checkpoint must hold beside the weights, and what it must never hold.</summary>
public sealed class CheckpointTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"attention-lab-{Guid.NewGuid():N}.safetensors");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(_path);

    [Theory, InlineData("sgd"), InlineData("momentum"), InlineData("adam")]
    public void Resume_EncoderWithDropout_ContinuesBitForBitWithEveryOptimiser(string optimiser)
    {
        using CancellationTokenSource source = new();
        Trial whole = new(optimiser), cut = new(optimiser) { CancelAt = (4, source) }, rest = new(optimiser);
        whole.Loop(9, null).Run(Token);
        Assert.Equal(TrainingEnd.Cancelled, cut.Loop(9, _path).Run(source.Token));
        foreach (Parameter p in rest.Parameters)
        {
            p.Value.Span.Fill(0.5f);
        }

        TrainingLoop loop = rest.Loop(9, null);
        Checkpoint.Resume(_path, loop);
        loop.Run(Token);
        Assert.Equal(whole.Losses[4..], rest.Losses);
        foreach ((Parameter a, Parameter b) in whole.Parameters.Zip(rest.Parameters))
        {
            Compare.Same(b.Value.Span, a.Value.Span, a.Name);
        }
    }

    [Fact]
    public void Resume_ThenNoImprovement_BringsBackTheBestFromBeforeTheCut()
    {
        // p counts steps; held-out values: best at step 2, then worse. The run is cut at step 3.
        (Parameter first, Parameter second) = (new("p", new Tensor(1)), new("p", new Tensor(1)));
        using CancellationTokenSource source = new();
        TrainingLoop cut = Counting(first, source);
        Assert.Equal(TrainingEnd.Cancelled, cut.Run(source.Token));
        Assert.Equal(3, cut.Done);

        TrainingLoop rest = Counting(second, null);
        Checkpoint.Resume(_path, rest);
        Assert.Equal(TrainingEnd.NoImprovement, rest.Run(Token));
        Assert.Equal(5, rest.Done);
        Assert.Equal(2, second.Value[0]);

        TrainingLoop Counting(Parameter p, CancellationTokenSource? stop) => new(new Sgd([p], 1), new CounterRandom(1), _ =>
        {
            p.Gradient[0] -= 1;
            if (p.Value[0] == 2)
            {
                stop?.Cancel();
            }

            return new Batch(1, 1);
        })
        {
            Steps = 100,
            ClipNorm = 0,
            Evaluate = () => Math.Abs(p.Value[0] - 2),
            EvaluateEvery = 1,
            Patience = 3,
            CheckpointPath = _path,
        };
    }

    [Fact]
    public void Run_LastStepOverflows_StopsAndLeavesTheOldCheckpoint()
    {
        Parameter good = new("good", new Tensor(2)), bad = new("layers.0.bad", new Tensor(3));
        bad.Value.Span.Fill(-3e38f);
        TrainingLoop loop = new(new Sgd([good, bad], 1e38), new CounterRandom(1), _ => { bad.Gradient[1] = 1; return new Batch(1, 1); })
        {
            Steps = 4,
            CheckpointPath = _path,
            CheckpointEvery = 1,
        };
        Checkpoint.Save(_path, [good, bad]);
        byte[] before = File.ReadAllBytes(_path);

        TrainingDivergedException e = Assert.Throws<TrainingDivergedException>(() => loop.Run(Token));

        Assert.Equal((1, "layers.0.bad"), (e.Step, e.Tensor));
        Assert.Contains("step 1: the value of layers.0.bad (3) holds -Infinity at index 1 (loss 1)", e.Message);
        Assert.Equal(before, File.ReadAllBytes(_path));
    }

    [Fact]
    public void Run_EvaluationIsNaN_StopsWithTheStep()
    {
        Parameter p = new("p", new Tensor(1));
        TrainingLoop loop = new(new Sgd([p], 1), new CounterRandom(1), _ => new Batch(1, 1)) { Steps = 9, EvaluateEvery = 2, Evaluate = () => double.NaN };
        TrainingDivergedException e = Assert.Throws<TrainingDivergedException>(() => loop.Run(Token));
        Assert.Equal((2, "evaluation"), (e.Step, e.Tensor));
        Assert.Contains("step 2: the evaluation is NaN although every value and gradient is finite", e.Message);
    }

    [Fact]
    public void SaveThenLoad_WholeModel_GivesTheSameOutputs()
    {
        EncoderOptions options = new() { Vocabulary = 9, Capacity = 6, Channels = 8, Heads = 2, Layers = 2, Hidden = 10, PreNorm = true };
        EncoderDecoder one = new(options, new CounterRandom(1)), other = new(options, new CounterRandom(2));
        int[,] source = { { 3, 1, 4 } }, target = { { 0, 2 } };
        Assert.NotEqual(one.Forward(source, target).Logits.Values, other.Forward(source, target).Logits.Values);
        Checkpoint.Save(_path, one.Parameters);
        Checkpoint.Load(_path, other.Parameters);
        Compare.Same(other.Forward(source, target).Logits.Span, one.Forward(source, target).Logits.Span, "logits");
    }

    [Fact]
    public void Load_StateOfAnotherOptimiser_IsNotEvenRead()
    {
        byte[] header =
            """{"p":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"training/odd":{"dtype":"I64","shape":[1,1,1,1,1],"data_offsets":[4,12]}}"""u8.ToArray();
        File.WriteAllBytes(_path, [.. BitConverter.GetBytes((long)header.Length), .. header, .. BitConverter.GetBytes(2.5f), .. new byte[8]]);
        Parameter p = new("p", new Tensor(1));
        Checkpoint.Load(_path, [p]);
        Assert.Equal(2.5f, p.Value[0]);
    }

    [Fact]
    public void Load_TwoParametersOfOneName_IsRefused()
    {
        Parameter one = new("w", new Tensor(2)), other = new("w", new Tensor(2));
        Checkpoint.Save(_path, [one]);
        string message = Assert.Throws<InvalidDataException>(() => Checkpoint.Load(_path, [one, other])).Message;
        Assert.Contains("two tensors of the model are called \"w\": give each a name of its own", message);
    }

    [Theory, InlineData("step", "-3"), InlineData("optimizer.step", "-1"), InlineData("evaluation.stale", "-2"), InlineData("optimizer.rate", "NaN")]
    [InlineData("optimizer.rate", "-1"), InlineData("optimizer.rate", "1E+39"), InlineData("evaluation.best", "NaN"), InlineData("evaluation.last", "NaN")]
    [InlineData("step", "9223372036854775807"), InlineData("evaluation.stale", "2147483647"), InlineData("random.position", "-1")]
    public void Resume_ImpossibleNumber_IsRefusedAndChangesNothing(string key, string value)
    {
        Trial written = new("adam");
        written.Loop(2, _path).Run(Token);
        Dictionary<string, string> metadata;
        (string, Tensor)[] tensors;
        using (SafeTensorsFile file = SafeTensorsFile.Open(_path))
        {
            metadata = new(file.Metadata) { [key] = value };
            tensors = [.. file.Tensors.Select(t => (t.Name, file.Read(t.Name)))];
        }

        SafeTensorsFile.Write(_path, tensors, metadata: metadata);
        Trial fresh = new("adam");
        float[] before = [.. fresh.Parameters[0].Value.Values];
        fresh.Parameters[0].Value.Span[0] += 1;
        string message = Assert.Throws<InvalidDataException>(() => Checkpoint.Resume(_path, fresh.Loop(3, null))).Message;
        Assert.Contains($"\"{value}\" about {key}", message);
        Assert.Equal(before[0] + 1, fresh.Parameters[0].Value.Values[0]);
    }

    [Theory, InlineData(float.NaN), InlineData(float.PositiveInfinity), InlineData(float.NegativeInfinity)]
    public void Load_NotANumber_NamesFileTensorAndIndexAndChangesNothing(float bad)
    {
        Parameter good = new("good", Tensor.Vector(1, 2)), spoilt = new("spoilt", new Tensor([1, 2, 3, bad, 5, bad], 2, 3));
        Checkpoint.Save(_path, [good, spoilt]);
        Parameter first = new("good", Tensor.Vector(7, 7)), second = new("spoilt", new Tensor([7f, 7, 7, 7, 7, 7], 2, 3));
        string message = Assert.Throws<InvalidDataException>(() => Checkpoint.Load(_path, [first, second])).Message;
        Assert.Contains($"{_path}: tensor \"spoilt\" holds {bad} at (1, 0)", message);
        Assert.Contains("2 of 6 numbers", message);
        Assert.All(first.Value.Values.Concat(second.Value.Values), v => Assert.Equal(7, v));
    }

    [Fact]
    public void Resume_NotANumberInTheOptimiser_NamesFileTensorAndIndexAndChangesNothing()
    {
        Trial written = new("adam");
        TrainingLoop loop = written.Loop(2, null);
        loop.Run(Token);
        string name = written.Parameters[0].Name;
        loop.Optimizer.State.Single(s => s.Name == $"square.{name}").Value.Span[2] = float.NaN;
        Checkpoint.Save(_path, loop);
        Trial fresh = new("adam");
        float[] before = [.. fresh.Parameters[0].Value.Values];
        string message = Assert.Throws<InvalidDataException>(() => Checkpoint.Resume(_path, fresh.Loop(3, null))).Message;
        Assert.Contains($"{_path}: tensor \"training/square.{name}\" holds NaN at (0, 2)", message);
        Assert.Equal(before, fresh.Parameters[0].Value.Values);
    }

    /// <summary>A small encoder with dropout that learns to repeat its input.</summary>
    private sealed class Trial
    {
        private readonly Encoder _encoder = new(
            new() { Vocabulary = 6, Capacity = 5, Channels = 4, Heads = 2, Layers = 1, Hidden = 6, Dropout = 0.2 }, new CounterRandom(1));
        private readonly WordScores _scores;
        private readonly string _optimiser;

        public Trial(string optimiser) => (_optimiser, _scores) = (optimiser, new(_encoder.Embedding.Words));

        public (int Step, CancellationTokenSource? Source) CancelAt { get; init; }

        public List<double> Losses { get; } = [];

        public IReadOnlyList<Parameter> Parameters => [.. _encoder.Parameters.Concat(_scores.Parameters).Distinct()];

        public TrainingLoop Loop(long steps, string? path) => new(
            _optimiser switch { "sgd" => new Sgd(Parameters, 0.1), "momentum" => new Sgd(Parameters, 0.1, 0.9), _ => new Adam(Parameters, 0.01, decay: 0.1) },
            new CounterRandom(7), One)
        { Steps = steps, CheckpointPath = path };

        private Batch One(CounterRandom random)
        {
            int[,] ids = new int[2, 5];
            int[] targets = new int[10];
            for (int i = 0; i < 10; i++)
            {
                targets[i] = ids[i / 5, i % 5] = random.NextInt(6);
            }

            (Tensor y, Encoder.Saved saved) = _encoder.Forward(ids, random: random);
            (Tensor logits, WordScores.Saved kept) = _scores.Forward(y);
            (float loss, CrossEntropyLoss.Saved lost) = CrossEntropyLoss.Forward(logits, targets);
            _encoder.Backward(_scores.Backward(CrossEntropyLoss.Backward(lost), kept), saved);
            Losses.Add(loss);
            if (Losses.Count == CancelAt.Step)
            {
                CancelAt.Source?.Cancel();
            }

            return new Batch(loss, 10);
        }
    }
}
