using AttentionLab.Course.Data;
using AttentionLab.Course.Experiments;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using AttentionLab.Words;

namespace AttentionLab.Course.Tests.Numbers;

/// <summary>The numbers that chapter 01 states, from the library. Trained ones are asserted as ranges that held for five seeds, with a margin.</summary>
public class Chapter01Tests
{
    private static readonly string[] Fruits = ["banana", "pear", "plum", "cherry", "grape", "lemon", "peach", "melon"];
    private static readonly string[] Machines = ["ibm", "microsoft", "atari", "macintosh", "unix", "pc", "intel", "software"];

    [Fact]
    public void NearestToApple_ByThreeJudges_AreThreeWords()
    {
        Tensor apple = Tensor.FromRows([2, 2]), others = Tensor.FromRows([0, 3], [0.5f, 2.5f], [4, 0], [0.5f, 0.5f], [0.5f, 0.4f]);
        Assert.Equal([6, 6, 8, 2, 1.8f], Scoring.Dot(apple, others).Values);
        Assert.Equal(2, Best(Scoring.Dot(apple, others)));
        Assert.Equal(3, Best(Scoring.Cosine(apple, others)));
        Assert.Equal(1, Best(Scoring.Distance(apple, others)));

        static int Best(Tensor scores) => scores.Values.ToArray().Index().MaxBy(score => score.Item).Index;
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void SkipGram_FindsTopics_AndAppleLiesBetweenTwo(int seed)
    {
        SmallTextVectors trained = SmallTextVectors.Train(SmallTextVectors.Sentences, (ulong)seed);
        Assert.InRange(SmallTextVectors.TopicShare(trained.Vectors), 0.97, 1);
        Assert.InRange(trained.Loss(SmallTextVectors.HeldOut), 1.95, 2.15);
        Assert.InRange(trained.Nearness("apple", "fruit"), 0.5, 0.67);
        Assert.InRange(trained.Nearness("apple", "computers"), 0.4, 0.55);
        Assert.All(SmallText.Topics.Keys.Except(["fruit", "computers"]), topic => Assert.InRange(trained.Nearness("apple", topic), -0.1, 0.3));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void SkipGram_Control_ShuffledText_FindsNothingAndOverfits(int seed)
    {
        SmallTextVectors early = SmallTextVectors.Train(SmallTextVectors.Shuffled(SmallTextVectors.Sentences, (ulong)seed), (ulong)seed, passes: 10);
        SmallTextVectors late = SmallTextVectors.Train(SmallTextVectors.Shuffled(SmallTextVectors.Sentences, (ulong)seed), (ulong)seed);
        Assert.InRange(SmallTextVectors.TopicShare(late.Vectors), 0, 0.12);
        Assert.InRange(early.Loss(SmallTextVectors.HeldOut), 2.8, 2.97);
        Assert.True(late.Loss(SmallTextVectors.HeldOut) > early.Loss(SmallTextVectors.HeldOut) + 0.03);
    }

    [Fact]
    public void Transformer_LearnsItsOwnTable_AndNotFromShuffledText()
    {
        IReadOnlyList<WordVectors> tables = JointEmbedding.Train(SmallTextVectors.Sentences, 1, [0, 600]);
        Assert.InRange(SmallTextVectors.TopicShare(tables[0]), 0, 0.1);
        Assert.InRange(SmallTextVectors.TopicShare(tables[1]), 0.9, 1);
        Assert.InRange(SmallTextVectors.TopicShare(JointEmbedding.Train(SmallTextVectors.Shuffled(SmallTextVectors.Sentences, 1), 1, [600])[0]), 0, 0.12);
    }

    [Fact]
    public void LargeVectors_OrangeIsAColour_AndAppleIsAsNearToFruitsAsToComputers()
    {
        WordVectors vectors = CourseData.WordVectors();
        Assert.Equal("yellow", vectors.Nearest("orange", 1)[0].Word);
        Assert.Equal(0.75, vectors.Similarity("orange", "yellow"), 0.01);
        Assert.Equal(0.65, vectors.Similarity("good", "bad"), 0.01);
        Assert.Equal(0.36, Mean("apple", Fruits), 0.01);
        Assert.Equal(0.36, Mean("apple", Machines), 0.01);
        Assert.All(Fruits.Append("orange"), word => Assert.True(Mean(word, Machines) < 0.15 && Mean(word, Fruits) > 0.25));
        Assert.All(Machines, word => Assert.True(Mean(word, Fruits) < 0.15 && Mean(word, Machines) > 0.4));

        double Mean(string word, string[] group) => group.Where(other => other != word).Average(other => (double)vectors.Similarity(word, other));
    }

    [Fact]
    public void Analogies_EightOfTwentyAreRight_AndTheRuleHidesTheQuestion()
    {
        IReadOnlyList<AnalogyAnswer> answers = Analogies.Ask(CourseData.WordVectors());
        Assert.Equal((20, 8, 18), (answers.Count, answers.Count(answer => answer.Right), answers.Count(answer => answer.Copied)));
        Assert.Equal("queen", answers[0].Plain);
        Assert.Equal("actor", answers[1].Plain);
    }
}
