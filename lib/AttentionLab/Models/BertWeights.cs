using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using AttentionLab.Weights;

namespace AttentionLab.Models;

/// <summary>
/// Finds a model's tensors under the names of Hugging Face (<see cref="BertNames"/>): with any prefix that all of them share ("bert.", "model.",
/// "0.auto_model.", none), norms as weight and bias or, in the first published files, gamma and beta; the pooler may be missing; heads beside the
/// encoder are left alone. A dense weight lies there as (outputs, inputs) and here as (inputs, outputs).
/// </summary>
internal static class BertWeights
{
    private static readonly string[] Heads = ["cls.", "classifier.", "pre_classifier.", "qa_outputs.", "vocab_"];

    /// <summary>Checks every name and shape first, then builds the encoder and fills it.</summary>
    /// <exception cref="InvalidDataException">Tensors are missing, unknown or of another shape; the message names both sides and the fix.</exception>
    public static (Encoder Encoder, Linear? Pooler, IReadOnlyList<string> Unused) Load(ModelWeights file, BertConfig config)
    {
        string prefix = Prefix(file, BertNames.Words, "take the model.safetensors of a BERT model", config.Family);
        bool pooled = config.Family == BertFamily.Bert
            && (file.Contains($"{prefix}{BertNames.Pooler}.weight") || file.Contains($"{prefix}{BertNames.Pooler}.bias"));
        (Dictionary<string, BertSlot> found, List<string> faults) = Match(file, prefix, BertNames.Slots(config, pooled));
        (IReadOnlyList<string> unused, IEnumerable<string> unknown) = Others(file, prefix, found);
        if (faults.Count <= 5)
        {
            faults.AddRange(unknown.Take(6).Select(name => $"tensor \"{ForeignText.Shorten(name)}\" is unknown in a BERT encoder of these sizes"));
        }

        if (faults.Count > 0)
        {
            throw new InvalidDataException(
                $"{file.Path} does not fit its config.json: {string.Join("; ", faults.Take(5))}{(faults.Count > 5 ? "; and more" : "")}: take both files from "
                + "the same model.");
        }

        CounterRandom blank = new(0) { Blank = true };
        Encoder encoder = new(config.ToOptions(), blank);
        Linear? pooler = pooled ? new(config.Channels, config.Channels, blank, name: "pooler") : null;
        foreach ((string name, BertSlot slot) in found)
        {
            Parameter target = slot.Target(encoder, pooler);
            Tensor stored = file.Read(name);
            if (slot.Transposed)
            {
                target.SetTurned(stored);
            }
            else
            {
                target.Set(stored);
            }
        }

        return (encoder, pooler, unused);
    }

    /// <summary>Which tensor of the file goes where, and what is missing or of another shape.</summary>
    private static (Dictionary<string, BertSlot> Found, List<string> Faults) Match(ModelWeights file, string prefix, IEnumerable<BertSlot> slots)
    {
        Dictionary<string, BertSlot> found = [];
        List<string> faults = [];
        foreach (BertSlot slot in slots)
        {
            string name = prefix + slot.Name;
            string old = name.Replace(
                "LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal).Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal);
            name = file.Contains(name) ? name : old;
            if (!file.Contains(name))
            {
                faults.Add($"tensor \"{prefix}{slot.Name}\" {StoredTensor.Describe(slot.Shape)} is missing");
            }
            else if (!file.Describe(name).Shape.SequenceEqual(slot.Shape))
            {
                faults.Add(
                    $"tensor \"{name}\" is {StoredTensor.Describe(file.Describe(name).Shape)} but config.json makes it {StoredTensor.Describe(slot.Shape)}");
            }

            found[name] = slot;
            if (faults.Count > 5)
            {
                // A lying config could ask for millions of tensors.
                break;
            }
        }

        return (found, faults);
    }

    /// <summary>An encoder's tensors under the names and in the shapes of the file, without "bert.".</summary>
    public static IEnumerable<(string Name, Tensor Value)> Named(Encoder encoder, BertConfig config) =>
        BertNames.Slots(config, pooled: false).Select(
            slot => (slot.Name, slot.Transposed ? slot.Target(encoder, null).Current.Transpose() : slot.Target(encoder, null).Current));

    /// <summary>What stands before a tensor's usual name in this file: nothing, "bert.", or what a wrapper put there ("model.", "0.auto_model.").</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">The usual name.</param>
    /// <param name="fix">What to do if it is nowhere.</param>
    /// <param name="family">Whose own name may be part of it.</param>
    /// <exception cref="InvalidDataException">It is nowhere, more than once, or behind the name of another architecture.</exception>
    public static string Prefix(ModelWeights file, string name, string fix, BertFamily family = BertFamily.Bert)
    {
        string[] found = [.. file.Tensors.Select(t => t.Name)
            .Where(n => n.EndsWith(name, StringComparison.Ordinal)).Select(n => n[..^name.Length])
            .Where(prefix => (prefix.Length == 0 || prefix.EndsWith('.')) && !prefix.Split('.').Any(part => IsOther(part, family))).Take(3)];
        return found switch
        {
            [string prefix] => prefix,
            [] =>
                throw new InvalidDataException(
                    $"{file.Path} has no tensor \"{name}\", neither by itself nor behind \"bert.\" or the like: its {file.Tensors.Count()} tensors begin with "
                    + $"{Begin(file)}; {fix}."),
            _ =>
                throw new InvalidDataException(
                    $"{file.Path} holds several models: \"{name}\" stands behind "
                    + $"{string.Join(" and ", found.Select(p => $"\"{ForeignText.Shorten(p)}\""))}; save the one you want by itself."),
        };
    }

    /// <summary>Relatives have tensors of the same names that mean something else; "roberta." counts its positions from 2.</summary>
    private static bool IsOther(string part, BertFamily family) =>
        part != (family == BertFamily.Distil ? "distilbert" : "bert")
        && (part.Contains("bert", StringComparison.OrdinalIgnoreCase) || part is "electra" or "mpnet");

    private static string Begin(ModelWeights file) => string.Join(", ", file.Tensors.Take(3).Select(t => $"\"{ForeignText.Shorten(t.Name)}\""));

    /// <summary>What the file has beside the encoder: other heads (unused), and what nobody knows.</summary>
    private static (IReadOnlyList<string> Unused, IReadOnlyList<string> Unknown) Others(ModelWeights file, string prefix, Dictionary<string, BertSlot> found)
    {
        List<string> unused = [], unknown = [];
        foreach (string name in file.Tensors.Select(t => t.Name).Where(name => !found.ContainsKey(name)))
        {
            bool known = name == $"{prefix}embeddings.position_ids"
                || !name.StartsWith(prefix, StringComparison.Ordinal)
                || Heads.Any(head => name.AsSpan(prefix.Length).StartsWith(head));
            (known ? unused : unknown).Add(name);
        }

        return (unused, unknown);
    }
}
