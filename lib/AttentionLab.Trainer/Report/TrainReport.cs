using System.Globalization;
using System.Text.Json.Nodes;
using AttentionLab.Models;
using AttentionLab.Words;

namespace AttentionLab.Trainer;

/// <summary>
/// The evidence for what was trained: masked tokens beside baselines, the two-sense test, what heads do. Prints tables; gives the same as JSON.
/// </summary>
internal static class TrainReport
{
    /// <summary>Everything that needs the encoder.</summary>
    /// <param name="corpus">The dictionaries.</param>
    /// <param name="model">The encoder.</param>
    /// <param name="vectors">Word vectors; null if there are none.</param>
    /// <param name="size">How much is looked at.</param>
    /// <param name="to">Where tables go.</param>
    public static JsonObject Run(Corpus corpus, MaskedWordModel model, WordVectors? vectors, ReportSize size, TextWriter to)
    {
        EncoderText text = EncoderText.Of(corpus.Entries, model.Bert.Tokenizer);
        ReportTable table = new(to);
        return new()
        {
            ["maskedWord"] = new MaskedWordReport(model, size, table).Run(text),
            ["senses"] = new SenseReport(corpus, model, vectors, size, table).Run(),
            ["heads"] = new HeadReport(model, size, table).Run(text),
        };
    }

    /// <summary>Triples and neighbours of the word vectors.</summary>
    /// <param name="scores">From <see cref="TrainWordsMeasures"/>.</param>
    /// <param name="to">Where the line goes.</param>
    public static JsonObject Words(VectorScores scores, TextWriter to)
    {
        to.WriteLine(string.Format(
            CultureInfo.InvariantCulture,
            "Word vectors: {0:0.0} % ± {1:0.0} of {2:N0} triples (a, b | c) from WordNet right, chance 33.3 %; "
            + "of the {3} nearest words of {4:N0} nouns {5:0.00} % are synonyms, hypernyms, hyponyms or co-hyponyms",
            100 * scores.Triples, 100 * scores.TripleError, scores.TripleCount, TrainWordsMeasures.Near, scores.Nouns, 100 * scores.Precision));
        to.WriteLine();
        return new()
        {
            ["triples"] = ReportTable.Round(scores.Triples),
            ["triplesError"] = ReportTable.Round(scores.TripleError),
            ["neighbours"] = ReportTable.Round(scores.Precision)
        };
    }
}
