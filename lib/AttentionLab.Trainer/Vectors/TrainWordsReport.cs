using AttentionLab.Course.Data;
using AttentionLab.Words;

namespace AttentionLab.Trainer;

/// <summary>The word vectors' part of <c>train report</c>.</summary>
internal static class TrainWordsReport
{
    /// <summary>Asks the vectors that are shipped: <see cref="VectorScores.Triples"/> is <c>words.triples</c> of the report.</summary>
    /// <param name="corpusFolder">Where WordNet lies; null for /usr/share.</param>
    /// <param name="vectorFolder">A folder as <see cref="WordVectorFiles.ReadFolder"/> reads it; null for the course's <c>data/words</c>.</param>
    /// <exception cref="CourseException">WordNet is missing; the message names the packages.</exception>
    public static VectorScores Measure(string? corpusFolder = null, string? vectorFolder = null)
    {
        WordNetTree tree = WordNetTree.Read(corpusFolder);
        WordVectors vectors = WordVectorFiles.ReadFolder(vectorFolder ?? CourseData.Path("words"));
        return new TrainWordsMeasures(tree, vectors.Words).Of(vectors);
    }

    /// <summary>
    /// fastText on the same text, words, width and passes, without and with parts of words; nothing if it is not installed. Takes many minutes.
    /// </summary>
    /// <param name="corpus">The text.</param>
    /// <param name="corpusFolder">Where WordNet lies; null for /usr/share.</param>
    /// <param name="vectorFolder">The vectors to compare with; null for the course's.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static IEnumerable<(string Name, VectorScores Scores, TimeSpan ProcessorTime)> Rivals(
        Corpus corpus, string? corpusFolder, string? vectorFolder, CancellationToken cancellationToken)
    {
        if (!TrainWordsRival.IsInstalled())
        {
            yield break;
        }

        WordVectors ours = WordVectorFiles.ReadFolder(vectorFolder ?? CourseData.Path("words"));
        TrainWordsMeasures questions = new(WordNetTree.Read(corpusFolder), ours.Words);
        List<string>[] sentences = VectorText.Of(corpus);
        foreach ((string name, bool subwords) in new[] { ("fastText -maxn 0", false), ("fastText", true) })
        {
            (WordVectors theirs, TimeSpan time) = TrainWordsRival.Run(
                sentences, ours.Words, TrainWords.Usual.Epochs, ours.Width, subwords, cancellationToken);
            yield return (name, questions.Of(theirs), time);
        }
    }
}
