using AttentionLab.Words;

namespace AttentionLab.Tests.Words;

public class VocabularyTests
{
    [Fact]
    public void FromWords_Counts_MostFrequentFirstThenOrdinal()
    {
        Vocabulary vocabulary = Vocabulary.FromWords(["b", "a", "c", "b", "d", "a", "[UNK]"], minimumCount: 1, maximumSize: 5);

        Assert.Equal(["[PAD]", "[UNK]", "a", "b", "c"], vocabulary.Words);
        Assert.Equal(3, vocabulary["b"]);
        Assert.Equal("b", vocabulary[3]);
        Assert.False(vocabulary.TryGetId("d", out _));
    }

    [Fact]
    public void Constructor_WordTwice_NamesBothIds() =>
        Assert.Contains("\"x\" has the ids 0 and 2", Assert.Throws<ArgumentException>(() => new Vocabulary(["x", "y", "x"])).Message);

    [Fact]
    public void Indexer_UnknownWordOrId_SaysWhatToDo()
    {
        Vocabulary vocabulary = new(["x"]);

        Assert.Contains("\"y\" is not among the 1 words", Assert.Throws<KeyNotFoundException>(() => vocabulary["y"]).Message);
        Assert.Contains("has the ids 0 to 0", Assert.Throws<ArgumentOutOfRangeException>(() => vocabulary[1]).Message);
    }

    [Fact]
    public void Read_CrlfEmptyLinesAndRepeats_KeepsTheLineNumbersAsIds()
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["v"], [.. "\ufeffa\r\n\r\nb\n\u2028\nc \na\nlast"u8]);

        Vocabulary vocabulary = Vocabulary.Read(folder["v"]);

        Assert.Equal(["a", "", "b", "\u2028", "c ", "a", "last"], vocabulary.Words);
        Assert.Equal(5, vocabulary["a"]);
    }

    [Fact]
    public void Write_ThenRead_GivesTheSame()
    {
        using TemporaryFolder folder = new();
        Vocabulary vocabulary = new(["[PAD]", "naïve", "苹果", "", "𐐀"]);

        vocabulary.Write(folder["v"]);

        Assert.Equal(vocabulary.Words, Vocabulary.Read(folder["v"]).Words);
        Assert.Throws<InvalidOperationException>(() => new Vocabulary(["a\nb"]).Write(folder["w"]));
    }

    [Theory, InlineData("gguf"), InlineData("GGUF"), InlineData("GGUF\u0301")]
    public void Write_FirstWordIsTheSignOfABinaryFile_IsReadAsAWord(string first)
    {
        using TemporaryFolder folder = new();
        new Vocabulary([first, "model"]).Write(folder["v"]);
        Assert.Equal([first, "model"], Vocabulary.Read(folder["v"]).Words);
    }

    [Fact]
    public void Constructor_NoWord_NamesTheId() =>
        Assert.Contains("word 1 is null but", Assert.Throws<ArgumentException>(() => new Vocabulary(["a", null!])).Message);

    [Theory, InlineData("\ufeffa"), InlineData("\ufeff"), InlineData("\ufeff\ufeffa")]
    public void Write_FirstWordBeginsAsAFileMayBegin_IsReadAsItIs(string first)
    {
        using TemporaryFolder folder = new();
        Vocabulary vocabulary = new([first, "a"]);
        vocabulary.Write(folder["v"]);
        Assert.Equal(vocabulary.Words, Vocabulary.Read(folder["v"]).Words);
    }

    [Fact]
    public void Write_HalfASurrogatePair_IsRefusedBeforeWriting()
    {
        using TemporaryFolder folder = new();
        foreach (string word in new[] { "\ud800", "a\udc00b", "\udc00\ud800" })
        {
            string message = Assert.Throws<InvalidOperationException>(() => new Vocabulary(["a", word]).Write(folder["v"])).Message;
            Assert.Contains("word 1 holds half of a surrogate pair", message);
        }

        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Theory, InlineData(""), InlineData("a"), InlineData("\r")]
    public void Read_FileOfOneLineRepeated_IsRefusedBeforeItIsMuchMemory(string line)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("vocab.txt", string.Concat(Enumerable.Repeat(line + "\n", 1_000_000)));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("repeats more than 1000 lines up to line 1002,", Assert.Throws<InvalidDataException>(() => Vocabulary.Read(path)).Message);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before, length = new FileInfo(path).Length;
        Assert.True(allocated < 1.5 * length, $"{(double)allocated / length:0.0} times the file were allocated");
    }
}
