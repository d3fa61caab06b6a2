using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using AttentionLab.Tensors;

namespace AttentionLab.Words;

/// <summary>
/// The two formats of word2vec (Mikolov et al. 2013, word2vec.c). Text: a line "V C", then for each word a line "word 0.1 −0.2 …".
/// Binary: the same first line, then for each word its UTF-8 bytes, a blank, C little-endian float32 and, usually, a line feed.
/// </summary>
/// <remarks>What the first line claims is compared with the file's length before memory is taken.</remarks>
public static class WordVectorFiles
{
    /// <summary>Reads the text format.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">Anything is wrong with it; the message names file, word and fix.</exception>
    public static WordVectors ReadText(string path)
    {
        using WordVectorReader reader = new(path);
        (int count, int width) = reader.ReadSizes(bytesPerNumber: 2);
        string[] words = new string[count];
        Tensor vectors = new(count, width);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> line = reader.ReadLine(i);
            int end = line.IndexOf((byte)' ');
            words[i] = reader.Word(end < 0 ? line : line[..end], i);
            ReadOnlySpan<byte> rest = end < 0 ? [] : line[end..].Trim(" \t\r"u8);
            Span<float> row = vectors.Row(i);
            int j = 0;
            for (; rest.Length > 0; j++)
            {
                int next = rest.IndexOf((byte)' ');
                ReadOnlySpan<byte> number = next < 0 ? rest : rest[..next];
                rest = next < 0 ? [] : rest[next..].TrimStart((byte)' ');
                if (j < width && !float.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out row[j]))
                {
                    throw reader.Fault($"number {j + 1} of word \"{words[i]}\" is \"{WordVectorReader.Show(number)}\" but must be a decimal number");
                }
            }

            if (j != width)
            {
                throw reader.Fault($"word \"{words[i]}\" (line {i + 2}) has {j} numbers but the first line promises {width}");
            }

            reader.CheckFinite(row, words[i]);
        }

        return reader.Finish(words, vectors);
    }

    /// <summary>Reads the binary format.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">Anything is wrong with it; the message names file, word and fix.</exception>
    public static WordVectors ReadBinary(string path)
    {
        using WordVectorReader reader = new(path);
        (int count, int width) = reader.ReadSizes(bytesPerNumber: 4);
        string[] words = new string[count];
        Tensor vectors = new(count, width);
        for (int i = 0; i < count; i++)
        {
            words[i] = reader.Word(reader.ReadBinaryWord(i), i);
            Span<float> row = vectors.Row(i);
            reader.ReadExactly(MemoryMarshal.AsBytes(row), words[i]);
            if (!BitConverter.IsLittleEndian)
            {
                Span<int> bits = MemoryMarshal.Cast<float, int>(row);
                System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(bits, bits);
            }

            reader.CheckFinite(row, words[i]);
        }

        return reader.Finish(words, vectors);
    }

    /// <summary>Writes the text format; every number so that it is read back bit for bit.</summary>
    /// <param name="vectors">What to write.</param>
    /// <param name="path">The file; it is replaced through a temporary one.</param>
    /// <exception cref="ArgumentException">A word is empty or contains a blank or a control character.</exception>
    public static void WriteText(WordVectors vectors, string path) => Write(vectors, path, static (writer, word, row) =>
    {
        StringBuilder line = new(word);
        foreach (float number in row)
        {
            line.Append(' ').Append(number.ToString("R", CultureInfo.InvariantCulture));
        }

        writer.Write(Encoding.UTF8.GetBytes(line.Append('\n').ToString()));
    });

    /// <summary>Writes the binary format.</summary>
    /// <param name="vectors">What to write.</param>
    /// <param name="path">The file; it is replaced through a temporary one.</param>
    /// <exception cref="ArgumentException">A word is empty or contains a blank or a control character.</exception>
    public static void WriteBinary(WordVectors vectors, string path) => Write(vectors, path, static (writer, word, row) =>
    {
        writer.Write(Encoding.UTF8.GetBytes(word + " "));
        Span<byte> bytes = stackalloc byte[4];
        foreach (float number in row)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteSingleLittleEndian(bytes, number);
            writer.Write(bytes);
        }

        writer.WriteByte((byte)'\n');
    });

    private static void Write(WordVectors vectors, string path, Action<Stream, string, float[]> writeRow)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        for (int i = 0; i < vectors.Words.Count; i++)
        {
            string word = vectors.Words[i];
            if (word.Length == 0 || word.Any(c => c <= ' ') || Encoding.UTF8.GetByteCount(word) > WordVectorReader.LongestWord)
            {
                throw new ArgumentException($"word {i} is \"{word}\" but the format needs 1 to {WordVectorReader.LongestWord} bytes without blank and control character: rename it, for example with _ for the blank.", nameof(vectors));
            }
        }

        AtomicFile.Write(path, stream =>
        {
            stream.Write(Encoding.UTF8.GetBytes($"{vectors.Words.Count} {vectors.Width}\n"));
            for (int i = 0; i < vectors.Words.Count; i++)
            {
                writeRow(stream, vectors.Words[i], vectors.Vectors.Row(i).ToArray());
            }
        });
    }
}
