using System.Text.Json;
using AttentionLab.Tensors;
using AttentionLab.Words;

namespace AttentionLab.Tests.Words;

public class WordVectorsTests
{
    private static readonly JsonElement Expected = JsonDocument.Parse(File.ReadAllBytes(GoldenFiles.Path("words/vectors.json"))).RootElement;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_FileOfPython_GivesWordsAndBits(bool binary)
    {
        WordVectors vectors = Load(binary);

        Assert.Equal(Expected.GetProperty("words").EnumerateArray().Select(w => w.GetString()), vectors.Words.Words);
        Assert.Equal(
            Expected.GetProperty("bits").EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(b => b.GetUInt32()),
            vectors.Vectors.Values.Select(BitConverter.SingleToUInt32Bits));
    }

    [Fact]
    public void Write_BothFormats_ReadBackBitForBit()
    {
        using TemporaryFolder folder = new();
        WordVectors vectors = Load(true);
        vectors.Vectors[0, 0] = float.Epsilon;
        vectors.Vectors[0, 1] = -float.MaxValue;

        WordVectorFiles.WriteText(vectors, folder["t"]);
        WordVectorFiles.WriteBinary(vectors, folder["b"]);

        foreach (WordVectors read in new[] { WordVectorFiles.ReadText(folder["t"]), WordVectorFiles.ReadBinary(folder["b"]) })
        {
            Assert.Equal(vectors.Words.Words, read.Words.Words);
            Compare.Same(read.Vectors.Span, vectors.Vectors.Span, "vectors");
        }
    }

    [Fact]
    public void Nearest_AgainstNumPy_SameWordsAndCosines()
    {
        WordVectors vectors = Load(true);
        foreach (JsonProperty word in Expected.GetProperty("nearest").EnumerateObject())
        {
            SameNeighbours(word.Value, vectors.Nearest(word.Name, 6));
        }
    }

    [Fact]
    public void Analogy_KingManWoman_IsQueen()
    {
        IReadOnlyList<Neighbour> answers = Load(true).Analogy("man", "king", "woman", 6);

        SameNeighbours(Expected.GetProperty("analogy"), answers);
        Assert.Equal("queen", answers[0].Word);
    }

    [Fact]
    public void Nearest_ZeroVectorEqualsAndShortLists_AreHandled()
    {
        WordVectors vectors = new(new Vocabulary(["a", "b", "c", "zero"]), Tensor.Matrix(new float[,] { { 1, 0 }, { 2, 0 }, { 3, 0 }, { 0, 0 } }));

        Assert.Equal(["b", "c", "zero"], vectors.Nearest("a", 10).Select(n => n.Word));
        Assert.Equal(["a", "b"], vectors.Nearest([1, 0], 2).Select(n => n.Word));
        Assert.Empty(vectors.Nearest("a", 0));
        Assert.Equal(0, vectors.Similarity("a", "zero"));
        Assert.Contains("vector has 3 numbers but the words have 2", Assert.Throws<ArgumentException>(() => vectors.Nearest([1, 2, 3], 1)).Message);
        Assert.Contains("\"d\" is not among the 4 words", Assert.Throws<KeyNotFoundException>(() => vectors.Nearest("d")).Message);
        Assert.Equal([3, 0, 1, 0], vectors.Rows("c", "a").Values);
    }

