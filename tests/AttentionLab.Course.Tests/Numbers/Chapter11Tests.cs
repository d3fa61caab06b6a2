using AttentionLab.Course.Data;
using AttentionLab.Course.Experiments;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Words;

namespace AttentionLab.Course.Tests.Numbers;

/// <summary>The numbers that chapter 11 states, from the library. Trained ones are asserted as ranges that held for six seeds, with a margin.</summary>
public class Chapter11Tests
{
    private static readonly Lazy<MaskedWordModel> Model = new(() => MaskedWordModel.Load(CourseData.Path("encoder")));

    [Fact]
    public void Reverse_IsLearned_WithAMapThatIsRightAndNotSharp()
    {
        IReadOnlyList<MoverLook> looks = TokenMover.Train(new(), 1, 0, 75);
        Assert.Equal([0, 75, 300], looks.Select(look => look.Step));
        Assert.InRange(looks[0].Right, 0.05, 0.15);
        Assert.InRange(looks[0].OnSource, 0.06, 0.11);
        Assert.InRange(looks[^1].Right, 0.99, 1);
        Assert.InRange(looks[^1].OnSource, 0.5, 0.7);
        for (int i = 0; i < 12; i++)
        {
            float[] row = [.. Enumerable.Range(0, 12).Select(j => looks[^1].Map[i, j])];
            Assert.Equal(1, row.Sum(), 1e-4);
            Assert.Equal(11 - i, Array.IndexOf(row, row.Max()));
        }
    }

    [Theory]
    [InlineData(PositionKind.None, true, 0, 0.23, 0.31)]
    [InlineData(PositionKind.Sinusoidal, false, 0, 0.23, 0.31)]
    [InlineData(PositionKind.Sinusoidal, true, 16, 0.08, 0.25)]
    public void Reverse_TheControls_Fail(PositionKind positions, bool attends, int pool, double low, double high)
    {
        MoverLook end = TokenMover.Train(new() { Positions = positions, Attends = attends, Pool = pool }, 1)[^1];
        Assert.InRange(end.Right, low, high);
        Assert.InRange(end.Trained, pool > 0 ? 0.99 : low, pool > 0 ? 1 : high);
        Assert.InRange(end.OnSource, 0.07, 0.2);
    }

    [Fact]
    public void Mover_TaskThatLeavesTheInputs_SaysWhich() => Assert.Contains(
        "output 11 needs input 12", Assert.Throws<ArgumentException>(() => new TokenMover(new() { Source = (i, _) => i + 1 })).Message);

    [Fact]
    public void Dates_LookAtTheirWords_AndNeedTo()
    {
        DateReader reader = DateReader.Load();
        IReadOnlyList<SpokenDate> dates = SpokenDates.Sample(300, seed: 7, heldOut: true);
        Assert.InRange(reader.ExactMatch(dates), 0.99, 1);
        Assert.InRange(reader.ExactMatch(dates, CrossLook.Uniform), 0, 0.01);
        AlignmentScore score = reader.AlignmentScores(dates)[0];
        Assert.InRange(score.Peaks, 0.965, 0.99);
        Assert.InRange(score.Uniform, 0.138, 0.148);
    }

    [Fact]
    public void Guess_RepeatsTheNoun_InTheStyleOfADictionary()
    {
        Assert.Equal("apple", Model.Value.Guess("apple makes [MASK].")[0].Piece);
        Assert.InRange(Model.Value.Guess("apple makes [MASK].")[0].Probability, 0.5, 0.62);
        Assert.Equal(".", Model.Value.Guess("apple makes [MASK]")[0].Piece);
        string[] nouns = ["ship", "river", "king", "horse", "machine", "garden"];
        Assert.All(nouns, noun => Assert.Equal(noun, Model.Value.Guess($"a {noun} is a kind of [MASK].", 1)[0].Piece));
        Assert.All(nouns, noun => Assert.NotEqual(noun, Model.Value.Guess($"a {noun} needs [MASK].", 1)[0].Piece));
    }

    [Fact]
    public void PieceShare_CountsTheWeightOnItsPieces_BesideEqualShares()
    {
        EncodedBatch batch = new(new[,] { { 7, 8, 9 }, { 8, 9, 0 } }, new int[2, 3], new[,] { { true, true, true }, { true, true, false } });
        Tensor weights = new([0.5f, 0.25f, 0.25f, 0, 0, 1, 0, 1, 0, 0.5f, 0.5f, 0, 0, 1, 0, 9, 9, 9], 2, 1, 3, 3);
        (double[] byLayer, double equal) = PieceShare.Of([weights], batch, 9);
        Assert.Equal((0.25 + 1 + 0 + 0.5 + 1) / 5, Assert.Single(byLayer), 1e-9);
        Assert.Equal((3.0 / 3 + 2.0 / 2) / 5, equal, 1e-9);
        Assert.Contains("(2, 1, 3, 3)", Assert.Throws<ArgumentException>(() => PieceShare.Of([weights], Definition())).Message);
    }

    /// <summary>Section 11.5: in layers 3 and 4 [SEP] gets more than twice its equal share, the full stop just its share.</summary>
    [Fact]
    public void LastLayers_LookAtTheSeparator_NotAtTheFullStop()
    {
        EncodedBatch batch = Definition();
        IReadOnlyList<Tensor> maps = Model.Value.Bert.Forward(batch).Saved.Layers.Weights();
        (double[] onSep, double equal) = PieceShare.Of(maps, batch, Model.Value.Bert.Tokenizer.Pieces["[SEP]"]);
        double[] onStop = PieceShare.Of(maps, batch, Model.Value.Bert.Tokenizer.Pieces["."]).ByLayer;
        Assert.InRange(onSep[2..].Average() / equal, 2.2, 2.6);
        Assert.InRange(onStop[2..].Average() / equal, 0.85, 1.15);
    }

