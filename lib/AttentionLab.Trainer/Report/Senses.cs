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

        return [.. words.Select(word => new SenseSentences(word, [.. Thin(false, word), .. Thin(true, word)]))];

        IEnumerable<(string, bool)> Thin(bool computing, string word)
        {
            (string, bool Computing)[] side = [.. found[word].Where(s => s.Computing == computing)];
            int count = Math.Min(most, side.Length);
            return Enumerable.Range(0, count).Select(i => side[(int)((long)i * side.Length / count)]);
        }
    }

    /// <summary>As many sentences of each side: of the larger one, every n-th. Guessing is then right half of the time.</summary>
    public SenseSentences Balanced()
    {
        int count = Math.Min(Sides.General, Sides.Computing);
        return this with { Sentences = [.. Spread(false), .. Spread(true)] };

        IEnumerable<(string, bool)> Spread(bool computing)
        {
            (string, bool Computing)[] side = [.. Sentences.Where(s => s.Computing == computing)];
            return Enumerable.Range(0, count).Select(i => side[(int)((long)i * side.Length / count)]);
        }
    }

    /// <summary>The sentences in which the word stands within an encoder's length.</summary>
    public SenseSentences Readable(Bert bert) =>
        this with { Sentences = [.. Sentences.Where(s => Place(bert.Tokenizer, s.Text, Word, bert.MaximumLength) is not null)] };

    /// <summary>
    /// The vector of the word in each sentence, at each level: 0 the embeddings, then after each layer; the mean over the pieces of its first occurrence.
    /// </summary>
    /// <param name="bert">The encoder.</param>
    /// <returns>For each level (n,C), and the sentences in which the word stands within the model's length (others are left out).</returns>
    public (Tensor[] Levels, bool[] Computing) Contextual(Bert bert)
    {
        const int Batch = 32;
        List<(EncodedText Text, int Start, int Count, bool Computing)> all = [];
        foreach ((string text, bool computing) in Sentences)
        {
            if (Place(bert.Tokenizer, text, Word, bert.MaximumLength) is { } place)
            {
                all.Add((place.Text, place.Start, place.Count, computing));
            }
        }

        all.Sort((a, b) => a.Text.Length.CompareTo(b.Text.Length));
        Tensor[] levels = [.. Enumerable.Range(0, bert.Config.Layers + 1).Select(_ => new Tensor(all.Count, bert.Config.Channels))];
        for (int first = 0; first < all.Count; first += Batch)
        {
            int count = Math.Min(Batch, all.Count - first);
            EncodedBatch batch = EncodedBatch.Of([.. all.Skip(first).Take(count).Select(a => a.Text)], bert.Tokenizer.Pieces[Vocabulary.Padding]);
            IReadOnlyList<Tensor> outputs = [bert.Encoder.Embedding.Forward(batch.Ids, batch.Types).Y, .. bert.Forward(batch).Saved.Layers.Outputs];
            for (int level = 0; level < levels.Length; level++)
            {
                for (int b = 0; b < count; b++)
                {
                    (_, int start, int pieces, _) = all[first + b];
                    for (int piece = 0; piece < pieces; piece++)
                    {
                        Kernels.Multiply.AddScaled(outputs[level].Row(b * batch.Ids.GetLength(1) + start + piece), 1f / pieces, levels[level].Row(first + b));
                    }
                }
            }
        }

        return (levels, [.. all.Select(a => a.Computing)]);
    }

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

    /// <summary>Where a word's pieces stand in [CLS] sentence [SEP]; null if it does not, or only beyond the length.</summary>
    internal static (EncodedText Text, int Start, int Count)? Place(WordPieceTokenizer tokenizer, string sentence, string word, int length)
    {
        List<int> ids = [tokenizer.Pieces["[CLS]"]];
        (int Start, int Count) place = (-1, 0);
        foreach (string part in tokenizer.Splitter.Split(sentence))
        {
            int[] pieces = tokenizer.Encode(part).Ids[1..^1];
            if (place.Start < 0 && part == word)
            {
                place = (ids.Count, pieces.Length);
            }

            ids.AddRange(pieces);
        }

        ids = [.. ids.Take(length - 1), tokenizer.Pieces["[SEP]"]];
        return place.Start >= 0 && place.Start + place.Count < ids.Count ? (new([.. ids], new int[ids.Count], 0), place.Start, place.Count) : null;
    }
}

