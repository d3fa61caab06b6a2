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

    /// <summary>Sizes of a tensor; PyTorch and NumPy stop there too.</summary>
    private const int MostSizes = 64;

    /// <summary>Texts under <see cref="MetadataName"/>: a short one takes ten times its bytes as an entry of a dictionary.</summary>
    private const int MostTexts = 10_000;

    private static readonly string[] Types =
    [
        "F32", "F16", "BF16", "F64", "I64", "I32", "I16", "I8", "U64", "U32", "U16", "U8", "BOOL", "C64", "F8_E4M3", "F8_E5M2", "F8_E8M0"
    ];

    private const string DType = "dtype", Shape = "shape", Offsets = "data_offsets";

    private const string Advice = "download or save the file again";

    /// <summary>Bytes of one value, by the type's name in the file; 0 for a type that is not known here, whose tensor is passed over.</summary>
    public static int SizeOf(string type) => type switch
    {
        "BOOL" or "U8" or "I8" or "F8_E4M3" or "F8_E5M2" or "F8_E8M0" => 1,
        "U16" or "I16" or "F16" or "BF16" => 2,
        "U32" or "I32" or "F32" => 4,
        "U64" or "I64" or "F64" or "C64" => 8,
        _ => 0,
    };

    /// <summary>Reads and checks the whole header; allocates in proportion to the header's own length and no more.</summary>
    /// <param name="json">The header's bytes, UTF-8.</param>
    /// <param name="dataLength">Bytes behind the header.</param>
    /// <param name="file">Name for messages.</param>
    /// <exception cref="InvalidDataException">Anything is wrong with it; the message names file, tensor and fix.</exception>
    public static SafeTensorsHeader Parse(ReadOnlySpan<byte> json, long dataLength, string file)
    {
        Dictionary<string, StoredTensor> tensors = [];
        Dictionary<string, string>? metadata = null;
        Span<long> sizes = stackalloc long[MostSizes];
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
                    tensors.Add(name, ReadEntry(ref reader, name, dataLength, sizes));
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
            string where = current switch { null => "header", MetadataName => MetadataName, _ => $"tensor \"{Shorten(current)}\"" };
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
                throw new FormatException($"the key \"{Shorten(key)}\" occurs twice: keep one of the two and {Advice}");
            }
        }
    }

    private static StoredTensor ReadEntry(ref Utf8JsonReader reader, string name, long dataLength, scoped Span<long> sizes)
    {
        string? type = null;
        long[]? shape = null, offsets = null;
        Expect(ref reader, JsonTokenType.StartObject, "an object with dtype, shape and data_offsets");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string? key = reader.ValueTextEquals(DType) ? DType : reader.ValueTextEquals(Shape) ? Shape : reader.ValueTextEquals(Offsets) ? Offsets : null;
            reader.Read();
            switch (key)
            {
                case DType when type is null:
                    Expect(ref reader, JsonTokenType.String, "dtype as a text");
                    type = Type(ref reader);
                    break;
                case Shape when shape is null:
                    shape = ReadSizes(ref reader, key, sizes);
                    break;
                case Offsets when offsets is null:
                    offsets = ReadSizes(ref reader, key, sizes);
                    break;
                case not null:
                    throw new FormatException($"{key} occurs twice: {Advice}");
                default:
                    reader.Skip();
                    break;
            }
        }

        if (type is null || shape is null || offsets is null)
        {
            throw new FormatException($"{(type is null ? "dtype" : shape is null ? "shape" : "data_offsets")} is missing: {Advice}");
        }

        if (offsets.Length != 2)
        {
            throw new FormatException($"data_offsets holds {offsets.Length} numbers but must hold 2, begin and end: {Advice}");
        }

        if (offsets[0] > offsets[1] || offsets[1] > dataLength)
        {
            throw new FormatException(
                $"data_offsets claims bytes {offsets[0]} to {offsets[1]} but the file holds {dataLength} bytes of data: it is truncated or its header is "
                + $"wrong; {Advice}");
        }

        // A later version of the format may know more types: only who asks for such a tensor is refused.
        if (SizeOf(type) is > 0 and int size)
        {
            CheckSize(type, size, shape, offsets);
        }

        return new(name, type, shape, offsets[0], offsets[1]);
    }

    private static void CheckSize(string type, int size, long[] shape, long[] offsets)
    {
        UInt128 bytes = (UInt128)size;
        foreach (long d in shape)
        {
            // A product above 2^64 already fits in no file; stopping there keeps it below 2^128.
            bytes = bytes > ulong.MaxValue && d > 1 ? UInt128.MaxValue >> 64 << 64 : bytes * (UInt128)d;
        }

        if (bytes != (UInt128)(offsets[1] - offsets[0]))
        {
            string needed = bytes > ulong.MaxValue ? "more than 2^64" : bytes.ToString();
            throw new FormatException(
                $"shape {StoredTensor.Describe(shape)} of {type} needs {needed} bytes but data_offsets {offsets[0]} to {offsets[1]} hold "
                + $"{offsets[1] - offsets[0]}: {Advice}");
        }
    }

    /// <summary>The type's name; one string for all tensors of a known one.</summary>
    private static string Type(ref Utf8JsonReader reader)
    {
        foreach (string known in Types)
        {
            if (reader.ValueTextEquals(known))
            {
                return known;
            }
        }

        return reader.GetString()!;
    }

    /// <param name="reader">Before the array.</param>
    /// <param name="key">Name for messages.</param>
    /// <param name="sizes">Memory to collect in.</param>
    private static long[] ReadSizes(ref Utf8JsonReader reader, string key, scoped Span<long> sizes)
    {
        int count = 0;
        Expect(ref reader, JsonTokenType.StartArray, "an array", key);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Expect(ref reader, JsonTokenType.Number, "whole numbers", key);
            if (!reader.TryGetInt64(out long size) || size < 0)
            {
                string text = System.Text.Encoding.ASCII.GetString(reader.ValueSpan[..Math.Min(reader.ValueSpan.Length, 40)]);
                throw new FormatException($"{key} holds {text} but must hold whole numbers from 0 to 2^63 - 1: {Advice}");
            }

            if (count == sizes.Length)
            {
                throw new FormatException($"{key} holds more than {sizes.Length} numbers: {Advice}");
            }

            sizes[count++] = size;
        }

        return sizes[..count].ToArray();
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
                string before = last is null ? "the header" : $"tensor \"{Shorten(last)}\"";
                string fault = t.Begin < end ? "overlaps" : "leaves a gap after";
                throw new InvalidDataException(
                    $"{file}: tensor \"{Shorten(t.Name)}\" begins at byte {t.Begin} but {before} ends at byte {end}: it {fault} {before}; {Advice}.");
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
    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type, string what, string? key = null)
    {
        if (reader.TokenType != type)
        {
            throw new FormatException(
                $"{what}{(key is null ? "" : $" in {key}")} was expected at byte {reader.TokenStartIndex} of the header but {reader.TokenType} came: {Advice}");
        }
    }

    /// <summary>A hostile name may be megabytes long or steer a terminal; a message does not.</summary>
    internal static string Shorten(string text)
    {
        string shown = text.Length <= 80 ? text : $"{text.AsSpan(0, 77)}...";
        return shown.Any(char.IsControl) ? string.Concat(shown.Select(c => char.IsControl(c) ? '?' : c)) : shown;
    }
}