    [Theory, InlineData(1e-23f), InlineData(1e-42f), InlineData(1e19f), InlineData(2e38f)]
    public void SimilarityNearestAndAnalogy_SquaresBeyondFloat_AreThoseOfTheDirections(float size)
    {
        float[,] plain = { { 1, 0 }, { 1, 1 }, { 0, 1 }, { 0.5f, 1 } }, scaled = new float[4, 2];
        for (int i = 0; i < 8; i++)
        {
            scaled[i / 2, i % 2] = plain[i / 2, i % 2] * size;
        }

        WordVectors small = new(new Vocabulary(["a", "b", "c", "d"]), Tensor.Matrix(plain));
        WordVectors vectors = new(new Vocabulary(["a", "b", "c", "d"]), Tensor.Matrix(scaled));
        Assert.Equal(Math.Sqrt(0.5), vectors.Similarity("a", "b"), 1e-6);
        Same(small.Nearest("a"), vectors.Nearest("a"));
        Same(small.Analogy("a", "b", "c"), vectors.Analogy("a", "b", "c"));

        static void Same(IReadOnlyList<Neighbour> expected, IReadOnlyList<Neighbour> actual)
        {
            Assert.Equal(expected.Select(n => n.Word), actual.Select(n => n.Word));
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First.Cosine, pair.Second.Cosine, 1e-6f));
        }
    }

    [Fact]
    public void Nearest_VectorsChangedSince_AreThoseOfNow()
    {
        WordVectors vectors = new(new Vocabulary(["a", "b", "c"]), Tensor.Matrix(new float[,] { { 1, 0 }, { 0, 1 }, { 1, 1 } }));
        Assert.Equal("c", vectors.Nearest("a", 1)[0].Word);
        vectors.Vectors.Row(1).Fill(100);
        Assert.All(vectors.Nearest("a", 2), near => Assert.Equal(vectors.Similarity("a", near.Word), near.Cosine));
    }

    [Fact]
    public void Constructor_RowsDoNotMatch_NamesBoth() =>
        Assert.Contains(
            "vectors is (2, 3) but 1 words need (1, C)",
            Assert.Throws<ArgumentException>(() => new WordVectors(new Vocabulary(["a"]), new Tensor(2, 3))).Message);

    [Theory]
    [InlineData("many")]
    [InlineData("few")]
    public void PrincipalComponents_AgainstNumPy_Agree(string which)
    {
        Tensor all = Load(true).Vectors;
        Tensor rows = which == "many" ? all : new Tensor(all.Values[..(5 * 7)], 5, 7);
        JsonElement expected = Expected.GetProperty("pca").GetProperty(which);

        PrincipalComponents found = PrincipalComponents.Of(rows, 3);

        Compare.Close(found.Points, Matrix(expected.GetProperty("points")), Tolerances.GoldenForward, "points");
        Compare.Close(found.Axes, Matrix(expected.GetProperty("axes")), Tolerances.GoldenForward, "axes");
        Compare.Close(found.Shares, expected.GetProperty("shares").EnumerateArray().Select(v => v.GetDouble()).ToArray(), 1e-9, "shares");
    }

    [Fact]
    public void PrincipalComponents_BadShapeOrNumber_IsRefused()
    {
        Assert.Contains("vectors is (1, 3) and axes is 1", Assert.Throws<ArgumentException>(() => PrincipalComponents.Of(new Tensor(1, 3), 1)).Message);
        Assert.Contains("vectors is (4, 3) and axes is 4", Assert.Throws<ArgumentException>(() => PrincipalComponents.Of(new Tensor(4, 3), 4)).Message);
        Assert.Contains(
            "NaN or an infinity",
            Assert.Throws<ArgumentException>(() => PrincipalComponents.Of(Tensor.Matrix(new float[,] { { 1, float.NaN }, { 1, 2 } }), 1)).Message);
        Assert.Contains(
            "which no float holds: divide the vectors",
            Assert.Throws<ArgumentException>(() => PrincipalComponents.Of(Tensor.Matrix(new[,] { { 3e38f, -3e38f }, { -3e38f, 3e38f } }), 1)).Message);
        Assert.Equal([0, 0], PrincipalComponents.Of(Tensor.Matrix(new float[,] { { 1, 1 }, { 1, 1 } }), 1).Points.Values);
    }

    private static WordVectors Load(bool binary) => binary
        ? WordVectorFiles.ReadBinary(GoldenFiles.Path("words/vectors.bin"))
        : WordVectorFiles.ReadText(GoldenFiles.Path("words/vectors.txt"));

    private static Tensor Matrix(JsonElement rows) =>
        Tensor.FromRows([.. rows.EnumerateArray().Select(row => row.EnumerateArray().Select(v => (float)v.GetDouble()).ToArray())]);

    private static void SameNeighbours(JsonElement expected, IReadOnlyList<Neighbour> actual)
    {
        Assert.Equal(expected.EnumerateArray().Select(e => e.GetProperty("word").GetString()), actual.Select(n => n.Word));
        Compare.Close(
            actual.Select(n => n.Cosine).ToArray(), expected.EnumerateArray().Select(e => e.GetProperty("cosine").GetDouble()).ToArray(), 1e-6, "cosines");
    }

    [Theory]
    [InlineData("\ufeff2 3\napple 1 2 3\npear 4 5 6\n")]
    [InlineData("2\t3\napple\t1\t2\t3\npear\t4\t5\t6\n")]
    [InlineData("2  3\napple  1  2  3\npear  4  5  6\n")]
    [InlineData(" 2 \t 3 \t\r\napple 1 2\t3 \t\r\npear \t4 5 6\r\n")]
    public void ReadText_MarkTabsAndDoubleBlanks_AreReadAsOthersWriteThem(string content)
    {
        using TemporaryFolder folder = new();
        WordVectors vectors = WordVectorFiles.ReadText(folder.Write("v.txt", content));
        Assert.Equal(["apple", "pear"], vectors.Words.Words);
        Assert.Equal([1f, 2, 3, 4, 5, 6], vectors.Vectors.Values);
    }

    [Theory, InlineData("\ufeff2 1\n"), InlineData("2\t1\n"), InlineData(" 2  1 \r\n")]
    public void ReadBinary_MarkTabsAndDoubleBlanksInTheFirstLine_AreRead(string first)
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["v"], [.. System.Text.Encoding.UTF8.GetBytes(first), .. "a "u8, 0, 0, 128, 63, .. "\nb "u8, 0, 0, 0, 64, 10]);
        Assert.Equal([1f, 2], WordVectorFiles.ReadBinary(folder["v"]).Vectors.Values);
    }
}
