using System.Globalization;
using System.Text.Json.Nodes;
using AttentionLab.Course.Experiments;
using AttentionLab.Models;
using AttentionLab.Words;

namespace AttentionLab.Trainer;

/// <summary>How much the report looks at.</summary>
/// <param name="Sequences">Held-out sequences for masked tokens.</param>
/// <param name="Alone">Places asked for one at a time.</param>
/// <param name="HeadSequences">Held-out sequences for each head switched off.</param>
/// <param name="TrainingSentences">Training sentences a word and side, on which the layer is chosen.</param>
internal sealed record ReportSize(int Sequences = 1200, int Alone = 4000, int HeadSequences = 250, int TrainingSentences = 150);

/// <summary>
/// The evidence for what was trained: masked tokens beside baselines, the two-sense test, what heads do. Prints tables; gives the same as JSON.
/// </summary>
internal sealed class TrainReport
{
    private readonly Corpus _corpus;
    private readonly MaskedWordModel _model;
    private readonly WordVectors? _vectors;
    private readonly ReportSize _size;
    private readonly TextWriter _to;

    /// <summary>A report.</summary>
    /// <param name="corpus">The dictionaries.</param>
    /// <param name="model">The encoder.</param>
    /// <param name="vectors">Word vectors; null if there are none.</param>
    /// <param name="size">How much is looked at.</param>
    /// <param name="to">Where tables go.</param>
    public TrainReport(Corpus corpus, MaskedWordModel model, WordVectors? vectors, ReportSize size, TextWriter to) =>
        (_corpus, _model, _vectors, _size, _to) = (corpus, model, vectors, size, to);

    /// <summary>Everything.</summary>
    public JsonObject Run()
    {
        EncoderText text = EncoderText.Of(_corpus.Entries, _model.Bert.Tokenizer);
        return new()
        {
            ["maskedWord"] = MaskedWord(text),
            ["senses"] = SenseTest(),
            ["heads"] = Heads(text),
        };
    }

    private JsonObject MaskedWord(EncoderText text)
    {
        Vocabulary vocabulary = _model.Bert.Tokenizer.Pieces;
        int length = _model.Bert.Config.Capacity;
        MaskedQuestions questions = MaskedQuestions.Of(text.HeldOut, vocabulary, length, _size.Sequences);
        MaskedQuestions alone = questions.Alone(vocabulary["[MASK]"], vocabulary[Vocabulary.Padding], _size.Alone);
        Baselines baselines = new(text.Training, vocabulary, length, questions, alone);
        Line("Masked tokens: pieces of a vocabulary of {0:N0} in {1:N0} held-out sequences; brackets: 95 %, Wilson", vocabulary.Count, questions.Whole.Count);
        Line("  n-grams of up to 3 tokens a side, counted on the {0:N0} entries the encoder was trained on; {1}", text.Training.Count, baselines.Weights);
        JsonObject result = Compare(baselines, questions, "15 % of the tokens are [MASK] at once");
        result["alone"] = Compare(baselines, alone, "one token of a sequence is [MASK], all others are seen");
        return result;
    }

    private JsonObject Compare(Baselines baselines, MaskedQuestions questions, string how)
    {
        IReadOnlyList<MaskedScore> others = baselines.Ask(questions);
        MaskedScore encoder = questions.Ask("encoder", _model.Bert.Encoder, _model.Head);
        JsonArray rows = [];
        Line("  {0,-24}{1,-26}{2,11}   {3:N0} places: {4}", "", "right", "perplexity", questions.Count, how);
        foreach (MaskedScore score in (MaskedScore[])[.. others, encoder])
        {
            Line("  {0,-24}{1,-26}{2,11:N1}", score.Name, score.Accuracy, score.Perplexity);
            rows.Add(
                new JsonObject
                {
                    ["name"] = score.Name,
                    ["accuracy"] = Round(score.Accuracy.Value),
                    ["low"] = Round(score.Accuracy.Low),
                    ["high"] = Round(score.Accuracy.High),
                    ["perplexity"] = Round(score.Perplexity),
                });
        }

        Line();
        return new()
        {
            ["accuracy"] = Round(encoder.Accuracy.Value),
            ["bestBaseline"] = Round(others.Max(score => score.Accuracy.Value)),
            ["perplexity"] = Round(encoder.Perplexity),
            ["bestBaselinePerplexity"] = Round(others.Min(score => score.Perplexity)),
            ["places"] = questions.Count,
            ["rows"] = rows,
        };
    }

