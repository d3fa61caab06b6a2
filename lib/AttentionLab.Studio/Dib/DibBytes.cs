using System.Text;

namespace AttentionLab.Studio.Dib;

/// <summary>Text of a file that should be a notebook: UTF-8, whole.</summary>
internal static class DibBytes
{
    /// <summary>The text, with its byte order mark.</summary>
    /// <exception cref="DibException">Empty, binary, another encoding, or cut off.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes, string name)
    {
        if (bytes.IsEmpty)
        {
            throw new DibException($"{name}: is empty (0 bytes).");
        }

        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            throw new DibException($"{name}: is UTF-16: save it as UTF-8.");
        }

        int zero = bytes.IndexOf((byte)0);
        if (zero >= 0)
        {
            throw new DibException($"{name}: is binary, not a notebook: byte {zero} is 0.");
        }

        int bad = FirstInvalidByte(bytes);
        if (bad >= 0)
        {
            throw new DibException(bytes.Length - bad < 4 && bad > 0
                ? $"{name}: is cut off in the middle of a character (byte {bad} of {bytes.Length})."
                : $"{name}: is binary or not UTF-8: byte {bad} is 0x{bytes[bad]:X2}.");
        }

        return Encoding.UTF8.GetString(bytes);
    }

    private static int FirstInvalidByte(ReadOnlySpan<byte> bytes)
    {
        for (int at = 0; at < bytes.Length;)
        {
            if (Rune.DecodeFromUtf8(bytes[at..], out _, out int length) != System.Buffers.OperationStatus.Done)
            {
                return at;
            }

            at += length;
        }

        return -1;
    }
}
