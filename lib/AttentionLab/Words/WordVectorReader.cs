using System.Globalization;
using System.Text;
using AttentionLab.Tensors;
using AttentionLab.Weights;

namespace AttentionLab.Words;

/// <summary>What both word2vec formats need from a file that may lie: bounded lines and words, checked sizes, messages with name and fix.</summary>
internal sealed class WordVectorReader : IDisposable
{
    /// <summary>Bytes of the longest word.</summary>
    public const int LongestWord = 1000;

    private const int LongestFirstLine = 100;

    private readonly string _path;
    private readonly BufferedStream _stream;
    private readonly long _length;
    private byte[] _line = new byte[256];
    private int _width;

    public WordVectorReader(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = path;
        ForeignFile.RequireFile(path, "check the path, or make the file by word2vec");
        FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        _length = file.Length;
        _stream = new(file, 1 << 16);
    }

    /// <summary>The first line, V and C, believed only if the file is long enough: a word needs a byte, a blank and its numbers.</summary>
    public (int Count, int Width) ReadSizes(int bytesPerNumber)
    {
        ReadOnlySpan<byte> line = ReadUntil((byte)'\n', LongestFirstLine, "the first line");
        ReadOnlySpan<byte> sizes = (line.StartsWith(Encoding.UTF8.Preamble) ? line[3..] : line).Trim(" \t\r"u8);
        int blank = sizes.IndexOfAny((byte)' ', (byte)'\t');
        if (blank < 0
            || !long.TryParse(sizes[..blank], NumberStyles.None, CultureInfo.InvariantCulture, out long count)
            || !long.TryParse(sizes[blank..].TrimStart(" \t"u8), NumberStyles.None, CultureInfo.InvariantCulture, out long width)
            || count == 0 || width == 0)
        {
            throw Fault(
                $"the first line is \"{Show(line.TrimEnd(" \r"u8))}\" but must be two whole numbers, words and width (files of GloVe lack it: put it before "
                + "them)");
        }

        Int128 needed = (Int128)count * (2 + (Int128)width * bytesPerNumber) - 1;
        if (needed > _length - _stream.Position || (Int128)count * width > Array.MaxLength)
        {
            throw Fault(
                $"the first line promises {count} words with {width} numbers each, at least {needed} bytes, but {_length - _stream.Position} follow: the file "
                + "is truncated, or of the other of the two formats");
        }

        _width = (int)width;
        return ((int)count, (int)width);
    }

    /// <summary>One line of the text format without its end.</summary>
    public ReadOnlySpan<byte> ReadLine(int index) => ReadUntil((byte)'\n', LongestWord + 64L * _width + 64, $"line {index + 2}");

    /// <summary>The bytes of one word of the binary format, without the blank behind it and the line feed before it.</summary>
    public ReadOnlySpan<byte> ReadBinaryWord(int index) => ReadUntil((byte)' ', LongestWord + 2, $"word {index}", mustEnd: true).TrimStart("\n\r"u8);

    public void ReadExactly(Span<byte> bytes, string word)
    {
        int read = _stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read < bytes.Length)
        {
            throw Fault($"word \"{word}\" has {read} bytes of numbers but the first line promises {bytes.Length}: the file is truncated");
        }
    }

    /// <summary>A word's text.</summary>
    public string Word(ReadOnlySpan<byte> bytes, int index)
    {
        if (bytes.Length is 0 or > LongestWord)
        {
            throw Fault($"word {index} has {bytes.Length} bytes but a word has 1 to {LongestWord}");
        }

        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Fault($"word {index}, \"{Show(bytes)}\", is not UTF-8: save the words as UTF-8");
        }
    }

    public void CheckFinite(ReadOnlySpan<float> row, string word)
    {
        int at = row.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue);
        if (at >= 0)
        {
            throw Fault(string.Create(CultureInfo.InvariantCulture, $"number {at + 1} of word \"{word}\" is {row[at]} but must be finite"));
        }
    }

    /// <summary>Nothing may follow the last word; no word may occur twice.</summary>
    public WordVectors Finish(string[] words, Tensor vectors)
    {
        for (int next = _stream.ReadByte(); next >= 0; next = _stream.ReadByte())
        {
            if (next is not ('\n' or '\r' or ' '))
            {
                throw Fault($"text follows the {words.Length} words that the first line promises");
            }
        }

        try
        {
            return new(new Vocabulary(words), vectors);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"{_path}: {e.Message}", e);
        }
    }

    /// <summary>What is wrong; of a file that is known to be something else, that.</summary>
    public InvalidDataException Fault(string fault) =>
        new(ForeignFile.Describe(_path) is string foreign ? $"{_path} {foreign}." : $"{_path}: {fault}; take the whole file again, or make it by word2vec.");

    /// <summary>Foreign bytes for a message: at most 40, whatever is not plain ASCII as a dot.</summary>
    public static string Show(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new();
        foreach (byte b in bytes[..Math.Min(bytes.Length, 40)])
        {
            text.Append(b is >= 32 and < 127 ? (char)b : '.');
        }

        return bytes.Length > 40 ? $"{text}…" : text.ToString();
    }

    public void Dispose() => _stream.Dispose();

    private ReadOnlySpan<byte> ReadUntil(byte end, long maximum, string what, bool mustEnd = false)
    {
        int length = 0;
        for (int next = _stream.ReadByte(); next != end; next = _stream.ReadByte())
        {
            if (next < 0)
            {
                if (length == 0 || mustEnd)
                {
                    throw Fault($"{what} is missing: the file is truncated");
                }

                break;
            }

            if (length == maximum)
            {
                throw Fault($"{what} has more than {maximum} bytes");
            }

            if (length == _line.Length)
            {
                Array.Resize(ref _line, 2 * _line.Length);
            }

            _line[length++] = (byte)next;
        }

        return _line.AsSpan(0, length);
    }
}
