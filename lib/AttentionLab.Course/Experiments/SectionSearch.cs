using AttentionLab.Course.Data;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Words;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// Finds the section of the course that answers a question: one vector for each text, the largest cosine first. What differs is only where the
/// vector comes from. The experiment of appendix B.
/// </summary>
public sealed class SectionSearch
{
    private readonly Func<IReadOnlyList<string>, Tensor> _vectors;
    private readonly Tensor _sections;

    /// <summary>Reads the sections once.</summary>
    /// <param name="sections">What can be found.</param>
    /// <param name="vectors">Texts to vectors (n, C).</param>
    public SectionSearch(IReadOnlyList<CourseSection> sections, Func<IReadOnlyList<string>, Tensor> vectors)
    {
        ArgumentNullException.ThrowIfNull(sections);
        ArgumentNullException.ThrowIfNull(vectors);
        Sections = sections;
        _vectors = vectors;
        _sections = vectors([.. sections.Select(section => $"{section.Title}. {section.Text}")]);
    }

    /// <summary>What can be found.</summary>
    public IReadOnlyList<CourseSection> Sections { get; }

    /// <summary>By the mean of the course's own word vectors: no model, no attention.</summary>
    /// <param name="words">The vectors.</param>
    public static Func<IReadOnlyList<string>, Tensor> MeanOfWords(WordVectors words)
    {
        ArgumentNullException.ThrowIfNull(words);
        BasicTokenizer splitter = new(lowerCase: true);
        return texts => Tensor.FromRows([.. texts.Select(text => Mean(
            words.Vectors, splitter.Split(text).Where(word => words.Words.TryGetId(word, out _)).Select(word => words.Words[word])))]);
    }

    /// <summary>By the words that both texts share, rare ones counting more: log(n / number of sections with the word). No vectors are learned.</summary>
    /// <param name="sections">Where words are rare or not.</param>
    public static Func<IReadOnlyList<string>, Tensor> SharedWords(IReadOnlyList<CourseSection> sections)
    {
        ArgumentNullException.ThrowIfNull(sections);
        BasicTokenizer splitter = new(lowerCase: true);
        Dictionary<string, (int Column, float Weight)> words = sections
            .SelectMany(section => splitter.Split($"{section.Title}. {section.Text}").Distinct()).CountBy(word => word)
            .Select((word, column) => (word.Key, column, MathF.Log((float)sections.Count / word.Value)))
            .ToDictionary(word => word.Key, word => (word.column, word.Item3));
        return texts =>
        {
            Tensor x = new(texts.Count, words.Count);
            for (int t = 0; t < texts.Count; t++)
            {
                foreach (string word in splitter.Split(texts[t]).Distinct())
                {
                    if (words.TryGetValue(word, out (int Column, float Weight) known))
                    {
                        x[t, known.Column] = known.Weight;
                    }
                }
            }

            return x;
        };
    }

    /// <summary>
    /// By the mean of the vectors with which an encoder begins: rows of its word table. What else goes into its first layer is left out: [CLS] and [SEP],
    /// positions, types, and the norm over them. With these the mean finds less: of the 48 questions among 97 sections 2 at once instead of 9.
    /// </summary>
    /// <param name="bert">The encoder.</param>
    public static Func<IReadOnlyList<string>, Tensor> MeanOfInputs(Bert bert)
    {
        ArgumentNullException.ThrowIfNull(bert);
        Tensor table = bert.Encoder.Embedding.Words.Table.Value;

        return texts => Tensor.FromRows([.. texts.Select(text => Mean(table, bert.Tokenizer.Encode(text, null, bert.MaximumLength).Ids[1..^1]))]);
    }

    /// <summary>By what comes *out* of the encoder, after attention in every layer.</summary>
    /// <param name="bert">The encoder.</param>
    public static Func<IReadOnlyList<string>, Tensor> AfterAttention(Bert bert)
    {
        ArgumentNullException.ThrowIfNull(bert);
        return texts => bert.Embed(texts, new TextOptions { Truncate = true });
    }

    /// <summary>The mean cosine of two different sections: 1 if all point the same way.</summary>
    public double Alike()
    {
        Tensor cosines = Scoring.Cosine(_sections, _sections);
        return cosines.Values.Select((cosine, at) => at / Sections.Count == at % Sections.Count ? 0 : (double)cosine).Sum()
            / (Sections.Count * (Sections.Count - 1.0));
    }

    /// <summary>The nearest sections, best first.</summary>
    /// <param name="question">Any text.</param>
    /// <param name="count">How many.</param>
    public IReadOnlyList<(CourseSection Section, float Cosine)> Find(string question, int count = 3)
    {
        ArgumentNullException.ThrowIfNull(question);
        return [.. CosineSearch.Nearest(_vectors([question]).Row(0), _sections, count).Select(found => (Sections[found.Row], found.Cosine))];
    }

    /// <summary>Where the right section stands in the answer to each question: 1 is first. Equal cosines count against it.</summary>
    /// <param name="questions">Question and number of the right section.</param>
    /// <exception cref="ArgumentException">A number is no section's.</exception>
    public IReadOnlyList<int> Ranks(IReadOnlyList<(string Text, string Section)> questions)
    {
        ArgumentNullException.ThrowIfNull(questions);
        Tensor cosines = Cosines([.. questions.Select(question => question.Text)]);
        int[] ranks = new int[questions.Count];
        for (int q = 0; q < ranks.Length; q++)
        {
            int right = -1;
            for (int s = 0; s < Sections.Count; s++)
            {
                right = Sections[s].Number == questions[q].Section ? s : right;
            }

            if (right < 0)
            {
                throw new ArgumentException(
                    $"the answer to “{questions[q].Text}” is section {questions[q].Section}, which is none of the {Sections.Count}: correct its number.",
                    nameof(questions));
            }

            foreach (float cosine in cosines.Row(q))
            {
                ranks[q] += cosine < cosines[q, right] ? 0 : 1;
            }
        }

        return ranks;
    }

    private Tensor Cosines(IReadOnlyList<string> texts)
    {
        Tensor questions = _vectors(texts), cosines = new(texts.Count, Sections.Count);
        CosineSimilarity.Pairs(questions.Span, _sections.Span, cosines.Span, questions.Rows, questions.Columns, _sections.Rows);
        return cosines;
    }

    private static float[] Mean(Tensor table, IEnumerable<int> ids)
    {
        int[] all = [.. ids];
        float[] mean = new float[table.Columns];
        foreach (int id in all)
        {
            Multiply.AddScaled(table.Row(id), 1f / all.Length, mean);
        }

        return mean;
    }
}
