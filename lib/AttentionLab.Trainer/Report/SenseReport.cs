using System.Globalization;
using System.Text.Json.Nodes;
using AttentionLab.Course.Experiments;
using AttentionLab.Models;
using AttentionLab.Words;

namespace AttentionLab.Trainer;

/// <summary>Two senses of one word: does the vector tell which dictionary a sentence comes from?</summary>
internal sealed class SenseReport
{
    private readonly Corpus _corpus;
    private readonly MaskedWordModel _model;
    private readonly WordVectors? _vectors;
    private readonly ReportSize _size;
    private readonly ReportTable _table;

    /// <summary>This part of the report; the control needs vectors, and is left out without.</summary>
    public SenseReport(Corpus corpus, MaskedWordModel model, WordVectors? vectors, ReportSize size, ReportTable table) =>
        (_corpus, _model, _vectors, _size, _table) = (corpus, model, vectors, size, table);

    /// <summary>All sentences, then those without words that give the domain away.</summary>
    public JsonObject Run()
    {
        IReadOnlyList<string> words = Corpus.AmbiguousWords;
        int layer = ChooseLayer(words);
        IReadOnlyList<SenseSentences> heldOut = SenseSentences.Find(_corpus.HeldOutSenses, words);
        _table.Line("Two senses: which dictionary a held-out sentence comes from, by the vector of one word in it; nearest centroid, leave-one-out");
        _table.Line(
            "  Layer {0} is the headline: it was the best one on the training sentences. As many sentences of each side: chance is 50 %. Brackets: 95 %, "
            + "Wilson. Context: mean of the static vectors of the other words.",
            layer);
        JsonObject all = Table(heldOut, layer);
        SenseCues cues = new(_corpus.Training);
        _table.Line(
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
        _table.Line(
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
                _table.Line("  {0,-10}{1,9}     {2} general, {3} computing: fewer than {4} on a side", word.Word, "", general, computing, SenseScore.Fewest);
                rows.Add(new JsonObject { ["word"] = word.Word, ["general"] = general, ["computing"] = computing });
                continue;
            }

            scores.Add(score);
            rows.Add(Row(score, layer));
        }

        JsonObject result = new() { ["words"] = rows, ["scored"] = scores.Count };
        if (scores.Count > 0)
        {
            AddMeans(result, scores, layer);
        }

        _table.Line();
        return result;
    }

    /// <summary>One word.</summary>
    private JsonObject Row(SenseScore score, int layer)
    {
        _table.Line(
            "  {0,-10}{1,9:N0}{2}   {3,-24}{4,-24}", score.Word, score.General, Percent(score.Levels.Select(l => l.Value)), score.Levels[layer],
            score.Context);
        return new()
        {
            ["word"] = score.Word,
            ["general"] = score.General,
            ["computing"] = score.Computing,
            ["accuracy"] = ReportTable.Round(score.Levels[layer].Value),
            ["low"] = ReportTable.Round(score.Levels[layer].Low),
            ["high"] = ReportTable.Round(score.Levels[layer].High),
            ["levels"] = new JsonArray([.. score.Levels.Select(l => (JsonNode)ReportTable.Round(l.Value))]),
            ["staticContext"] = score.Context is { } context ? ReportTable.Round(context.Value) : null,
        };
    }

    /// <summary>The mean of the words.</summary>
    private void AddMeans(JsonObject result, List<SenseScore> scores, int layer)
    {
        double mean = scores.Average(s => s.Levels[layer].Value);
        double half = Half(scores.Select(s => s.Levels[layer]));
        double[] context = [.. scores.Where(s => s.Context is not null).Select(s => s.Context!.Value.Value)];
        double[] byLevel = [.. Enumerable.Range(0, scores[0].Levels.Count).Select(l => scores.Average(s => s.Levels[l].Value))];
        string contextText = context.Length == 0
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture, $"{100 * context.Average():0.0} % ± {100 * Half(scores.Select(s => s.Context).OfType<Share>()):0.0}");
        _table.Line(
            "  {0,-10}{1,9:N0}{2}   {3,-24}{4,-24}", $"mean of {scores.Count}", scores.Sum(s => s.General), Percent(byLevel),
            string.Create(CultureInfo.InvariantCulture, $"{100 * mean:0.0} % ± {100 * half:0.0}"), contextText);
        if (scores.FirstOrDefault(s => s.Word == "apple") is { } apple)
        {
            result["apple"] = ReportTable.Round(apple.Levels[layer].Value);
        }

        result["mean"] = ReportTable.Round(mean);
        result["meanStaticContext"] = context.Length == 0 ? null : ReportTable.Round(context.Average());
        result["chance"] = 0.5;
        result["levels"] = new JsonArray([.. byLevel.Select(l => (JsonNode)ReportTable.Round(l))]);

        // 1.96 standard errors of the mean of the words' shares.
        static double Half(IEnumerable<Share> shares) => 1.96 * Math.Sqrt(shares.Sum(s => s.Value * (1 - s.Value) / s.Count)) / shares.Count();
    }

    private static string Percent(IEnumerable<double> values) =>
        string.Concat(values.Select(v => string.Create(CultureInfo.InvariantCulture, $"{100 * v,8:0.0}")));
}
