using System.Buffers.Binary;
using System.Text;
using AttentionLab.Kernels;
using AttentionLab.Tensors;
using AttentionLab.Weights;

namespace AttentionLab.Tests.Weights;

/// <summary>Files that lie. Each gets an InvalidDataException that names the file, and next to no memory.</summary>
public class HostileSafeTensorsTests
{
    private const string Fix = "download or save";

    public static TheoryData<string, string, int, string[]> Headers => new()
    {
        { "not JSON", "hello", 0, ["not valid JSON", Fix] },
        { "cut JSON", """{"a":{"dtype":"F32","shape":[1],"data_off""", 4, ["\"a\"", "not valid JSON", Fix] },
        { "array", "[]", 0, ["an object", Fix] },
        { "text behind", """{} {}""", 0, ["not valid JSON", Fix] },
        { "deep nesting", new string('[', 5000), 0, ["an object", Fix] },
        { "deep in entry", """{"a":{"x":""" + new string('[', 5000) + "}}", 0, ["\"a\"", "not valid JSON", Fix] },
        { "bad UTF-16 escape", """{"\ud800":1}""", 0, ["not valid UTF-8", Fix] },
        { "entry no object", """{"a":3}""", 0, ["\"a\"", "an object with dtype, shape and data_offsets", Fix] },
        { "null entry", """{"a":null}""", 0, ["\"a\"", "an object", Fix] },
        { "no type", """{"a":{"shape":[1],"data_offsets":[0,4]}}""", 4, ["\"a\"", "dtype is missing", Fix] },
        { "no shape", """{"a":{"dtype":"F32","data_offsets":[0,4]}}""", 4, ["\"a\"", "shape is missing", Fix] },
        { "no offsets", """{"a":{"dtype":"F32","shape":[1]}}""", 4, ["\"a\"", "data_offsets is missing", Fix] },
        {
            "too many sizes",
            """{"a":{"dtype":"F32","shape":[""" + string.Join(',', Enumerable.Repeat(1, 65)) + """],"data_offsets":[0,4]}}""",
            4, ["\"a\"", "more than 64 numbers", Fix]
        },
        { "type no text", """{"a":{"dtype":32,"shape":[1],"data_offsets":[0,4]}}""", 4, ["\"a\"", "dtype as a text", Fix] },
        { "type for another size", """{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,4]}}""", 4, ["\"a\"", "(1) of F16 needs 2 bytes", "hold 4", Fix] },
        {
            "duplicate name",
            """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
            8, ["\"a\"", "occurs twice", Fix]
        },
        {
            "duplicate by escape",
            """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\u0061":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
            8, ["\"a\"", "occurs twice", Fix]
        },
        { "duplicate key", """{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, ["\"a\"", "dtype occurs twice", Fix] },
        { "duplicate metadata", """{"__metadata__":{"k":"1","k":"2"}}""", 0, ["\"k\"", "occurs twice", Fix] },
        { "two metadata", """{"__metadata__":{},"__metadata__":{}}""", 0, ["__metadata__", "occurs twice", Fix] },
        { "metadata number", """{"__metadata__":{"k":1}}""", 0, ["__metadata__", "a text", Fix] },
        { "negative size", """{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, ["\"a\"", "shape holds -1", "whole numbers", Fix] },
        { "negative twice", """{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}""", 4, ["\"a\"", "shape holds -1", Fix] },
        { "fractional size", """{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, ["\"a\"", "shape holds 1.5", Fix] },
        { "size beyond 64 bits", """{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}""", 4, ["\"a\"", "99999999999999999999", Fix] },
        { "size as text", """{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}""", 4, ["\"a\"", "whole numbers in shape", Fix] },
        {
            "product overflows 64 bits",
            """{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""",
            0, ["\"a\"", "needs more than 2^64 bytes", Fix]
        },
        {
            "product overflows to the claim",
            """{"a":{"dtype":"F32","shape":[4611686018427387905,4],"data_offsets":[0,16]}}""",
            16, ["\"a\"", "needs more than 2^64 bytes", Fix]
        },
        {
            "product overflows 128 bits",
            """{"a":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904,4611686018427387904],"data_offsets":[0,0]}}""",
            0, ["\"a\"", "needs more than 2^64 bytes", Fix]
        },
        { "negative offset", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", 4, ["\"a\"", "data_offsets holds -4", Fix] },
        { "reversed offsets", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, ["\"a\"", "bytes 4 to 0", Fix] },
        { "one offset", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4]}}""", 4, ["\"a\"", "holds 1 numbers but must hold 2", Fix] },
        { "three offsets", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", 4, ["\"a\"", "holds 3 numbers but must hold 2", Fix] },
        {
            "offset out of range",
            """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
            4, ["\"a\"", "bytes 0 to 8 but the file holds 4", "truncated", Fix]
        },
        {
            "10 GB claimed",
            """{"a":{"dtype":"F32","shape":[50000,50000],"data_offsets":[0,10000000000]}}""",
            900, ["\"a\"", "bytes 0 to 10000000000 but the file holds 900", Fix]
        },
        {
            "overlap",
            """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""",
            12, ["\"b\" begins at byte 4", "\"a\" ends at byte 8", "overlaps", Fix]
        },
        {
            "same bytes",
            """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
            8, ["\"b\" begins at byte 0", "overlaps", Fix]
        },
        {
            "gap",
            """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""",
            12, ["\"b\" begins at byte 8", "leaves a gap after tensor \"a\"", Fix]
        },
        {
            "gap at the start",
            """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
            8, ["\"a\" begins at byte 4", "leaves a gap after the header", Fix]
        },
        { "bytes of nobody", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 9, ["5 bytes belong to no tensor", Fix] },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void Open_LyingHeader_IsRefusedByNameAndFix(string what, string header, int dataLength, string[] parts)
    {
        using TemporaryFolder folder = new();
        string path = folder[$"{what}.safetensors"];
        File.WriteAllBytes(path, Assemble((ulong)Encoding.UTF8.GetByteCount(header), Encoding.UTF8.GetBytes(header), dataLength));

        (string message, long allocated) = Refusal(path);

        Assert.Contains(path, message);
        Assert.All(parts, part => Assert.Contains(part, message));
        Assert.True(allocated < 500_000, $"{allocated} bytes were allocated");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void Open_ShorterThanItsLength_IsRefused(int length)
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["x"], new byte[length]);

        Assert.Contains($"holds {length} bytes but a safetensors file has at least 8", Refusal(folder["x"]).Message);
    }

    [Theory]
    [InlineData(3UL)]
    [InlineData(10_000_000_000UL)]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    public void Open_HeaderLongerThanTheFile_IsRefused(ulong claimed)
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["x"], Assemble(claimed, "{}"u8, 0));

        (string message, long allocated) = Refusal(folder["x"]);

        Assert.Contains($"claims {claimed} bytes but the file has 2", message);
        Assert.True(allocated < 500_000);
    }

    [Fact]
    public void Open_HeaderBeyondTheFormatsLimit_IsRefusedWithoutReadingIt()
    {
        using TemporaryFolder folder = new();
        using (FileStream sparse = File.Create(folder["x"]))
        {
            sparse.Write(Assemble(200_000_000, "{}"u8, 0));
            sparse.SetLength(300_000_000);
        }

        (string message, long allocated) = Refusal(folder["x"]);

        Assert.Contains("claims 200000000 bytes but the format allows 100000000", message);
        Assert.True(allocated < 500_000);
    }

    [Fact]
    public void Open_NoFile_NamesIt() =>
        Assert.Contains("absent.safetensors does not exist", Assert.Throws<FileNotFoundException>(() => SafeTensorsFile.Open("absent.safetensors")).Message);

    [Theory]
    [InlineData("[1,1,1,1,1]", 4)]
    [InlineData("[4611686018427387904,4,0]", 0)]
    [InlineData("[0,4611686018427387904]", 0)]
    [InlineData("[1073741824,1073741824,0]", 0)]
    public void Read_ShapeThatNoTensorHas_IsRefused(string shape, int dataLength)
    {
        using TemporaryFolder folder = new();
        string header = $$$"""{"a":{"dtype":"F32","shape":{{{shape}}},"data_offsets":[0,{{{dataLength}}}]}}""";
        File.WriteAllBytes(folder["x"], Assemble((ulong)header.Length, Encoding.UTF8.GetBytes(header), dataLength));
        using SafeTensorsFile file = SafeTensorsFile.Open(folder["x"]);

        string message = Assert.Throws<InvalidDataException>(() => file.Read("a")).Message;

        Assert.Contains("a Tensor has rank 1 to 4", message);
        Assert.Contains("\"a\"", message);
    }

    [Theory, InlineData("F31"), InlineData("F4"), InlineData("F32\\u001b[2J")]
    public void Open_UnknownTypeBesideF32_RefusesThatTensorOnly(string type)
    {
        using TemporaryFolder folder = new();
        string header = $$$"""{"q":{"dtype":"{{{type}}}","shape":[3],"data_offsets":[0,2]},"a":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""";
        byte[] bytes = Assemble((ulong)header.Length, Encoding.UTF8.GetBytes(header), 6);
        BitConverter.TryWriteBytes(bytes.AsSpan(^4..), 2.5f);
        File.WriteAllBytes(folder["x"], bytes);
        using SafeTensorsFile file = SafeTensorsFile.Open(folder["x"]);

        Assert.Equal([2.5f], file.Read("a").Values);
        string message = Assert.Throws<InvalidDataException>(() => file.Read("q")).Message;
        Assert.Contains("\"q\" is stored as F", message);
        Assert.Contains("only F32, F16 and BF16 are read", message);
        Assert.DoesNotContain(message, char.IsControl);
    }

    [Fact]
    public void Open_UnknownTypeThatOverlaps_IsRefused()
    {
        using TemporaryFolder folder = new();
        const string header = """{"q":{"dtype":"F31","shape":[3],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""";
        File.WriteAllBytes(folder["x"], Assemble((ulong)header.Length, Encoding.UTF8.GetBytes(header), 6));
        Assert.Contains("overlaps", Refusal(folder["x"]).Message);
    }

    /// <summary>What a header costs in memory stays near its own length.</summary>
    [Theory]
    [InlineData("empty tensors", 6)]
    [InlineData("a long shape", 2)]
    [InlineData("many texts", 2)]
    [InlineData("unknown to the model", 6)]
    public void Open_HeaderOfManyParts_CostsLittleMoreThanItsLength(string what, int times)
    {
        using TemporaryFolder folder = new();
        string header = what switch
        {
            "a long shape" => $$$"""{"a":{"dtype":"F32","shape":[{{{string.Join(',', Enumerable.Repeat(1, 1_000_000))}}}],"data_offsets":[0,0]}}""",
            "many texts" => $$$"""{"__metadata__":{{{{string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"\"{i}\":\"\""))}}}}}""",
            _ => "{" + string.Join(',', Enumerable.Range(0, 100_000).Select(i => $$$"""
                "t{{{i}}}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}
                """)) + "}",
        };
        File.WriteAllBytes(folder["x"], Assemble((ulong)header.Length, Encoding.UTF8.GetBytes(header), 0));
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using SafeTensorsFile file = SafeTensorsFile.Open(folder["x"]);
            Assert.Equal(100_000, file.Tensors.Count);
            if (what == "unknown to the model")
            {
                file.ReadInto([]);
            }
        }
        catch (InvalidDataException e)
        {
            Assert.InRange(e.Message.Length, 10, 1000);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < (long)times * header.Length, $"{(double)allocated / header.Length:0.0} times the length of the header were allocated");
    }

    [Fact]
    public void Open_NameOfAMegabyte_IsShortenedInTheMessage()
    {
        using TemporaryFolder folder = new();
        string header = $$$"""{"{{{new string('n', 1_000_000)}}}":{}}""";
        File.WriteAllBytes(folder["x"], Assemble((ulong)header.Length, Encoding.UTF8.GetBytes(header), 0));

        Assert.InRange(Refusal(folder["x"]).Message.Length, 10, 500);
    }

    /// <summary>4000 seeded mutations of a sound file: each opens and reads, or is refused; nothing else, and no large allocation.</summary>
    [Fact]
    public void Open_MutatedFile_ReadsOrRefusesAndNothingElse()
    {
        using TemporaryFolder folder = new();
        CounterRandom random = new(20261121);
        string sound = folder["sound"];
        SafeTensorsFile.Write(
            sound, [("a", Tensor.Gaussian(random, 1, 3, 5)), ("b.weight", Tensor.Gaussian(random, 1, 7)), ("c", new Tensor(0, 2))],
            metadata: new Dictionary<string, string> { ["k"] = "v" });
        byte[] original = File.ReadAllBytes(sound);
        string path = folder["mutant"];
        int refused = 0;
        for (int i = 0; i < 4000; i++)
        {
            byte[] mutant = Mutations.Apply(original, random);
            File.WriteAllBytes(path, mutant);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using SafeTensorsFile file = SafeTensorsFile.Open(path);
                foreach (StoredTensor tensor in file.Tensors)
                {
                    file.Read(tensor.Name);
                }
            }
            catch (InvalidDataException e)
            {
                Assert.Contains(path, e.Message);
                refused++;
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 300_000, $"case {i} allocated too much");
        }

        Assert.InRange(refused, 2000, 3990);
    }

    private static byte[] Assemble(ulong claimed, ReadOnlySpan<byte> header, int dataLength)
    {
        byte[] bytes = new byte[8 + header.Length + dataLength];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, claimed);
        header.CopyTo(bytes.AsSpan(8));
        return bytes;
    }

    private static (string Message, long Allocated) Refusal(string path)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        string message = Assert.Throws<InvalidDataException>(() => SafeTensorsFile.Open(path).Dispose()).Message;
        return (message, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
