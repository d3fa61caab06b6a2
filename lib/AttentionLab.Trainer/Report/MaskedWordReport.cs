using System.Text.Json.Nodes;
using AttentionLab.Models;
using AttentionLab.Words;

namespace AttentionLab.Trainer;

/// <summary>Hidden tokens of held-out text: the encoder beside its baselines.</summary>
internal sealed class MaskedWordReport
{
    private readonly MaskedWordModel _model;
    private readonly ReportSize _size;
    private readonly ReportTable _table;

    /// <summary>This part of the report.</summary>
    public MaskedWordReport(MaskedWordModel model, ReportSize size, ReportTable table) => (_model, _size, _table) = (model, size, table);

    /// <summary>Many places hidden at once, then one at a time.</summary>
    public JsonObject Run(EncoderText text)
    {
        Vocabulary vocabulary = _model.Bert.Tokenizer.Pieces;
        int length = _model.Bert.Config.Capacity;
        MaskedQuestions questions = MaskedQuestions.Of(text.HeldOut, vocabulary, length, _size.Sequences);
        MaskedQuestions alone = questions.Alone(vocabulary["[MASK]"], vocabulary[Vocabulary.Padding], _size.Alone);
        Baselines baselines = new(text.Training, vocabulary, length, questions, alone);
        _table.Line("Masked tokens: pieces of a vocabulary of {0:N0} in {1:N0} held-out sequences; brackets: 95 %, Wilson", vocabulary.Count,
            questions.Whole.Count);
        _table.Line("  n-grams of up to 3 tokens a side, counted on the {0:N0} entries the encoder was trained on; {1}", text.Training.Count,
            baselines.Weights);
        JsonObject result = Compare(baselines, questions, "15 % of the tokens are [MASK] at once");
        result["alone"] = Compare(baselines, alone, "one token of a sequence is [MASK], all others are seen");
        return result;
    }

    private JsonObject Compare(Baselines baselines, MaskedQuestions questions, string how)
    {
        IReadOnlyList<MaskedScore> others = baselines.Ask(questions);
        MaskedScore encoder = questions.Ask("encoder", _model.Bert.Encoder, _model.Head);
        JsonArray rows = [];
        _table.Line("  {0,-24}{1,-26}{2,11}   {3:N0} places: {4}", "", "right", "perplexity", questions.Count, how);
        foreach (MaskedScore score in (MaskedScore[])[.. others, encoder])
        {
            _table.Line("  {0,-24}{1,-26}{2,11:N1}", score.Name, score.Accuracy, score.Perplexity);
            rows.Add(
                new JsonObject
                {
                    ["name"] = score.Name,
                    ["accuracy"] = ReportTable.Round(score.Accuracy.Value),
                    ["low"] = ReportTable.Round(score.Accuracy.Low),
                    ["high"] = ReportTable.Round(score.Accuracy.High),
                    ["perplexity"] = ReportTable.Round(score.Perplexity),
                });
        }

        _table.Line();
        return new()
        {
            ["accuracy"] = ReportTable.Round(encoder.Accuracy.Value),
            ["bestBaseline"] = ReportTable.Round(others.Max(score => score.Accuracy.Value)),
            ["perplexity"] = ReportTable.Round(encoder.Perplexity),
            ["bestBaselinePerplexity"] = ReportTable.Round(others.Min(score => score.Perplexity)),
            ["places"] = questions.Count,
            ["rows"] = rows,
        };
    }
}
