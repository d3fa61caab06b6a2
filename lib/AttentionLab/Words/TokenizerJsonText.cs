using AttentionLab.Weights;

namespace AttentionLab.Words;

/// <summary>Reads "normalizer" and "pre_tokenizer" of a tokenizer.json.</summary>
internal static class TokenizerJsonText
{
    private const string Another = "take a model whose tokenizer is BERT's";

    /// <summary>What cuts a text into words.</summary>
    public static BasicTokenizer Splitter(JsonFile file, TokenizerChoices choices)
    {
        IReadOnlyList<JsonFile> normalizers = Flat(file, "normalizer", "normalizers");
        BreakAt breaks = Breaks(file);
        if (normalizers is [JsonFile bert] && bert.Text("type") == "BertNormalizer")
        {
            bool lower = choices.LowerCase ?? bert.Truth("lowercase") ?? true;
            bool strip = choices.StripAccents ?? bert.Truth("strip_accents") ?? lower;
            bool chinese = choices.IsolateChinese ?? bert.Truth("handle_chinese_chars") ?? true;
            bool clean = bert.Truth("clean_text") ?? true;
            return clean && breaks == BreakAt.Punctuation ? new(lower, strip, chinese, choices.Rules)
                : new(BasicTokenizer.Steps(clean, lower, strip, chinese, choices.Rules), breaks, lower, choices.Rules)
                {
                    StripAccents = strip,
                    IsolateChinese = chinese,
                };
        }

        if (choices.Rules == TokenizerRules.Original)
        {
            throw file.Refusal(
                "normalizer", $"is not one BertNormalizer, but {nameof(TokenizerRules)}.{nameof(TokenizerRules.Original)} is Google's way of that one alone",
                $"take {nameof(TokenizerRules)}.{nameof(TokenizerRules.Fast)}");
        }

        List<TextStep> steps = [.. normalizers.SelectMany(Steps)];
        bool lowers = steps.Contains(TextStep.LowerEach);
        if (choices.LowerCase is { } wanted && wanted != lowers)
        {
            throw file.Refusal(
                "normalizer", $"{(lowers ? "lower-cases" : "does not lower-case")} but lowerCase, or do_lower_case of tokenizer_config.json, is {wanted}",
                "mend the one that is wrong");
        }

        return new(steps, breaks, lowers, choices.Rules) { StripAccents = steps.Contains(TextStep.DropMarks) };
    }

    private static IEnumerable<TextStep> Steps(JsonFile step) => step.Text("type") switch
    {
        "BertNormalizer" => Bert(step),
        "Lowercase" => [TextStep.LowerEach],
        "NFD" => [TextStep.Nfd],
        "NFC" => [TextStep.Nfc],
        "NFKD" => [TextStep.Nfkd],
        "NFKC" => [TextStep.Nfkc],
        "StripAccents" => [TextStep.DropMarks],
        "Strip" => [],
        "Replace" => [Replace(step)],
        var other => throw step.Refusal(
            "type", $"is {Show(other)} but BertNormalizer, Sequence, Lowercase, NFD, NFC, NFKD, NFKC, StripAccents, Strip and Replace are known", Another),
    };

    private static IReadOnlyList<TextStep> Bert(JsonFile step)
    {
        bool lower = step.Truth("lowercase") ?? true;
        return BasicTokenizer.Steps(
            step.Truth("clean_text") ?? true, lower, step.Truth("strip_accents") ?? lower, step.Truth("handle_chinese_chars") ?? true, TokenizerRules.Fast);
    }

    private static TextStep Replace(JsonFile step) =>
        step.Part("pattern") is { } pattern && pattern.Text("String") is { Length: > 0 } from
            ? TextStep.Replace(from, step.Text("content") ?? "")
            : throw step.Refusal("pattern", "is no text under \"String\"; regular expressions are not supported", Another);

    private static BreakAt Breaks(JsonFile file)
    {
        BreakAt breaks = BreakAt.WhiteSpace;
        bool whiteSpace = false;
        foreach (JsonFile part in Flat(file, "pre_tokenizer", "pretokenizers"))
        {
            string? type = part.Text("type");
            whiteSpace |= type is "BertPreTokenizer" or "Whitespace" or "WhitespaceSplit";
            breaks |= type switch
            {
                "BertPreTokenizer" => BreakAt.Punctuation,
                "Whitespace" => BreakAt.NonWord,
                "WhitespaceSplit" => BreakAt.WhiteSpace,
                "Punctuation" when (part.Text("behavior") ?? "Isolated") == "Isolated" => BreakAt.Punctuation,
                "Punctuation" => throw part.Refusal("behavior", $"is {Show(part.Text("behavior"))} but only Isolated is known", Another),
                "Digits" => part.Truth("individual_digits") ?? false ? BreakAt.EachDigit : BreakAt.Digits,
                _ => throw part.Refusal(
                    "type", $"is {Show(type)} but BertPreTokenizer, Sequence, Whitespace, WhitespaceSplit, Punctuation and Digits are known", Another),
            };
        }

        return whiteSpace ? breaks
            : throw file.Refusal("pre_tokenizer", "cuts at no white space, but words are needed (BertPreTokenizer, Whitespace or WhitespaceSplit)", Another);
    }

    /// <summary>The step under a key; of a Sequence, and of a Sequence in it, its steps.</summary>
    private static IReadOnlyList<JsonFile> Flat(JsonFile file, string key, string inside) =>
        file.Part(key) is { } one ? [.. Flat(one, inside)] : [];

    private static IEnumerable<JsonFile> Flat(JsonFile one, string inside) =>
        one.Text("type") == "Sequence" ? one.Parts(inside).SelectMany(part => Flat(part, inside)) : [one];

    private static string Show(string? type) => type is null ? "missing" : $"\"{ForeignText.Shorten(type)}\"";
}
