using AttentionLab.Course.Experiments;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Words;

namespace AttentionLab.Trainer;

/// <summary>Sentences that hold a word with two senses.</summary>
/// <param name="Word">The word.</param>
/// <param name="Sentences">Each with its side: true if FOLDOC, the dictionary of computing, has it.</param>
internal sealed record SenseSentences(string Word, IReadOnlyList<(string Text, bool Computing)> Sentences)
{
    /// <summary>How many are of each side.</summary>
    public (int General, int Computing) Sides => (Sentences.Count(s => !s.Computing), Sentences.Count(s => s.Computing));

    /// <summary>The sentences with each of the words, in the order of the corpus.</summary>
    /// <param name="sentences">For example the held-out ones.</param>
    /// <param name="words">The words, lower case.</param>
    /// <param name="most">At most so many a side; of more, every n-th is taken.</param>
    public static IReadOnlyList<SenseSentences> Find(IEnumerable<CorpusSentence> sentences, IReadOnlyList<string> words, int most = int.MaxValue)
    {
        Dictionary<string, List<(string, bool Computing)>> found = words.ToDictionary(word => word, _ => new List<(string, bool)>());
        foreach (CorpusSentence sentence in sentences)
        {
            foreach (string word in CorpusSentences.Words(sentence.Text).Distinct())
            {
                if (found.TryGetValue(word, out List<(string, bool)>? list))
                {
                    list.Add((sentence.Text, sentence.Source == CorpusSource.Foldoc));
                }
            }
        }

        return [.. words.Select(word => new SenseSentences(word, found[word]).Thinned(most))];
    }

    /// <summary>As many sentences of each side: of the larger one, every n-th. Guessing is then right half of the time.</summary>
    public SenseSentences Balanced() => Thinned(Math.Min(Sides.General, Sides.Computing));

    /// <summary>The sentences in which the word stands within an encoder's length.</summary>
    public SenseSentences Readable(Bert bert) =>
        this with { Sentences = [.. Sentences.Where(s => ContextualWord.Place(bert, s.Text, Word) is not null)] };

    /// <summary>The mean of the static vectors of all other words of each sentence, each divided by its length or as it is.</summary>
    /// <param name="vectors">The word vectors.</param>
    /// <param name="unit">Divide each by its length first.</param>
    /// <returns>(n,C), and the sentences with at least one known word beside the word itself.</returns>
    public (Tensor Means, bool[] Computing) StaticContext(WordVectors vectors, bool unit)
    {
        List<float[]> means = [];
        List<bool> sides = [];
        foreach ((string text, bool computing) in Sentences)
        {
            string[] others = [.. CorpusSentences.Words(text).Where(word => word != Word && vectors.Words.Contains(word))];
            if (others.Length == 0)
            {
                continue;
            }

            float[] mean = new float[vectors.Width], direction = new float[vectors.Width];
            foreach (string other in others)
            {
                ReadOnlySpan<float> vector = vectors[other];
                if (unit)
                {
                    Kernels.CosineSimilarity.Unit(vector, direction);
                    vector = direction;
                }

                Kernels.Multiply.AddScaled(vector, 1f / others.Length, mean);
            }

            means.Add(mean);
            sides.Add(computing);
        }

        return (new Tensor([.. means.SelectMany(m => m)], Math.Max(1, means.Count), vectors.Width), [.. sides]);
    }

    /// <summary>At most so many of each side, the general one first: of more, every n-th is taken.</summary>
    private SenseSentences Thinned(int most)
    {
        return this with { Sentences = [.. Side(false), .. Side(true)] };

        IEnumerable<(string, bool)> Side(bool computing)
        {
            (string, bool Computing)[] side = [.. Sentences.Where(s => s.Computing == computing)];
            int count = Math.Min(most, side.Length);
            return Enumerable.Range(0, count).Select(i => side[(int)((long)i * side.Length / count)]);
        }
    }
}
