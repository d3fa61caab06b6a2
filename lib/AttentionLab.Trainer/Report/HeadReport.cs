using System.Globalization;
using System.Text.Json.Nodes;
using AttentionLab.Course.Experiments;
using AttentionLab.Models;
using AttentionLab.Words;

namespace AttentionLab.Trainer;

/// <summary>What each head looks at, and what is lost without it.</summary>
internal sealed class HeadReport
{
    private readonly MaskedWordModel _model;
    private readonly ReportSize _size;
    private readonly ReportTable _table;

    /// <summary>This part of the report.</summary>
    public HeadReport(MaskedWordModel model, ReportSize size, ReportTable table) => (_model, _size, _table) = (model, size, table);

    /// <summary>A row for each head.</summary>
    public JsonArray Run(EncoderText text)
    {
        Bert bert = _model.Bert;
        Vocabulary vocabulary = bert.Tokenizer.Pieces;
        MaskedQuestions questions = MaskedQuestions.Of(text.HeldOut, vocabulary, bert.Config.Capacity, _size.HeadSequences);
        bool[] whole = questions.Answers(bert.Encoder, _model.Head).Right;
        HeadHabits[][] habits = Habits(questions);
        _table.Line("Heads: mean attention to the token before, itself, the token after, all separators; mean distance; and what is lost without the head");
        _table.Line(
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
                _table.Line(
                    "  {0,-14}{1,8:P0}{2,8:P0}{3,8:P0}{4,11:P0}{5,10:0.0}   {6,6:0.00} % ± {7:0.00}", $"layer {layer + 1} head {head + 1}", h.Before, h.Itself,
                    h.After, h.Separator, h.Distance, 100 * lost, 100 * half);
                rows.Add(new JsonObject
                {
                    ["layer"] = layer + 1,
                    ["head"] = head + 1,
                    ["before"] = ReportTable.Round(h.Before),
                    ["itself"] = ReportTable.Round(h.Itself),
                    ["after"] = ReportTable.Round(h.After),
                    ["separator"] = ReportTable.Round(h.Separator),
                    ["distance"] = ReportTable.Round(h.Distance),
                    ["accuracyLost"] = ReportTable.Round(lost),
                    ["accuracyLostError"] = ReportTable.Round(half),
                });
            }
        }

        _table.Line();
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
}
