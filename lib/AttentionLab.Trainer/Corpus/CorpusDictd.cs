using System.IO.Compression;
using System.Text;
using AttentionLab.Course.Data;

namespace AttentionLab.Trainer;

/// <summary>
/// Reads a dictionary of the dictd server: <c>NAME.dict.dz</c> (a gzip file with all entries) and <c>NAME.index</c>
/// (lines "word TAB start TAB length" in digits of base 64, A to Z, a to z, 0 to 9, +, /). Several words may name the same entry.
/// </summary>
internal static class CorpusDictd
{
    private const string Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /// <summary>The texts of all entries, each once, in the order of the file; bytes that are not UTF-8 become U+FFFD.</summary>
    /// <param name="compressed">NAME.dict.dz.</param>
    /// <param name="index">NAME.index.</param>
    /// <exception cref="CourseException">One of the two is damaged.</exception>
    public static IEnumerable<string> Read(string compressed, string index)
    {
        byte[] text = Unpack(compressed);
        SortedSet<(int Start, int Length)> places = [];
        int number = 0;
        foreach (string line in File.ReadLines(index))
        {
            number++;
            string[] fields = line.Split('\t');
            if (fields.Length < 3 || !TryNumber(fields[1], out long start) || !TryNumber(fields[2], out long length) || start + length > text.Length)
            {
                throw new CourseException(
                    $"{index}: line {number} does not name a place in the {text.Length} bytes of {Path.GetFileName(compressed)}: install the package again.");
            }

            if (!fields[0].StartsWith("00-database", StringComparison.Ordinal) && !fields[0].StartsWith("00database", StringComparison.Ordinal))
            {
                places.Add(((int)start, (int)length));
            }
        }

        foreach ((int start, int length) in places)
        {
            yield return Encoding.UTF8.GetString(text, start, length);
        }
    }

    private static byte[] Unpack(string path)
    {
        try
        {
            using GZipStream unpacked = new(File.OpenRead(path), CompressionMode.Decompress);
            using MemoryStream all = new();
            unpacked.CopyTo(all);
            return all.ToArray();
        }
        catch (InvalidDataException e)
        {
            throw new CourseException($"{path}: is damaged ({e.Message.TrimEnd('.')}): install the package again.");
        }
    }

    private static bool TryNumber(string digits, out long value)
    {
        value = 0;
        foreach (char c in digits)
        {
            int digit = Digits.IndexOf(c);
            if (digit < 0 || digits.Length > 6)
            {
                return false;
            }

            value = value * 64 + digit;
        }

        return digits.Length > 0;
    }
}
