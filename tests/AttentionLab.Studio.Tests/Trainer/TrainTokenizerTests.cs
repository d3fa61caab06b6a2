using System.Text.Json;
using AttentionLab.Trainer;
using AttentionLab.Words;

namespace AttentionLab.Studio.Tests.Trainer;

public sealed class TrainTokenizerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TrainTokenizerTests() => TinyCorpus.Write(
        _folder.Path,
        [
            TinyCorpus.Noun(1, "lantern", "a lamp that is carried; \"the lanterns hung in the garden\""),
            TinyCorpus.Noun(2, "gardener", "someone who works in a garden")
        ],
        ["Gardening \\Gar\"den*ing\\, n.\n   The work of a gardener in the garden."],
        ["lamp\n\n   <hardware> A light that shows that the machine works."]);

    [Fact]
    public async Task TrainTokenizer_RunTwice_WritesTheSameVocabularyThatTheLibraryReads()
    {
        string first = Path.Combine(_folder.Path, "first"), second = Path.Combine(_folder.Path, "second");
        foreach (string output in new[] { first, second })
        {
            (int exitCode, string text, string error) = await StudioProcess.RunAsync(
                "train", "tokenizer", "--corpus", _folder.Path, "--out", output, "--size", "90");
            Assert.Equal((0, ""), (exitCode, error));
            Assert.Contains("vocab.txt written after", text);
        }

        string path = Path.Combine(first, "encoder", "vocab.txt");
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(Path.Combine(second, "encoder", "vocab.txt")));
        WordPieceTokenizer tokenizer = WordPieceTokenizer.Read(path);
        Assert.True(tokenizer.Splitter.LowerCase);
        Assert.InRange(tokenizer.Pieces.Count, 50, 90);
        Assert.True(tokenizer.Pieces.Contains("garden"));
        using JsonDocument recipe = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(first, "encoder", "vocab.recipe.json")));
        Assert.EndsWith(" train tokenizer --size 90", recipe.RootElement.GetProperty("command").GetString());
        Assert.Equal(90, recipe.RootElement.GetProperty("settings").GetProperty("pieces").GetInt32());
        Assert.Equal(64, recipe.RootElement.GetProperty("corpus").GetProperty("sha256OfTraining").GetString()!.Length);
    }

    [Fact]
    public void Run_Stopped_WritesNothing()
    {
        using CancellationTokenSource stop = new();
        string output = Path.Combine(_folder.Path, "stopped");
        Assert.Throws<OperationCanceledException>(() => TrainTokenizer.Run(Corpus.Read(_folder.Path), output, 90, _ => stop.Cancel(), stop.Token));
        Assert.False(Directory.Exists(output));
    }

    public void Dispose() => _folder.Dispose();
}