    /// <summary>Triples and neighbours of the word vectors.</summary>
    /// <param name="scores">From <see cref="TrainWordsMeasures"/>.</param>
    /// <param name="to">Where the line goes.</param>
    public static JsonObject Words(WordScores scores, TextWriter to)
    {
        to.WriteLine(string.Format(
            CultureInfo.InvariantCulture,
            "Word vectors: {0:0.0} % ± {1:0.0} of {2:N0} triples (a, b | c) from WordNet right, chance 33.3 %; "
            + "of the {3} nearest words of {4:N0} nouns {5:0.00} % are synonyms, hypernyms, hyponyms or co-hyponyms",
            100 * scores.Triples, 100 * scores.TripleError, scores.TripleCount, TrainWordsMeasures.Near, scores.Nouns, 100 * scores.Precision));
        to.WriteLine();
        return new() { ["triples"] = Round(scores.Triples), ["triplesError"] = Round(scores.TripleError), ["neighbours"] = Round(scores.Precision) };
    }

    private JsonObject SenseTest()
    {
        IReadOnlyList<string> words = Corpus.AmbiguousWords;
        int layer = ChooseLayer(words);
        IReadOnlyList<SenseSentences> heldOut = SenseSentences.Find(_corpus.HeldOutSenses, words);
        Line("Two senses: which dictionary a held-out sentence comes from, by the vector of one word in it; nearest centroid, leave-one-out");
        Line(
            "  Layer {0} is the headline: it was the best one on the training sentences. As many sentences of each side: chance is 50 %. Brackets: 95 %, "
            + "Wilson. Context: mean of the static vectors of the other words.",
            layer);
        JsonObject all = Table(heldOut, layer);
        SenseCues cues = new(_corpus.Training);
        Line(
            "The same without domain cues: no word among the {0} on either side is {1:0} times more frequent on one side of the training text",
            SenseCues.Window, SenseCues.Ratio);
        JsonObject free = Table([.. heldOut.Select(cues.Without)], layer);
        all["layer"] = layer;
        all["withoutCues"] = free;
        return all;
    }

    /// <summary>The layer with the best mean over the words on training sentences; held-out ones have no say.</summary>
    private int ChooseLayer(IReadOnlyList<string> words)
    {
        SenseScore[] scores =
        [
            .. SenseSentences.Find(_corpus.Training, words, _size.TrainingSentences).Select(s => SenseScore.Of(s, _model.Bert, null)).OfType<SenseScore>()
        ];
        return scores.Length == 0
            ? _model.Bert.Config.Layers
            : Enumerable.Range(1, _model.Bert.Config.Layers).MaxBy(level => scores.Average(s => s.Levels[level].Value));
    }

