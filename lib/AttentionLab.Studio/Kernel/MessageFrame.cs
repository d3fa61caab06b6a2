using System.Buffers.Binary;
using System.Text.Json;

namespace AttentionLab.Studio.Kernel;

/// <summary>
/// How a message lies on a pipe: four bytes that say "a message", its length (int32, little endian), its JSON as UTF-8. So a reader knows
/// at once when the other side sends something else, and when it died in the middle.
/// </summary>
internal static class MessageFrame
{
    /// <summary>The longest message; the longest value that a cell shows is below it in every spelling.</summary>
    public const int MaximumBytes = 256 << 20;

    private const int HeadBytes = 8;

    private static ReadOnlySpan<byte> Mark => "AbE\u0001"u8;

    /// <summary>Writes a message.</summary>
    public static void Write(Stream pipe, KernelMessage message)
    {
        byte[] body = message.ToBytes();
        Span<byte> head = stackalloc byte[HeadBytes];
        Mark.CopyTo(head);
        BinaryPrimitives.WriteInt32LittleEndian(head[Mark.Length..], body.Length);
        pipe.Write(head);
        pipe.Write(body);
        pipe.Flush();
    }

    /// <summary>Waits for a message.</summary>
    /// <returns>The message, or null when the pipe was closed between two messages.</returns>
    /// <exception cref="InvalidDataException">The pipe ended inside a message, or holds something else; the message says which.</exception>
    public static KernelMessage? Read(Stream pipe)
    {
        byte[] head = new byte[HeadBytes];
        int read = pipe.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false);
        if (read == 0)
        {
            return null;
        }

        if (!head.AsSpan(0, Math.Min(read, Mark.Length)).SequenceEqual(Mark[..Math.Min(read, Mark.Length)]))
        {
            throw new InvalidDataException("it sent bytes that are no message");
        }

        int length = read < HeadBytes ? 0 : BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(Mark.Length));
        if (length is < 0 or > MaximumBytes)
        {
            throw new InvalidDataException(FormattableString.Invariant($"it announced a message of {length:N0} bytes"));
        }

        byte[] body = new byte[length];
        read += pipe.ReadAtLeast(body, length, throwOnEndOfStream: false);
        if (read < HeadBytes + length || read < HeadBytes)
        {
            throw new InvalidDataException("it ended in the middle of a message");
        }

        try
        {
            return KernelMessage.FromBytes(body);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("it sent a message that " + (e.InnerException is JsonException ? "is no JSON" : "makes no sense"));
        }
    }
}
