using AttentionLab.Course.Data;
using AttentionLab.Kernels;
using AttentionLab.Words;

namespace AttentionLab.Course.Tests.Data;

/// <summary>Chapter 01's live training: seconds on a text of our own, and neighbours that make sense.</summary>
public class SmallTextTests
{
    private static readonly string[] TwoSenses = ["apple", "mouse", "file"];

    private static readonly SkipGramOptions Options = new() { Channels = 32, Epochs = 40, Rate = 0.1f, Subsample = 1e-3 };

    [Fact]
    public void File_IsWhatTheGrammarMakes()
    {
        Assert.Equal(SmallText.Generate(), SmallText.Load().Select(words => string.Join(' ', words)));
        Assert.Equal(1500, SmallText.Load().Count);
        Assert.Equal(1500, SmallText.Generate().Distinct().Count());
        Assert.NotEqual(SmallText.Generate(), SmallText.Generate(2));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void Training_OnTheText_PutsTheWordsOfATopicTogether(int seed)
    {
        WordVectors vectors = Train(SmallText.Load(), (ulong)seed);
        double share = Share(vectors);
        Assert.True(share >= 0.97, $"only {share:P1} of the five nearest words are of the same topic");

        // A word with two senses has one vector, and near words of both.
        string[] apple = [.. vectors.Nearest("apple", 20).Select(near => near.Word)];
        Assert.True(apple.Count(SmallText.Topics["fruit"].Contains) >= 3, string.Join(' ', apple));
        Assert.True(
            apple.Count(
                word =>
                    word is "sells" or "buys" or "portable" or "digital" or "wireless" or "fast" or "cheap"
                        || SmallText.Topics["computers"].Contains(word)) >= 3,
            string.Join(' ', apple));
    }

    [Fact]
    public void Training_OnShuffledWords_FindsNothing()
    {
        // The control that must fail: the same words in the same numbers, in any order.
        string[] words = [.. SmallText.Load().SelectMany(sentence => sentence)];
        int[] order = new CounterRandom(1).Permutation(words.Length);
        double share = Share(Train([.. order.Select(i => words[i]).Chunk(8)], 1));
        Assert.True(share < 0.2, $"{share:P1} of the five nearest words are of the same topic");
    }

    private static WordVectors Train(IReadOnlyList<string[]> sentences, ulong seed)
    {
        SkipGramTraining training = new(Vocabulary.FromWords(sentences.SelectMany(s => s), special: []), sentences, Options with { Seed = seed });
        training.Run(null, TestContext.Current.CancellationToken);
        return training.Vectors();
    }

    private static double Share(WordVectors vectors) => SmallText.Topics
        .SelectMany(topic => topic.Value.Except(TwoSenses).Select(noun => vectors.Nearest(noun, 5).Count(near => topic.Value.Contains(near.Word)) / 5.0))
        .Average();
}
