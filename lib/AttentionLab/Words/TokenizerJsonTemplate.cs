using System.Text.Json;
using AttentionLab.Weights;

namespace AttentionLab.Words;

/// <summary>Reads "post_processor" of a tokenizer.json: where special pieces stand around texts.</summary>
internal static class TokenizerJsonTemplate
{
    private const string Another = "take a model whose tokenizer is BERT's";

    /// <summary>The template; without a post-processor no special pieces.</summary>
    public static PieceTemplate Read(JsonFile file, Vocabulary vocabulary)
    {
        if (file.Part("post_processor") is not { } processor)
        {
            return new([new(TemplatePart.First, 0)], [new(TemplatePart.First, 0), new(TemplatePart.Second, 1)]);
        }

        return processor.Text("type") switch
        {
            "BertProcessing" => PieceTemplate.Bert(Named(processor, "cls", vocabulary), Named(processor, "sep", vocabulary)),
            "TemplateProcessing" => new(
                Parts(processor, "single", vocabulary, [TemplatePart.First]),
                Parts(processor, "pair", vocabulary, [TemplatePart.First, TemplatePart.Second])),
            var other => throw processor.Refusal(
                "type", $"is {(other is null ? "missing" : $"\"{ForeignText.Shorten(other)}\"")} but TemplateProcessing and BertProcessing are known", Another),
        };
    }

    /// <summary>["[SEP]", 102]: a piece and its id.</summary>
    private static int Named(JsonFile processor, string key, Vocabulary vocabulary)
    {
        JsonElement? pair = JsonFile.Find(processor.Root, key);
        if (pair is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() != 2 || list[0].ValueKind != JsonValueKind.String
            || list[1].ValueKind != JsonValueKind.Number || !list[1].TryGetInt32(out int id))
        {
            throw processor.Fault(key, pair is null ? "is missing" : $"is {JsonFile.Show(pair.Value)}", "a piece and its id");
        }

        return Same(list[0].GetString()!, id, processor, key, vocabulary);
    }

    private static List<TemplatePart> Parts(JsonFile processor, string key, Vocabulary vocabulary, int[] texts)
    {
        List<TemplatePart> parts = [];
        foreach (JsonFile item in processor.Parts(key))
        {
            if (item.Part("Sequence") is { } text)
            {
                int which = text.Text("id") switch
                {
                    "A" => TemplatePart.First,
                    "B" => TemplatePart.Second,
                    _ => throw text.Fault("id", "is no text", "A or B"),
                };
                parts.Add(new(which, text.Integer("type_id", 0, int.MaxValue, missing: 0)));
            }
            else if (item.Part("SpecialToken") is { } special)
            {
                string name = special.Text("id") ?? throw special.Fault("id", "is missing", "the name of a special piece");
                int type = special.Integer("type_id", 0, int.MaxValue, missing: 0);
                parts.AddRange(Ids(processor, name, vocabulary).Select(id => new TemplatePart(id, type)));
            }
            else
            {
                throw item.Refusal("", $"is {JsonFile.Show(item.Root)} but Sequence and SpecialToken are known", Another);
            }
        }

        return parts.Where(part => part.Id < 0).Select(part => part.Id).SequenceEqual(texts) ? parts
            : throw processor.Fault(key, "does not hold each text once, in order", texts.Length == 1 ? "Sequence A and special pieces" : "Sequence A, then B");
    }

    private static IEnumerable<int> Ids(JsonFile processor, string name, Vocabulary vocabulary)
    {
        JsonFile special = processor.Part("special_tokens")?.Part(name) ?? throw processor.Fault("special_tokens", $"lacks {name}", "ids and tokens of each");
        JsonElement? ids = JsonFile.Find(special.Root, "ids"), tokens = JsonFile.Find(special.Root, "tokens");
        if (ids is not { ValueKind: JsonValueKind.Array } numbers || tokens is not { ValueKind: JsonValueKind.Array } names
            || numbers.GetArrayLength() != names.GetArrayLength())
        {
            throw special.Fault("ids", "and tokens do not go together", "two lists of one length");
        }

        foreach ((JsonElement number, JsonElement piece) in numbers.EnumerateArray().Zip(names.EnumerateArray()))
        {
            if (number.ValueKind != JsonValueKind.Number || !number.TryGetInt32(out int id) || piece.ValueKind != JsonValueKind.String)
            {
                throw special.Fault("ids", $"has {JsonFile.Show(number)} for {JsonFile.Show(piece)}", "whole numbers, and tokens texts");
            }

            yield return Same(piece.GetString()!, id, special, "ids", vocabulary);
        }
    }

    /// <summary>An id that two places name must be the same in both.</summary>
    private static int Same(string piece, int id, JsonFile file, string key, Vocabulary vocabulary) =>
        TokenizerJson.Id(vocabulary, piece, file, key) is int known && known == id ? id
            : throw file.Fault(key, $"gives {ForeignText.Shorten(piece)} the id {id}", $"{vocabulary[piece]}, as in the vocabulary");
}
