using System.Text.Json;
using AttentionLab.Kernels;
using AttentionLab.Words;

namespace AttentionLab.Tests.Words;

public class WordPieceTokenizerTests
{
    [Theory]
    [InlineData("uncased")]
    [InlineData("cased")]
    public void Encode_TextsAndPairs_AgreeWithPython(string which)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(GoldenFiles.Path($"words/wordpiece-{which}.json")));
        WordPieceTokenizer tokenizer = WordPieceTokenizer.Read(GoldenFiles.Path($"words/vocab-{which}.txt"), rules: TokenizerRules.Original);
        int cases = 0, unknown = 0, joined = 0;
        foreach (JsonElement one in golden.RootElement.EnumerateArray())
        {
            string text = one.GetProperty("text").GetString()!;
            string? pair = one.GetProperty("pair").GetString();
            int? maximum = one.GetProperty("maximum").ValueKind == JsonValueKind.Null ? null : one.GetProperty("maximum").GetInt32();
            string[] tokens = [.. one.GetProperty("tokens").EnumerateArray().Select(t => t.GetString()!)];
            EncodedText encoded = tokenizer.Encode(text, pair, maximum);
            string pieces = string.Join(' ', encoded.Ids.Select(id => tokenizer.Pieces[id]));
            string what = $"\"{text}\" and \"{pair}\" to {maximum}: {pieces}, expected {string.Join(' ', tokens)}";
            Assert.True(one.GetProperty("ids").EnumerateArray().Select(t => t.GetInt32()).SequenceEqual(encoded.Ids), what);
            Assert.True(one.GetProperty("types").EnumerateArray().Select(t => t.GetInt32()).SequenceEqual(encoded.Types), what);
            cases++;
            unknown += tokens.Count(t => t == "[UNK]");
            joined += tokens.Count(t => t.StartsWith("##", StringComparison.Ordinal));
        }

        Assert.Equal(which == "uncased", tokenizer.Splitter.LowerCase);
        Assert.InRange(cases, 330, 1000);
        Assert.InRange(unknown, 50, 5000);
        Assert.InRange(joined, 200, 5000);
    }

    [Fact]
    public void Tokenize_Unaffable_TakesTheLongestPieceFirst() =>
        Assert.Equal(["unaff", "##able", "run", "##ning", "[UNK]"], Small().Tokenize("Unaffable running zebra"));

    [Fact]
    public void Encode_Pair_GivesTypesAndSaysWhatWasDropped()
    {
        EncodedText encoded = Small().Encode("un run un run", "run un", maximumLength: 7);

        Assert.Equal("[CLS] un run [SEP] run un [SEP]", string.Join(' ', encoded.Ids.Select(id => Small().Pieces[id])));
        Assert.Equal([0, 0, 0, 0, 1, 1, 1], encoded.Types);
        Assert.Equal(2, encoded.Dropped);
    }

    /// <summary>Both texts too long for an odd room: the fast tokenizer gives the odd piece to the longer text, or the second of equals.</summary>
    [Theory]
    [InlineData("un un un", "run run run", 1, 2, 2, 1)]
    [InlineData("un un un un", "run run run", 2, 1, 2, 1)]
    [InlineData("un un un", "run run run run", 1, 2, 2, 1)]
    [InlineData("un", "run run run run", 1, 2, 1, 2)]
    [InlineData("un un un un", "run", 2, 1, 2, 1)]
    public void Encode_PairForAnOddRoom_CutsByTheRules(string first, string second, int fast, int fastSecond, int original, int originalSecond)
    {
        Assert.Equal((fast, fastSecond), Kept(TokenizerRules.Fast));
        Assert.Equal((original, originalSecond), Kept(TokenizerRules.Original));

        (int First, int Second) Kept(TokenizerRules rules)
        {
            EncodedText encoded = new WordPieceTokenizer(Small().Pieces, new BasicTokenizer(rules: rules)).Encode(first, second, maximumLength: 6);
            return (encoded.Ids.Count(id => id == Small().Pieces["un"]), encoded.Ids.Count(id => id == Small().Pieces["run"]));
        }
    }

    /// <summary>400 pieces: the ids and types themselves are 3.2 KB; the text on its way takes nothing.</summary>
    [Fact]
    public void Encode_FourHundredPieces_AllocatesTheResultAlone()
    {
        string text = string.Concat(Enumerable.Repeat("Unaffable, rúnning [MASK] UN ", 57))[..^1];
        WordPieceTokenizer tokenizer = Small();
        Assert.InRange(tokenizer.Encode(text).Length, 400, 512);

        Assert.InRange(Allocations.OfTenCalls(() => tokenizer.Encode(text)), 10 * 2 * 4 * 400, 10 * 2 * 4 * 512);
    }

    [Fact]
    public void Encode_NoLimit_DropsNothing() =>
        Assert.Equal((1002, 0), (Small().Encode(string.Concat(Enumerable.Repeat("un ", 1000))).Length, Small().Encode("un").Dropped));

    [Fact]
    public void Encode_NoRoomForSpecials_IsRefused() =>
        Assert.Contains("[CLS] and [SEP] alone take 3", Assert.Throws<ArgumentOutOfRangeException>(() => Small().Encode("a", "b", maximumLength: 2)).Message);

    [Fact]
    public void Encode_Batch_PadsAtTheEnd()
    {
        EncodedBatch batch = Small().Encode(["un run", "", "unaffable"]);

        Assert.Equal(new int[,] { { 2, 5, 8, 3 }, { 2, 3, 0, 0 }, { 2, 6, 7, 3 } }, batch.Ids);
        Assert.Equal(new int[3, 4], batch.Types);
        Assert.Equal(new bool[,] { { true, true, true, true }, { true, true, false, false }, { true, true, true, true } }, batch.Visible);
    }

    [Fact]
    public void Decode_Ids_JoinsPieces() => Assert.Equal("unaffable [MASK] running", Small().Decode(Small().Encode("unaffable [MASK] running").Ids));

    [Theory]
    [InlineData("[PAD]\n[UNK]\n[CLS]\n", "not [SEP]")]
    [InlineData("[PAD]\r\n[CLS]\r\n[SEP]\r\n", "not [UNK]")]
    [InlineData("", "0 bytes but a vocabulary has 1 to")]
    public void Read_VocabularyWithoutWhatIsNeeded_IsRefusedByFileAndFix(string content, string reason)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["vocab.txt"], content);

        string message = Assert.Throws<InvalidDataException>(() => WordPieceTokenizer.Read(folder["vocab.txt"])).Message;

        Assert.Contains(folder["vocab.txt"], message);
        Assert.Contains(reason, message);
        Assert.Contains("vocab.txt", message);
    }

    [Fact]
    public void Read_NotUtf8_IsRefusedWithThePlace()
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["vocab.txt"], [(byte)'a', (byte)'\n', 0xFF, 0xFE]);

        Assert.Contains("not UTF-8 at byte 2", Assert.Throws<InvalidDataException>(() => WordPieceTokenizer.Read(folder["vocab.txt"])).Message);
    }

    [Fact]
    public void Read_VocabularyOfManyGigabytes_IsRefusedUnread()
    {
        using TemporaryFolder folder = new();
        using (FileStream file = File.Create(folder["vocab.txt"]))
        {
            file.SetLength(10L << 30);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => WordPieceTokenizer.Read(folder["vocab.txt"]));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000);
    }

    [Fact]
    public void Read_MutatedVocabulary_TokenizesOrRefusesAndNothingElse()
    {
        using TemporaryFolder folder = new();
        CounterRandom random = new(4);
        byte[] original = [.. "[PAD]\n[UNK]\n[CLS]\n[SEP]\n"u8, .. File.ReadAllBytes(GoldenFiles.Path("words/vocab-uncased.txt")).AsSpan(700)];
        int refused = 0;
        for (int i = 0; i < 1500; i++)
        {
            File.WriteAllBytes(folder["v"], Mutations.Apply(original, random));
            try
            {
                WordPieceTokenizer tokenizer = WordPieceTokenizer.Read(folder["v"]);
                Assert.All(tokenizer.Encode("The naïve 苹果 [MASK] unaffable").Ids, id => Assert.InRange(id, 0, tokenizer.Pieces.Count - 1));
            }
            catch (InvalidDataException e)
            {
                Assert.Contains(folder["v"], e.Message);
                refused++;
            }
        }

        Assert.InRange(refused, 100, 1400);
    }

    /// <summary>Only as long as the vocabulary's longest piece is looked up: not every substring of a hostile text.</summary>
    [Fact]
    public void Tokenize_MegabyteOfUnknownWords_EndsSoon()
    {
        string word = new string('u', 99) + " ";

        Assert.Equal(10_000, Small().Tokenize(string.Concat(Enumerable.Repeat(word, 10_000))).Count);
    }

    private static WordPieceTokenizer Small() => new(
        new Vocabulary(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "unaff", "##able", "run", "##aff", "##ning", "unaf"]), new BasicTokenizer());

    [Fact]
    public void Decode_AnotherPrefixInTokenizerJson_JoinsByIt()
    {
        using TemporaryFolder folder = new();
        TokenizerFile.Write(folder["tokenizer.json"], ["un", "@@aff", "@@able", "##x"]);
        string text = File.ReadAllText(folder["tokenizer.json"]);
        File.WriteAllText(
            folder["tokenizer.json"], text.Replace("\"continuing_subword_prefix\":\"##\"", "\"continuing_subword_prefix\":\"@@\"", StringComparison.Ordinal));
        WordPieceTokenizer tokenizer = WordPieceTokenizer.Read(folder["tokenizer.json"]);
        Assert.Equal("unaffable", tokenizer.Decode(tokenizer.Encode("unaffable").Ids));
        Assert.Equal("unaffable ##x", tokenizer.Decode([5, 6, 7, 8]));
    }
}