    private JsonObject Table(IReadOnlyList<SenseSentences> sentences, int layer)
    {
        int levels = _model.Bert.Config.Layers + 1;
        Line(
            "  {0,-10}{1,9}{2}   {3,-24}{4,-24}", "word", "a side",
            string.Concat(Enumerable.Range(0, levels).Select(l => string.Format(CultureInfo.InvariantCulture, "{0,8}", l == 0 ? "embed." : $"layer {l}"))),
            "headline", "context");
        List<SenseScore> scores = [];
        JsonArray rows = [];
        foreach (SenseSentences word in sentences)
        {
            if (SenseScore.Of(word, _model.Bert, _vectors) is not { } score)
            {
                (int general, int computing) = word.Sides;
                Line("  {0,-10}{1,9}     {2} general, {3} computing: fewer than {4} on a side", word.Word, "", general, computing, SenseScore.Fewest);
                rows.Add(new JsonObject { ["word"] = word.Word, ["general"] = general, ["computing"] = computing });
                continue;
            }

            scores.Add(score);
            Line(
                "  {0,-10}{1,9:N0}{2}   {3,-24}{4,-24}", score.Word, score.General, Percent(score.Levels.Select(l => l.Value)), score.Levels[layer],
                score.Context);
            rows.Add(new JsonObject
            {
                ["word"] = score.Word,
                ["general"] = score.General,
                ["computing"] = score.Computing,
                ["accuracy"] = Round(score.Levels[layer].Value),
                ["low"] = Round(score.Levels[layer].Low),
                ["high"] = Round(score.Levels[layer].High),
                ["levels"] = new JsonArray([.. score.Levels.Select(l => (JsonNode)Round(l.Value))]),
                ["staticContext"] = score.Context is { } context ? Round(context.Value) : null,
            });
        }

        JsonObject result = new() { ["words"] = rows, ["scored"] = scores.Count };
        if (scores.Count > 0)
        {
            double mean = scores.Average(s => s.Levels[layer].Value);
            double half = Half(scores.Select(s => s.Levels[layer]));
            double[] context = [.. scores.Where(s => s.Context is not null).Select(s => s.Context!.Value.Value)];
            double[] byLevel = [.. Enumerable.Range(0, levels).Select(l => scores.Average(s => s.Levels[l].Value))];
            string contextText = context.Length == 0
                ? ""
                : string.Create(
                    CultureInfo.InvariantCulture, $"{100 * context.Average():0.0} % ± {100 * Half(scores.Select(s => s.Context).OfType<Share>()):0.0}");
            Line(
                "  {0,-10}{1,9:N0}{2}   {3,-24}{4,-24}", $"mean of {scores.Count}", scores.Sum(s => s.General), Percent(byLevel),
                string.Create(CultureInfo.InvariantCulture, $"{100 * mean:0.0} % ± {100 * half:0.0}"), contextText);
            if (scores.FirstOrDefault(s => s.Word == "apple") is { } apple)
            {
                result["apple"] = Round(apple.Levels[layer].Value);
            }

            result["mean"] = Round(mean);
            result["meanStaticContext"] = context.Length == 0 ? null : Round(context.Average());
            result["chance"] = 0.5;
            result["levels"] = new JsonArray([.. byLevel.Select(l => (JsonNode)Round(l))]);
        }

        Line();
        return result;

        // 1.96 standard errors of the mean of the words' shares.
        static double Half(IEnumerable<Share> shares) => 1.96 * Math.Sqrt(shares.Sum(s => s.Value * (1 - s.Value) / s.Count)) / shares.Count();
    }