/// <summary>Which words tell the dictionary by themselves: ten times more frequent, relative to its size, on one side than on the other.</summary>
internal sealed class SenseCues
{
    /// <summary>How many times more frequent.</summary>
    public const double Ratio = 10;

    /// <summary>How many words on either side are looked at.</summary>
    public const int Window = 5;

    private readonly Dictionary<string, (int General, int Computing)> _counts = [];
    private readonly long _general, _computing;

    /// <summary>Counts the training text.</summary>
    /// <param name="training">Sentences that are not held out.</param>
    public SenseCues(IEnumerable<CorpusSentence> training)
    {
        foreach (CorpusSentence sentence in training)
        {
            bool computing = sentence.Source == CorpusSource.Foldoc;
            foreach (string word in CorpusSentences.Words(sentence.Text))
            {
                (int g, int c) = _counts.GetValueOrDefault(word);
                _counts[word] = computing ? (g, c + 1) : (g + 1, c);
                (_general, _computing) = computing ? (_general, _computing + 1) : (_general + 1, _computing);
            }
        }
    }

    /// <summary>Does the word tell? Counts have one added, so that a word never seen tells nothing.</summary>
    /// <param name="word">Lower case.</param>
    public bool IsCue(string word)
    {
        (int general, int computing) = _counts.GetValueOrDefault(word);
        if (general + computing == 0)
        {
            return false;
        }

        double ratio = (general + 1.0) / (_general + 1.0) / ((computing + 1.0) / (_computing + 1.0));
        return ratio is >= Ratio or <= 1 / Ratio;
    }

    /// <summary>The sentences in which no word near the first occurrence tells.</summary>
    /// <param name="sentences">With the word.</param>
    public SenseSentences Without(SenseSentences sentences) =>
        sentences with { Sentences = [.. sentences.Sentences.Where(s => IsFree(s.Text, sentences.Word))] };

    private bool IsFree(string sentence, string word)
    {
        string[] words = [.. CorpusSentences.Words(sentence)];
        int at = Array.IndexOf(words, word);
        return !Enumerable.Range(at - Window, 2 * Window + 1).Any(i => i != at && i >= 0 && i < words.Length && words[i] != word && IsCue(words[i]));
    }
}

/// <summary>Accuracies of the two-sense test for one word.</summary>
/// <param name="Word">The word.</param>
/// <param name="General">Sentences of the general side.</param>
/// <param name="Computing">Sentences of the computing side.</param>
/// <param name="Levels">Of the contextual vectors, at the embeddings and after each layer.</param>
/// <param name="Context">Of the mean static vector of the other words; null without word vectors.</param>
internal sealed record SenseScore(string Word, int General, int Computing, IReadOnlyList<Share> Levels, Share? Context)
{
    /// <summary>A side with fewer sentences is not scored.</summary>
    public const int Fewest = 5;

    /// <summary>Scores a word on as many sentences of each side; null if a side has too few.</summary>
    /// <param name="sentences">With the word.</param>
    /// <param name="bert">The encoder.</param>
    /// <param name="vectors">Word vectors; null for none.</param>
    public static SenseScore? Of(SenseSentences sentences, Bert bert, WordVectors? vectors)
    {
        sentences = sentences.Readable(bert).Balanced();
        (int general, int computing) = sentences.Sides;
        if (general < Fewest)
        {
            return null;
        }

        (Tensor[] levels, bool[] sides) = sentences.Contextual(bert);
        return new(sentences.Word, general, computing, [.. levels.Select(level => NearestCentroid.LeaveOneOut(level, sides))], Context());

        // The better of two usual ways, so that the comparison is not won by a weak rival.
        Share? Context()
        {
            if (vectors is null)
            {
                return null;
            }

            (Tensor Means, bool[] Computing)[] both = [sentences.StaticContext(vectors, unit: false), sentences.StaticContext(vectors, unit: true)];
            int known = both[0].Computing.Count(c => c);
            return Math.Min(known, both[0].Computing.Length - known) < 2
                ? null
                : both.Select(c => NearestCentroid.LeaveOneOut(c.Means, c.Computing)).MaxBy(share => share.Value);
        }
    }
}
