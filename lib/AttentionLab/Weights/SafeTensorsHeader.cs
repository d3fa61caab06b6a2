using System.Text.Json;

namespace AttentionLab.Weights;

/// <summary>
/// The JSON header of a safetensors file: <c>{"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, …}</c>,
/// with optional texts under <c>__metadata__</c>. The tensors' bytes must tile the data: no overlap, no gap, nothing behind them.
/// Source: the format's description, https://github.com/huggingface/safetensors#format.
/// </summary>
/// <param name="Tensors">The entries, in the order of their bytes.</param>
/// <param name="ByName">The same by their names.</param>
/// <param name="Metadata">The texts under <c>__metadata__</c>.</param>
internal sealed record SafeTensorsHeader(
    IReadOnlyList<StoredTensor> Tensors, Dictionary<string, StoredTensor> ByName, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>The format allows no longer header.</summary>
    public const int MaximalLength = 100_000_000;

    /// <summary>The name that holds texts instead of a tensor.</summary>
    public const string MetadataName = "__metadata__";

    /// <summary>Texts under <see cref="MetadataName"/>: a short one takes ten times its bytes as an entry of a dictionary.</summary>
    private const int MostTexts = 10_000;

    /// <summary>How messages about a damaged file end.</summary>
    internal const string Advice = "download or save the file again";

    /// <summary>Reads and checks the whole header; allocates in proportion to the header's own length and no more.</summary>
    /// <param name="json">The header's bytes, UTF-8.</param>
    /// <param name="dataLength">Bytes behind the header.</param>
    /// <param name="file">Name for messages.</param>
    /// <exception cref="InvalidDataException">Anything is wrong with it; the message names file, tensor and fix.</exception>
    public static SafeTensorsHeader Parse(ReadOnlySpan<byte> json, long dataLength, string file)
    {
        Dictionary<string, StoredTensor> tensors = [];
        Dictionary<string, string>? metadata = null;
        Span<long> sizes = stackalloc long[SafeTensorsEntry.MostSizes];
        string? current = null;
        try
        {
            Utf8JsonReader reader = new(json);
            reader.Read();
            Expect(ref reader, JsonTokenType.StartObject, "an object");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                current = name;
                if (name == MetadataName ? metadata is not null : tensors.ContainsKey(name))
                {
                    throw new FormatException($"the name occurs twice: keep one of the two and {Advice}");
                }

                reader.Read();
                if (name == MetadataName)
                {
                    ReadMetadata(ref reader, metadata = []);
                }
                else
                {
                    tensors.Add(name, SafeTensorsEntry.Read(ref reader, name, dataLength, sizes));
                }
            }

            current = null;
            while (reader.Read())
            {
                // Utf8JsonReader refuses anything but white space behind the object.
            }
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            string reason = e switch
            {
                JsonException j =>
                    $"byte {j.BytePositionInLine ?? 0} of line {(j.LineNumber ?? 0) + 1} is not valid JSON: the file is damaged or no safetensors file; "
                    + $"{Advice}",
                InvalidOperationException => $"a text is not valid UTF-8: the file is damaged; {Advice}",
                _ => e.Message,
            };
            string where = current switch { null => "header", MetadataName => MetadataName, _ => $"tensor \"{ForeignText.Shorten(current)}\"" };
            throw new InvalidDataException($"{file}: {where}: {reason}.", e);
        }

        StoredTensor[] sorted = [.. tensors.Values];
        CheckTiling(sorted, dataLength, file);
        return new(sorted, tensors, metadata ?? []);
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, Dictionary<string, string> metadata)
    {
        Expect(ref reader, JsonTokenType.StartObject, "an object of texts");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            Expect(ref reader, JsonTokenType.String, "a text");
            if (metadata.Count == MostTexts)
            {
                throw new FormatException($"it holds more than {MostTexts} texts: {Advice}");
            }

            if (!metadata.TryAdd(key, reader.GetString()!))
            {
                throw new FormatException($"the key \"{ForeignText.Shorten(key)}\" occurs twice: keep one of the two and {Advice}");
            }
        }
    }

    private static void CheckTiling(StoredTensor[] tensors, long dataLength, string file)
    {
        Array.Sort(tensors, (a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        long end = 0;
        string? last = null;
        foreach (StoredTensor t in tensors)
        {
            if (t.Begin != end)
            {
                string before = last is null ? "the header" : $"tensor \"{ForeignText.Shorten(last)}\"";
                string fault = t.Begin < end ? "overlaps" : "leaves a gap after";
                throw new InvalidDataException(
                    $"{file}: tensor \"{ForeignText.Shorten(t.Name)}\" begins at byte {t.Begin} but {before} ends at byte {end}: it {fault} {before}; "
                    + $"{Advice}.");
            }

            (end, last) = (t.End, t.Name);
        }

        if (end != dataLength)
        {
            throw new InvalidDataException(
                $"{file}: the last tensor ends at byte {end} but the file holds {dataLength} bytes of data: {dataLength - end} bytes belong to no tensor; "
                + $"{Advice}.");
        }
    }

    /// <summary>Called for every number: nothing is put together unless it fails.</summary>
    internal static void Expect(ref Utf8JsonReader reader, JsonTokenType type, string what, string? key = null)
    {
        if (reader.TokenType != type)
        {
            throw new FormatException(
                $"{what}{(key is null ? "" : $" in {key}")} was expected at byte {reader.TokenStartIndex} of the header but {reader.TokenType} came: {Advice}");
        }
    }
}