    private JsonArray Heads(EncoderText text)
    {
        Bert bert = _model.Bert;
        Vocabulary vocabulary = bert.Tokenizer.Pieces;
        MaskedQuestions questions = MaskedQuestions.Of(text.HeldOut, vocabulary, bert.Config.Capacity, _size.HeadSequences);
        bool[] whole = questions.Answers(bert.Encoder, _model.Head).Right;
        HeadHabits[][] habits = Habits(questions);
        Line("Heads: mean attention to the token before, itself, the token after, all separators; mean distance; and what is lost without the head");
        Line(
            "  {0,-14}{1,8}{2,8}{3,8}{4,11}{5,10}   {6}", "", "before", "itself", "after", "separators", "distance",
            string.Create(CultureInfo.InvariantCulture, $"of {questions.Count:N0} places fewer right (95 %, paired)"));
        JsonArray rows = [];
        for (int layer = 0; layer < bert.Config.Layers; layer++)
        {
            for (int head = 0; head < bert.Config.Heads; head++)
            {
                bool[] without;
                using (HeadSwitch.Off(bert.Encoder.Layers.Layers[layer].Attention, head))
                {
                    without = questions.Answers(bert.Encoder, _model.Head).Right;
                }

                (double lost, double half) = Lost(whole, without);
                HeadHabits h = habits[layer][head];
                Line(
                    "  {0,-14}{1,8:P0}{2,8:P0}{3,8:P0}{4,11:P0}{5,10:0.0}   {6,6:0.00} % ± {7:0.00}", $"layer {layer + 1} head {head + 1}", h.Before, h.Itself,
                    h.After, h.Separator, h.Distance, 100 * lost, 100 * half);
                rows.Add(new JsonObject
                {
                    ["layer"] = layer + 1,
                    ["head"] = head + 1,
                    ["before"] = Round(h.Before),
                    ["itself"] = Round(h.Itself),
                    ["after"] = Round(h.After),
                    ["separator"] = Round(h.Separator),
                    ["distance"] = Round(h.Distance),
                    ["accuracyLost"] = Round(lost),
                    ["accuracyLostError"] = Round(half),
                });
            }
        }

        Line();
        return rows;
    }

    /// <summary>Means over the batches, on the sequences as they are.</summary>
    private HeadHabits[][] Habits(MaskedQuestions questions)
    {
        Vocabulary vocabulary = _model.Bert.Tokenizer.Pieces;
        (int start, int separator) = (vocabulary["[CLS]"], vocabulary["[SEP]"]);
        List<HeadHabits[][]> all = [];
        int first = 0;
        for (int i = 0; i < questions.Asked.Count; i++)
        {
            int[,] ids = (int[,])questions.Asked[i].Ids.Clone();
            for (int b = 0; b < ids.GetLength(0); b++)
            {
                for (int t = 0; t < ids.GetLength(1); t++)
                {
                    ids[b, t] = questions.Whole[first + b][t];
                }
            }

            first += ids.GetLength(0);
            IReadOnlyList<Tensors.Tensor> weights = _model.Bert.Encoder.Forward(ids, questions.Visible[i]).Saved.Layers.Weights();
            all.Add([.. weights.Select(layer => HeadHabits.Of(layer, ids, questions.Visible[i], id => id == start || id == separator))]);
        }

        return [.. Enumerable.Range(0, all[0].Length).Select(layer => Enumerable.Range(0, all[0][layer].Length).Select(head => new HeadHabits(
            all.Average(a => a[layer][head].Before), all.Average(a => a[layer][head].Itself), all.Average(a => a[layer][head].After),
            all.Average(a => a[layer][head].Separator), all.Average(a => a[layer][head].Distance))).ToArray())];
    }

    /// <summary>The difference of two shares on the same places, and 1.96 of its standard errors.</summary>
    internal static (double Lost, double Half) Lost(ReadOnlySpan<bool> whole, ReadOnlySpan<bool> without)
    {
        int worse = 0, better = 0;
        for (int i = 0; i < whole.Length; i++)
        {
            worse += whole[i] && !without[i] ? 1 : 0;
            better += !whole[i] && without[i] ? 1 : 0;
        }

        double n = whole.Length, d = (worse - better) / n;
        return (d, 1.96 * Math.Sqrt(((worse + better) / n - d * d) / n));
    }

    private static string Percent(IEnumerable<double> values) =>
        string.Concat(values.Select(v => string.Create(CultureInfo.InvariantCulture, $"{100 * v,8:0.0}")));

    private static double Round(double value) => Math.Round(value, 5);

    private void Line(string format = "", params object?[] values) =>
        _to.WriteLine(values.Length == 0 ? format : string.Format(CultureInfo.InvariantCulture, format, values));
}
