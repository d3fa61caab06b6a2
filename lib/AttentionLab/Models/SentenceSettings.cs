using System.Text.Json;
using AttentionLab.Weights;

namespace AttentionLab.Models;

/// <summary>How a text's one vector comes from the vectors of its pieces.</summary>
public enum SentencePooling
{
    /// <summary>Mean over the pieces, [CLS] and [SEP] included, padding not.</summary>
    Mean,

    /// <summary>The vector of [CLS].</summary>
    Cls,

    /// <summary>The largest number of each channel over the pieces.</summary>
    Max,

    /// <summary>tanh(W·h + b) of the vector of [CLS]: BERT's pooler.</summary>
    Pooler,
}

/// <summary>
/// What sentence-transformers writes beside a model: <c>modules.json</c> (the parts and their folders), the pooling's <c>config.json</c>,
/// <c>sentence_bert_config.json</c> (longest text), <c>config_sentence_transformers.json</c> (prompts). A folder without these is a plain BERT.
/// </summary>
/// <param name="ModelFolder">Where config.json and the weights are.</param>
/// <param name="Pooling">How texts are pooled; null if nothing says so.</param>
/// <param name="Normalize">Whether vectors are divided by their length.</param>
/// <param name="MaximumLength">Longest text in pieces; null if nothing says so.</param>
/// <param name="LowerCaseFirst">Whether texts are lower-cased before tokenization.</param>
/// <param name="Dense">Folders of the Dense modules, in order.</param>
/// <param name="Prompts">What is put before texts, by name.</param>
/// <param name="DefaultPrompt">The name of the one that is used if none is named.</param>
internal sealed record SentenceSettings(
    string ModelFolder, SentencePooling? Pooling, bool Normalize, int? MaximumLength, bool LowerCaseFirst, IReadOnlyList<string> Dense,
    IReadOnlyDictionary<string, string> Prompts, string? DefaultPrompt)
{
    public static SentenceSettings Read(string folder)
    {
        (string model, string? pooling, bool normalize, IReadOnlyList<string> dense) = Parts(folder);
        (IReadOnlyDictionary<string, string> prompts, string? usual) = ReadPrompts(folder);
        JsonFile? sentence = JsonFile.ReadIfThere(Path.Combine(model, "sentence_bert_config.json"));
        int length = sentence?.Integer("max_seq_length", 3, int.MaxValue, missing: int.MaxValue) ?? int.MaxValue;
        return new(
            model, pooling is null ? null : PoolingOf(Path.Combine(pooling, "config.json")), normalize,
            length == int.MaxValue ? null : length, sentence?.Truth("do_lower_case") ?? false, dense, prompts, usual);
    }

    private static (IReadOnlyDictionary<string, string> Prompts, string? Default) ReadPrompts(string folder)
    {
        JsonFile? file = JsonFile.ReadIfThere(Path.Combine(folder, "config_sentence_transformers.json"));
        JsonFile? list = file?.Part("prompts");
        Dictionary<string, string> prompts = new(StringComparer.Ordinal);
        foreach (JsonProperty prompt in list is null ? [] : list.Root.EnumerateObject().ToArray())
        {
            prompts[prompt.Name] = list!.Text(prompt.Name) ?? "";
        }

        string? usual = file?.Text("default_prompt_name");
        return usual is null || prompts.ContainsKey(usual) ? (prompts, usual)
            : throw file!.Fault("default_prompt_name", $"is \"{ForeignText.Shorten(usual)}\"", "a name in prompts");
    }

    private static (string Model, string? Pooling, bool Normalize, IReadOnlyList<string> Dense) Parts(string folder)
    {
        if (JsonFile.ReadIfThere(Path.Combine(folder, "modules.json"), JsonValueKind.Array) is not { } modules)
        {
            string usual = Path.Combine(folder, "1_Pooling"), file = Path.Combine(usual, "config.json");
            if (Directory.Exists(usual) && !File.Exists(file))
            {
                throw new FileNotFoundException(
                    $"{file} does not exist but the folder 1_Pooling does: take the whole folder of the model, or remove that folder.", file);
            }

            return (folder, Directory.Exists(usual) ? usual : null, false, []);
        }

        (string? Model, string? Pooling, bool Normalize) parts = default;
        List<string> dense = [];
        foreach (JsonElement element in modules.Root.EnumerateArray())
        {
            JsonFile module = new(modules.Path, element);
            string type = module.Text("type") ?? throw module.Fault("type", "is missing", "a module of sentence-transformers");
            string path = module.Text("path") ?? "";
            if (Path.IsPathRooted(path) || path.Contains("..", StringComparison.Ordinal) || path.Contains('\0'))
            {
                throw module.Fault("path", $"is \"{(path.Length > 60 ? path[..60] : path)}\"", "a folder inside the model's folder");
            }

            string full = Path.Combine(folder, path);
            string kind = type[(type.LastIndexOf('.') + 1)..];
            parts = kind switch
            {
                "Transformer" when parts.Model is null => (full, parts.Pooling, parts.Normalize),
                "Pooling" when parts.Pooling is null => (parts.Model, full, parts.Normalize),
                "Dense" when parts is { Pooling: not null, Normalize: false } => parts,
                "Normalize" => (parts.Model, parts.Pooling, true),
                _ => throw module.Fault(
                    "type", $"is {JsonFile.Show(element)}", "one Transformer, one Pooling, then Dense and Normalize: other modules are not supported"),
            };
            if (kind == "Dense")
            {
                dense.Add(full);
            }
        }

        string model = parts.Model ?? throw modules.Fault("type", "names no Transformer", "one Transformer, one Pooling and Normalize");
        return (model, parts.Pooling, parts.Normalize, dense);
    }

    private static SentencePooling PoolingOf(string path)
    {
        JsonFile file = JsonFile.ReadIfThere(path) ?? throw new FileNotFoundException(
            $"{path} does not exist but modules.json names a pooling: take the whole folder of the model.", path);
        if (file.Truth("include_prompt") == false)
        {
            throw file.Refusal("include_prompt", "is false but the pieces of a prompt are pooled with the text's", "take a model that pools all pieces");
        }

        string[] modes = [.. file.Root.EnumerateObject()
            .Where(p => p.Name.StartsWith("pooling_mode_", StringComparison.Ordinal) && file.Truth(p.Name) == true)
            .Select(p => p.Name["pooling_mode_".Length..])];
        if (modes.Length == 0 && file.Text("pooling_mode") is { } named)
        {
            modes = [named];
        }

        return modes switch
        {
            ["mean_tokens"] or ["mean"] => SentencePooling.Mean,
            ["cls_token"] or ["cls"] => SentencePooling.Cls,
            ["max_tokens"] or ["max"] => SentencePooling.Max,
            _ =>
                throw file.Fault(
                    "pooling_mode", $"is [{string.Join(", ", modes.Select(m => m.Length > 30 ? m[..30] : m).Take(5))}]",
                    "one of mean_tokens, cls_token and max_tokens"),
        };
    }
}
