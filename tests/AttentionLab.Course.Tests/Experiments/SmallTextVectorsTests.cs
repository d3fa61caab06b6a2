using AttentionLab.Course.Experiments;
using AttentionLab.Words;

namespace AttentionLab.Course.Tests.Experiments;

public class SmallTextVectorsTests
{
    [Fact]
    public void Shuffled_KeepsWordsAndLengths_AndChangesTheOrder()
    {
        IReadOnlyList<string[]> shuffled = SmallTextVectors.Shuffled(SmallTextVectors.Sentences, 3);
        Assert.Equal(SmallTextVectors.Sentences.Select(s => s.Length), shuffled.Select(s => s.Length));
        Assert.Equal(SmallTextVectors.Sentences.SelectMany(s => s).Order(), shuffled.SelectMany(s => s).Order());
        Assert.NotEqual(SmallTextVectors.Sentences.SelectMany(s => s), shuffled.SelectMany(s => s));
        Assert.NotEqual(shuffled.SelectMany(s => s), SmallTextVectors.Shuffled(SmallTextVectors.Sentences, 4).SelectMany(s => s));
    }

    [Fact]
    public void HeldOut_SharesNoSentenceWithTheRest()
    {
        Assert.Equal((150, 1350), (SmallTextVectors.HeldOut.Count, SmallTextVectors.Sentences.Count));
        Assert.Empty(SmallTextVectors.HeldOut.Select(s => string.Join(' ', s)).Intersect(SmallTextVectors.Sentences.Select(s => string.Join(' ', s))));
    }

    [Fact]
    public void Loss_OfVectorsOfZeros_IsSixTimesLnTwo()
    {
        SmallTextVectors trained = SmallTextVectors.Train(SmallTextVectors.Sentences, 1, passes: 1);
        SmallTextVectors zeros = new(new WordVectors(trained.Vectors.Words, trained.Vectors.Vectors * 0), trained.AsNeighbours * 0);
        Assert.Equal(6 * Math.Log(2), zeros.Loss(SmallTextVectors.HeldOut), 1e-6);
        Assert.True(trained.Loss(SmallTextVectors.HeldOut) < 3.2);
    }

    [Fact]
    public void JointEmbedding_SameSeed_GivesTheSameTable_AndItMoves()
    {
        IReadOnlyList<WordVectors> tables = JointEmbedding.Train(SmallTextVectors.Sentences, 1, [0, 3]),
            again = JointEmbedding.Train(SmallTextVectors.Sentences, 1, [3]);
        Assert.Equal(tables[1].Vectors.Values, again[0].Vectors.Values);
        Assert.NotEqual(tables[0].Vectors.Values, tables[1].Vectors.Values);
        Assert.Equal(200, tables[0].Words.Count);
        Assert.DoesNotContain("[MASK]", tables[0].Words.Words);
    }
}
