using AttentionLab.Kernels;
using AttentionLab.Words;

namespace AttentionLab.Course.Experiments;

/// <summary>"a is to b as c is to …", answered by word vectors.</summary>
/// <param name="A">For example man.</param>
/// <param name="B">For example king.</param>
/// <param name="C">For example woman.</param>
/// <param name="Wanted">The expected answer, queen.</param>
/// <param name="Found">The word nearest to b − a + c (unit vectors), where a, b and c themselves are left out, as is usual.</param>
/// <param name="Plain">The nearest word if nothing is left out.</param>
public sealed record AnalogyAnswer(string A, string B, string C, string Wanted, string Found, string Plain)
{
    /// <summary>The usual answer is the expected one.</summary>
    public bool Right => Found == Wanted;

    /// <summary>The plain answer is one of the three words that were given.</summary>
    public bool Copied => Plain == A || Plain == B || Plain == C;
}

/// <summary>Twenty analogies of chapter 01, chosen before they were asked: relatives, languages, plurals, tenses, capitals, opposites, parts.</summary>
public static class Analogies
{
    /// <summary>a, b, c and the expected answer.</summary>
    public static IReadOnlyList<(string A, string B, string C, string Wanted)> Questions { get; } =
    [
        ("man", "king", "woman", "queen"), ("man", "actor", "woman", "actress"), ("king", "queen", "prince", "princess"), ("father", "mother", "brother",
            "sister"),
        ("boy", "girl", "son", "daughter"), ("man", "uncle", "woman", "aunt"), ("france", "french", "spain", "spanish"), ("england", "english", "france",
            "french"),
        ("france", "paris", "italy", "rome"), ("france", "paris", "germany", "berlin"), ("dog", "dogs", "cat", "cats"), ("good", "better", "bad", "worse"),
        ("big", "bigger", "small", "smaller"), ("walk", "walked", "play", "played"), ("one", "two", "three", "four"), ("hand", "finger", "foot", "toe"),
        ("bird", "wing", "fish", "fin"), ("hot", "cold", "big", "small"), ("day", "night", "light", "dark"), ("apple", "fruit", "dog", "animal"),
    ];

    /// <summary>Asks all questions.</summary>
    /// <param name="vectors">Must know every word of <see cref="Questions"/>.</param>
    public static IReadOnlyList<AnalogyAnswer> Ask(WordVectors vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        return [.. Questions.Select(q => new AnalogyAnswer(q.A, q.B, q.C, q.Wanted, vectors.Analogy(q.A, q.B, q.C, 1)[0].Word, Plain(vectors, q.A, q.B, q.C)))];
    }

    private static string Plain(WordVectors vectors, string a, string b, string c)
    {
        float[] target = new float[vectors.Width], unit = new float[vectors.Width];
        foreach ((string word, float sign) in new[] { (b, 1f), (a, -1f), (c, 1f) })
        {
            CosineSimilarity.Unit(vectors[word], unit);
            Multiply.AddScaled(unit, sign, target);
        }

        return vectors.Nearest(target, 1)[0].Word;
    }
}
