using System.Globalization;
using AttentionLab.Course.Data;
using AttentionLab.Kernels;
using AttentionLab.Models;
using AttentionLab.Weights;

namespace AttentionLab.Course.Experiments;

/// <content>Settings and weights as a file.</content>
public sealed partial class DateReader
{
    /// <summary>Writes settings and weights as one safetensors file, in half precision.</summary>
    /// <param name="path">The file; it is replaced.</param>
    public void Save(string path) => SafeTensorsFile.Write(path, Model.Parameters.Select(p => (p.Name, p.Value)), "F16", new Dictionary<string, string>
    {
        ["channels"] = Text(Settings.Channels),
        ["heads"] = Text(Settings.Heads),
        ["layers"] = Text(Settings.Layers),
        ["hidden"] = Text(Settings.Hidden),
        ["positions"] = Settings.Positions.ToString(),
        ["mixWords"] = Settings.MixWords ? "true" : "false",
    });

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file; null for the one of the course.</param>
    /// <exception cref="InvalidDataException">It is another file; the message says what does not fit.</exception>
    public static DateReader Load(string? path = null)
    {
        path ??= CourseData.Path("dates/model.safetensors");
        using SafeTensorsFile file = SafeTensorsFile.Open(path);
        DateReaderSettings settings = new()
        {
            Channels = Number("channels"),
            Heads = Number("heads"),
            Layers = Number("layers"),
            Hidden = Number("hidden"),
            Positions = Enum.TryParse(Value("positions"), out PositionKind kind) ? kind : throw Wrong("positions"),
            MixWords = bool.TryParse(Value("mixWords"), out bool mix) ? mix : throw Wrong("mixWords"),
        };
        RequireNumbers(file, settings);
        DateReader reader;
        try
        {
            reader = new(settings, new CounterRandom(1) { Blank = true });
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"{path} has sizes that fit no model: {e.Message}", e);
        }

        file.ReadInto(reader.Model.Parameters.Select(p => (p.Name, p.Value)));
        return reader;

        string? Value(string key) => file.Metadata.GetValueOrDefault(key);
        int Number(string key) =>
            int.TryParse(Value(key), NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value is > 0 and <= 4096 ? value : throw Wrong(key);
        InvalidDataException Wrong(string key) =>
            new(
                $"{path} says {(Value(key) is { } text ? $"\"{text}\"" : "nothing")} about {key}, so it is no DateReader: take one that Save or `train dates` "
                + "wrote.");
    }

    /// <summary>
    /// A few bytes of settings may ask for any size: the model is built only if the
    /// file holds its matrices. An encoder layer has 4C² of attention and 2·C·hidden
    /// of the feed-forward net, a decoder layer 8C² and the same.
    /// </summary>
    private static void RequireNumbers(SafeTensorsFile file, DateReaderSettings s)
    {
        long needed = s.Layers * (12L * s.Channels * s.Channels + 4L * s.Channels * s.Hidden), held = 0;
        foreach (StoredTensor tensor in file.Tensors)
        {
            held += (tensor.End - tensor.Begin) / sizeof(ushort);
        }

        if (held < needed)
        {
            throw new InvalidDataException(
                $"{file.Path} says {s.Layers} layers of {s.Channels} channels and {s.Hidden} hidden ones, at least {needed} numbers, but holds at most "
                + $"{held}: take one that Save or `train dates` wrote.");
        }
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
