using AttentionLab.Course.Experiments;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Words;

namespace AttentionLab.Trainer;

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

        Tensor[] levels = ContextualWord.Levels(bert, sentences.Word, [.. sentences.Sentences.Select(s => s.Text)]);
        bool[] sides = [.. sentences.Sentences.Select(s => s.Computing)];
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
