using AttentionLab.Course.Data;
using AttentionLab.Kernels;
using AttentionLab.Tensors;
using AttentionLab.Words;

namespace AttentionLab.Course.Experiments;

/// <summary>Word vectors of the small text (<see cref="SmallText"/>), trained while you wait: skip-gram with negative sampling. The experiment of chapter
/// 01.</summary>
/// <param name="Vectors">v: one vector for each word.</param>
/// <param name="AsNeighbours">u: the vector that each word has as a neighbour, (V, C).</param>
public sealed record SmallTextVectors(WordVectors Vectors, Tensor AsNeighbours)
{
    /// <summary>The settings of the chapter: 32 numbers for each word, windows of up to 5 words, 5 random words beside each neighbour, rate 0.1 falling to
    /// 0.</summary>
    public static SkipGramOptions Settings { get; } = new() { Channels = 32, Epochs = 40, Rate = 0.1f, Subsample = 1e-3 };

    /// <summary>The sentences that are not trained on: every tenth.</summary>
    public static IReadOnlyList<string[]> HeldOut { get; } = [.. SmallText.Load().Where((_, i) => i % 10 == 9)];

    /// <summary>All others.</summary>
    public static IReadOnlyList<string[]> Sentences { get; } = [.. SmallText.Load().Where((_, i) => i % 10 != 9)];

    /// <summary>The control that must fail: the same words, each as often, dealt anew into sentences of the same lengths.</summary>
    /// <param name="sentences">The text; not changed.</param>
    /// <param name="seed">Decides the order.</param>
    public static IReadOnlyList<string[]> Shuffled(IReadOnlyList<string[]> sentences, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        string[] words = [.. sentences.SelectMany(sentence => sentence)];
        int[] order = new CounterRandom(seed, stream: 7).Permutation(words.Length);
        int next = 0;
        return [.. sentences.Select(sentence => Array.ConvertAll(sentence, _ => words[order[next++]]))];
    }

    /// <summary>Trains vectors.</summary>
    /// <param name="sentences">The text.</param>
    /// <param name="seed">Decides the start and all draws.</param>
    /// <param name="passes">How often the text is read; null for 40.</param>
    public static SmallTextVectors Train(IReadOnlyList<string[]> sentences, ulong seed, int? passes = null)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        Vocabulary vocabulary = Vocabulary.FromWords(SmallText.Load().SelectMany(sentence => sentence), special: []);
        SkipGramTraining training = new(vocabulary, sentences, Settings with { Seed = seed, Epochs = passes ?? Settings.Epochs });
        training.Run();
        return new(training.Vectors(), training.Neighbours());
    }

    /// <summary>
    /// Mean loss over every pair of words at most two apart, each with five random words that are always the same: −ln σ(u·v) − Σ ln σ(−u_random·v).
    /// Vectors of zeros give 6·ln 2 = 4.16.
    /// </summary>
    /// <param name="sentences">A text, best one that was not trained on.</param>
    public double Loss(IReadOnlyList<string[]> sentences)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        Vocabulary words = Vectors.Words;
        AliasTable drawn = new([.. words.Words.Select(word => Math.Pow(sentences.Sum(s => s.Count(w => w == word)), Settings.NegativePower))]);
        CounterRandom random = new(11);
        int[] samples = new int[1 + Settings.Negatives];
        double sum = 0;
        int pairs = 0;
        foreach (int[] ids in sentences.Select(sentence => Array.ConvertAll(sentence, word => words[word])))
        {
            for (int i = 0; i < ids.Length; i++)
            {
                for (int j = Math.Max(0, i - 2); j <= Math.Min(ids.Length - 1, i + 2); j++)
                {
                    if (j != i)
                    {
                        samples[0] = ids[j];
                        for (int k = 1; k < samples.Length; k++)
                        {
                            samples[k] = drawn.Draw(random.NextUInt32());
                        }

                        sum += NegativeSampling.Loss(Vectors.Vectors.Row(ids[i]), AsNeighbours.Span, samples);
                        pairs++;
                    }
                }
            }
        }

        return sum / pairs;
    }

    /// <summary>Of the five nearest words of each noun with one sense, the share that is of its own topic, 0 to 1. Chance is about 0.04.</summary>
    /// <param name="vectors">Of the words of the small text.</param>
    public static double TopicShare(WordVectors vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        return SmallText.Topics.SelectMany(topic => topic.Value.Where(IsOfOneTopic)
            .Select(noun => vectors.Nearest(noun, 5).Count(near => topic.Value.Contains(near.Word)) / 5.0)).Average();
    }

    /// <summary>The mean cosine of a word with the nouns of a topic that have one sense.</summary>
    /// <param name="word">The word.</param>
    /// <param name="topic">A key of <see cref="SmallText.Topics"/>.</param>
    public double Nearness(string word, string topic) =>
        SmallText.Topics[topic].Where(noun => noun != word && IsOfOneTopic(noun)).Average(noun => (double)Vectors.Similarity(word, noun));

    /// <summary>False for <i>apple</i>, <i>mouse</i> and <i>file</i>.</summary>
    /// <param name="noun">A noun of the small text.</param>
    public static bool IsOfOneTopic(string noun) => SmallText.Topics.Count(topic => topic.Value.Contains(noun)) == 1;
}