    private static EncodedBatch Definition() => Model.Value.Bert.Tokenizer.Encode(Definitions.All);

    [Fact]
    public void Apple_SenseArrives_TheOtherWordsHaveIt_OneExampleTellsThemApart()
    {
        WordSenses senses = new(Model.Value.Bert, TwoSenses.Apple);
        Assert.Equal(48, senses.ByContext.Count);
        Assert.InRange(senses.ByLevel[0].Right, 27, 33);
        Assert.InRange(senses.ByLevel[^1].Right, 44, 48);
        Assert.InRange(senses.ByContext.Right, 45, 48);
        Assert.InRange(senses.ByLevelFromOne[^1], 0.85, 0.92);
        Assert.InRange(senses.ByContextFromOne, 0.62, 0.68);
        Assert.Equal((48, 160), (senses.Vectors(4).Rows, senses.Vectors(4).Columns));
    }

    [Fact]
    public void Effects_AttentionAndAblation_AgreeInHalfOfTheSentences()
    {
        int agree = Definitions.All.Count(text =>
        {
            WordEffect[] words = [.. WordEffects.Of(Model.Value, text, WordEffects.LongestWord(Model.Value, text)).Where(e => e.Piece[0] != '[')];
            return words.MaxBy(e => e.Attention) == words.MaxBy(e => e.Lost);
        });
        Assert.InRange(agree, 14, 20);
    }

    [Fact]
    public void Effects_OfOneWord_AreThoseOfTheModelItself()
    {
        const string Text = "a tool with a sharp blade used for cutting wood.";
        IReadOnlyList<WordEffect> effects = WordEffects.Of(Model.Value, Text, "cutting");
        EncoderReading masked = EncoderReading.Of(Model.Value.Bert, Text.Replace("cutting", "[MASK]", StringComparison.Ordinal));
        int gap = masked.Place("[MASK]"), wood = masked.Place("wood");
        Assert.Equal(masked.Pieces.Count - 1, effects.Count);
        WordEffect effect = effects.Single(e => e.Piece == "wood");
        Assert.Equal(masked.Weights.Average(layer => Enumerable.Range(0, 5).Average(h => (double)layer[h, gap, wood])), effect.Attention, 1e-5);
        Assert.InRange(effect.Lost, -0.95, -0.75);
        Assert.Contains("is no piece", Assert.Throws<ArgumentException>(() => WordEffects.Of(Model.Value, Text, "Wood")).Message);
    }

    [Fact]
    public void Offsets_FiveHeads_HaveOneDistance()
    {
        EncodedBatch batch = Model.Value.Bert.Tokenizer.Encode(Definitions.All);
        float[,] offsets = HeadOffsets.Of(Model.Value.Bert.Forward(batch).Saved.Layers.Weights(), batch.Visible, reach: 6);
        Assert.Equal((20, 13), (offsets.GetLength(0), offsets.GetLength(1)));
        Assert.InRange(Enumerable.Range(0, 20).Count(h => Enumerable.Range(0, 13).Any(o => offsets[h, o] > 0.5)), 4, 6);
        Assert.InRange(offsets[6, 5], 0.93, 0.99);
        Assert.InRange(offsets[7, 7], 0.8, 0.9);
    }

    [Fact]
    public void Offsets_PlantedWeights_AreMeansOverQueriesThatHaveTheKey()
    {
        Tensor weights = new([0.1f, 0.9f, 0, 0.4f, 0.6f, 0, 0, 0, 1], 1, 1, 3, 3);
        float[,] offsets = HeadOffsets.Of([weights], new[,] { { true, true, false } }, reach: 1);
        Assert.Equal([0.4f, (0.1f + 0.6f) / 2, 0.9f], offsets.Cast<float>());
    }

    [Fact]
    public void Reading_OfAnyText_HasAllLevels_AndSaysWhatItCannotRead()
    {
        EncoderReading reading = EncoderReading.Of(Model.Value.Bert, "the apple fell.");
        Assert.Equal(["[CLS]", "the", "apple", "fell", ".", "[SEP]"], reading.Pieces);
        Assert.Equal((4, 5), (reading.Weights.Count, reading.Levels.Count));
        Assert.Equal(1, reading.Head(3, 4).Cast<float>().Take(6).Sum(), 1e-4);
        Assert.Equal(reading.Levels[2].Row(2).ToArray(), reading.Vector("apple", 2).ToArray());
        Assert.Contains("in small letters", Assert.Throws<ArgumentException>(() => reading.Place("pear")).Message);
        Assert.Contains("write at least one", Assert.Throws<ArgumentException>(() => EncoderReading.Of(Model.Value.Bert, " ")).Message);
        Assert.Contains("reads 64",
            Assert.Throws<ArgumentException>(() => EncoderReading.Of(Model.Value.Bert, string.Join(' ', Enumerable.Repeat("apple", 80)))).Message);
    }

    [Fact]
    public void MiniLm_TheRecordedRun_IsTheStatedOne()
    {
        RecordedSenses recorded = RecordedSenses.MiniLm();
        Assert.Equal([49.6, 84.6, 86.4, 91.1, 90.7, 90.4, 91.8], recorded.Levels);
        Assert.Equal((7, 92.5, 79.8, 71.3), (recorded.Words, recorded.Context, recorded.FromOneExample.LastLayer, recorded.FromOneExample.Context));
    }
}
