using System.Buffers.Binary;

namespace AttentionLab.Weights;

/// <summary>The numbers of a stored tensor as float32. Of the types of a safetensors file three are read: F32, F16 and BF16.</summary>
internal static unsafe class StoredValues
{
    /// <summary>Throws unless the type is one that is read.</summary>
    /// <param name="stored">The tensor.</param>
    /// <param name="file">Name for the message.</param>
    /// <exception cref="InvalidDataException">It is another type.</exception>
    public static void Require(StoredTensor stored, string file)
    {
        if (stored.Type is not ("F32" or "F16" or "BF16"))
        {
            throw new InvalidDataException(
                $"{file}: tensor \"{ForeignText.Shorten(stored.Name)}\" is stored as {ForeignText.Shorten(stored.Type)} but only F32, F16 and "
                + "BF16 are read: save it as F32.");
        }
    }

    /// <summary>Converts as many values as <paramref name="values"/> holds.</summary>
    /// <param name="type">One that <see cref="Require"/> lets through.</param>
    /// <param name="source">The first byte.</param>
    /// <param name="values">Where they go.</param>
    public static void Convert(string type, byte* source, Span<float> values)
    {
        switch (type)
        {
            case "F32":
                new ReadOnlySpan<float>(source, values.Length).CopyTo(values);
                break;
            case "F16":
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = (float)BitConverter.UInt16BitsToHalf(Word(source, i));
                }

                break;
            default:
                // BF16 is the upper half of a float32.
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = BitConverter.UInt32BitsToSingle((uint)Word(source, i) << 16);
                }

                break;
        }
    }

    private static ushort Word(byte* source, int index) => BinaryPrimitives.ReadUInt16LittleEndian(new(source + 2L * index, 2));
}
