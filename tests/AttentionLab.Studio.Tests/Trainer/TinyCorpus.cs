using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace AttentionLab.Studio.Tests.Trainer;

/// <summary>Three small dictionaries in the real ones' formats, with texts of our own.</summary>
internal static class TinyCorpus
{
    /// <summary>Writes wordnet/ and dictd/ below a folder.</summary>
    public static void Write(string folder, IEnumerable<string> nouns, IEnumerable<string> gcide, IEnumerable<string> foldoc)
    {
        string wordNet = Directory.CreateDirectory(Path.Combine(folder, "wordnet")).FullName;
        File.WriteAllText(
            Path.Combine(wordNet, "data.noun"), "  1 This file begins with lines of a licence.  \n" + string.Concat(nouns.Select(line => line + "  \n")));
        foreach (string other in new[] { "verb", "adj", "adv" })
        {
            File.WriteAllText(Path.Combine(wordNet, "data." + other), "  1 This file begins with lines of a licence.  \n");
        }

        Directory.CreateDirectory(Path.Combine(folder, "dictd"));
        WriteDictd(Path.Combine(folder, "dictd", "gcide"), gcide);
        WriteDictd(Path.Combine(folder, "dictd", "foldoc"), foldoc);
    }

    /// <summary>A line of data.noun: offset, file, type, words, hypernyms, gloss.</summary>
    public static string Noun(int offset, string words, string gloss, params int[] hypernyms)
    {
        string[] all = words.Split(", ");
        StringBuilder line = new(string.Create(CultureInfo.InvariantCulture, $"{offset:D8} 03 n {all.Length:x2}"));
        foreach (string word in all)
        {
            line.Append(' ').Append(word.Replace(' ', '_')).Append(" 0");
        }

        line.Append(CultureInfo.InvariantCulture, $" {hypernyms.Length:D3}");
        foreach (int hypernym in hypernyms)
        {
            line.Append(CultureInfo.InvariantCulture, $" @ {hypernym:D8} n 0000");
        }

        return line.Append(" | ").Append(gloss).ToString();
    }

    private static void WriteDictd(string path, IEnumerable<string> entries)
    {
        StringBuilder text = new("\n00-database-info\nthis goes\n\n"), index = new();
        Add("00-database-info", 0, text.Length);
        foreach (string entry in entries)
        {
            int start = text.Length;
            text.Append(entry.ReplaceLineEndings("\n")).Append('\n');
            string word = entry[..entry.AsSpan().IndexOfAny(" \n\r")];

            // Two words for one entry, as spellings have.
            Add(word, start, text.Length - start);
            Add(word.ToUpperInvariant(), start, text.Length - start);
        }

        File.WriteAllText(path + ".index", index.ToString());
        using GZipStream packed = new(File.Create(path + ".dict.dz"), CompressionLevel.Fastest);
        packed.Write(Encoding.UTF8.GetBytes(text.ToString()));

        void Add(string word, int start, int length) => index.Append(word).Append('\t').Append(Number(start)).Append('\t').Append(Number(length)).Append('\n');
    }

    private static string Number(int value)
    {
        const string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        string text = "";
        do
        {
            text = digits[value % 64] + text;
            value /= 64;
        }
        while (value > 0);
        return text;
    }
}
