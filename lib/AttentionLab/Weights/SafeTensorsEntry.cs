using System.Text.Json;

namespace AttentionLab.Weights;

/// <summary>One tensor in the header of a safetensors file: <c>{"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}</c>.</summary>
internal static class SafeTensorsEntry
{
    /// <summary>Sizes of a tensor; PyTorch and NumPy stop there too.</summary>
    public const int MostSizes = 64;

    private static readonly string[] Types =
    [
        "F32", "F16", "BF16", "F64", "I64", "I32", "I16", "I8", "U64", "U32", "U16", "U8", "BOOL", "C64", "F8_E4M3", "F8_E5M2", "F8_E8M0"
    ];

    private const string DType = "dtype", Shape = "shape", Offsets = "data_offsets";

    /// <summary>Bytes of one value, by the type's name in the file; 0 for a type that is not known here, whose tensor is passed over.</summary>
    public static int SizeOf(string type) => type switch
    {
        "BOOL" or "U8" or "I8" or "F8_E4M3" or "F8_E5M2" or "F8_E8M0" => 1,
        "U16" or "I16" or "F16" or "BF16" => 2,
        "U32" or "I32" or "F32" => 4,
        "U64" or "I64" or "F64" or "C64" => 8,
        _ => 0,
    };

    /// <summary>Reads and checks one entry.</summary>
    /// <param name="reader">Before the entry's value.</param>
    /// <param name="name">The tensor's name.</param>
    /// <param name="dataLength">Bytes behind the header.</param>
    /// <param name="sizes">Memory to collect numbers in.</param>
    /// <exception cref="FormatException">Something is missing or wrong.</exception>
    public static StoredTensor Read(ref Utf8JsonReader reader, string name, long dataLength, scoped Span<long> sizes)
    {
        string? type = null;
        long[]? shape = null, offsets = null;
        SafeTensorsHeader.Expect(ref reader, JsonTokenType.StartObject, "an object with dtype, shape and data_offsets");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string? key = reader.ValueTextEquals(DType) ? DType : reader.ValueTextEquals(Shape) ? Shape : reader.ValueTextEquals(Offsets) ? Offsets : null;
            reader.Read();
            switch (key)
            {
                case DType when type is null:
                    SafeTensorsHeader.Expect(ref reader, JsonTokenType.String, "dtype as a text");
                    type = Type(ref reader);
                    break;
                case Shape when shape is null:
                    shape = ReadSizes(ref reader, key, sizes);
                    break;
                case Offsets when offsets is null:
                    offsets = ReadSizes(ref reader, key, sizes);
                    break;
                case not null:
                    throw new FormatException($"{key} occurs twice: {SafeTensorsHeader.Advice}");
                default:
                    reader.Skip();
                    break;
            }
        }

        if (type is null || shape is null || offsets is null)
        {
            throw new FormatException($"{(type is null ? "dtype" : shape is null ? "shape" : "data_offsets")} is missing: {SafeTensorsHeader.Advice}");
        }

        if (offsets.Length != 2)
        {
            throw new FormatException($"data_offsets holds {offsets.Length} numbers but must hold 2, begin and end: {SafeTensorsHeader.Advice}");
        }

        if (offsets[0] > offsets[1] || offsets[1] > dataLength)
        {
            throw new FormatException(
                $"data_offsets claims bytes {offsets[0]} to {offsets[1]} but the file holds {dataLength} bytes of data: it is truncated or its header is "
                + $"wrong; {SafeTensorsHeader.Advice}");
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
                + $"{offsets[1] - offsets[0]}: {SafeTensorsHeader.Advice}");
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
        SafeTensorsHeader.Expect(ref reader, JsonTokenType.StartArray, "an array", key);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            SafeTensorsHeader.Expect(ref reader, JsonTokenType.Number, "whole numbers", key);
            if (!reader.TryGetInt64(out long size) || size < 0)
            {
                string text = System.Text.Encoding.ASCII.GetString(reader.ValueSpan[..Math.Min(reader.ValueSpan.Length, 40)]);
                throw new FormatException($"{key} holds {text} but must hold whole numbers from 0 to 2^63 - 1: {SafeTensorsHeader.Advice}");
            }

            if (count == sizes.Length)
            {
                throw new FormatException($"{key} holds more than {sizes.Length} numbers: {SafeTensorsHeader.Advice}");
            }

            sizes[count++] = size;
        }

        return sizes[..count].ToArray();
    }
}
