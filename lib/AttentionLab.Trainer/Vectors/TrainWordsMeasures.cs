using AttentionLab.Kernels;
using AttentionLab.Words;

namespace AttentionLab.Trainer;

/// <summary>How good word vectors are, by WordNet's nouns.</summary>
/// <param name="Precision">Mean share of a noun's 10 nearest words that are its synonyms, hypernyms, hyponyms or co-hyponyms.</param>
/// <param name="Nouns">Nouns looked at: all that have at least 10 such words in the vocabulary.</param>
/// <param name="Triples">Share of triples (a, b | c) in which a and b are nearer to each other than either is to c; chance is 1/3.</param>
/// <param name="TripleCount">Number of triples.</param>
internal sealed record VectorScores(double Precision, int Nouns, double Triples, int TripleCount)
{
    /// <summary>Half the width of the 95 % interval of <see cref="Triples"/>.</summary>
    public double TripleError => 1.96 * Math.Sqrt(Triples * (1 - Triples) / Math.Max(1, TripleCount));
}

/// <summary>
/// The two measures of word vectors, drawn once from WordNet and a vocabulary, so that every set of vectors is asked the same.
/// </summary>
internal sealed class TrainWordsMeasures
{
    /// <summary>Neighbours of a noun that are looked at.</summary>
    public const int Near = 10;

    /// <summary>Triples drawn.</summary>
    public const int TripleCount = 2000;

    /// <summary>A kind is close if it lies at least so deep ("edible fruit" is at 7): two fruits, not two things.</summary>
    private const int CloseDepth = 6;

    /// <summary>What a and c have in common may lie at most so deep, in any of their meanings: nothing more than "whole" or "artifact".</summary>
    private const int FarDepth = 4;

    private readonly Vocabulary _vocabulary;

    /// <summary>Draws the questions.</summary>
    /// <param name="tree">WordNet's nouns.</param>
    /// <param name="vocabulary">All words asked for are in it, and near words are looked for in it.</param>
    /// <param name="seed">Seed of the triples.</param>
    public TrainWordsMeasures(WordNetTree tree, Vocabulary vocabulary, ulong seed = 1)
    {
        _vocabulary = vocabulary;
        string[] nouns = [.. vocabulary.Words.Where(word => word.Length > 2 && tree.Senses(word).Length > 0)];
        Related =
        [
            .. nouns.Select(
                noun => (noun, tree.Related(noun).Where(vocabulary.Contains).ToHashSet(StringComparer.Ordinal))).Where(pair => pair.Item2.Count >= Near)
        ];
        Triples = [.. Draw(tree, nouns, new(seed))];
    }

    /// <summary>Nouns and their good neighbours.</summary>
    public IReadOnlyList<(string Noun, HashSet<string> Good)> Related { get; }

    /// <summary>(a, b | c): "orange, banana | hammer".</summary>
    public IReadOnlyList<(string A, string B, string C)> Triples { get; }

    /// <summary>Asks a set of vectors; words outside of the vocabulary are not looked at.</summary>
    /// <param name="vectors">Vectors; must hold every word of the vocabulary.</param>
    public VectorScores Of(WordVectors vectors)
    {
        WordVectors own = new(_vocabulary, vectors.Rows([.. _vocabulary.Words]));
        double[] shares = new double[Related.Count];
        Parallel.For(0, Related.Count, i => shares[i] = own.Nearest(Related[i].Noun, Near).Count(near => Related[i].Good.Contains(near.Word)) / (double)Near);
        int right = Triples.Count(triple => own.Similarity(triple.A, triple.B) is float close
            && close > own.Similarity(triple.A, triple.C) && close > own.Similarity(triple.B, triple.C));
        return new(
            shares.Length == 0 ? double.NaN : shares.Average(), shares.Length, Triples.Count == 0 ? double.NaN : (double)right / Triples.Count, Triples.Count);
    }

    /// <summary>a: any noun; b: in its first meaning another kind of what a is first of all; c: nothing in common with either.</summary>
    private static IEnumerable<(string A, string B, string C)> Draw(WordNetTree tree, string[] nouns, CounterRandom random)
    {
        HashSet<string> known = new(nouns, StringComparer.Ordinal);
        for (int found = 0, tries = 0; found < TripleCount && tries < 100 * TripleCount && nouns.Length > 0; tries++)
        {
            string a = nouns[random.NextInt(nouns.Length)];
            int sense = tree.Senses(a)[0];
            string[] sisters = [.. tree.Hypernyms(sense).Where(hypernym => tree.Depth(hypernym) >= CloseDepth)
                .SelectMany(tree.Hyponyms).Where(set => set != sense)
                .SelectMany(set => tree.Words(set).Where(word => known.Contains(word) && tree.Senses(word)[0] == set))
                .Distinct().Where(word => word != a)];
            if (sisters.Length == 0)
            {
                continue;
            }

            string b = sisters[random.NextInt(sisters.Length)], c = nouns[random.NextInt(nouns.Length)];
            if (c != a && c != b && Far(tree, a, c) && Far(tree, b, c))
            {
                found++;
                yield return (a, b, c);
            }
        }
    }

    private static bool Far(WordNetTree tree, string first, string second)
    {
        foreach (int one in tree.Senses(first))
        {
            foreach (int other in tree.Senses(second))
            {
                if (tree.Above(one).Any(set => tree.Depth(set) > FarDepth && tree.Above(other).Contains(set)))
                {
                    return false;
                }
            }
        }

        return true;
    }
}
