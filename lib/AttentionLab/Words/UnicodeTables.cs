using System.Globalization;

namespace AttentionLab.Words;

/// <summary>Reads the tables that make_decompositions.py made and the library embeds; their lines are told there.</summary>
internal static class UnicodeTables
{
    /// <summary>What each character decomposes into.</summary>
    /// <param name="file">The table's file.</param>
    /// <param name="mark">What its lines begin with.</param>
    public static Dictionary<int, int[]> Parts(string file, string mark) =>
        Lines(file, mark).ToDictionary(fields => Hex(fields[1]), fields => fields.Skip(2).Select(Hex).ToArray());

    /// <summary>Canonical combining class of every character that has one above 0.</summary>
    public static Dictionary<int, byte> Classes() =>
        Lines("decompositions.txt", "c")
            .SelectMany(fields => fields.Skip(2).SelectMany(Codes).Select(code => (Code: code, Class: (byte)Hex(fields[1]))))
            .ToDictionary(pair => pair.Code, pair => pair.Class);

    /// <summary>Characters that decompose but are never composed again.</summary>
    public static HashSet<int> Excluded() => [.. Lines("decompositions.txt", "x").SelectMany(fields => fields.Skip(1).SelectMany(Codes))];

    private static IEnumerable<string[]> Lines(string file, string mark)
    {
        using Stream stream = typeof(UnicodeTables).Assembly.GetManifestResourceStream($"AttentionLab.Words.{file}")
            ?? throw new InvalidOperationException($"The library lacks its embedded {file}: build it again.");
        using StreamReader reader = new(stream);
        while (reader.ReadLine() is { } line)
        {
            string[] fields = line.Split(' ');
            if (fields[0] == mark)
            {
                yield return fields;
            }
        }
    }

    private static IEnumerable<int> Codes(string run)
    {
        string[] ends = run.Split('-');
        return Enumerable.Range(Hex(ends[0]), Hex(ends[1]) - Hex(ends[0]) + 1);
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
