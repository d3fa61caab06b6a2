using System.Text.Json;
using AttentionLab.Course.Data;
using AttentionLab.Course.Experiments;
using AttentionLab.Trainer;

namespace AttentionLab.Studio.Tests.Trainer;

public sealed class TrainDatesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task TrainDates_FewSteps_WritesAModelThatTheLibraryReadsAndItsRecipe()
    {
        (int exitCode, string text, string error) = await StudioProcess.RunAsync(
            "train", "dates", "--out", _folder.Path, "--seed", "7", "--seeds", "2", "--steps", "20");
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("seed 7: step 20/20", text);
        Assert.Contains("2 seeds: exact match at least", text);

        string path = Path.Combine(_folder.Path, "dates", "model.safetensors");
        using JsonDocument recipe = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder.Path, "dates", "model.recipe.json")));
        Assert.Equal(20, recipe.RootElement.GetProperty("settings").GetProperty("steps").GetInt32());
        JsonElement result = recipe.RootElement.GetProperty("result");
        Assert.Equal([7, 8], result.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("seed").GetInt32()));

        // The file holds the first seed, rounded to half precision.
        DateReader kept = DateReader.Load(path);
        DateReader again = DateReader.Train(new() { Steps = 20 }, seed: 7, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(again.Model.Parameters.SelectMany(p => p.Value.Values).Select(v => (float)(Half)v), kept.Model.Parameters.SelectMany(p => p.Value.Values));
    }

    [Fact]
    public async Task TrainDates_NoSeeds_IsRefused()
    {
        (int exitCode, _, string error) = await StudioProcess.RunAsync("train", "dates", "--out", _folder.Path, "--seeds", "0");
        Assert.NotEqual(0, exitCode);
        Assert.Contains("--seeds is \"0\" but must be a whole number from 1", error);
    }

    [Fact]
    public void Run_Stopped_WritesNothing()
    {
        using CancellationTokenSource stop = new();
        Assert.ThrowsAny<OperationCanceledException>(() => TrainDates.Run(_folder.Path, 1, 2, 2, _ => stop.Cancel(), stop.Token));
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "dates")));
    }

    [Fact]
    public void Recipe_OfTheCourse_KeepsItsPromises()
    {
        using JsonDocument recipe = JsonDocument.Parse(File.ReadAllBytes(CourseData.Path("dates/model.recipe.json")));
        JsonElement result = recipe.RootElement.GetProperty("result");
        Assert.Equal(5, result.GetProperty("runs").GetArrayLength());
        Assert.True(result.GetProperty("exactMatchMinimum").GetDouble() >= 0.99);
        Assert.True(result.GetProperty("alignmentPeaksMinimum").GetDouble() >= 0.9);
        Assert.All(result.GetProperty("runs").EnumerateArray(), run => Assert.True(
            run.GetProperty("exactMatchUniformCross").GetDouble() <= 0.02 && run.GetProperty("exactMatchWithoutCross").GetDouble() <= 0.02));
    }

    public void Dispose() => _folder.Dispose();
}
