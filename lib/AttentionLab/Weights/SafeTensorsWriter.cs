using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using AttentionLab.Tensors;

namespace AttentionLab.Weights;

/// <summary>Writes safetensors: header length, JSON header padded with spaces to 8 bytes, then the values in the order given.</summary>
internal static class SafeTensorsWriter
{
    public static void Write(string path, IEnumerable<(string Name, Tensor Value)> tensors, string type, IReadOnlyDictionary<string, string>? metadata)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        if (type is not ("F32" or "F16"))
        {
            throw new ArgumentException($"type is \"{type}\" but only \"F32\" and \"F16\" are written: pass one of these.", nameof(type));
        }

        (string Name, Tensor Value)[] all = [.. tensors];
        byte[] header = Header(all, type, metadata ?? new Dictionary<string, string>());
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach ((string name, Tensor value) in all)
            {
                if (type == "F32")
                {
                    WriteSingles(stream, value.Span);
                }
                else
                {
                    WriteHalves(stream, name, value.Span, nameof(tensors));
                }
            }
        });
    }

    private static byte[] Header((string Name, Tensor Value)[] tensors, string type, IReadOnlyDictionary<string, string> metadata)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            HashSet<string> names = [];
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject(SafeTensorsHeader.MetadataName);
                foreach ((string key, string text) in metadata)
                {
                    RequireUtf8(key, nameof(metadata));
                    RequireUtf8(text, nameof(metadata));
                    json.WriteString(key, text);
                }

                json.WriteEndObject();
            }

            long offset = 0;
            foreach ((string name, Tensor value) in tensors)
            {
                RequireUtf8(name, nameof(tensors));
                if (name == SafeTensorsHeader.MetadataName || !names.Add(name))
                {
                    throw new ArgumentException(
                        $"tensor \"{name}\" {(name == SafeTensorsHeader.MetadataName ? "has the name reserved for texts" : "occurs twice")}: give it a name "
                        + "of its own.",
                        nameof(tensors));
                }

                json.WriteStartObject(name);
                json.WriteString("dtype", type);
                json.WriteStartArray("shape");
                foreach (int size in value.Shape)
                {
                    json.WriteNumberValue(size);
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += (long)value.Length * SafeTensorsEntry.SizeOf(type));
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        while (bytes.Length % 8 != 0)
        {
            bytes.WriteByte((byte)' ');
        }

        return bytes.ToArray();
    }

    private static void RequireUtf8(string text, string where)
    {
        if (!ForeignText.HasUtf8(text))
        {
            throw new ArgumentException($"text \"{text}\" holds half of a surrogate pair, which UTF-8 cannot hold: rename it.", where);
        }
    }

    private static void WriteSingles(Stream stream, ReadOnlySpan<float> values)
    {
        for (; values.Length > 0; values = values[Math.Min(values.Length, 1 << 20)..])
        {
            stream.Write(MemoryMarshal.AsBytes(values[..Math.Min(values.Length, 1 << 20)]));
        }
    }

    private static void WriteHalves(Stream stream, string name, ReadOnlySpan<float> values, string where)
    {
        Half[] halves = new Half[Math.Min(values.Length, 1 << 20)];
        for (int start = 0; start < values.Length; start += halves.Length)
        {
            int count = Math.Min(halves.Length, values.Length - start);
            for (int i = 0; i < count; i++)
            {
                halves[i] = (Half)values[start + i];
                if (Half.IsInfinity(halves[i]) && float.IsFinite(values[start + i]))
                {
                    throw new ArgumentException(
                        FormattableString.Invariant(
                            $"tensor \"{name}\" holds {values[start + i]} at position {start + i} but F16 ends at 65504: write it as F32."),
                        where);
                }
            }

            stream.Write(MemoryMarshal.AsBytes(halves.AsSpan(0, count)));
        }
    }
}
