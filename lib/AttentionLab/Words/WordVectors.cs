using System.Globalization;
using System.Text;
using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Words;

/// <summary>A word and how near it is.</summary>
/// <param name="Word">The word.</param>
/// <param name="Cosine">Cosine of the angle to the vector that was asked for.</param>
public readonly record struct Neighbour(string Word, float Cosine)
{
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(CultureInfo.InvariantCulture, $"Word = {Word}, Cosine = {Cosine}");
        return true;
    }
}

/// <summary>Words with a vector each: nearest words, analogies, a flat map. Files of word2vec are read and written by <see cref="WordVectorFiles"/>.</summary>
public sealed class WordVectors
{
    /// <summary>Words and their vectors.</summary>
    /// <param name="words">V words.</param>
    /// <param name="vectors">(V, C): one row a word, used, not copied.</param>
    /// <exception cref="ArgumentException">There are not as many rows as words.</exception>
    public WordVectors(Vocabulary words, Tensor vectors)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(vectors);
        if (vectors.Rank != 2 || vectors.Shape[0] != words.Count)
        {
            throw new ArgumentException(
                $"vectors is {Tensor.Describe(vectors.Shape)} but {words.Count} words need ({words.Count}, C): pass one row a word.", nameof(vectors));
        }

        Words = words;
        Vectors = vectors;
    }

    /// <summary>The words; a word's id is its row.</summary>
    public Vocabulary Words { get; }

    /// <summary>(V, C).</summary>
    public Tensor Vectors { get; }

    /// <summary>Numbers a vector, C.</summary>
    public int Width => Vectors.Columns;

    /// <summary>The vector of a word.</summary>
    /// <param name="word">The word.</param>
    /// <exception cref="KeyNotFoundException">The word has no vector.</exception>
    public ReadOnlySpan<float> this[string word] => Vectors.Row(Words[word]);

    /// <summary>Cosine of two words' vectors.</summary>
    /// <param name="first">One word.</param>
    /// <param name="second">The other.</param>
    /// <exception cref="KeyNotFoundException">One of them has no vector.</exception>
    public float Similarity(string first, string second) => CosineSimilarity.Forward(this[first], this[second]);

    /// <summary>The words whose vectors point most nearly the same way, the word itself left out.</summary>
    /// <param name="word">The word.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="KeyNotFoundException">The word has no vector.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public IReadOnlyList<Neighbour> Nearest(string word, int count = 10) => Nearest(this[word], count, word);

    /// <summary>The words whose vectors point most nearly the same way, the nearest first; equals in the order of their ids.</summary>
    /// <param name="vector">(C).</param>
    /// <param name="count">How many.</param>
    /// <param name="without">Words left out.</param>
    /// <exception cref="ArgumentException">The vector has another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    /// <exception cref="KeyNotFoundException">A word that is left out has no vector.</exception>
    public IReadOnlyList<Neighbour> Nearest(ReadOnlySpan<float> vector, int count, params ReadOnlySpan<string> without)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (vector.Length != Width)
        {
            throw new ArgumentException($"vector has {vector.Length} numbers but the words have {Width}: compare vectors of one model.", nameof(vector));
        }

        HashSet<int> skip = [];
        foreach (string word in without)
        {
            skip.Add(Words[word]);
        }

        return
        [
            .. CosineSearch.Nearest(vector, Vectors, count > int.MaxValue - skip.Count ? int.MaxValue : count + skip.Count)
                .Where(found => !skip.Contains(found.Row)).Take(count).Select(found => new Neighbour(Words[found.Row], found.Cosine)),
        ];
    }

    /// <summary>
    /// "a is to b as c is to …": the words nearest to b/‖b‖ − a/‖a‖ + c/‖c‖, the three left out
    /// (Mikolov et al. 2013, "Linguistic regularities in continuous space word representations").
    /// </summary>
    /// <param name="a">For example "man".</param>
    /// <param name="b">For example "king".</param>
    /// <param name="c">For example "woman".</param>
    /// <param name="count">How many answers.</param>
    /// <exception cref="KeyNotFoundException">One of the three has no vector.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public IReadOnlyList<Neighbour> Analogy(string a, string b, string c, int count = 10)
    {
        float[] target = new float[Width], unit = new float[Width];
        foreach ((string word, float sign) in new[] { (b, 1f), (a, -1f), (c, 1f) })
        {
            CosineSimilarity.Unit(this[word], unit);
            Multiply.AddScaled(unit, sign, target);
        }

        return Nearest(target, count, a, b, c);
    }

    /// <summary>The vectors of some words as a matrix (n, C), for a map or a chart.</summary>
    /// <param name="words">The words.</param>
    /// <exception cref="KeyNotFoundException">One of them has no vector.</exception>
    public Tensor Rows(params ReadOnlySpan<string> words)
    {
        Tensor rows = new(words.Length, Width);
        for (int i = 0; i < words.Length; i++)
        {
            this[words[i]].CopyTo(rows.Row(i));
        }

        return rows;
    }

    /// <summary>Number of words and width.</summary>
    public override string ToString() => $"WordVectors of {Words.Count} words, {Width} numbers each";
}
