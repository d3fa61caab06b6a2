using System.Text;
using AttentionLab.Kernels;
using AttentionLab.Tensors;
using AttentionLab.Weights;
using AttentionLab.Words;

namespace AttentionLab.Tests.Words;

/// <summary>Vector files that lie: each gets an InvalidDataException that names the file and the fix, and next to no memory.</summary>
public class HostileWordVectorsTests
{
    [Theory]
    [InlineData("", "first line is missing")]
    [InlineData("the 0.1 0.2\n", "first line is \"the 0.1 0.2\" but must be two whole numbers")]
    [InlineData("0 5\n", "must be two whole numbers")]
    [InlineData("-1 5\nw 1\n", "must be two whole numbers")]
    [InlineData("1 99999999999999999999\nw 1\n", "must be two whole numbers")]
    [InlineData("3000000 300\nw 1 2\n", "promises 3000000 words with 300 numbers each")]
    [InlineData("9223372036854775807 9223372036854775807\nw 1\n", "promises 9223372036854775807 words")]
    [InlineData("1 2\nw 1\n   ", "has 1 numbers but the first line promises 2")]
    [InlineData("1 2\nw 1 2 3\n", "has 3 numbers but the first line promises 2")]
    [InlineData("1 2\nw 1 x\n", "number 2 of word \"w\" is \"x\"")]
    [InlineData("1 2\nw 1 NaN\n", "number 2 of word \"w\" is NaN but must be finite")]
    [InlineData("1 2\nw 1e99 2\n", "number 1 of word \"w\" is Infinity but must be finite")]
    [InlineData("2 1\nw 1\nw 2\n", "\"w\" has the ids 0 and 1")]
    [InlineData("2 1\nw 1        \n", "line 3 is missing: the file is truncated")]
    [InlineData("1 1\nw 1\nv 2\n", "text follows the 1 words")]
    [InlineData("1 1\n 1 2\n", "word 0 has 0 bytes")]
    public void ReadText_LyingFile_IsRefusedByNameAndFix(string content, string reason)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["v"], content);

        Refused(() => WordVectorFiles.ReadText(folder["v"]), folder["v"], reason);
    }

    [Theory]
    [InlineData("a\nb\n", 3, 2, 0f, "holds vectors (3, 2) but words.txt beside it has 2 words")]
    [InlineData("a\na\n", 2, 2, 0f, "\"a\" has the ids 0 and 1")]
    [InlineData("a\n\n", 2, 2, 0f, "line 2 holds no word")]
    [InlineData("a\nb c\n", 2, 2, 0f, "line 2 holds no word")]
    [InlineData("a\nb\u0085\n", 2, 2, 0f, "line 2 holds no word")]
    [InlineData("a\nb\n", 2, 2, float.NaN, "a number of word \"b\" is NaN but must be finite")]
    public void ReadFolder_LyingFiles_AreRefusedByNameAndFix(string words, int rows, int width, float last, string reason)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["words.txt"], words);
        Tensor vectors = new(rows, width);
        vectors.Span[^1] = last;
        SafeTensorsFile.Write(folder["vectors.safetensors"], [("vectors", vectors)]);
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => WordVectorFiles.ReadFolder(folder.Path)).Message);
    }

    [Fact]
    public void ReadFolder_OtherTensorsOrHalfAFile_AreRefused()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["words.txt"], "a\n");
        SafeTensorsFile.Write(folder["vectors.safetensors"], [("weights", new Tensor(1, 2))]);
        Assert.ThrowsAny<Exception>(() => WordVectorFiles.ReadFolder(folder.Path));
        SafeTensorsFile.Write(folder["vectors.safetensors"], [("vectors", new Tensor(1, 2, 1))]);
        Assert.Contains("(1, 2, 1)", Assert.Throws<InvalidDataException>(() => WordVectorFiles.ReadFolder(folder.Path)).Message);
        SafeTensorsFile.Write(folder["vectors.safetensors"], [("vectors", new Tensor(1, 2))]);
        byte[] whole = File.ReadAllBytes(folder["vectors.safetensors"]);
        File.WriteAllBytes(folder["vectors.safetensors"], whole[..^1]);
        Assert.Throws<InvalidDataException>(() => WordVectorFiles.ReadFolder(folder.Path));
    }

    [Theory, InlineData("words.txt", "vectors.safetensors"), InlineData("vectors.safetensors", "words.txt")]
    public void WriteFolder_OneFileCannotBeReplaced_KeepsTheOther(string blocked, string other)
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(Path.Combine(folder.Path, blocked, "kept"));
        File.WriteAllText(folder[other], "old");
        WordVectors vectors = new(new Vocabulary(["a", "b"]), Tensor.FromRows([1, 2], [3, 4]));
        Assert.Contains($"{blocked} is a folder", Assert.Throws<IOException>(() => WordVectorFiles.WriteFolder(vectors, folder.Path)).Message);
        Assert.Equal("old", File.ReadAllText(folder[other]));
        Assert.Equal(2, Directory.EnumerateFileSystemEntries(folder.Path).Count());
    }

    [Fact]
    public void WriteFolder_ReadAgain_IsTheSameUpToHalfPrecision()
    {
        using TemporaryFolder folder = new();
        WordVectors vectors = new(new Vocabulary(["one", "two", "three"]), Tensor.Gaussian(new CounterRandom(1), 1, 3, 5));
        WordVectorFiles.WriteFolder(vectors, folder["words"]);
        WordVectors read = WordVectorFiles.ReadFolder(folder["words"]);
        Assert.Equal(vectors.Words.Words, read.Words.Words);
        Compare.Close(read.Vectors, vectors.Vectors, 1.0 / 2048, "F16");
        WordVectorFiles.WriteFolder(vectors, folder["words"], "F32");
        Compare.Same(WordVectorFiles.ReadFolder(folder["words"]).Vectors.Span, vectors.Vectors.Span, "F32");
        WordVectors blank = new(new Vocabulary(["one two"]), new Tensor(1, 2));
        Assert.Contains("word 0 is \"one two\"", Assert.Throws<ArgumentException>(() => WordVectorFiles.WriteFolder(blank, folder["words"])).Message);
    }

    [Fact]
    public void ReadText_NotUtf8_IsRefused()
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["v"], [.. "1 1\n"u8, 0xFF, .. " 1\n"u8]);

        Refused(() => WordVectorFiles.ReadText(folder["v"]), folder["v"], "is not UTF-8");
    }

    [Fact]
    public void ReadText_LineWithoutEnd_IsRefusedEarly()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["v"], "1 2\nw " + new string('1', 5_000_000));

        Refused(() => WordVectorFiles.ReadText(folder["v"]), folder["v"], "line 2 has more than 1192 bytes");
    }

    [Theory]
    [InlineData("3000000 300\nw 1234", "promises 3000000 words")]
    [InlineData("2 1\nw 1234v 12", "bytes follow")]
    [InlineData("1 1\nword-without-a-blank", "word 0 is missing: the file is truncated")]
    [InlineData("1 1\nw 1234more", "text follows the 1 words")]
    public void ReadBinary_LyingFile_IsRefusedByNameAndFix(string content, string reason)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["v"], content, Encoding.Latin1);

        Refused(() => WordVectorFiles.ReadBinary(folder["v"]), folder["v"], content.StartsWith("2 1", StringComparison.Ordinal) ? "truncated" : reason);
    }

    [Fact]
    public void ReadBinary_NotFinite_IsRefused()
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["v"], [.. "1 1\nw "u8, .. BitConverter.GetBytes(float.NaN)]);

        Refused(() => WordVectorFiles.ReadBinary(folder["v"]), folder["v"], "number 1 of word \"w\" is NaN");
    }

    [Theory]
    [InlineData("text")]
    [InlineData("binary")]
    public void Read_MutatedFile_ReadsOrRefusesAndNothingElse(string format)
    {
        using TemporaryFolder folder = new();
        CounterRandom random = new(9);
        byte[] original = File.ReadAllBytes(GoldenFiles.Path(format == "text" ? "words/vectors.txt" : "words/vectors.bin"));
        int refused = 0;
        for (int i = 0; i < 2000; i++)
        {
            File.WriteAllBytes(folder["v"], Mutations.Apply(original, random));
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                WordVectors read = format == "text" ? WordVectorFiles.ReadText(folder["v"]) : WordVectorFiles.ReadBinary(folder["v"]);
                Assert.Equal(read.Words.Count, read.Vectors.Rows);
            }
            catch (InvalidDataException e)
            {
                Assert.Contains(folder["v"], e.Message);
                refused++;
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 300_000, $"case {i} allocated too much");
        }

        Assert.InRange(refused, 800, 1990);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData("a\n")]
    [InlineData("a\u007f")]
    [InlineData("\u0085b")]
    public void Write_WordTheFormatCannotHold_IsRefusedBeforeWriting(string word) => NotWritten(word);

    [Fact]
    public void Write_HalfASurrogatePair_IsRefusedBeforeWriting()
    {
        NotWritten("\ud800");
        NotWritten("\udc00a");
    }

    private static void NotWritten(string word)
    {
        using TemporaryFolder folder = new();
        WordVectors vectors = new(new Vocabulary([word]), new AttentionLab.Tensors.Tensor(1, 2));

        Assert.Contains("rename it", Assert.Throws<ArgumentException>(() => WordVectorFiles.WriteText(vectors, folder["v"])).Message);
        Assert.Throws<ArgumentException>(() => WordVectorFiles.WriteBinary(vectors, folder["v"]));
        Assert.Throws<ArgumentException>(() => WordVectorFiles.WriteFolder(vectors, folder["v"]));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    private static void Refused(Func<WordVectors> read, string path, string reason)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        string message = Assert.Throws<InvalidDataException>(() => read()).Message;
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 500_000);
        Assert.Contains(path, message);
        Assert.Contains(reason, message);
    }

    [Theory, InlineData(float.NaN), InlineData(float.PositiveInfinity)]
    public void Write_NotFinite_IsRefusedBeforeTheOldFileGoes(float number) => RefusedAndKept(
        new(new Vocabulary(["a", "b"]), new Tensor([1, 2, number, 4], 2, 2)), $"number 1 of word \"b\" is {number} but");

    [Fact]
    public void Write_NoWordsNoNumbersOrAWordTwice_IsRefusedBeforeTheOldFileGoes()
    {
        RefusedAndKept(new(new Vocabulary([]), new Tensor(0, 3)), "vectors are 0 words with 3 numbers each but a file holds at least one of both");
        RefusedAndKept(new(new Vocabulary(["a"]), new Tensor(1, 0)), "vectors are 1 words with 0 numbers each but");
        using TemporaryFolder folder = new();
        RefusedAndKept(new(Vocabulary.Read(folder.Write("v.txt", "a\nb\na\n")), new Tensor(3, 2)), "word \"a\" has the ids 0 and 2 but");
    }

    private static void RefusedAndKept(WordVectors vectors, string reason)
    {
        using TemporaryFolder folder = new();
        folder.Write("v", "before");
        Action[] writes =
        [
            () => WordVectorFiles.WriteText(vectors, folder["v"]), () => WordVectorFiles.WriteBinary(vectors, folder["v"]),
            () => WordVectorFiles.WriteFolder(vectors, folder["f"])
        ];
        Assert.All(writes, write => Assert.Contains(reason, Assert.Throws<ArgumentException>(write).Message));
        Assert.Equal("before", File.ReadAllText(folder["v"]));
        Assert.False(Directory.Exists(folder["f"]));
    }
}
