using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using AttentionLab.Words;

namespace AttentionLab.Tests.Words;

public class BasicTokenizerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Split_TextsOfManyScripts_AgreesWithPython(bool lowerCase)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(GoldenFiles.Path("words/basic.json")));
        BasicTokenizer tokenizer = new(lowerCase, rules: TokenizerRules.Original);
        int cases = 0;
        foreach (JsonElement one in golden.RootElement.EnumerateArray())
        {
            string text = one.GetProperty("text").GetString()!;
            string[] expected = [.. one.GetProperty(lowerCase ? "uncased" : "cased").EnumerateArray().Select(t => t.GetString()!)];
            Check.That(
                expected.SequenceEqual(tokenizer.Split(text)),
                $"{Codes(text)} gave {Codes(string.Join('|', tokenizer.Split(text)))}, expected {Codes(string.Join('|', expected))}");
            cases++;
        }

        Assert.InRange(cases, 280, 1000);
    }

    /// <summary>
    /// Each character of Python's Unicode but Chinese and Hangul between two letters: the golden file holds those that do not come out as
    /// they went in, and, alone on a line, the borders of the runs that Python's Unicode does not have.
    /// </summary>
    [Fact]
    public void Split_EveryCharacter_AgreesWithPython()
    {
        using GZipStream unpacked = new(File.OpenRead(GoldenFiles.Path("words/characters.txt.gz")), CompressionMode.Decompress);
        using StreamReader reader = new(unpacked, Encoding.UTF8);
        ILookup<bool, string[]> lines = reader.ReadToEnd().Split(
            '\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).ToLookup(fields => fields.Length > 1);
        Dictionary<int, string[]> expected = lines[true].ToDictionary(fields => Hex(fields[0]), fields => fields[1..]);
        HashSet<int> borders = [.. lines[false].Select(fields => Hex(fields[0]))];
        BasicTokenizer tokenizer = new(rules: TokenizerRules.Original);
        List<int> different = [];
        bool assigned = true;
        int compared = 0;
        for (int code = 0; code <= 0x10FFFF; code++)
        {
            assigned ^= borders.Contains(code);
            if (assigned && code is not ((>= 0xD800 and <= 0xDFFF) or (>= 0xAC00 and <= 0xD7A3)) && !BasicTokenizer.IsChinese(code, TokenizerRules.Original))
            {
                string text = $"a{new Rune(code)}b";
                compared++;
                if (!tokenizer.Split(text).SequenceEqual(expected.GetValueOrDefault(code, [text])))
                {
                    different.Add(code);
                }
            }
        }

        Assert.InRange(expected.Count, 4000, 6000);
        Assert.InRange(compared, 170_000, 300_000);
        // U+1171E (Ahom medial ra) was a nonspacing mark until Unicode 16, which .NET 10 has, made it a spacing one.
        Assert.Equal("1171E", string.Join(' ', different.Select(code => code.ToString("X"))));
    }

    [Fact]
    public void Split_HangulSyllables_DecomposeByTheFormula()
    {
        Assert.Equal(["\u1100\u1161"], new BasicTokenizer().Split("\uAC00"));
        Assert.Equal(["\u1112\u1175\u11C2"], new BasicTokenizer().Split("\uD7A3"));
        Assert.Equal(["\uD7A3"], new BasicTokenizer(lowerCase: false).Split("\uD7A3"));
    }

    [Fact]
    public void Split_AccentsKept_OnlyLowerCases() =>
        Assert.Equal(["été", "我爱"], new BasicTokenizer(lowerCase: true, stripAccents: false, isolateChinese: false).Split("Été 我爱"));

    [Fact]
    public void Split_LoneSurrogates_AreDropped() =>
        Assert.Equal(["ab", "c"], new BasicTokenizer().Split("a\ud800b \udc00c"));

    [Theory]
    [InlineData("ΟΔΟΣ", "οδοσ", "οδος")]
    [InlineData("a\uE000b", "ab", "a\uE000b")]
    [InlineData("a\U0002B820b", "a\U0002B820b", "a|\U0002B820|b")]
    [InlineData("a\u2028b", "a|b", "a|b")]
    public void Split_WhereTheTwoTokenizersDiffer_FollowsTheRules(string text, string fast, string original)
    {
        Assert.Equal(fast, string.Join('|', new BasicTokenizer().Split(text)));
        Assert.Equal(original, string.Join('|', new BasicTokenizer(rules: TokenizerRules.Original).Split(text)));
    }

    /// <summary>Marks in a run are sorted once, not each against each.</summary>
    [Fact]
    public void Split_MillionMarks_EndsSoon()
    {
        string text = "a" + string.Concat(Enumerable.Repeat("\u0327\u0301", 500_000)) + "Σ" + new string('\'', 100_000);

        Assert.Equal("aς", new BasicTokenizer(rules: TokenizerRules.Original).Split(text)[0]);
        Assert.Equal("aσ", new BasicTokenizer().Split(text)[0]);
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber);

    private static string Codes(string text) => $"\"{text}\" ({string.Join(' ', text.Select(c => ((int)c).ToString("X4")))})";
}
