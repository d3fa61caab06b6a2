using System.Text.Json;
using AttentionLab.Words;

namespace AttentionLab.Tests.Words;

public class WordPieceTrainingTests
{
    [Fact]
    public void Train_SmallTexts_AgreesWithRecountingEveryRound()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(GoldenFiles.Path("words/train.json")));
        string[] corpus = [.. golden.RootElement.GetProperty("corpus").EnumerateArray().Select(t => t.GetString()!)];
        foreach (JsonElement run in golden.RootElement.GetProperty("runs").EnumerateArray())
        {
            Vocabulary learned = WordPieceTraining.Train(
                corpus, run.GetProperty("size").GetInt32(), new(run.GetProperty("uncased").GetBoolean()), run.GetProperty("minimum").GetInt32());

            Assert.Equal(run.GetProperty("pieces").EnumerateArray().Select(t => t.GetString()), learned.Words);
        }
    }

    [Fact]
    public void Train_ThenTokenize_RoundTripsTheTexts()
    {
        string[] texts = ["the cat sat on the mat", "the rat ate the cat"];
        WordPieceTokenizer tokenizer = new(WordPieceTraining.Train(texts, 40, new()), new());

        Assert.All(texts, text => Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text).Ids)));
        Assert.Contains("the", tokenizer.Pieces.Words);
    }

    [Fact]
    public void Train_SizeBelowTheCharacters_NamesBoth() =>
        Assert.Contains(
            "size is 6 but the texts have 8 characters and special pieces",
            Assert.Throws<ArgumentOutOfRangeException>(() => WordPieceTraining.Train(["abc"], 6, new())).Message);

    [Fact]
    public void Train_NoText_GivesTheSpecialPieces() => Assert.Equal(WordPieceTokenizer.SpecialPieces, WordPieceTraining.Train([], 100, new()).Words);
}
