using AttentionLab.Kernels;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Weights;
using AttentionLab.Words;

namespace AttentionLab.Tests.Models;

/// <summary>An encoder that was trained here is written as a BERT and read by the code that reads BERT.</summary>
public sealed partial class MaskedWordModelTests
{
    private static readonly WordPieceTokenizer Tokenizer = new(
        new Vocabulary([.. WordPieceTokenizer.SpecialPieces, "the", "apple", "fell", "##s", "tree", "."]), new BasicTokenizer(lowerCase: true));

    [Fact]
    public void SaveThenLoad_SinglePrecision_GivesTheSameScores()
    {
        using TemporaryFolder folder = new();
        (Encoder encoder, MaskedWordHead head) = Build();
        MaskedWordModel.Save(folder.Path, encoder, head, Tokenizer);
        MaskedWordModel read = MaskedWordModel.Load(folder.Path);
        int[,] ids = { { 2, 5, 6, 4, 10, 3 } };
        Tensor wanted = head.Forward(encoder.Forward(ids).Y).Logits;
        Compare.Same(read.Head.Forward(read.Bert.Encoder.Forward(ids).Y).Logits.Span, wanted.Span, "logits");
        Assert.Equal(encoder.Options with { Dropout = 0 }, read.Bert.Encoder.Options);
        Assert.True(read.Bert.Tokenizer.Splitter.LowerCase);
    }

    [Fact]
    public void SaveThenLoad_HalfPrecision_RoundsToNearestAndHalvesTheFile()
    {
        using TemporaryFolder folder = new();
        (Encoder encoder, MaskedWordHead head) = Build();
        MaskedWordModel.Save(folder.Path, encoder, head, Tokenizer, "F16");
        MaskedWordModel read = MaskedWordModel.Load(folder.Path);
        foreach ((Parameter a, Parameter b) in encoder.Parameters.Concat(head.Parameters).Zip(read.Bert.Encoder.Parameters.Concat(read.Head.Parameters)))
        {
            Assert.Equal(a.Value.Values.Select(v => (float)(Half)v), b.Value.Values);
        }

        long values = encoder.Parameters.Concat(head.Parameters).Sum(p => (long)p.Length);
        Assert.InRange(new FileInfo(folder["model.safetensors"]).Length, 2 * values, 2 * values + 8192);
    }

    [Fact]
    public void BertLoad_OfTheFolder_ReadsTheEncoderAndLeavesTheHead()
    {
        using TemporaryFolder folder = new();
        (Encoder encoder, MaskedWordHead head) = Build();
        MaskedWordModel.Save(folder.Path, encoder, head, Tokenizer);
        Bert bert = Bert.Load(folder.Path);
        Assert.Equal(5, bert.UnusedTensors.Count);
        Assert.All(bert.UnusedTensors, name => Assert.StartsWith("cls.predictions.", name));
        Compare.Same(bert.Forward(Tokenizer.Encode(["the apple"])).Y.Span, encoder.Forward(Tokenizer.Encode(["the apple"]).Ids).Y.Span, "y");
    }

    [Fact]
    public void Guess_BiasOfOnePiece_PutsItFirst()
    {
        using TemporaryFolder folder = new();
        (Encoder encoder, MaskedWordHead head) = Build();
        head.Scores.Bias.Value[9] = 20;
        MaskedWordModel.Save(folder.Path, encoder, head, Tokenizer);
        IReadOnlyList<Guess> guesses = MaskedWordModel.Load(folder.Path).Guess("The [MASK] fell.", 3);
        Assert.Equal("tree", guesses[0].Piece);
        Assert.True(guesses[0].Probability > 0.99 && guesses[1].Probability < 0.01);
        Assert.Equal(3, guesses.Count);
        Assert.Contains("has no [MASK]", Assert.Throws<ArgumentException>(() => MaskedWordModel.Load(folder.Path).Guess("The apple fell.")).Message);
    }

    [Fact]
    public void Load_WithoutHead_SaysSo()
    {
        using TemporaryFolder folder = new();
        (Encoder encoder, MaskedWordHead head) = Build();
        MaskedWordModel.Save(folder.Path, encoder, head, Tokenizer);
        (string, Tensor)[] tensors;
        using (SafeTensorsFile file = SafeTensorsFile.Open(folder["model.safetensors"]))
        {
            tensors = [.. file.Tensors.Where(t => t.Name.StartsWith("bert.", StringComparison.Ordinal)).Select(t => (t.Name, file.Read(t.Name)))];
        }

        SafeTensorsFile.Write(folder["model.safetensors"], tensors);
        Assert.Contains("without its masked-word head", Assert.Throws<InvalidDataException>(() => MaskedWordModel.Load(folder.Path)).Message);
    }

    [Theory, InlineData("model.", "model."), InlineData("module.bert.", "module."), InlineData("", "")]
    public void Load_TensorsBehindAPrefix_AreFound(string encoderPrefix, string headPrefix)
    {
        using TemporaryFolder folder = new();
        (Encoder encoder, MaskedWordHead head) = Build();
        MaskedWordModel.Save(folder.Path, encoder, head, Tokenizer);
        (string, Tensor)[] tensors;
        using (SafeTensorsFile file = SafeTensorsFile.Open(folder["model.safetensors"]))
        {
            string Renamed(string name) => name.StartsWith("bert.", StringComparison.Ordinal) ? encoderPrefix + name["bert.".Length..] : headPrefix + name;
            tensors = [.. file.Tensors.Select(t => (Renamed(t.Name), file.Read(t.Name)))];
        }

        SafeTensorsFile.Write(folder["model.safetensors"], tensors);
        MaskedWordModel read = MaskedWordModel.Load(folder.Path);
        Assert.Equal(
            encoder.Parameters.Concat(head.Parameters).SelectMany(p => p.Value.Values),
            read.Bert.Encoder.Parameters.Concat(read.Head.Parameters).SelectMany(p => p.Value.Values));
        Assert.Equal(5, read.Bert.UnusedTensors.Count);
    }

    [Fact]
    public void Save_PreNorm_IsRefused()
    {
        Encoder encoder = new(EncoderOptions.Bert(11) with { Capacity = 8, Channels = 8, Heads = 2, Layers = 1, PreNorm = true }, new CounterRandom(1));
        using TemporaryFolder folder = new();
        Assert.Contains(
            "PreNorm True",
            Assert.Throws<ArgumentException>(
                () => MaskedWordModel.Save(folder.Path, encoder, new(encoder, new CounterRandom(1)), Tokenizer)).Message);
    }

    private static (Encoder Encoder, MaskedWordHead Head) Build()
    {
        CounterRandom random = new(4);
        Encoder encoder = new(EncoderOptions.Bert(11) with { Capacity = 12, Channels = 8, Heads = 2, Layers = 2, Hidden = 24, Dropout = 0.1 }, random);
        MaskedWordHead head = new(encoder, random);
        foreach (Parameter p in encoder.Parameters.Concat(head.Parameters).Where(p => p.Value.Rank == 1))
        {
            random.FillGaussian(p.Value.Span, 0.5, 0.3);
        }

        return (encoder, head);
    }
}
