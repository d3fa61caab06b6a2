using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Tests.Training;

/// <summary>What can never end well is refused before the first step, and not hours later.</summary>
public sealed class TrainingLoopSettingsTests
{
    private int _steps;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ClipNorm", double.NaN), InlineData("ClipNorm", -1), InlineData("Patience", -1), InlineData("Accumulate", 0), InlineData("EvaluateEvery", 0)]
    [InlineData("ReportEvery", -5), InlineData("CheckpointEvery", 0)]
    public void Run_SettingThatMeansNothing_IsRefusedByName(string name, double value)
    {
        int With(string which, int usual) => name == which ? (int)value : usual;
        TrainingLoop loop = new(new Sgd([new("p", new Tensor(1))]), new CounterRandom(1), Step)
        {
            Steps = 5,
            ClipNorm = name == "ClipNorm" ? value : 1,
            Patience = With("Patience", 3),
            Accumulate = With("Accumulate", 1),
            EvaluateEvery = With("EvaluateEvery", 1),
            ReportEvery = With("ReportEvery", 1),
            CheckpointEvery = With("CheckpointEvery", 1),
            Evaluate = () => 1,
        };
        Assert.Contains($"{name} is {value}", Assert.Throws<InvalidOperationException>(() => loop.Run(Token)).Message);
        Assert.Equal(0, _steps);
    }

    [Fact]
    public void Run_TwoLayersOfOneName_IsRefusedBeforeTheFirstStep()
    {
        using TemporaryFolder folder = new();
        CounterRandom random = new(1);
        Parameter[] parameters = [.. new Linear(2, 8, random).Parameters, .. new Linear(8, 1, random).Parameters];
        string message = Assert.Throws<InvalidOperationException>(() => Loop(parameters, folder["run.safetensors"]).Run(Token)).Message;
        Assert.Contains("two parameters are called \"linear.weight\"", message);
        Assert.Contains("pass name: to the layers", message);
        Assert.Equal(0, _steps);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));

        // Without a checkpoint names are only for messages.
        Assert.Equal(TrainingEnd.Finished, Loop(parameters, null).Run(Token));
    }

    [Fact]
    public void Save_TwoParametersOfOneName_NamesTheCallersParameter()
    {
        using TemporaryFolder folder = new();
        Parameter[] parameters = [new("w", new Tensor(2)), new("w", new Tensor(2))];
        ArgumentException alone = Assert.Throws<ArgumentException>(() => Checkpoint.Save(folder["x"], parameters));
        Assert.Equal("parameters", alone.ParamName);
        Assert.Contains("two parameters are called \"w\"", alone.Message);
        ArgumentException run = Assert.Throws<ArgumentException>(() => Checkpoint.Save(folder["x"], Loop(parameters, null)));
        Assert.Equal("loop", run.ParamName);
        Assert.Contains("two parameters are called \"w\"", run.Message);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Run_FolderOfTheCheckpointIsMissing_MakesIt()
    {
        using TemporaryFolder folder = new();
        string path = folder["runs/first/run.safetensors"];
        Assert.Equal(TrainingEnd.Finished, Loop([new("p", new Tensor(1))], path).Run(Token));
        Assert.Equal([path], Directory.GetFileSystemEntries(folder["runs/first"]));
    }

    [Theory, InlineData("file/run.safetensors"), InlineData("folder"), InlineData("new/")]
    public void Run_CheckpointThatCannotBeWritten_EndsBeforeTheFirstStep(string name)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["file"], "");
        Directory.CreateDirectory(folder["folder"]);
        string message = Assert.ThrowsAny<IOException>(() => Loop([new("p", new Tensor(1))], folder[name]).Run(Token)).Message;
        Assert.Contains(folder[name], message);
        Assert.Equal(0, _steps);
        Assert.Equal(2, Directory.GetFileSystemEntries(folder.Path).Length);
    }

    private TrainingLoop Loop(IEnumerable<Parameter> parameters, string? path) =>
        new(new Adam(parameters), new CounterRandom(1), Step) { Steps = 2, CheckpointPath = path };

    private Batch Step(CounterRandom random)
    {
        _steps++;
        return new(1, 1);
    }
}
