using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using AttentionLab.Tensors;
using AttentionLab.Weights;

namespace AttentionLab.Words;

/// <summary>
/// Three forms of word vectors. The two of word2vec (Mikolov et al. 2013, word2vec.c), text: a line "V C", then for each word a line "word 0.1 −0.2 …",
/// blanks or tabs between; and binary: the same first line, then for each word its UTF-8 bytes, a blank, C little-endian float32 and, usually, a line feed.
/// And this library's own, a folder with the words as text and the numbers as safetensors (<see cref="ReadFolder"/>).
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
            int end = line.IndexOfAny((byte)' ', (byte)'\t');
            words[i] = reader.Word(end < 0 ? line : line[..end], i);
            ReadOnlySpan<byte> rest = end < 0 ? [] : line[end..].Trim(" \t\r"u8);
            Span<float> row = vectors.Row(i);
            int j = 0;
            for (; rest.Length > 0; j++)
            {
                int next = rest.IndexOfAny((byte)' ', (byte)'\t');
                ReadOnlySpan<byte> number = next < 0 ? rest : rest[..next];
                rest = next < 0 ? [] : rest[next..].TrimStart(" \t"u8);
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
    /// <exception cref="ArgumentException">
    /// A word occurs twice, is empty or contains a blank, a control character or half of a surrogate pair; a number is not finite; or there are none.
    /// </exception>
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
    /// <exception cref="ArgumentException">
    /// A word occurs twice, is empty or contains a blank, a control character or half of a surrogate pair; a number is not finite; or there are none.
    /// </exception>
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

    /// <summary>
    /// Reads this library's own form, a folder: <c>words.txt</c> holds a word a line, <c>vectors.safetensors</c> the tensor
    /// <c>vectors</c> (V, C), whose row is the line's number counted from 0; of type F16, BF16 or F32.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InvalidDataException">Anything is wrong with one of the files; the message names file and fix.</exception>
    public static WordVectors ReadFolder(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ForeignFile.RequireFolder(folder, $"{WordList} and {VectorFile}");
        string list = Path.Combine(folder, WordList), file = Path.Combine(folder, VectorFile);
        Vocabulary words = Vocabulary.Read(list);
        int broken = words.Words.ToList().FindIndex(word => !IsWord(word));
        if (broken >= 0)
        {
            throw new InvalidDataException(
                $"{list}: line {broken + 1} holds no word of 1 to {WordVectorReader.LongestWord} bytes without blank and control character: restore the file, "
                + "or write the folder again.");
        }

        using SafeTensorsFile stored = SafeTensorsFile.Open(file);
        Tensor vectors = stored.Read("vectors");
        if (vectors.Rank != 2 || vectors.Shape[0] != words.Count)
        {
            throw new InvalidDataException(
                $"{file} holds vectors {Tensor.Describe(vectors.Shape)} but {WordList} beside it has {words.Count} words: take both files from one training.");
        }

        int wrong = vectors.Span.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue);
        if (wrong >= 0)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{file}: a number of word \"{words[wrong / vectors.Columns]}\" is {vectors.Span[wrong]} but must be finite: restore the file, ")
                + "or write the folder again.");
        }

        try
        {
            return new(new Vocabulary(words.Words), vectors);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"{list}: {e.Message}", e);
        }
    }

    /// <summary>Writes this library's own form; see <see cref="ReadFolder"/>.</summary>
    /// <param name="vectors">What to write.</param>
    /// <param name="folder">The folder; it is made, and the two files in it are replaced: both, or where anything fails neither.</param>
    /// <param name="type">Type of the numbers in the file: "F16" halves the size and rounds to 11 bits.</param>
    /// <param name="metadata">What else the file is to say of itself.</param>
    /// <exception cref="ArgumentException">
    /// A word occurs twice, is empty or contains a blank, a control character or half of a surrogate pair; a number is not finite; or there are none.
    /// </exception>
    public static void WriteFolder(WordVectors vectors, string folder, string type = "F16", IReadOnlyDictionary<string, string>? metadata = null)
    {
        Check(vectors);
        AtomicFile.WriteFolder(folder, temporary =>
        {
            SafeTensorsFile.Write(Path.Combine(temporary, VectorFile), [("vectors", vectors.Vectors)], type, metadata);
            vectors.Words.Write(Path.Combine(temporary, WordList));
        });
    }

    private const string WordList = "words.txt", VectorFile = "vectors.safetensors";

    private static bool IsWord(string word) => word.Length > 0
        && !word.Any(c => c == ' ' || char.IsControl(c))
        && ForeignText.HasUtf8(word)
        && Encoding.UTF8.GetByteCount(word) <= WordVectorReader.LongestWord;

    /// <summary>Refuses what could be written but not read again, before a good file is replaced by it.</summary>
    private static void Check(WordVectors vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        if (vectors.Words.Count == 0 || vectors.Width == 0)
        {
            throw new ArgumentException(
                $"vectors are {vectors.Words.Count} words with {vectors.Width} numbers each but a file holds at least one of both: write nothing.",
                nameof(vectors));
        }

        for (int i = 0; i < vectors.Words.Count; i++)
        {
            if (!IsWord(vectors.Words[i]))
            {
                throw new ArgumentException(
                    $"word {i} is \"{vectors.Words[i]}\" but the format needs 1 to {WordVectorReader.LongestWord} bytes of UTF-8 without blank and control "
                    + "character: rename it, for example with _ for the blank.",
                    nameof(vectors));
            }

            if (vectors.Words[vectors.Words[i]] is int last && last != i)
            {
                throw new ArgumentException(
                    $"word \"{vectors.Words[i]}\" has the ids {i} and {last} but a file has each word once: leave out one of the two.", nameof(vectors));
            }

            int wrong = vectors.Vectors.Row(i).IndexOfAnyExceptInRange(float.MinValue, float.MaxValue);
            if (wrong >= 0)
            {
                throw new ArgumentException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"number {wrong + 1} of word \"{vectors.Words[i]}\" is {vectors.Vectors.Row(i)[wrong]} but a file holds finite numbers: ")
                    + "leave the word out, or train again with a lower rate.",
                    nameof(vectors));
            }
        }
    }

    private static void Write(WordVectors vectors, string path, Action<Stream, string, float[]> writeRow)
    {
        Check(vectors);
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
